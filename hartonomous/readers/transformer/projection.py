"""Rows of the residual stream seen by a part of a model, as sites take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from hartonomous.readers.matrix import SelectedRows, blocks
from hartonomous.readers.stored import store_for
from hartonomous.readers.transformer.functions import Array
from hartonomous.readers.transformer.stream import Store
from hartonomous.readers.transformer.weights import Norm


class RowBlocks(Protocol):
    """A matrix that comes block by block."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows, and which they are."""


@dataclass(frozen=True, eq=False)
class Projection:
    """Rows mapped to what one part of a model compares; made when they are asked for.

    Parameters
    ----------
    read
        The rows that are mapped, shape (n, D).
    prepare
        Reads the weights and returns what maps rows (m, D) to (m, d).
    width
        d.
    columns : int64, shape (D,)
        Another order of the columns, which leaves their distribution and takes their meaning.
    """

    read: RowBlocks
    prepare: Callable[[], Callable[[Array], Array]]
    width: int
    columns: NDArray[np.int64] | None = None
    dtype: str = "float32"

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.read.shape[0], self.width

    def __reduce__(self) -> NoReturn:
        raise TypeError("rows that are made of a model's weights are of one process")

    def gathered(self) -> Store:
        """Make them, as float32 in memory or in a file of ours."""
        mapped = self.prepare()
        made = store_for(*self.shape)
        for block, rows in self.read.blocks():
            seen = rows if self.columns is None else rows[:, self.columns]
            made.put(np.arange(block.start, block.stop), mapped(seen))
        return made


@dataclass(frozen=True, eq=False)
class Unembedded:
    """Rows of W_U with the weight of the norm before it folded in.

    Parameters
    ----------
    rows
        Those of the tokens.
    norm
        The norm before the unembedding, if it has one.
    """

    rows: SelectedRows
    norm: Norm | None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows.shape

    def blocks(self) -> Iterator[tuple[slice, Array]]:
        """Yield all rows, block by block."""
        for block in blocks(*self.shape):
            rows = self.rows.matrix.take(self.rows.numbers[block])
            yield block, rows if self.norm is None else rows * self.norm.weight


@dataclass(frozen=True, eq=False)
class OwnRows:
    """Rows of a weight itself, such as what each neuron answers to.

    Parameters
    ----------
    make
        Reads and returns them, float32, shape (n, d).
    shape
        (n, d).
    """

    make: Callable[[], Array]
    shape: tuple[int, int]
    dtype: str = "float32"

    def __reduce__(self) -> NoReturn:
        raise TypeError("rows that are made of a model's weights are of one process")

    def gathered(self) -> Store:
        """Return them, as float32 in memory or in a file of ours."""
        made = store_for(*self.shape)
        made.put(np.arange(self.shape[0]), self.make())
        return made
