"""Tables with columns: which one holds the words, and which hold their numbers."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.readers.vectors.words import MAX_WIDTH, WordRow, bad_row

#: What a column holds: words, a list of numbers a row, decimal numbers, or whole ones.
Kind = Literal["text", "vector", "decimal", "whole"]

_WORDS = (
    "word",
    "words",
    "token",
    "tokens",
    "term",
    "label",
    "text",
    "key",
    "concept",
    "name",
    "phrase",
    "lemma",
    "form",
    "string",
    "surface",
)
_VECTORS = ("vector", "vectors", "embedding", "embeddings", "vec", "emb", "values", "features")
#: Whole numbers of these names say something of a word and are no part of its vector.
_NO_NUMBERS = (
    "",
    "id",
    "ids",
    "idx",
    "index",
    "count",
    "counts",
    "freq",
    "frequency",
    "rank",
    "n",
    "row",
    "level_0",
    "unnamed: 0",
    "__index_level_0__",
    "node",
    "length",
)
_DIGITS = re.compile(r"\d+")
_NAMED = 8


@dataclass(frozen=True)
class Columns:
    """The columns to read.

    Parameters
    ----------
    words
        The name of the column with the words.
    numbers
        One column with a list a row, or several with a number a row each.
    is_list
        Whether it is the former.
    left_out
        Columns of numbers that are no part of the vectors.
    """

    words: str
    numbers: tuple[str, ...]
    is_list: bool
    left_out: tuple[str, ...] = ()

    def notes(self, path: Path) -> tuple[str, ...]:
        """Say which columns aren't read, where there are any."""
        listed = ", ".join(shown(name) or "without a name" for name in self.left_out[:_NAMED])
        return (f"{path.name}: columns that are not read: {listed}",) if self.left_out else ()


def choose_columns(kinds: Mapping[str, Kind], path: Path) -> Columns:
    """Tell the words' column from the numbers'.

    Raises
    ------
    ModelFormatError
        When there is none of one sort, or it can't be told which is meant.
    """
    if not set(kinds.values()) - {"text"}:
        raise ModelFormatError(f"{path}: has no columns of numbers")
    words = _words_column(kinds, path)
    rest = {name: kind for name, kind in kinds.items() if name != words}
    lists = [name for name, kind in rest.items() if kind == "vector"]
    if lists:
        return Columns(words, (_one_of(lists, _VECTORS, "lists of numbers", path),), True)
    decimal = [name for name, kind in rest.items() if kind == "decimal"]
    whole = [name for name, kind in rest.items() if kind == "whole"]
    families = {_DIGITS.sub("", name) for name in decimal}
    numbers = [
        name
        for name in rest
        if name in decimal
        or (
            name in whole
            and name.lower() not in _NO_NUMBERS
            and (not decimal or _DIGITS.sub("", name) in families)
        )
    ]
    if not 1 < len(numbers) <= MAX_WIDTH:
        raise ModelFormatError(f"{path}: has no columns of numbers beside {shown(words)}")
    return Columns(words, tuple(numbers), False, tuple(n for n in whole if n not in numbers))


def _words_column(kinds: Mapping[str, Kind], path: Path) -> str:
    text = [name for name, kind in kinds.items() if kind == "text"]
    if not text:
        names = (*_WORDS, "node", "id")
        text = [n for n, kind in kinds.items() if kind == "whole" and n.lower() in names][:1]
    if not text:
        raise ModelFormatError(f"{path}: has no column of words, only numbers")
    return _one_of(text, _WORDS, "words", path)


def _one_of(names: Sequence[str], usual: Iterable[str], what: str, path: Path) -> str:
    """Return the only name, or the first that is usual for what is looked for."""
    if len(names) == 1:
        return names[0]
    for known in usual:
        for name in names:
            if name.lower() == known:
                return name
    listed = ", ".join(shown(name) for name in names[:_NAMED])
    raise ModelFormatError(
        f"{path}: several columns may hold the {what} ({listed}); call the one that does "
        f"{next(iter(usual))}"
    )


def is_word_name(name: str) -> bool:
    """Say whether a column of this name holds words, whatever they look like."""
    return name.lower() in _WORDS


def kind_of(values: Sequence[object]) -> Kind | None:
    """Return what a column of parsed values holds, None when it holds neither text nor numbers."""
    if all(isinstance(value, str) for value in values):
        return "text"
    if all(isinstance(value, list) for value in values):
        return "vector"
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return None
    return "whole" if all(isinstance(value, int) for value in values) else "decimal"


def word_row(
    word: object, numbers: Sequence[object], width: int, place: tuple[Path, int]
) -> WordRow:
    """Return one row of word vectors.

    Parameters
    ----------
    word
        Text, a whole number, or None for a word that is missing.
    place
        The file, and the vector's number in it from 1.

    Raises
    ------
    ModelFormatError
        When the word is no text, or the numbers aren't ``width`` numbers.
    """
    path, number = place
    if len(numbers) != width or not (word is None or isinstance(word, (str, int))):
        raise bad_row(path, number, width)
    found = [n for n in numbers if isinstance(n, (int, float)) and not isinstance(n, bool)]
    if len(found) != width:
        raise bad_row(path, number, width)
    return ("" if word is None else str(word)), _float32(found)


def _float32(numbers: Sequence[float]) -> bytes:
    """Return numbers as float32; whole ones may be too large even for double."""
    try:
        return array("f", numbers).tobytes()
    except OverflowError:
        return array("f", [math.inf] * len(numbers)).tobytes()
