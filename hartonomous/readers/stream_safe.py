"""Text that can be normalised in linear time: no letter carries more than thirty marks.

Putting a letter's marks into their canonical order takes time with the square of their number.
Unicode's stream-safe text format allows thirty of them (UAX 15, section 13), more than any
language has; what goes beyond was made to stall its readers.
"""

from __future__ import annotations

import functools
import re
import unicodedata

#: Marks that one letter may carry.
MOST_MARKS = 30
#: Where combining marks begin and end in Unicode 15.
_FIRST_MARK, _LAST_MARK = 0x300, 0x1E94A


def is_stream_safe(text: str) -> bool:
    """Say whether no letter of ``text`` carries more than thirty marks."""
    return text.isascii() or len(text) <= MOST_MARKS or not _too_many().search(text)


def stream_safe(text: str) -> str:
    """Return ``text`` without the marks of a letter past its thirtieth."""
    return text if is_stream_safe(text) else _too_many().sub(r"\1", text)


@functools.cache
def _too_many() -> re.Pattern[str]:
    """Return what matches more than thirty marks in a row, the first thirty as a group."""
    marks = "".join(
        chr(code) for code in range(_FIRST_MARK, _LAST_MARK + 1) if unicodedata.combining(chr(code))
    )
    return re.compile(rf"([{marks}]{{{MOST_MARKS}}})[{marks}]+")
