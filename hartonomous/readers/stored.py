"""Rows of a file that others may change, and rows that were written to a file of our own."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError

#: Scattered rows are read one by one where the stretch they lie in is so many times longer.
_SPARSE = 4


class FileRows:
    """A matrix in a file, row after row, read by position.

    It isn't memory-mapped: reading past the end of a mapped file that was cut short kills the
    process, where here it is an error like any other.

    Parameters
    ----------
    path
        The file.
    dtype
        What it stores.
    shape : (n, d)
        Rows and columns.
    offset
        Where the first row begins, in bytes.
    """

    def __init__(
        self, path: Path, dtype: np.dtype[Any], shape: tuple[int, int], offset: int
    ) -> None:
        self.path, self.dtype, self.shape = path, dtype, shape
        self.offset = offset
        self._row_bytes = shape[1] * dtype.itemsize
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)
        self._opened = os.fstat(self._file)

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> NDArray[Any]:
        """Return the rows of a slice, or those of the given numbers, as a new array."""
        if isinstance(rows, slice):
            start, stop, _ = rows.indices(self.shape[0])
            return self._read(start, max(start, stop))
        if not len(rows):
            return np.empty((0, self.shape[1]), self.dtype)
        first, last = int(rows.min()), int(rows.max())
        if last - first < _SPARSE * len(rows):
            stretch: NDArray[Any] = self._read(first, last + 1)[rows - first]
            return stretch
        return np.concatenate([self._read(int(row), int(row) + 1) for row in rows])

    def check_unchanged(self) -> None:
        """Check that nobody wrote to the file since it was opened.

        Raises
        ------
        ModelFormatError
            When somebody did: what was read may be of two states of the file.
        """
        found = os.fstat(self._file)
        same = (found.st_size, found.st_mtime_ns) == (
            self._opened.st_size,
            self._opened.st_mtime_ns,
        )
        # a file that was deleted or replaced is still ours to read, though its record was changed
        if not same or (found.st_nlink and found.st_ctime_ns != self._opened.st_ctime_ns):
            raise ModelFormatError(f"{self.path}: was changed while it was read")

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        rows = np.empty((stop - start, self.shape[1]), self.dtype)
        free = rows.reshape(-1).view(np.uint8).data
        place = self.offset + start * self._row_bytes
        while free:
            count = os.preadv(self._file, [free], place)
            if not count:
                raise ModelFormatError(f"{self.path}: was cut off while it was read")
            free, place = free[count:], place + count
        return rows


def spool(blocks: Iterable[bytes | memoryview], width: int) -> NDArray[np.float32]:
    """Write rows of float32 to an unnamed temporary file and map it; memory stays bounded.

    Parameters
    ----------
    blocks
        Whole rows of little-endian float32, one or more at a time.
    width
        Numbers in a row.

    Returns
    -------
    rows : float32, shape (n, width)
        Memory-mapped; nobody else can reach the file, so that it can't be cut short.
    """
    with tempfile.TemporaryFile(prefix="hartonomous-") as file:
        file.writelines(blocks)
        file.flush()
        if not file.tell():
            return np.empty((0, width), np.float32)
        return np.memmap(file, dtype="<f4", mode="r").reshape(-1, width)


def transposed(columns: FileRows) -> NDArray[np.float32]:
    """Write a matrix that is stored column after column to a file of ours, row after row.

    Parameters
    ----------
    columns : shape (d, n)
        The matrix's columns as rows.
    """
    width, rows = columns.shape
    block = max(1, (1 << 22) // max(1, width))
    parts = FileRows(columns.path, columns.dtype, (width * rows, 1), columns.offset)

    def row_blocks() -> Iterable[bytes]:
        for start in range(0, rows, block):
            stop = min(start + block, rows)
            column_parts = [parts[c * rows + start : c * rows + stop] for c in range(width)]
            with np.errstate(over="ignore"):
                yield np.concatenate(column_parts, axis=1).astype("<f4").tobytes()

    spooled = spool(row_blocks(), width)
    columns.check_unchanged()
    return spooled
