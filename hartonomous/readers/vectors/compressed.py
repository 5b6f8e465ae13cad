"""Compressed files: unpacked into a folder that goes away again, and opened as what they hold."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, cast

from hartonomous.errors import HartonomousError, ModelFormatError
from hartonomous.readers.content import is_vectors
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request

_BLOCK_BYTES = 1 << 20
#: What a file may unpack to: so much in any case, beyond that so many times its size.
_ALWAYS_BYTES = 1 << 30
_MOST_TIMES = 100
#: How often a file may have been compressed; some unpack to themselves.
_MOST_LAYERS = 3


class Readable(Protocol):
    """What gives the unpacked bytes, a number of them at a time."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


#: Opens a path for reading what is unpacked.
Opener = Callable[[Path], AbstractContextManager[Readable]]


@dataclass(frozen=True)
class Compression:
    """One way to compress: its name, how it begins, and what opens it."""

    name: str
    magic: bytes
    open: Opener


def _zstd(path: Path) -> AbstractContextManager[Readable]:
    try:
        import zstandard
    except ImportError:
        raise _lacking(path, "zstd", "zstandard") from None
    return cast("AbstractContextManager[Readable]", zstandard.open(path, "rb"))


def _lz4(path: Path) -> AbstractContextManager[Readable]:
    try:
        import lz4.frame
    except ImportError:
        raise _lacking(path, "lz4", "lz4") from None
    return cast("AbstractContextManager[Readable]", lz4.frame.open(path, "rb"))


def _lacking(path: Path, name: str, package: str) -> ModelFormatError:
    return ModelFormatError(
        f"{path}: compressed by {name}; pip install 'hartonomous[formats]' brings {package}, which "
        "reads it, or unpack it first"
    )


COMPRESSIONS = (
    Compression("gzip", b"\x1f\x8b", gzip.GzipFile),
    Compression("bzip2", b"BZh", bz2.BZ2File),
    Compression("xz", b"\xfd7zXZ\x00", lzma.LZMAFile),
    Compression("lzma", b"\x5d\x00\x00", lzma.LZMAFile),
    Compression("zstd", b"\x28\xb5\x2f\xfd", _zstd),
    Compression("lz4", b"\x04\x22\x4d\x18", _lz4),
)


def recognise(place: Place) -> bool:
    """Say whether a file begins as one of `COMPRESSIONS` does."""
    packed = any(place.head.startswith(known.magic) for known in COMPRESSIONS)
    return packed and not is_vectors(place.head)


def open_compressed(place: Place, request: Request) -> EmbeddingTable:
    """Unpack a file and open what it holds.

    Raises
    ------
    ModelFormatError
        When it is cut off or damaged, unpacks to far more than its size, or the library that
        reads it is not installed; and whatever the file inside is refused for.
    """
    from hartonomous.readers.formats import open_place  # which has this format in its table

    path = place.path
    if place.layers == _MOST_LAYERS:
        raise ModelFormatError(f"{path}: compressed more than {_MOST_LAYERS} times")
    known = next(one for one in COMPRESSIONS if place.head.startswith(one.magic))
    with tempfile.TemporaryDirectory(prefix="hartonomous-") as folder:
        inner = Path(folder) / (path.stem or "unpacked")
        _unpack(path, inner, known)
        try:
            return open_place(
                replace(Place.of(inner, path.parent), layers=place.layers + 1), request
            )
        except HartonomousError as error:
            raise type(error)(str(error).replace(str(inner), f"{path} (unpacked)")) from None


def _unpack(path: Path, inner: Path, known: Compression) -> None:
    allowed = max(_ALWAYS_BYTES, _MOST_TIMES * path.stat().st_size)
    written = 0
    with inner.open("wb") as unpacked, known.open(path) as packed:
        while block := _read(packed, path, known):
            written += len(block)
            if written > allowed:
                raise ModelFormatError(
                    f"{path}: compressed, and unpacks to over {_MOST_TIMES} times its size"
                )
            unpacked.write(block)


def _read(packed: Readable, path: Path, known: Compression) -> bytes:
    """Read a block; each library has errors of its own for a file that is damaged."""
    try:
        return packed.read(_BLOCK_BYTES)
    except MemoryError:
        raise
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ModelFormatError(
            f"{path}: compressed by {known.name}, but cut off or damaged ({reason:.100})"
        ) from None
