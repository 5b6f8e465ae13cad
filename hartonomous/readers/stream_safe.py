"""Text that can be normalised in linear time: no letter carries more than thirty marks.

Putting a letter's marks into their canonical order takes time with the square of their number.
Unicode's stream-safe text format allows thirty of them (UAX 15, section 13), more than any
language has; what goes beyond was made to stall its readers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

#: Marks that one letter may carry.
MOST_MARKS = 30


def is_stream_safe(text: str) -> bool:
    """Say whether no letter of ``text`` carries more than thirty marks."""
    return text.isascii() or len(text) <= MOST_MARKS or max(_runs(text), default=0) <= MOST_MARKS


def stream_safe(text: str) -> str:
    """Return ``text`` without the marks of a letter past its thirtieth."""
    if is_stream_safe(text):
        return text
    runs = zip(text, _runs(text), strict=True)
    return "".join(character for character, run in runs if run <= MOST_MARKS)


def _runs(text: str) -> Iterator[int]:
    """Give for each character how many marks end with it, 0 for what is no mark."""
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        yield run
