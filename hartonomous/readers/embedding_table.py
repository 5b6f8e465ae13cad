"""What every reader of embeddings gives: a matrix, its vocabulary, and where both came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

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
        fingerprint; one changed number, or the same numbers in another type, have another.
        """
        rows, columns = self.matrix.shape
        digest = hashlib.sha256(f"{self.dtype} {rows} {columns} ".encode())
        digest.update(self.vocabulary_digest)
        for block in blocks(rows, columns):
            digest.update(np.ascontiguousarray(self.matrix.stored[block]).view(np.uint8).data)
        self.matrix.check_unchanged()
        return digest.digest()


def usable(table: EmbeddingTable, *, skip_invalid: bool = False) -> EmbeddingTable:
    """Leave out rows that have no direction, and look for rows that are not finite.

    Rows of zeros, or so small that their length is zero in float32, are common in padded and
    pruned matrices, have no neighbours by cosine, and are always left out and counted. NaN and
    infinite values mean a broken file.

    Parameters
    ----------
    table
        What to look through; the matrix is read once, a block at a time.
    skip_invalid
        Whether to leave out rows that are not finite as well.

    Raises
    ------
    InvalidVectorsError
        When rows of the vocabulary are not finite and ``skip_invalid`` is false, or no row is left.
    """
    invalid, zero = _faults(table)
    if len(invalid) and not skip_invalid:
        raise InvalidVectorsError(_not_finite(table, invalid))
    if len(invalid) + len(zero) == len(table.vocabulary.rows):
        raise InvalidVectorsError(f"{table.name}: none of its rows has a direction")
    kept = table.vocabulary.without(invalid, "invalid")
    zero -= np.searchsorted(invalid, zero)  # places move up where invalid rows went
    return replace(table, vocabulary=kept.without(zero, "zero"))


def _faults(table: EmbeddingTable) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places, in the vocabulary's rows, that are not finite and that are all zero."""
    marks = list(_marks(table))
    finite, filled = (np.concatenate(column) for column in zip(*marks, strict=True))
    return np.flatnonzero(~finite), np.flatnonzero(finite & ~filled)


def _marks(table: EmbeddingTable) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    rows = table.vocabulary.rows
    for block in blocks(len(rows), table.matrix.shape[1]):
        vectors = table.matrix.take(rows[block])
        with np.errstate(all="ignore"):
            squares = np.einsum("ij,ij->i", vectors, vectors)
        yield np.all(np.isfinite(vectors), axis=1), squares != 0


def _not_finite(table: EmbeddingTable, places: NDArray[np.int64]) -> str:
    vocabulary = table.vocabulary
    of_rows = vocabulary.concept_of_row[places[:_NAMED]]
    names = ", ".join(f"{vocabulary.concepts[i].label!r:.60}" for i in of_rows)
    more = ", ..." if len(places) > _NAMED else ""
    count = f"{len(places)} of {table.matrix.shape[0]} rows are not finite"
    return f"{table.name}: {count}: {names}{more}; use --skip-invalid to leave them out"
