"""Codebooks: a number of directions among a model's features, which become the words of images.

A codebook is learned once, by spherical k-means, and kept in a file, so that images which come and
go later don't change what its cells mean.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.hashing import blake3
from hartonomous.readers.files import read_bytes

CELLS = 256
MOST_CELLS = 1 << 14
#: Vectors that it is learned from.
SAMPLE = 30_000
_ROUNDS = 12
_SEED = 1


@dataclass(frozen=True, eq=False)
class Codebook:
    """Cells of features.

    Parameters
    ----------
    cells : float32, shape (n, d)
        Unit vectors.
    """

    cells: NDArray[np.float32]

    @property
    def fingerprint(self) -> bytes:
        """32 bytes, of its numbers and their shape."""
        shape = f"codebook {self.cells.shape}\0".encode()
        return blake3(shape + np.ascontiguousarray(self.cells, "<f4").tobytes())

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """Return a concept a cell: which codebook, and which cell of it."""
        name = self.fingerprint.hex()[:12]
        return tuple(Concept("visual", f"{name}/{cell}") for cell in range(len(self.cells)))

    def shares(self, patches: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return which part of the patches, (n, d), each cell is the nearest of; they add up to 1.

        Raises
        ------
        ModelFormatError
            The patches are of another model: they have another width.
        """
        if patches.shape[1:] != self.cells.shape[1:]:
            raise ModelFormatError(
                f"the codebook has {self.cells.shape[1]} numbers a cell, and the classifier's map "
                f"{patches.shape[1] if len(patches) else 0}: it is of another model"
            )
        nearest = np.argmax(patches.astype(np.float64) @ self.cells.T.astype(np.float64), axis=1)
        return np.bincount(nearest, minlength=len(self.cells)) / len(nearest)

    def save(self, path: Path) -> None:
        """Write it as npy."""
        written = io.BytesIO()
        np.save(written, self.cells.astype("<f4"), allow_pickle=False)
        path.write_bytes(written.getvalue())


def open_codebook(path: Path) -> Codebook:
    """Read a codebook.

    Raises
    ------
    ModelFormatError
        It is no npy of finite float32 with 2 to 16,384 rows, none of them 0.
    """
    content = read_bytes(path)
    try:
        cells = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, OSError, EOFError, MemoryError):
        raise ModelFormatError(f"{path}: no codebook, which is an npy of numbers") from None
    is_table = isinstance(cells, np.ndarray) and cells.ndim == 2 and cells.dtype == np.float32
    if not is_table or not 1 < len(cells) <= MOST_CELLS or not np.isfinite(cells).all():
        raise ModelFormatError(f"{path}: no codebook of 2 to {MOST_CELLS:,} cells of float32")
    if not (np.linalg.norm(cells, axis=1) > 0).all():
        raise ModelFormatError(f"{path}: a cell of the codebook has no direction")
    return Codebook(cells)


def learn_codebook(patches: Iterable[NDArray[np.float32]], cells: int = CELLS) -> Codebook:
    """Learn cells from the patches of images, which are taken in equal shares.

    Spherical k-means (Dhillon and Modha 2001) with a fixed seed; ties go to the lowest cell, and a
    cell that nobody is near to stays where it was.

    Parameters
    ----------
    patches : float32, shapes (n, d)
        The features of each image.

    Raises
    ------
    ParameterError
        There are fewer patches than cells, or fewer than 2 cells.
    """
    if not 1 < cells <= MOST_CELLS:
        raise ParameterError(f"cells must be 2 to {MOST_CELLS:,}, not {cells}")
    vectors = _sample(patches)
    if len(vectors) < cells:
        raise ParameterError(f"{len(vectors)} patches are too few for {cells} cells")
    chosen = np.random.default_rng(_SEED).choice(len(vectors), cells, replace=False)
    centres = vectors[np.sort(chosen)]
    for _ in range(_ROUNDS):
        nearest = np.argmax(vectors @ centres.T, axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centres)
    return Codebook(centres.astype(np.float32))


def _sample(patches: Iterable[NDArray[np.float32]]) -> NDArray[np.float64]:
    """Return unit vectors: a reservoir of all (Vitter 1985), so that memory is bounded."""
    chance = np.random.default_rng(_SEED)
    held: list[NDArray[np.float32]] = []
    for seen, vector in enumerate(row for each in patches for row in each):
        if seen < SAMPLE:
            held.append(vector.copy())
        elif (place := int(chance.integers(seen + 1))) < SAMPLE:
            held[place] = vector.copy()
    if not held:
        return np.empty((0, 0))
    vectors = np.stack(held).astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    kept = lengths > 0
    return np.asarray(vectors[kept] / lengths[kept, None])
