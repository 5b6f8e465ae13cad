"""What every format of models gives: named tensors that stay on disk until they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hartonomous.readers.matrix import Matrix, blocks
from hartonomous.readers.stored import spool

#: Bytes of float32 that turning a matrix holds at a time.
_STRIP_BYTES = 128 << 20


class StoredTensor(Protocol):
    """One tensor of a model's file; as text it names the file and itself, for messages."""

    @property
    def name(self) -> str:
        """What the file calls it, or what it was found to be."""

    @property
    def dtype(self) -> str:
        """How it is stored, as the format calls it: ``"BF16"``, ``"Q4_1"``."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its lengths, the outermost first."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Where its numbers lie."""

    def open_matrix(self) -> Matrix:
        """Return it as a matrix, shape (n, d), on disk: where it is, or in a file of ours.

        What is not stored as plain rows is written to a file of ours at each call.

        Raises
        ------
        ModelFormatError
            When it is no matrix, or of a type that isn't read.
        """

    def read_numbers(self) -> NDArray[np.float64]:
        """Return it whole, in its own shape.

        Raises
        ------
        ModelFormatError
            When it has more than 2^24 numbers, or is of a type that isn't read.
        """


def made_matrix(rows_of: Callable[[slice], NDArray[np.floating]], shape: tuple[int, int]) -> Matrix:
    """Write a matrix to a file of ours, about 8 MiB at a time.

    Parameters
    ----------
    rows_of
        Gives the rows of a slice, shape (m, d).
    shape : (n, d)
        Rows and columns.
    """
    with np.errstate(over="ignore"):  # what float32 can't hold is found as an infinite row
        parts = (rows_of(block).astype("<f4").tobytes() for block in blocks(*shape))
        return Matrix(spool(parts, shape[1]), "float32")


def turned(matrix: Matrix) -> Matrix:
    """Return the transpose of a matrix, shape (d, n), written to a file of ours.

    The matrix is read once for each 128 MiB of it.
    """
    rows, columns = matrix.shape
    step = max(1, _STRIP_BYTES // (4 * rows))

    def strips() -> Iterator[bytes]:
        for first in range(0, columns, step):
            strip = np.empty((min(step, columns - first), rows), "<f4")
            for block in blocks(rows, columns):
                part = matrix.rows(block.start, block.stop)
                strip[:, block] = part[:, first : first + step].T
            yield strip.tobytes()

    return Matrix(spool(strips(), rows), "float32")
