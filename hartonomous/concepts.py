"""Concepts: what relations hold between, and the canonical bytes that give each its identity."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.errors import ParameterError
from hartonomous.letters import nfc

#: The longest text of a concept: whoever can only ask the database takes seconds to hash more.
MOST_BYTES = 1 << 16
#: What stands in front of a label of each kind that has a mark of its own.
_MARKS = {"text": "", "piece": "##"}


@dataclass(frozen=True, slots=True)
class Concept:
    """A word, phrase, word piece or anything else, the same in every model and every database.

    Parameters
    ----------
    kind
        ``"text"`` for what stands by itself, ``"piece"`` for a continuation inside a word; a
        source may bring other kinds.
    text
        The surface form without any tokeniser's marks, kept in NFC (`hartonomous.letters`); case
        is kept.

    Raises
    ------
    ParameterError
        When no database could store the text: it is empty, holds NUL or a lone surrogate, or is
        longer than ``MOST_BYTES``.
    """

    kind: str
    text: str

    def __post_init__(self) -> None:
        if not is_storable(self.text):
            raise ParameterError(f"{self.text!r} can't be a concept: empty, or not valid text")
        if not self.text.isascii():
            object.__setattr__(self, "text", nfc(self.text))
        # four bytes a character at most
        if len(self.text) * 4 > MOST_BYTES and len(self.text.encode()) > MOST_BYTES:
            raise ParameterError(
                f"a concept has at most {MOST_BYTES} bytes, and {self.text[:60]!r}... has more"
            )

    @property
    def label(self) -> str:
        """How people read it: the text behind its kind's mark, which is ``##`` for a piece."""
        return f"{_MARKS.get(self.kind, f'{self.kind}:')}{self.text}"

    @property
    def canonical_bytes(self) -> bytes:
        """The bytes whose BLAKE3 is the concept's hash.

        Plain text is its own UTF-8, so that ``blake3('king')`` finds it; another kind stands in
        front of the text, parted by NUL, which no text holds.
        """
        text = self.text.encode()
        return text if self.kind == "text" else self.kind.encode() + b"\0" + text


def concept_of(label: str) -> Concept:
    """Return the concept that people read as a label: a word piece or plain text."""
    mark = _MARKS["piece"]
    if label.startswith(mark) and label != mark:
        return Concept("piece", label[len(mark) :])
    return Concept("text", label)


def is_storable(text: str) -> bool:
    """Say whether a database can hold ``text``: not empty, no NUL, no lone surrogate."""
    if not text or "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def names(given: object) -> list[str]:
    """Return what is meant where names are expected: a text is one name, and not its letters.

    Raises
    ------
    TypeError
        It is no text and no collection of texts.
    """
    listed = [given] if isinstance(given, str) else given
    if isinstance(listed, bytes) or not hasattr(listed, "__iter__"):
        raise TypeError(f"a name or several are text, not {type(given).__name__}")
    found = list(listed)
    for name in found:
        if not isinstance(name, str):
            raise TypeError(f"a name is text, not {type(name).__name__}")
    return found
