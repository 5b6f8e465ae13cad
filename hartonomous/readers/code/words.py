"""Words: what names, parameters, calls and documentation of a function say.

A word counts by where it stands and saturates, as in BM25 (Robertson and Zaragoza 2009): its
weight is c / (3 + c), where c is what its places count over .5 + .5 times the function's length.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.code.language import word_set
from hartonomous.readers.code.records import CodeFile

#: What one occurrence counts, in hundredths.
NAME, OWNER, DOCS, PARAMETER, CALLED, BODY = 800, 300, 200, 100, 30, 10
#: The strongest words of a function that are kept.
KEPT_WORDS = 32
#: A function of this many words counts as it is, a longer one less, a short one up to twice.
MEAN_WORDS = 120
#: What a word counts when its weight is one half, in hundredths.
_HALF = 300
#: Longer runs of letters are data; shorter ones say nothing.
MAX_WORD = 30
_MIN_WORD = 2
#: What is read of one function's body.
MAX_BODY = 8_000
MAX_DOCS = 2_000
#: Distinct words whose rarity is counted; later ones count as the rarest.
MAX_COUNTED = 1 << 20

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+")
_IDENTIFIER = re.compile(rb"[^\W\d]\w+")
_WORD = re.compile(r"[^\W\d_]+")
#: Words of the languages, not of what is written in them.
_KEYWORDS = word_set(
    """
    and as async await auto bool boolean break byte catch char class cls const continue def
    default defer del delete do double elif else end enum err except export extends false final
    finally float fn for from func function go goto if impl implements in instanceof int is
    lambda let long mod mut namespace new nil none not null nullptr of or pass private protected
    pub public raise return self short signed size_t static std struct super switch then this
    throw throws true try typedef typename typeof undefined union unsigned use using var virtual
    void where while with yield
    """
)


@lru_cache(maxsize=1 << 16)
def split_name(name: str) -> tuple[str, ...]:
    """Split a name into its words in lower case: ``parseHTTPHeader`` is parse, http, header."""
    parts = (part.lower() for part in _PART.findall(name))
    return tuple(p for p in parts if _MIN_WORD <= len(p) <= MAX_WORD and p not in _KEYWORDS)


@lru_cache(maxsize=1 << 16)
def _split_bytes(name: bytes) -> tuple[str, ...]:
    return split_name(name.decode("utf-8", "replace"))


def prose_words(text: str) -> list[str]:
    """Return the words of documentation in lower case."""
    words = (word.lower() for word in _WORD.findall(text[:MAX_DOCS]))
    return [word for word in words if _MIN_WORD <= len(word) <= MAX_WORD]


def count_words(
    name: str,
    owners: Iterable[str],
    parameters: bytes,
    called: Iterable[str],
    body: bytes,
    docs: str,
) -> tuple[dict[str, int], int]:
    """Count the words of one function.

    Returns
    -------
    counts
        What the places of each word count, in hundredths.
    length
        How many words there are.
    """
    counts: dict[str, int] = {}
    length = 0
    for identifier, times in Counter(_IDENTIFIER.findall(body)).items():
        words = _split_bytes(identifier)
        _add(counts, words, BODY * times)
        length += times * len(words)
    for identifier in _IDENTIFIER.findall(parameters):
        _add(counts, _split_bytes(identifier), PARAMETER)
    for callee in called:
        _add(counts, split_name(callee), CALLED)
    for owner in owners:
        _add(counts, split_name(owner), OWNER)
    _add(counts, split_name(name), NAME)
    _add(counts, prose_words(docs), DOCS)
    return counts, length


def _add(counts: dict[str, int], words: Iterable[str], value: int) -> None:
    for word in words:
        counts[word] = counts.get(word, 0) + value


def strongest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the words that are kept with their counts; of equally strong ones the first."""
    if len(counts) <= KEPT_WORDS:
        return list(counts.items())
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:KEPT_WORDS]


def weights_of(count: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the weights of words in units of 2^-20, from whole numbers alone.

    Parameters
    ----------
    count
        (m,) int64, what the places of each word count, in hundredths.
    length
        (m,) int64, words of its function.

    Returns
    -------
    (m,) int64, 1 to 2^20.
    """
    scaled = count * 2 * MEAN_WORDS
    whole = scaled + _HALF * (MEAN_WORDS + length)
    weight: NDArray[np.int64] = np.maximum(1, (scaled * WEIGHT_UNIT + whole // 2) // whole)
    return weight


class WordRarity:
    """How rare words are among the functions of files: the fewer hold one, the more it says.

    It is a sum over files, so what a file adds can be taken away again.
    """

    def __init__(self) -> None:
        self._functions = 0
        self._holding: Counter[str] = Counter()

    def add(self, file: CodeFile) -> None:
        """Count the words of one file's functions."""
        self._functions += len(file.functions)
        for pairs in file.pairs:
            if pairs.relation_type != "related":
                continue
            for place in pairs.a.tolist():
                word = file.concepts[place].text
                if word in self._holding or len(self._holding) < MAX_COUNTED:
                    self._holding[word] += 1

    def of(self, word: str) -> float:
        """Return ln(1 + N / n) / ln(1 + N) for a word that n of N functions hold, 0 to 1."""
        if not self._functions:
            return 1.0
        holding = max(1, self._holding[word])
        return math.log1p(self._functions / holding) / math.log1p(self._functions)
