"""Mine running text: which words follow each other, and which occur together in a window.

A word is a run of letters and digits, in lower case, as in the vocabularies of uncased models, so
that text and models speak of the same concepts. Neither relation reaches over the end of a
sentence or paragraph. Counts become weights by n / (n + 1): seen together once is 1/2, as a good
neighbour in a model, and no count exceeds 1. In a window two words at distance d count 1/d.
All sums are whole numbers, so weights depend neither on order nor on the machine.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.stream_safe import stream_safe

WINDOW = 5
MAX_WINDOW = 20
#: Longer runs of letters are no words but data.
MAX_WORD = 100
#: Distinct pairs of one document; more would not be counted in bounded memory.
MAX_PAIRS = 1 << 24

_BLOCK_WORDS = 1 << 17
#: What can't end a word goes on to the next block, up to this many characters.
_MAX_HELD = 1 << 16
#: One mark and not all that stand together: trying those from each would take their square.
_BREAK = r"[.!?;:](?=\s)|\n\s*\n"


@dataclass(frozen=True)
class Pairs:
    """Pairs of words of one document, each once, ordered by a, then b; columns of length m."""

    a: NDArray[np.int32]
    b: NDArray[np.int32]
    #: In units of 2^-20, 1 to 2^20.
    weight: NDArray[np.int32]


@dataclass(frozen=True)
class MinedText:
    """What one document says; pairs refer to its words by index."""

    words: tuple[str, ...]
    #: Words that occur within the window of each other, in both directions.
    related: Pairs
    #: Words that come right before others.
    precedes: Pairs


def mine_text(blocks: Iterable[str], window: int = WINDOW) -> MinedText:
    """Count the words of one document.

    Parameters
    ----------
    blocks
        The text in pieces, cut anywhere.
    window
        The largest distance at which words count as seen together, 1 to 20.

    Raises
    ------
    ParameterError
        ``window`` is out of range, or the document has more than 2^24 distinct pairs.
    """
    if not 1 <= window <= MAX_WINDOW:
        raise ParameterError(f"window must be from 1 to {MAX_WINDOW}, not {window}")
    unit = math.lcm(*range(1, window + 1))
    index: dict[str, int] = {}
    related, precedes = _PairCount(), _PairCount()
    for word, sentence in _blocks_of_words(blocks, index, window):
        for distance in range(1, window + 1):
            a, b = _at_distance(word, sentence, distance)
            related.add(np.minimum(a, b), np.maximum(a, b), unit // distance)
            if distance == 1:
                precedes.add(a, b, 1)
    return MinedText(tuple(index), related.both_ways(unit), precedes.pairs(1))


def _at_distance(
    word: NDArray[np.int64], sentence: NDArray[np.int64], distance: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    a, b = word[:-distance], word[distance:]
    # the first words of a block were counted with each other before: they carry no number
    together = (np.abs(sentence[:-distance]) == sentence[distance:]) & (a != b)
    return a[together], b[together]


def _blocks_of_words(
    blocks: Iterable[str], index: dict[str, int], window: int
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give words and the numbers of their sentences, from 1, in blocks of bounded length.

    Each block begins with the last ``window`` words of the one before, whose sentence number is
    negative, so that no pair is lost and none is counted twice.
    """
    words: list[int] = []
    sentences: list[int] = []
    sentence = 1
    for word in split_words(blocks):
        if word is None:
            sentence += 1
            continue
        words.append(index.setdefault(word, len(index)))
        sentences.append(sentence)
        if len(words) >= _BLOCK_WORDS:
            yield np.array(words), np.array(sentences)
            words = words[-window:]
            sentences = [-abs(number) for number in sentences[-window:]]
    yield np.array(words, dtype=np.int64), np.array(sentences, dtype=np.int64)


def split_words(blocks: Iterable[str]) -> Iterator[str | None]:
    """Give the words of a text in lower case and NFC; None stands between sentences."""
    pattern = _pattern()
    held = ""
    for block in blocks:
        text = held + block
        cut = max(text.rfind(" "), text.rfind("\n")) if len(text) < _MAX_HELD * 2 else len(text)
        # a line end waits for the next block, which may bring the second one of a paragraph
        cut = len(text[: cut + 1].rstrip()) if cut < len(text) else cut
        held = text[cut:]
        yield from _words_of(text[:cut] + (" " if held else ""), pattern)
    yield from _words_of(f"{held}\n", pattern)


def _words_of(text: str, pattern: re.Pattern[str]) -> Iterator[str | None]:
    for match in pattern.finditer(unicodedata.normalize("NFC", stream_safe(text))):
        word = match[1]
        if word is None:
            yield None
        elif len(word) <= MAX_WORD:
            yield unicodedata.normalize("NFC", word.lower().replace("’", "'"))


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Return what matches a word, marks of its script included, or the end of a sentence."""
    marks = "".join(
        chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"[\w{re.escape(marks)}]"
    return re.compile(rf"(\w{letter}*(?:['’]{letter}+)*)|{_BREAK}")


class _PairCount:
    """Sums whole numbers by pair, in memory bounded by the distinct pairs."""

    def __init__(self) -> None:
        self._keys: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._counts: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._waiting: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._waiting_pairs = 0

    def add(self, a: NDArray[np.int64], b: NDArray[np.int64], count: int) -> None:
        """Add a count to each of the pairs."""
        keys, times = np.unique(a << 32 | b, return_counts=True)
        self._waiting.append((keys, times * count))
        self._waiting_pairs += len(keys)
        if self._waiting_pairs > max(1 << 20, len(self._keys)):
            self._merge()

    def pairs(self, unit: int) -> Pairs:
        """Return every pair with the weight of its count in parts of ``unit``."""
        self._merge()
        weight = (self._counts * WEIGHT_UNIT + (self._counts + unit) // 2) // (self._counts + unit)
        return Pairs(
            (self._keys >> 32).astype(np.int32),
            (self._keys & 0xFFFFFFFF).astype(np.int32),
            np.maximum(weight, 1).astype(np.int32),
        )

    def both_ways(self, unit: int) -> Pairs:
        """Return every pair in both directions."""
        half = self.pairs(unit)
        a, b = np.concatenate([half.a, half.b]), np.concatenate([half.b, half.a])
        order = np.lexsort((b, a))
        return Pairs(a[order], b[order], np.concatenate([half.weight, half.weight])[order])

    def _merge(self) -> None:
        keys = np.concatenate([self._keys, *(keys for keys, _ in self._waiting)])
        counts = np.concatenate([self._counts, *(counts for _, counts in self._waiting)])
        self._waiting, self._waiting_pairs = [], 0
        order = np.argsort(keys, kind="stable")
        self._keys, first = np.unique(keys[order], return_index=True)
        self._counts = np.add.reduceat(counts[order], first) if len(first) else counts
        if len(self._keys) > MAX_PAIRS:
            raise ParameterError(
                f"a document has more than {MAX_PAIRS:,} distinct pairs of words: split it"
            )
