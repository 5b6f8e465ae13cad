"""NumPy's format: its header, read without trust, and arrays of text."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from hartonomous.errors import ModelFormatError

MAGIC = b"\x93NUMPY"

_HEADER_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
    # differs in the names of fields alone, and an array with fields is refused
    (3, 0): np.lib.format.read_array_header_2_0,
}


@dataclass(frozen=True)
class NpyHeader:
    """What the header of an ``.npy`` file says."""

    shape: tuple[int, ...]
    column_major: bool
    dtype: np.dtype[Any]

    @property
    def content_bytes(self) -> int:
        """How many bytes the numbers take."""
        return math.prod(self.shape) * self.dtype.itemsize


def is_npy(head: bytes) -> bool:
    """Say whether a file begins as NumPy's do."""
    return head.startswith(MAGIC)


def read_npy_header(file: IO[bytes], path: Path) -> NpyHeader:
    """Read shape, order and type; the file is left where its numbers begin.

    Raises
    ------
    ModelFormatError
        When the header is malformed, in one line whatever its fault.
    """
    try:
        return NpyHeader(*_HEADER_READERS[np.lib.format.read_magic(file)](file))
    except Exception as error:  # it is parsed as Python source, whose faults are of many types
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ModelFormatError(f"{path}: malformed npy header ({reason:.200})") from None


def npy_words(content: bytes, path: Path) -> list[str]:
    """Return the words of an array of text, or of bytes that are; objects are never unpickled.

    Raises
    ------
    ModelFormatError
        When the file is malformed or holds anything but a list of text.
    """
    file = io.BytesIO(content)
    header = read_npy_header(file, path)
    if header.dtype.kind not in "US" or len(header.shape) != 1 or not header.dtype.itemsize:
        raise ModelFormatError(
            f"{path}: holds {header.dtype} {header.shape!s:.80}, no list of text"
        )
    if file.tell() + header.content_bytes != len(content):
        raise ModelFormatError(f"{path}: cut off or too long for its shape {header.shape!s:.80}")
    try:
        words = np.frombuffer(content, header.dtype, offset=file.tell())
        if header.dtype.kind == "S":
            return [bytes(word).decode("utf-8", "surrogateescape") for word in words]
        return [str(word) for word in words]
    except (ValueError, UnicodeDecodeError):  # a code that Unicode doesn't have
        raise ModelFormatError(f"{path}: holds text that is none") from None
