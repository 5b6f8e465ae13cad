"""ONNX files: their weights by the names of the modules that they come from."""

from __future__ import annotations

from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.onnx_graph import read_graph
from hartonomous.readers.models.onnx_weights import named_weights


def read_onnx(path: Path) -> Checkpoint:
    """Read what weights an ONNX file holds, in itself and in files beside it.

    Raises
    ------
    ModelFormatError
        When it is no ONNX model, is cut off, names a file outside its folder, or none of the
        files that it names is there.
    """
    weights = named_weights(read_graph(path))
    there = {file: _is_there(file) for file in {w.stored.path for w in weights.values()}}
    missing = {
        name: str(weight.stored.path.relative_to(path.parent))
        for name, weight in weights.items()
        if not there[weight.stored.path]
    }
    if missing and len(missing) == len(weights):
        file = path.parent / next(iter(missing.values()))
        raise ModelFormatError(f"{file}: no such file, though {path.name} names it")
    held = {name: weight for name, weight in weights.items() if name not in missing}
    return Checkpoint(held, missing, _notes(path, missing))


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:  # a name that no file can have
        return False


def _notes(path: Path, missing: dict[str, str]) -> tuple[str, ...]:
    if not missing:
        return ()
    files = len(set(missing.values()))
    return (f"{path.name} names {len(missing)} tensors in {files} files that are not there",)
