"""Models by their name on the Hugging Face hub, downloaded with ``huggingface_hub``."""

from __future__ import annotations

import re
from pathlib import Path

from hartonomous.errors import ModelFormatError

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)

#: Only what the readers open: never code, never pickles.
_WANTED = ("*.safetensors", "*.json", "*.txt")

#: Copies of the same weights for other programs.
_UNWANTED = ("consolidated*", "onnx/*", "openvino/*", "original/*")


def is_hub_name(text: str) -> bool:
    """Say whether ``text`` has the form ``organisation/model``."""
    return _NAME.fullmatch(text) is not None


def download_model(name: str) -> Path:
    """Download a model from the hub, or find it in the hub's own cache, and return its folder.

    Parameters
    ----------
    name
        ``organisation/model``.

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
    try:
        folder = snapshot_download(
            name, allow_patterns=list(_WANTED), ignore_patterns=list(_UNWANTED)
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
