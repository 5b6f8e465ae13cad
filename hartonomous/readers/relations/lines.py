"""Lines of text files, packed by gzip or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from hartonomous.errors import DocumentFormatError
from hartonomous.readers.content import HEAD_BYTES, without_marks
from hartonomous.readers.opening import Place

_MAX_LINE = 1 << 20


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line."""

    said: str


def read_lines(path: Path) -> Iterator[tuple[int, str | Fault]]:
    """Give the lines of a file, packed by gzip or not, with their numbers from 1."""
    try:
        with _opened_file(path) as file:
            number = 0
            while line := file.readline(_MAX_LINE + 1):
                number += 1
                if len(line) > _MAX_LINE:
                    raise DocumentFormatError(f"{path}: line {number} is longer than 1 MiB")
                try:
                    yield number, (without_marks(line) if number == 1 else line).decode("utf-8")
                except UnicodeDecodeError:
                    yield number, Fault("is not UTF-8")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DocumentFormatError(f"{path}: damaged gzip ({error})") from None


def _opened_file(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def unpacked_head(place: Place) -> bytes:
    """Return how a file begins once it is unpacked; nothing where it can't be."""
    if place.path.suffix.lower() != ".gz":
        return place.head
    try:
        with _opened_file(place.path) as file:
            return file.read(HEAD_BYTES)
    except (EOFError, OSError, zlib.error):
        return b""


def suffix_of(path: Path) -> str:
    """Return what says the form of a file, before what says that it is packed."""
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()
