"""Row vectors that are asked for a block at a time, wherever they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rows(Protocol):
    """A matrix of n rows of d numbers, given as float32 when asked for."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        ...

    def rows(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return rows ``start`` to ``stop - 1``; they may be shared, so nobody writes to them."""
        ...


class TakenRows(Rows, Protocol):
    """Rows that can be asked for by number too."""

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows of these numbers as a new array."""
        ...


class WrittenRows(TakenRows, Protocol):
    """Rows that can be written over."""

    def put(self, numbers: NDArray[np.int64], vectors: NDArray[np.floating]) -> None:
        """Write vectors, rounded to float32, over the rows of these numbers."""
        ...


@dataclass(frozen=True, eq=False)
class HeldRows:
    """Rows that lie in memory.

    Parameters
    ----------
    array : float32, shape (n, d)
        The rows; `put` writes to it.
    """

    array: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.array.shape
        return rows, columns

    def rows(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return rows ``start`` to ``stop - 1``, not copied."""
        return self.array[start:stop]

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows of these numbers as a new array."""
        taken: NDArray[np.float32] = self.array[numbers]
        return taken

    def put(self, numbers: NDArray[np.int64], vectors: NDArray[np.floating]) -> None:
        """Write vectors, rounded to float32, over the rows of these numbers."""
        self.array[numbers] = vectors


@dataclass(frozen=True, eq=False)
class ChosenRows:
    """Some rows of others, in another order, fetched when they are asked for.

    Parameters
    ----------
    source
        The others.
    numbers : int64, shape (m,)
        Which rows these are.
    """

    source: TakenRows
    numbers: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.numbers), self.source.shape[1]

    def rows(self, start: int, stop: int) -> NDArray[np.float32]:
        """Return rows ``start`` to ``stop - 1`` as a new array."""
        return self.source.take(self.numbers[start:stop])

    def take(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the rows of these numbers as a new array."""
        return self.source.take(self.numbers[numbers])


def whole(rows: Rows) -> NDArray[np.float32]:
    """Return all rows as one array, which is not to be written to."""
    return rows.rows(0, rows.shape[0])
