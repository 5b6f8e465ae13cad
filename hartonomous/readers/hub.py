"""Models by their name on the Hugging Face hub, downloaded with ``huggingface_hub``."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown

_NAME = re.compile(
    r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(?:@[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*)?", re.ASCII
)

#: Only what the readers open: never code, never pickles.
_WANTED = ("*.safetensors", "*.json", "*.txt", "*.tiktoken", "tokenizer.model")

#: Copies of the same weights for other programs.
_UNWANTED = ("consolidated*", "onnx/*", "openvino/*", "original/*")

#: How names of files end; a name of a model doesn't.
_FILES = re.compile(
    r".*\.(?:txt|vec|bin|npy|npz|gz|bz2|xz|zst|lz4|zip|tar|safetensors|json|jsonl|ndjson|csv|tsv"
    r"|parquet|feather|arrow|h5|hdf5|kv|pkl|pt|gguf|onnx|ftz|model)",
    re.IGNORECASE,
)


def is_hub_name(text: str) -> bool:
    """Say whether ``text`` is ``organisation/model``, perhaps with ``@revision``, and no path.

    A path that is mistyped in its last part is none: the folder it begins with is there.
    """
    if not _NAME.fullmatch(text) or _FILES.fullmatch(text):
        return False
    return not Path(text).parent.is_dir()


def not_found(text: str) -> ModelFormatError:
    """Return the error of a path or name that leads nowhere, with what may be meant."""
    path = Path(text).expanduser()
    if not text:
        return ModelFormatError("an empty path: no such folder or file")
    if "://" in text:
        return ModelFormatError(
            f"{shown(text)}: an address, and no path; give organisation/model for a model of the "
            "hub, or download it first"
        )
    if path.is_symlink():
        target = shown(str(path.readlink()))
        return ModelFormatError(f"{text}: no such file: a link to {target}, which is not there")
    if path.exists():
        return ModelFormatError(f"{text}: no such file or folder, but a device or a pipe")
    parent = path.parent
    near = difflib.get_close_matches(path.name, _names_in(parent), n=1)
    meant = f"; did you mean {shown(str(parent / near[0]))}?" if near else ""
    hub = (
        ""
        if meant
        else "; models of the hub are named organisation/model, or organisation/model@revision"
    )
    return ModelFormatError(f"{shown(text)}: no such folder or file{meant or hub}")


def _names_in(folder: Path) -> list[str]:
    """Return the names in a folder, the first thousands of them, none where it can't be read."""
    try:
        return [path.name for path, _ in zip(folder.iterdir(), range(4096), strict=False)]
    except OSError:
        return []


def download_model(name: str) -> Path:
    """Download a model from the hub, or find it in the hub's own cache, and return its folder.

    Parameters
    ----------
    name
        ``organisation/model``, or ``organisation/model@revision`` with a branch, tag or commit.

    Raises
    ------
    ModelFormatError
        When ``huggingface_hub`` is not installed, the hub can't be reached, or has no such model.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise ModelFormatError(
            f"{name}: no such file or folder; to download it from the hub, "
            "pip install 'hartonomous[hub]'"
        ) from None
    repository, _, revision = name.partition("@")
    try:
        folder = snapshot_download(
            repository,
            revision=revision or None,
            allow_patterns=list(_WANTED),
            ignore_patterns=list(_UNWANTED),
        )
    except (OSError, ValueError) as error:
        raise ModelFormatError(
            f"{name}: no such file or folder here, and not to be had from the hub "
            f"({_first_line(error)})"
        ) from None
    return Path(folder)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]:.200}" if lines else type(error).__name__
