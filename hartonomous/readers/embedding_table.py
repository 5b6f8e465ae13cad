"""What every reader of embeddings gives: a matrix, its vocabulary, and where both came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError
from hartonomous.readers.matrix import Matrix, blocks
from hartonomous.readers.vocabulary import LeftOut, Vocabulary

#: How many invalid rows an error names.
_NAMED = 5


@dataclass(frozen=True, eq=False)
class EmbeddingTable:
    """Vectors of concepts, on disk.

    Parameters
    ----------
    name
        A name for the source, made from its path.
    tensor_name
        The tensor that was chosen, or the file for word vectors.
    matrix
        One vector a row, shape (n, d).
    vocabulary
        Which rows stand for which concepts.
    vocabulary_digest : 32 bytes
        SHA-256 of the vocabulary as its file holds it.
    notes
        What was read otherwise than the files say, a line each, for people.
    """

    name: str
    tensor_name: str
    matrix: Matrix
    vocabulary: Vocabulary
    vocabulary_digest: bytes
    notes: tuple[str, ...] = ()
    #: The fingerprint, once the table was looked through.
    digest: bytes = b""

    @property
    def dtype(self) -> str:
        """The type in which the file stores the vectors, for example ``"bfloat16"``."""
        return self.matrix.dtype

    @property
    def left_out(self) -> LeftOut:
        """How many rows stand for no concept, by reason."""
        return self.vocabulary.left_out

    def with_notes(self, *notes: str) -> EmbeddingTable:
        """Return this table with more notes."""
        return replace(self, notes=(*self.notes, *notes)) if notes else self

    def vectors(self) -> NDArray[np.float32]:
        """Return the vectors of the vocabulary's rows, shape (m, d), float32, as a new array."""
        return self.matrix.take(self.vocabulary.rows)

    def fingerprint(self) -> bytes:
        """Return 32 bytes that say what was read: SHA-256 of the stored vectors and vocabulary.

        The same matrix and vocabulary in another folder, file or shard have the same
        fingerprint; one changed number, or the same numbers in another type, have another. A table
        that `usable` looked through knows it, for another the file is read.
        """
        return self.digest or _looked_through(self).digest


def usable(table: EmbeddingTable, *, skip_invalid: bool = False) -> EmbeddingTable:
    """Leave out rows that have no direction, and look for rows that are not finite.

    Rows of zeros, or so small that their length is zero in float32, are common in padded and
    pruned matrices, have no neighbours by cosine, and are always left out and counted. NaN and
    infinite values mean a broken file.

    Parameters
    ----------
    table
        What to look through; the matrix is read once, a block at a time, for its fingerprint too.
    skip_invalid
        Whether to leave out rows that are not finite as well.

    Raises
    ------
    InvalidVectorsError
        When rows of the vocabulary are not finite and ``skip_invalid`` is false, or no row is left.
    """
    look = _looked_through(table)
    rows = table.vocabulary.rows
    invalid = np.flatnonzero(~look.finite[rows])
    zero = np.flatnonzero(look.finite[rows] & ~look.filled[rows])
    if len(invalid) and not skip_invalid:
        raise InvalidVectorsError(_not_finite(table, invalid))
    if len(invalid) + len(zero) == len(rows):
        raise InvalidVectorsError(f"{table.name}: none of its rows has a direction")
    kept = table.vocabulary.without(invalid, "invalid")
    zero -= np.searchsorted(invalid, zero)  # places move up where invalid rows went
    return replace(table, vocabulary=kept.without(zero, "zero"), digest=look.digest)


@dataclass(frozen=True, eq=False)
class _Look:
    """What one reading of a matrix of n rows says."""

    #: The table's fingerprint.
    digest: bytes
    #: bool, shape (n,): rows of finite numbers, and rows whose length isn't zero in float32.
    finite: NDArray[np.bool_]
    filled: NDArray[np.bool_]


def _looked_through(table: EmbeddingTable) -> _Look:
    """Read the matrix once, a block at a time."""
    matrix = table.matrix
    rows, columns = matrix.shape
    digest = hashlib.sha256(f"{table.dtype} {rows} {columns} ".encode())
    digest.update(table.vocabulary_digest)
    finite, filled = np.empty(rows, np.bool_), np.empty(rows, np.bool_)
    for block in blocks(rows, columns):
        stored = matrix.stored[block]
        digest.update(np.ascontiguousarray(stored).view(np.uint8).data)
        vectors = matrix.as_float32(stored)
        with np.errstate(all="ignore"):
            filled[block] = np.einsum("ij,ij->i", vectors, vectors) != 0
        finite[block] = np.all(np.isfinite(vectors), axis=1)
    matrix.check_unchanged()
    return _Look(digest.digest(), finite, filled)


def _not_finite(table: EmbeddingTable, places: NDArray[np.int64]) -> str:
    vocabulary = table.vocabulary
    of_rows = vocabulary.concept_of_row[places[:_NAMED]]
    names = ", ".join(f"{vocabulary.concepts[i].label!r:.60}" for i in of_rows)
    more = ", ..." if len(places) > _NAMED else ""
    count = f"{len(places)} of {table.matrix.shape[0]} rows are not finite"
    return f"{table.name}: {count}: {names}{more}; use --skip-invalid to leave them out"
