"""JSON: one object of words and their numbers, or a list of records, however long the file is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import is_vectors, opened_text
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.columns import word_row
from hartonomous.readers.vectors.records import Record, record_of, table_of_records
from hartonomous.readers.vectors.words import (
    MAX_LINE_BYTES,
    MAX_WIDTH,
    WordRow,
    word_table,
)

_READ_CHARACTERS = 1 << 20
_DECODER = json.JSONDecoder()


def recognise(place: Place) -> bool:
    """Say whether a file begins as a JSON object or list does."""
    begin = place.head.lstrip()
    return not place.is_folder and begin[:1] in (b"{", b"[") and not is_vectors(begin)


def open_words(place: Place, _: Request) -> EmbeddingTable:
    """Open ``{word: [numbers]}``, or a list of records; memory is bounded, whatever its size.

    Raises
    ------
    ModelFormatError
        When it is malformed, or holds anything else.
    """
    path = place.path
    try:
        with opened_text(path) as file:
            window = Window(file, path)
            if window.take("["):
                return table_of_records(path, _records(window, path))
            return _table_of_object(window, path)
    except UnicodeDecodeError:
        raise ModelFormatError(f"{path}: is not JSON in UTF-8") from None


def _table_of_object(window: Window, path: Path) -> EmbeddingTable:
    window.expect("{")
    items = _items(window)
    word, numbers = next(items, ("", None))
    if not isinstance(numbers, list) or not _are_numbers(numbers):
        raise ModelFormatError(
            f"{path}: JSON, but no word vectors: they are {{word: [numbers]}}, or a list or lines "
            "of objects with a word and its numbers"
        )
    rows = _rows(chain([(word, numbers)], items), len(numbers), path)
    return word_table(path, rows, len(numbers))


def _are_numbers(values: list[object]) -> bool:
    return 0 < len(values) <= MAX_WIDTH and all(isinstance(v, (int, float)) for v in values)


def _rows(items: Iterator[tuple[str, object]], width: int, path: Path) -> Iterator[WordRow]:
    for number, (word, numbers) in enumerate(items, 1):
        yield word_row(word, numbers if isinstance(numbers, list) else [], width, (path, number))


def _items(window: Window) -> Iterator[tuple[str, object]]:
    """Yield the fields of an object whose opening brace was taken."""
    if window.take("}"):
        return
    while True:
        word = window.value()
        if not isinstance(word, str):
            raise window.malformed()
        window.expect(":")
        yield word, window.value()
        if window.take("}"):
            return
        window.expect(",")


def _records(window: Window, path: Path) -> Iterator[Record]:
    """Yield the records of a list whose opening bracket was taken."""
    number = 0
    while not window.take("]"):
        if number:
            window.expect(",")
        number += 1
        yield record_of(window.value(), path, number)


class Window:
    """A stretch of a JSON text that moves on as its values are taken.

    Parameters
    ----------
    file
        The text.
    path
        Its file, for errors.
    """

    def __init__(self, file: IO[str], path: Path) -> None:
        self._file, self._path = file, path
        self._text, self._at = "", 0

    def take(self, mark: str) -> bool:
        """Take a mark and say true, or say that something else comes next."""
        self._skip_blanks()
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found

    def expect(self, mark: str) -> None:
        """Take a mark, or refuse what is there instead."""
        if not self.take(mark):
            raise self.malformed()

    def value(self) -> object:
        """Take a whole value, which may take no more room than a line of text may."""
        self._skip_blanks()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self.malformed() from None
            except ValueError:
                end, value = len(self._text), None
            if end < len(self._text):
                self._at = end
                return value
            if len(self._text) - self._at > MAX_LINE_BYTES or not self._more(len(self._text)):
                raise self.malformed()

    def malformed(self) -> ModelFormatError:
        """Return the error of what comes next."""
        place = self._text[self._at : self._at + 40]
        return ModelFormatError(f"{self._path}: malformed JSON, or cut off, at {place!r:.60}")

    def _skip_blanks(self) -> None:
        while True:
            rest = self._text[self._at : self._at + 64].lstrip(" \t\r\n")
            skipped = min(64, len(self._text) - self._at) - len(rest)
            self._at += skipped
            if rest or (self._at >= len(self._text) and not self._more(_READ_CHARACTERS)):
                return

    def _more(self, wanted: int) -> bool:
        """Read on, as much as there is already and a megabyte at least; False at the end."""
        read = self._file.read(max(wanted, _READ_CHARACTERS))
        self._text, self._at = self._text[self._at :] + read, 0
        return bool(read)
