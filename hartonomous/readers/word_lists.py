"""Lists of words, one a line, and what looks like one but holds counts or numbers too."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import HEAD_BYTES, decode_text

#: A list is judged by this share of its lines.
_NEARLY_ALL = 0.9
#: Shorter lists are too short to be judged.
_FEW = 5

_COUNTED = re.compile(r"\S.*[ \t,;:|=][-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?", re.DOTALL)
_NUMBERED = re.compile(r"[ \t]*\d+[ \t,;:|=]\s*\S.*", re.DOTALL)
_QUOTED = re.compile(r"([\"']).+\1,?", re.DOTALL)
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?")
_INTEGER = re.compile(r"[-+]?\d+")


def lines_of(content: bytes, path: Path) -> list[str]:
    """Return the lines of a file; only a line feed parts them, as other marks can be tokens.

    Raises
    ------
    ModelFormatError
        When it is not UTF-8, or its lines end in carriage returns alone.
    """
    text = decode_text(content, path)
    refuse_returns(text[:HEAD_BYTES], path)
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def refuse_returns(head: str, path: Path) -> None:
    """Refuse text whose lines end in carriage returns alone, as old Macs ended them.

    Raises
    ------
    ModelFormatError
        When the beginning has several of them and no line feed.
    """
    if head.count("\r") > 1 and "\n" not in head:
        raise ModelFormatError(
            f"{path}: its lines end in carriage returns alone; end them in line feeds"
        )


def refuse_counts(words: Sequence[str], source: str) -> None:
    """Refuse a list whose lines hold more than words: their counts, numbers or vectors.

    GloVe's ``vocab.txt`` and fairseq's dictionaries have a count after each word, SentencePiece's
    ``.vocab`` a score; fairseq leaves special tokens out, so that their rows can't be told.

    Raises
    ------
    ModelFormatError
        When nearly all lines are such.
    """
    refuse_numbers(words, source)
    if len(words) < _FEW:
        return
    if _share(words, _COUNTED.fullmatch) >= _NEARLY_ALL:
        what = "a word and a count, or another number"
    elif _share(words, _NUMBERED.fullmatch) >= _NEARLY_ALL:
        what = "a number and a word"
    elif _share(words, _QUOTED.fullmatch) >= _NEARLY_ALL:
        what = "a word in quotes"
    else:
        return
    raise ModelFormatError(
        f"{source}: each of its lines is {what}, and may not be in the order of the rows; "
        "name a list with the words alone, one a line, with --vocabulary"
    )


def refuse_numbers(words: Sequence[str], source: str) -> None:
    """Refuse what stands for words where it is a matrix's first column of numbers.

    Whole numbers that differ can be the names of nodes or products; decimal and negative numbers,
    and whole ones that come again and again, are none.

    Raises
    ------
    ModelFormatError
        When most words are such numbers.
    """
    decimal = sum(_is_decimal(word) for word in words)
    whole = [word for word in words if _INTEGER.fullmatch(word)]
    repeated = len(whole) - len(set(whole))
    if len(words) >= _FEW and decimal + repeated > len(words) / 2:
        raise ModelFormatError(
            f"{source}: has numbers where its words should be; save the matrix as npy, with the "
            "words one a line beside it"
        )


def _is_decimal(word: str) -> bool:
    begin = word.split(maxsplit=1)[0] if word.strip() else ""
    return bool(_DECIMAL.fullmatch(begin)) or (begin.startswith("-") and begin[1:].isdigit())


def _share(words: Sequence[str], matches: Callable[[str], object]) -> float:
    return sum(matches(word) is not None for word in words) / len(words)
