"""Held-out lexicons: pairs of words that people rated for how related they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from hartonomous.concepts import is_storable
from hartonomous.errors import DocumentFormatError
from hartonomous.readers.content import without_marks

_MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class RatedPair:
    """Two words and how related people find them; only the order of the scores matters."""

    a: str
    b: str
    score: float


def read_lexicon(path: Path) -> tuple[RatedPair, ...]:
    """Read a lexicon such as SimLex-999 or WordSim-353.

    Parameters
    ----------
    path
        UTF-8, a pair a line, fields apart by tabs, or by commas where there is no tab: two words,
        then columns of which the first number is the score. Lines that begin with ``#`` and a
        first line without a number are headings.

    Raises
    ------
    DocumentFormatError
        The file is missing or not UTF-8, a line is no rated pair, or there are fewer than three.
    """
    if not path.is_file() or path.stat().st_size > _MAX_BYTES:
        raise DocumentFormatError(f"{path}: no such file, or too large for a lexicon")
    try:
        lines = without_marks(path.read_bytes()).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise DocumentFormatError(f"{path}: not UTF-8: convert the file first") from None
    rated = [(number, line) for number, line in enumerate(lines, 1) if _says_something(line)]
    pairs = [_pair(line) for _, line in rated]
    if pairs and pairs[0] is None:
        rated, pairs = rated[1:], pairs[1:]
    for (number, _), pair in zip(rated, pairs, strict=True):
        if pair is None:
            raise DocumentFormatError(f"{path}: line {number} is no two words and a number")
    found = tuple(pair for pair in pairs if pair is not None)
    if len(found) < 3:
        raise DocumentFormatError(f"{path}: fewer than three rated pairs")
    return found


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _pair(line: str) -> RatedPair | None:
    fields = [field.strip() for field in line.split("\t" if "\t" in line else ",")]
    numbers = [number for number in map(_number, fields[2:]) if number is not None]
    if not numbers or not is_storable(fields[0]) or not is_storable(fields[1]):
        return None
    return RatedPair(fields[0], fields[1], numbers[0])


def _number(field: str) -> float | None:
    try:
        number = float(field)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
