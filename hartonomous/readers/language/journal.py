"""What a long run has found so far, on disk: killed in the middle, the same run goes on from there.

It holds numbers, and none of the texts that they are of. One process at a time writes to it, and
whoever comes to its end takes it away.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.hashing import blake3

_STORED = np.dtype("<i4")
_DIGEST_BYTES = 32


class Journal:
    """Blocks of numbers in an open file, each behind its digest.

    Parameters
    ----------
    file
        Open for reading and writing, at its beginning.
    key
        What the run is; blocks of another are not taken.
    """

    def __init__(self, file: int, key: bytes) -> None:
        self._file, self._key = file, key
        self._end = 0

    def read(self, shape: tuple[int, ...]) -> NDArray[np.int32] | None:
        """Return the next block, or None where there is no whole one: from there on it is written.

        Parameters
        ----------
        shape
            Of the block.
        """
        length = _DIGEST_BYTES + int(np.prod(shape)) * _STORED.itemsize
        stored = os.pread(self._file, length, self._end)
        content = stored[_DIGEST_BYTES:]
        if len(stored) < length or stored[:_DIGEST_BYTES] != self._digest(content):
            os.ftruncate(self._file, self._end)
            return None
        self._end += length
        return np.frombuffer(content, _STORED).reshape(shape).astype(np.int32)

    def write(self, block: NDArray[np.int32]) -> None:
        """Append a block; it is on disk when this returns.

        Raises
        ------
        ParameterError
            There is no room for it.
        """
        content = np.ascontiguousarray(block, _STORED).tobytes()
        whole = self._digest(content) + content
        try:
            while whole:
                count = os.pwrite(self._file, whole, self._end)
                whole, self._end = whole[count:], self._end + count
            os.fdatasync(self._file)
        except OSError as error:
            raise ParameterError(
                f"{_folder()}: {error.strerror}; it holds unfinished runs"
            ) from error

    def _digest(self, content: bytes) -> bytes:
        return blake3(self._key + self._end.to_bytes(8, "little") + content)


@contextmanager
def journal_of(key: bytes) -> Iterator[Journal]:
    """Open the journal of a run; when the run ends without an error, it is taken away.

    Parameters
    ----------
    key : 32 bytes
        What the run is: of its input, its model and its settings.

    Raises
    ------
    ParameterError
        Another process is at the same run, or no file can be made.
    """
    path = _folder() / f"{key.hex()}.journal"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise ParameterError(f"{path}: {error.strerror}") from error
    try:
        _lock(file, path)
        yield Journal(file, key)
        path.unlink(missing_ok=True)
    finally:
        os.close(file)


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ParameterError(f"{path}: another process is at the same run") from None


def _folder() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "hartonomous" / "unfinished"
