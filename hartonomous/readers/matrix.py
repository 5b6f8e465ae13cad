"""A matrix on disk, read a block of rows at a time as float32."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.geometry.rows import HeldRows
from hartonomous.readers.float8 import FLOAT8
from hartonomous.readers.stored import FileRows, SpooledRows, store_for

#: Bytes of float32 made at a time.
_BLOCK_BYTES = 8 << 20


@dataclass(frozen=True, eq=False)
class Matrix:
    """A two-dimensional array that stays on disk until its rows are asked for.

    Pickled, a matrix in a file of others is a reference that opens the file again, and refuses one
    that was changed meanwhile.

    Parameters
    ----------
    stored : shape (n, d)
        The numbers as the file holds them, read when rows are asked for; ``uint16`` when they are
        bfloat16, ``uint8`` when they are float8.
    dtype
        The stored type by its NumPy name, or ``"bfloat16"``, ``"float8_e4m3"`` or
        ``"float8_e5m2"``, which NumPy has none for.
    """

    stored: FileRows | SpooledRows
    dtype: str

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.stored.shape
        return rows, columns

    def rows(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return rows ``start`` to ``stop - 1`` as float32.

        Raises
        ------
        ModelFormatError
            When the file was changed or cut off.
        """
        read = self.as_float32(self.stored[start:stop])
        self.check_unchanged()
        return read

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the given rows as a new float32 array, converted a block at a time.

        Raises
        ------
        ParameterError
            When a row number is not in the matrix.
        """
        if len(rows) and not 0 <= rows.min() <= rows.max() < self.shape[0]:
            raise ParameterError(f"a row number is outside the matrix of {self.shape[0]} rows")
        taken = np.empty((len(rows), self.shape[1]), dtype=np.float32)
        for block in blocks(*taken.shape):
            taken[block] = self.as_float32(self.stored[rows[block]])
        self.check_unchanged()
        return taken

    def check_unchanged(self) -> None:
        """Check that the file is still as it was when it was opened.

        Raises
        ------
        ModelFormatError
            When it was written to or cut off.
        """
        if isinstance(self.stored, FileRows):
            self.stored.check_unchanged()

    def gathered(self, rows: NDArray[np.int64]) -> HeldRows | SpooledRows:
        """Return the given rows, distinct and in any order, as float32 to work on.

        The file is read once, from its beginning to its end.

        Raises
        ------
        ModelFormatError
            When the file was changed or cut off.
        ParameterError
            When there is no room for what memory doesn't hold.
        """
        store = store_for(len(rows), self.shape[1])
        by_row = np.argsort(rows, kind="stable")
        ascending = rows[by_row]
        for block in blocks(*self.shape):
            first, last = np.searchsorted(ascending, [block.start, block.stop])
            if first < last:
                vectors = self.rows(block.start, block.stop)[ascending[first:last] - block.start]
                store.put(by_row[first:last], vectors)
        return store

    def as_float32(self, stored: NDArray[Any]) -> NDArray[np.float32]:
        """Return numbers as the file holds them, of any shape, as float32."""
        if self.dtype == "bfloat16":
            widened = stored.astype(np.uint32)
            widened <<= 16
            return widened.view(np.float32)
        if self.dtype in FLOAT8:
            decoded: NDArray[np.float32] = FLOAT8[self.dtype][stored]
            return decoded
        with np.errstate(over="ignore"):  # what float32 can't hold is found as an infinite row
            return np.ascontiguousarray(stored, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class SelectedRows:
    """Some rows of a matrix, in an order of their own.

    Parameters
    ----------
    matrix
        Where they are.
    numbers : int64, shape (m,)
        Which.
    """

    matrix: Matrix
    numbers: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.numbers), self.matrix.shape[1]

    @property
    def dtype(self) -> str:
        """The stored type."""
        return self.matrix.dtype

    def gathered(self) -> HeldRows | SpooledRows:
        """Return them as float32 to work on; the file is read once."""
        return self.matrix.gathered(self.numbers)


def blocks(rows: int, columns: int) -> Iterator[slice]:
    """Cut ``rows`` into slices of about 8 MiB of float32."""
    step = max(1, _BLOCK_BYTES // (4 * max(1, columns)))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
