"""The one way to a model's tensors and configuration, whatever its files are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hartonomous.readers.content import head_of
from hartonomous.readers.model_folder import base_of, folder_weights
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.configs import folder_config
from hartonomous.readers.models.gguf import read_gguf
from hartonomous.readers.models.gguf_config import gguf_config
from hartonomous.readers.models.modules import transformer_folder
from hartonomous.readers.models.onnx import read_onnx


def read_weights(path: Path, base: Path | None = None) -> Checkpoint:
    """Read what tensors a model has: of a folder, a LoRA adapter, a GGUF or an ONNX file.

    Parameters
    ----------
    path
        The folder or file.
    base
        Of an adapter, the folder of the model that it changes; by default the one that it names.

    Raises
    ------
    ModelFormatError
        When nothing is there, or it is malformed.
    """
    if path.is_file():
        return read_gguf(path) if _is_gguf(path) else read_onnx(path)
    folder = transformer_folder(path)
    return folder_weights(folder, base_of(folder, base))


def read_config(path: Path, base: Path | None = None) -> dict[str, Any]:
    """Read a model's configuration, by the names of a config.json; an adapter's is its base's.

    An ONNX file has none but a config.json beside it; what there is none of is empty.

    Raises
    ------
    ModelFormatError
        When nothing is there, or it is malformed.
    """
    if path.is_file():
        return gguf_config(path) if _is_gguf(path) else folder_config(path.parent)
    folder = transformer_folder(path)
    whole = base_of(folder, base)
    return folder_config(transformer_folder(whole) if whole else folder)


def _is_gguf(path: Path) -> bool:
    return head_of(path).startswith(b"GGUF")
