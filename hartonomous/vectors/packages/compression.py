"""Compressed arrays; nothing that is unpacked gets longer than it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.vectors.extras import required

if TYPE_CHECKING:
    from typing_extensions import Buffer

ALGORITHMS = ("zstd", "lz4", "none")
#: Level of zstd: higher ones take much longer for a few percent of weights.
_LEVEL = 9


def check_algorithm(name: str) -> str:
    """Return the name of a compression; others are a ParameterError."""
    if name not in ALGORITHMS:
        raise ParameterError(f"compression is {', '.join(ALGORITHMS)}, not {name!r:.40}")
    return name


def compress(content: Buffer, algorithm: str) -> bytes:
    """Return content compressed."""
    if algorithm == "zstd":
        return bytes(required("zstandard").ZstdCompressor(level=_LEVEL).compress(content))
    if algorithm == "lz4":
        return bytes(required("lz4.frame").compress(content))
    return bytes(content)


def decompress(packed: bytes, algorithm: str, size: int) -> bytes:
    """Return what was compressed, which has to be ``size`` bytes.

    Raises
    ------
    ModelFormatError
        It is malformed, or shorter or longer than that.
    """
    try:
        content = _decompressed(packed, algorithm, size)
    except Exception as error:  # each library has errors of its own
        raise ModelFormatError(f"compressed content is malformed ({error!s:.80})") from None
    if len(content) != size:
        raise ModelFormatError(f"compressed content is not the {size:,} bytes it should be")
    return content


def _decompressed(packed: bytes, algorithm: str, size: int) -> bytes:
    if algorithm == "zstd":
        with required("zstandard").ZstdDecompressor().stream_reader(packed) as reader:
            return bytes(reader.read(size + 1))
    if algorithm == "lz4":
        reader = required("lz4.frame").LZ4FrameDecompressor()
        return bytes(reader.decompress(packed, size + 1))
    return packed
