"""Texts of a file, one a line, as concepts of plain text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hartonomous.concepts import Concept, is_storable
from hartonomous.errors import DocumentFormatError
from hartonomous.readers.documents import JSON_LINES_SUFFIXES
from hartonomous.readers.relations.lines import Fault, read_lines, suffix_of
from hartonomous.readers.tokens import as_concept

#: Lines of one file: its texts are kept in memory.
MOST_TEXTS = 1 << 20
#: Longer texts are documents.
MOST_CHARACTERS = 4096


@dataclass(frozen=True)
class Text:
    """One line of a file: its text, with white space as single spaces, and whose it is."""

    text: str
    line: int
    subject: str | None = None


def read_texts(path: Path, fault: Callable[[DocumentFormatError], None]) -> tuple[Text, ...]:
    """Read a text a line, or JSON lines with ``text`` and perhaps ``subject``.

    Parameters
    ----------
    fault
        Told of each line that is malformed; it raises what it is told, or takes note of it.

    Raises
    ------
    DocumentFormatError
        There are no texts, or too many.
    """
    found = tuple(_texts(path, fault))
    if not found:
        raise DocumentFormatError(f"{path}: holds no text")
    return found


def _texts(path: Path, fault: Callable[[DocumentFormatError], None]) -> Iterator[Text]:
    for number, line in lines_of(path, fault):
        try:
            text = _text_of(line, number, path)
        except DocumentFormatError as error:
            fault(error)
            continue
        yield text


def lines_of(path: Path, fault: Callable[[DocumentFormatError], None]) -> Iterator[tuple[int, str]]:
    """Give the lines of a file that hold something, with their numbers from 1."""
    for number, line in read_lines(path):
        if number > MOST_TEXTS:
            raise DocumentFormatError(f"{path}: more than {MOST_TEXTS:,} lines: split it")
        if isinstance(line, Fault):
            fault(DocumentFormatError(f"{path}: line {number} {line.said}"))
        elif line.strip():
            yield number, line


def json_object(line: str, number: int, path: Path) -> dict[str, object]:
    """Parse one of JSON lines.

    Raises
    ------
    DocumentFormatError
        It is no object.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise DocumentFormatError(f"{path}: line {number} is no JSON object")
    return fields


def plain_text(value: object, number: int, path: Path) -> str:
    """Return a text as a concept holds it: NFC, and white space as single spaces.

    Raises
    ------
    DocumentFormatError
        It is no text, blank, too long, or nothing that a database can hold.
    """
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text or len(text) > MOST_CHARACTERS:
        said = f"has no text of 1 to {MOST_CHARACTERS:,} characters"
        raise DocumentFormatError(f"{path}: line {number} {said}")
    meaning = as_concept("text", text)
    if not isinstance(meaning, Concept):
        raise DocumentFormatError(f"{path}: line {number} has a text that can't be stored")
    return meaning.text


def is_json_lines(path: Path) -> bool:
    """Say whether a file holds an object a line, by its suffix."""
    return suffix_of(path) in JSON_LINES_SUFFIXES


def _text_of(line: str, number: int, path: Path) -> Text:
    if not is_json_lines(path):
        return Text(plain_text(line, number, path), number)
    fields = json_object(line, number, path)
    subject = fields.get("subject")
    if subject is not None and not (isinstance(subject, str) and is_storable(subject)):
        raise DocumentFormatError(f"{path}: line {number} has a subject that is no name")
    return Text(plain_text(fields.get("text"), number, path), number, subject)
