"""Models that ``transformers`` runs: their folder, their fingerprint, and no pickles."""

from __future__ import annotations

import io
import os
import tempfile
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.hashing import blake3, blake3_file
from hartonomous.readers.extras import required
from hartonomous.readers.hub import download_model, is_hub_name

#: Files that decide what a model computes.
_DECIDING = ("*.safetensors", "*.gguf", "config.json", "tokenizer.json", "vocab.txt")


def short_name(name: str) -> str:
    """Return a model's name without folders, endings and characters that file names lack."""
    stem = Path(name.rstrip("/")).name.removesuffix(".gguf")
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in stem) or "model"


def quieten(transformers: Any) -> None:  # noqa: ANN401  # a module
    """Keep the library's bars and advice off standard error; errors still come."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


def model_folder(name: str) -> Path:
    """Return the folder with a model's safetensors; GGUF is converted into the cache first.

    Raises
    ------
    ModelFormatError
        There is no such model.
    """
    path = Path(name).expanduser()
    if not path.exists() and is_hub_name(name):
        return download_model(name)
    if path.is_file() and path.suffix == ".gguf":
        return _converted(path)
    if not path.is_dir():
        raise ModelFormatError(f"{name}: no model folder and no GGUF file")
    if list(path.glob("*.safetensors")):
        return path
    candidates = sorted(path.glob("*.gguf"))
    if len(candidates) != 1:
        raise ModelFormatError(f"{name}: holds no safetensors and {len(candidates)} GGUF files")
    return _converted(candidates[0])


def _converted(gguf: Path) -> Path:
    """Return the folder with a GGUF file's weights as safetensors, made when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = cache / "hartonomous" / "dequantised"
    folder = cache / f"{short_name(gguf.name)}-{model_fingerprint(gguf)[:16]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".gguf-", dir=cache) as scratch:
        made = Path(scratch) / folder.name
        _convert(gguf, made)
        try:
            made.rename(folder)
        except OSError:  # another process was first
            if not folder.is_dir():
                raise
    return folder


def _convert(gguf: Path, folder: Path) -> None:
    transformers, torch = required("transformers"), required("torch")
    required("gguf")
    quieten(transformers)
    where = {"gguf_file": gguf.name}
    with redirect_stderr(io.StringIO()):  # its bar can't be turned off
        network = load_pretrained(
            transformers.AutoModelForCausalLM, gguf.parent, dtype=torch.float32, **where
        )
    del network.config.quantization_config  # it would be refused: the weights are float32 now
    network.hf_quantizer = None
    network.save_pretrained(folder)
    load_pretrained(transformers.AutoTokenizer, gguf.parent, **where).save_pretrained(folder)


def load_pretrained(kind: Any, folder: Path, **options: object) -> Any:  # noqa: ANN401
    """Call ``from_pretrained`` of a class of ``transformers``; local, without code or pickles.

    Raises
    ------
    ModelFormatError
        The folder holds nothing that the class can open.
    """
    if hasattr(kind, "_model_mapping") and "gguf_file" not in options:
        options["use_safetensors"] = True
    try:
        return kind.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, **options
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever a malformed file does in there
        text = str(error).strip()
        line = text.splitlines()[0] if text else type(error).__name__
        raise ModelFormatError(f"{folder}: transformers can't open it ({line:.200})") from error


def model_fingerprint(path: Path) -> str:
    """Return the digest of a model: of the names and digests of its deciding files.

    Parameters
    ----------
    path
        A model folder, or one file.

    Raises
    ------
    ModelFormatError
        No file there holds weights.
    """
    files = [path] if path.is_file() else deciding_files(path)
    lines = [f"{file.name} {blake3_file(file).hex()}" for file in files]
    return blake3("\n".join(lines).encode()).hex()


def deciding_files(folder: Path) -> list[Path]:
    """Return a model folder's weights, configuration and vocabulary, by name.

    Raises
    ------
    ModelFormatError
        It holds neither safetensors nor GGUF.
    """
    files = sorted(file for pattern in _DECIDING for file in folder.glob(pattern) if file.is_file())
    if not any(file.suffix in (".safetensors", ".gguf") for file in files):
        raise ModelFormatError(f"{folder}: holds no safetensors and no GGUF")
    return files
