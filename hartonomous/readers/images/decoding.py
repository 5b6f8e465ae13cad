"""From an untrusted picture to RGB pixels, by Pillow, and the concept that these pixels are.

Only formats that are decoded without any other program are taken. A header's size is checked before
anything is unpacked.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.readers.extras import required

#: By Pillow's names.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm", ".pgm"}
)
MOST_BYTES = 256 << 20
MOST_PIXELS = 64 << 20
#: What images are laid on where they are transparent.
_GROUND = (255, 255, 255, 255)
_SIXTEEN_BITS = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
#: What Pillow's decoders raise at malformed files, beside OSError.
_FAULTS = (
    OSError, ValueError, SyntaxError, TypeError, IndexError, KeyError, AttributeError,
    ArithmeticError, EOFError, MemoryError, RuntimeError, struct.error, Warning,
)  # fmt: skip


class LeftOutError(DocumentFormatError):
    """A picture that can't be read; ``reason`` is one word to count it under."""

    def __init__(self, path: Path, reason: str, said: str) -> None:
        super().__init__(f"{path}: {said}")
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Picture:
    """Decoded pixels.

    Parameters
    ----------
    pixels : uint8, shape (height, width, 3)
        Red, green and blue, upright, on white where they were transparent.
    notes
        What was read otherwise than the file says.
    """

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()

    @property
    def concept(self) -> Concept:
        """The image: the same in every file that holds these pixels."""
        height, width, _ = self.pixels.shape
        shape = f"{width}x{height} RGB\0".encode()
        return Concept("image", blake3(shape + self.pixels.tobytes()).hex()[:32])


def decode(path: Path) -> Picture:
    """Read a picture; of an animation the first frame.

    Raises
    ------
    LeftOutError
        It is no picture, broken, cut off, larger than 64 million pixels or 256 MiB, or its numbers
        are no colours.
    ParameterError
        Pillow is not installed.
    """
    pil: Any = required("PIL.Image", "vision")
    size = path.stat().st_size
    if not 0 < size <= MOST_BYTES:
        said = "is empty" if not size else f"is larger than {MOST_BYTES >> 20} MiB"
        raise LeftOutError(path, "empty" if not size else "large", said)
    return _shielded(path, lambda: _decoded(path, pil))


def _shielded(path: Path, decoded: Callable[[], Picture]) -> Picture:
    """Turn whatever a decoder raises at a malformed file into one line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return decoded()
    except DocumentFormatError:
        raise
    except Exception as error:
        name = type(error).__name__
        if name == "DecompressionBombError":
            raise _too_large(path) from None
        if name == "UnidentifiedImageError":
            raise LeftOutError(path, "no picture", "is no picture that can be read") from None
        if not isinstance(error, _FAULTS):
            raise
        said = str(error).partition("\n")[0].replace(str(path), "")
        raise LeftOutError(path, "broken", f"is a broken picture ({said:.100})") from None


def _too_large(path: Path) -> LeftOutError:
    return LeftOutError(path, "large", f"has more than {MOST_PIXELS >> 20} Mi pixels")


def _decoded(path: Path, pil: Any) -> Picture:  # noqa: ANN401  # Pillow is optional
    ops = required("PIL.ImageOps", "vision")
    notes = []
    with pil.open(path, formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            raise _too_large(path)
        if getattr(opened, "is_animated", False):
            notes.append(f"{path.name}: an animation; its first frame was read")
        opened.load()
        upright = ops.exif_transpose(opened)
    pixels = np.ascontiguousarray(np.asarray(_as_rgb(upright, path, pil), dtype=np.uint8))
    if pixels.ndim != 3 or not pixels.size:
        raise LeftOutError(path, "empty", "has no pixels")
    return Picture(pixels, tuple(notes))


def _as_rgb(image: Any, path: Path, pil: Any) -> Any:  # noqa: ANN401  # Pillow is optional
    if image.mode in _SIXTEEN_BITS:
        deep = np.asarray(image).astype(np.uint32)
        return pil.fromarray((deep >> 8).astype(np.uint8)).convert("RGB")
    if image.mode in {"I", "F"}:
        raise LeftOutError(path, "depth", f"has numbers of 32 bits (mode {image.mode}), no colours")
    if "A" in image.getbands() or "transparency" in image.info:
        ground = pil.new("RGBA", image.size, _GROUND)
        return pil.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")
