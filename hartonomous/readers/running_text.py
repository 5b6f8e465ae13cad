"""Running text as pairs of words: which follow each other, and which occur together in a window.

A word is a run of letters and digits, in lower case, as in the vocabularies of uncased models, so
that text and models speak of the same concepts. Neither relation reaches over the end of a
sentence or paragraph. In a window two words at distance d count 1/d.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import ParameterError
from hartonomous.letters import nfc
from hartonomous.observations import PRECEDES, RELATED
from hartonomous.readers.stream_safe import stream_safe
from hartonomous.sites import CountedSite, PairCounts

WINDOW = 5
MAX_WINDOW = 20
#: Longer runs of letters are no words but data.
MAX_WORD = 100

_BLOCK_WORDS = 1 << 17
#: What can't end a word goes on to the next block, up to this many characters.
_MAX_HELD = 1 << 16
#: One mark and not all that stand together: trying those from each would take their square.
_BREAK = r"[.!?;:](?=\s)|\n\s*\n"


class RunningText:
    """The words of one document and the pairs that they make.

    Parameters
    ----------
    blocks
        Gives the text in pieces, cut anywhere.
    window
        The largest distance at which words count as seen together, 1 to 20.

    Raises
    ------
    ParameterError
        ``window`` is out of range.
    """

    def __init__(self, blocks: Callable[[], Iterable[str]], window: int = WINDOW) -> None:
        if not 1 <= window <= MAX_WINDOW:
            raise ParameterError(f"window must be from 1 to {MAX_WINDOW}, not {window}")
        self._blocks = blocks
        self._window = window
        self._index: dict[str, int] = {}

    @property
    def sites(self) -> tuple[CountedSite, CountedSite]:
        """Words within the window of each other, and words that come right before others."""
        unit = math.lcm(*range(1, self._window + 1))
        return (
            CountedSite(f"window{self._window}", self.pairs, RELATED, 0, unit, weighing="surprise"),
            CountedSite("order", self.pairs, PRECEDES, channel=1, weighing="surprise"),
        )

    def concepts(self) -> tuple[Concept, ...]:
        """Return the words that `pairs` has come across, in that order."""
        return tuple(Concept("text", word) for word in self._index)

    def pairs(self) -> Iterator[PairCounts]:
        """Read the text; pairs of channel 0 are those of a window, of channel 1 those in order."""
        unit = math.lcm(*range(1, self._window + 1))
        for word, sentence in self._blocks_of_words():
            for distance in range(1, self._window + 1):
                a, b = _at_distance(word, sentence, distance)
                yield PairCounts(0, a, b, unit // distance)
                if distance == 1:
                    yield PairCounts(1, a, b, 1)

    def _blocks_of_words(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Give words and the numbers of their sentences, from 1, in blocks of bounded length.

        Each block begins with the last ``window`` words of the one before, whose sentence number
        is negative, so that no pair is lost and none is counted twice.
        """
        index, window = self._index, self._window
        words: list[int] = []
        sentences: list[int] = []
        sentence = 1
        for word in split_words(self._blocks()):
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


def _at_distance(
    word: NDArray[np.int64], sentence: NDArray[np.int64], distance: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    a, b = word[:-distance], word[distance:]
    # the first words of a block were counted with each other before: they carry no number
    together = (np.abs(sentence[:-distance]) == sentence[distance:]) & (a != b)
    return a[together], b[together]


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


def last_word(text: str) -> str | None:
    """Return the last word of a text as it is written, in NFC; None where a sentence ends it."""
    word = None
    for match in _pattern().finditer(f"{nfc(stream_safe(text.rstrip()))} "):
        word = match[1]
    return nfc(word.replace("’", "'")) if word and len(word) <= MAX_WORD else None


def _words_of(text: str, pattern: re.Pattern[str]) -> Iterator[str | None]:
    for match in pattern.finditer(nfc(stream_safe(text))):
        word = match[1]
        if word is None:
            yield None
        elif len(word) <= MAX_WORD:
            yield nfc(word.lower().replace("’", "'"))


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Return what matches a word, marks of its script included, or the end of a sentence."""
    marks = "".join(
        chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M"
    )
    letter = rf"[\w{re.escape(marks)}]"
    return re.compile(rf"(\w{letter}*(?:['’]{letter}+)*)|{_BREAK}")
