"""Which model it is: the digest of the files that decide what it computes."""

from __future__ import annotations

from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.hashing import blake3, blake3_file

#: Files that decide what a model computes.
_DECIDING = ("*.safetensors", "*.gguf", "config.json", "tokenizer.json", "vocab.txt")


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
