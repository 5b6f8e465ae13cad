"""BLAKE3 digests: of one buffer, of many short keys in one native call, and of whole files."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from hartonomous._native import SEGMENT_BYTES, blake3_root, blake3_segment
from hartonomous._native import blake3 as _blake3
from hartonomous._native import blake3_many as _blake3_many
from hartonomous._native import blake3_rows as _blake3_rows
from hartonomous.errors import HartonomousError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from typing_extensions import Buffer

DIGEST_BYTES = 32


def blake3(data: Buffer) -> bytes:
    """Return the BLAKE3 digest of a buffer of any length.

    Parameters
    ----------
    data
        ``bytes``, ``memoryview`` or any other C-contiguous buffer.

    Returns
    -------
    bytes
        32 bytes, as the reference implementation gives them
        (https://github.com/BLAKE3-team/BLAKE3-specs).
    """
    return _blake3(data)


def blake3_many(keys: Sequence[bytes]) -> NDArray[np.uint8]:
    """Return the BLAKE3 digests of many keys of any length, in one native call.

    Parameters
    ----------
    keys
        A sequence of ``bytes``; fastest where they are at most 1,024 bytes long.

    Returns
    -------
    NDArray[np.uint8]
        Shape (len(keys), 32), one digest a row.
    """
    return _blake3_many(keys)


def blake3_rows(matrix: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the BLAKE3 digest of every row of a byte matrix.

    Parameters
    ----------
    matrix
        Shape (n, width), uint8: n keys of equal length.

    Returns
    -------
    NDArray[np.uint8]
        Shape (n, 32).

    Raises
    ------
    ParameterError
        If the matrix is not two-dimensional uint8.
    """
    if matrix.ndim != 2 or matrix.dtype != np.uint8:
        raise ParameterError(f"rows to hash must be 2-D uint8, not {matrix.ndim}-D {matrix.dtype}")
    return _blake3_rows(np.ascontiguousarray(matrix))


def blake3_file(path: Path, *, threads: int | None = None) -> bytes:
    """Return the BLAKE3 digest of a file, reading 16 MiB segments on several threads.

    Parameters
    ----------
    path
        A regular file of any size; memory stays at one segment a thread.
    threads
        How many segments are read and hashed at once; one a core by default.

    Returns
    -------
    bytes
        32 bytes, equal to ``blake3`` of the file's content.

    Raises
    ------
    HartonomousError
        If the file changes its length while it is read.
    """
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size <= SEGMENT_BYTES:
            return _blake3(file.read())
        return _hash_segments(path, file.fileno(), size, threads)


def _hash_segments(path: Path, descriptor: int, size: int, threads: int | None) -> bytes:
    """Hash complete subtrees of the file independently, then join their values at the root."""

    def hash_segment(index: int) -> bytes:
        offset = index * SEGMENT_BYTES
        expected = min(SEGMENT_BYTES, size - offset)
        segment = os.pread(descriptor, expected, offset)
        if len(segment) != expected:
            raise HartonomousError(f"{path}: shorter than its {size} bytes while it was read")
        return blake3_segment(segment, index)

    count = -(-size // SEGMENT_BYTES)
    with ThreadPoolExecutor(threads or available_cores()) as pool:
        values = b"".join(pool.map(hash_segment, range(count)))
    return blake3_root(np.frombuffer(values, np.uint8).reshape(count, DIGEST_BYTES))


def available_cores() -> int:
    """Return how many cores this process may run on."""
    return len(os.sched_getaffinity(0))
