"""A base's tensor with the low-rank change of an adapter added when it is read.

LoRA (Hu et al. 2021, arXiv 2106.09685): W + (alpha / r) B A, with A of shape (r, in) and B of
shape (out, r). Rank-stabilised LoRA divides by the root of r (Kalajdzievski 2023, arXiv
2312.03732).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.models.stored_tensor import StoredTensor, made_matrix

#: What a change can be added to: numbers that stand for themselves.
_FLOATS = frozenset({"F16", "BF16", "F32", "F64"})


@dataclass(frozen=True)
class LowRank:
    """A change of low rank.

    Parameters
    ----------
    a : shape (r, in)
        What it reads.
    b : shape (out, r)
        What it writes.
    scale
        What their product is multiplied by.
    is_turned
        Whether the tensor it changes has shape (in, out): an embedding, or GPT-2's Conv1D.
    """

    a: StoredTensor
    b: StoredTensor
    scale: float
    is_turned: bool

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of what it changes."""
        out, width = self.b.shape[0], self.a.shape[1]
        return (width, out) if self.is_turned else (out, width)

    def factors(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the two matrices whose product it is, shapes (n, r) and (r, d)."""
        a, b = self.a.read_numbers(), self.b.read_numbers() * self.scale
        return (a.T, b.T) if self.is_turned else (b, a)


@dataclass(frozen=True)
class MergedTensor:
    """A tensor of a base with an adapter's change added.

    Parameters
    ----------
    base
        The tensor as it was.
    change
        What is added to it.

    Raises
    ------
    ModelFormatError
        When the change is of another shape.
    """

    base: StoredTensor
    change: LowRank
    dtype: str = "F32"

    def __post_init__(self) -> None:
        a, b = self.change.a, self.change.b
        fits = len(a.shape) == len(b.shape) == 2 and a.shape[0] == b.shape[1]
        if not fits or self.change.shape != self.base.shape:
            raise ModelFormatError(
                f"{a}: has shape {a.shape} and its other half {b.shape}, which is no change of "
                f"{self.base.name} {self.base.shape}"
            )
        if self.base.dtype not in _FLOATS:
            raise ModelFormatError(f"{self.base}: is {self.base.dtype}, to which nothing is added")

    def __str__(self) -> str:
        return str(self.base)

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its numbers lie, the base's and the adapter's."""
        return (*self.base.files, *self.change.a.files, *self.change.b.files)

    @property
    def name(self) -> str:
        """The base's name for it."""
        return self.base.name

    @property
    def shape(self) -> tuple[int, ...]:
        """The base's lengths."""
        return self.base.shape

    def open_matrix(self) -> Matrix:
        """Return the sum as a matrix in a file of ours, float32 rounded from float64.

        Raises
        ------
        ModelFormatError
            When one of the tensors is of a type that isn't read.
        """
        matrix = self.base.open_matrix()
        left, right = self.change.factors()

        def rows_of(block: slice) -> NDArray[np.float64]:
            return matrix.rows(block.start, block.stop) + left[block] @ right

        return made_matrix(rows_of, matrix.shape)

    def read_numbers(self) -> NDArray[np.float64]:
        """Return the sum whole.

        Raises
        ------
        ModelFormatError
            When it has more than 2^24 numbers, or a type isn't read.
        """
        left, right = self.change.factors()
        changed: NDArray[np.float64] = self.base.read_numbers() + left @ right
        return changed
