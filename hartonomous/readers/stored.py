"""Rows of a file that others may change, and rows that were written to a file of our own."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.geometry.rows import HeldRows

#: Scattered rows are read one by one where the stretch they lie in is so many times longer.
_SPARSE = 4
#: Bytes of float32 up to which rows that are worked on are kept in memory.
HELD_BYTES = 256 << 20

_FLOAT32 = np.dtype("<f4")


class Identity(NamedTuple):
    """By what a file is known again: its size in bytes, and when it was last written to, in ns."""

    size: int
    written: int


class _PlacedRows:
    """A matrix in an open file, row after row, read by position.

    It isn't memory-mapped: reading past the end of a mapped file that was cut short kills the
    process, where here it is an error like any other; and mapped pages count as memory.
    """

    def __init__(
        self, file: int, dtype: np.dtype[Any], shape: tuple[int, int], offset: int, name: str
    ) -> None:
        self.dtype, self.shape, self.offset = dtype, shape, offset
        self._row_bytes = shape[1] * dtype.itemsize
        self._file, self._name = file, name
        weakref.finalize(self, os.close, file)

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
        scattered = np.empty((len(rows), self.shape[1]), self.dtype)
        for place, row in enumerate(rows.tolist()):
            self._read_into(scattered[place : place + 1], row)
        return scattered

    def _read(self, start: int, stop: int) -> NDArray[Any]:
        rows = np.empty((stop - start, self.shape[1]), self.dtype)
        self._read_into(rows, start)
        return rows

    def _read_into(self, rows: NDArray[Any], start: int) -> None:
        free = rows.reshape(-1).view(np.uint8).data
        place = self.offset + start * self._row_bytes
        while free:
            count = os.preadv(self._file, [free], place)
            if not count:
                raise ModelFormatError(f"{self._name}: was cut off while it was read")
            free, place = free[count:], place + count


class FileRows(_PlacedRows):
    """A matrix in a file of others; pickled, it is a reference that opens the file again.

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
    expected
        What the file has to be; None takes it as it is.

    Raises
    ------
    ModelFormatError
        When the file isn't what was expected.
    OSError
        When it can't be opened.
    """

    def __init__(
        self,
        path: Path,
        dtype: np.dtype[Any],
        shape: tuple[int, int],
        offset: int,
        expected: Identity | None = None,
    ) -> None:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        super().__init__(file, dtype, shape, offset, str(path))
        self.path = path
        self._opened = os.fstat(file)
        if expected not in (None, self.identity):
            raise ModelFormatError(f"{path}: was changed since it was first opened")

    def __reduce__(self) -> tuple[Any, ...]:
        reference = (self.path.absolute(), self.dtype, self.shape, self.offset, self.identity)
        return _reopened, reference

    @property
    def identity(self) -> Identity:
        """What the file was when it was opened."""
        return Identity(self._opened.st_size, self._opened.st_mtime_ns)

    def check_unchanged(self) -> None:
        """Check that nobody wrote to the file since it was opened.

        Raises
        ------
        ModelFormatError
            When somebody did: what was read may be of two states of the file.
        """
        found = os.fstat(self._file)
        same = Identity(found.st_size, found.st_mtime_ns) == self.identity
        # a file that was deleted or replaced is still ours to read, though its record was changed
        if not same or (found.st_nlink and found.st_ctime_ns != self._opened.st_ctime_ns):
            raise ModelFormatError(f"{self.path}: was changed while it was read")


def _reopened(
    path: Path, dtype: np.dtype[Any], shape: tuple[int, int], offset: int, expected: Identity
) -> FileRows:
    """Open a reference's file; that it is gone is an error like that it was changed."""
    try:
        return FileRows(path, dtype, shape, offset, expected)
    except OSError as error:
        raise ModelFormatError(f"{path}: {error.strerror or error}") from error


class SpooledRows(_PlacedRows):
    """Rows of float32 in an unnamed temporary file, which nobody else can reach or cut short.

    Parameters
    ----------
    file
        An open file descriptor, which is closed with the last reference to the rows.
    shape : (n, d)
        Rows and columns; what was not written yet is zero.
    """

    def __init__(self, file: int, shape: tuple[int, int]) -> None:
        super().__init__(file, _FLOAT32, shape, 0, "a temporary file")

    def __reduce__(self) -> NoReturn:
        raise TypeError("rows in an unnamed file are of one process and can't be pickled")

    def rows(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return rows ``start`` to ``stop - 1`` as a new array."""
        return self[start:stop]

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows of these numbers as a new array."""
        return self[numbers]

    def put(self, numbers: NDArray[np.int64], vectors: NDArray[np.floating]) -> None:
        """Write vectors, rounded to float32, over the rows of these numbers.

        Raises
        ------
        ParameterError
            When there is no room for them.
        """
        content = np.ascontiguousarray(vectors, _FLOAT32).reshape(-1).view(np.uint8).data
        breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
        bounds = [0, *breaks.tolist(), len(numbers)]
        for first, last in pairwise(bounds):
            part = content[first * self._row_bytes : last * self._row_bytes]
            with room():
                self._write(part, int(numbers[first]) * self._row_bytes)

    def _write(self, content: memoryview, place: int) -> None:
        while content:
            count = os.pwrite(self._file, content, place)
            content, place = content[count:], place + count


@contextmanager
def room() -> Iterator[None]:
    """Turn a full disk into an error that says where."""
    try:
        yield
    except OSError as error:
        folder = tempfile.tempdir or "temporary files"  # None where no folder can be written to
        raise ParameterError(
            f"{folder}: {error.strerror}, while vectors were written; TMPDIR names another folder"
        ) from error


def store_for(rows: int, width: int) -> HeldRows | SpooledRows:
    """Return zeros to write rows to: in memory up to :data:`HELD_BYTES`, else in a file of ours.

    Raises
    ------
    ParameterError
        When no temporary file can be made.
    """
    if rows * width * _FLOAT32.itemsize <= HELD_BYTES:
        return HeldRows(np.zeros((rows, width), np.float32))
    with room(), tempfile.TemporaryFile(prefix="hartonomous-") as file:
        file.truncate(rows * width * _FLOAT32.itemsize)
        return SpooledRows(os.dup(file.fileno()), (rows, width))


def spool(blocks: Iterable[bytes | memoryview], width: int) -> SpooledRows:
    """Write rows of float32 to an unnamed temporary file; memory stays bounded.

    Parameters
    ----------
    blocks
        Whole rows of little-endian float32, one or more at a time.
    width
        Numbers in a row.
    """
    with tempfile.TemporaryFile(prefix="hartonomous-") as file:
        file.writelines(blocks)
        file.flush()
        rows = file.tell() // (_FLOAT32.itemsize * max(1, width))
        return SpooledRows(os.dup(file.fileno()), (rows, width))


def transposed(columns: FileRows) -> SpooledRows:
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
