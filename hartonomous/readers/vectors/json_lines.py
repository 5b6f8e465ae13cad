"""JSON lines: an object a line with a word and its numbers, in a list or in a field each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import is_vectors, without_marks
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.records import Record, record_of, table_of_records
from hartonomous.readers.vectors.words import MAX_LINE_BYTES

_SUFFIXES = frozenset({".jsonl", ".ndjson"})
#: An object whose first field is no list, or a list that begins with a word: one record.
_RECORD = re.compile(rb'\s*(?:\{\s*"(?:[^"\\]|\\.)*"\s*:\s*["\d-]|\[\s*")')
#: The end of one record and the beginning of the next.
_NEXT = re.compile(rb"[}\]]\r?\n[{\[]")
_LIST_FIRST = re.compile(rb'\s*\{\s*"(?:vec\w*|emb\w*|values)"\s*:\s*\[')


def recognise(place: Place) -> bool:
    """Say whether a file begins with a record, and is no object of words that goes over lines."""
    if place.is_folder or (place.path.suffix == ".json" and not _NEXT.search(place.head)):
        return False
    if is_vectors(place.head):
        return False
    begins = place.head.lstrip()[:1] in (b"{", b"[")
    if place.path.suffix in _SUFFIXES:
        return begins
    return bool(_RECORD.match(place.head) or _LIST_FIRST.match(place.head))


def open_lines(place: Place, _: Request) -> EmbeddingTable:
    """Open word vectors in JSON lines.

    Raises
    ------
    ModelFormatError
        When a line is no JSON, or not a word and as many numbers as the first.
    """
    return table_of_records(place.path, _records(place.path))


def _records(path: Path) -> Iterator[Record]:
    number = 0
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE_BYTES):
            if len(line) == MAX_LINE_BYTES:
                raise ModelFormatError(f"{path}: a line is longer than {MAX_LINE_BYTES} bytes")
            number += 1
            if not line.isspace():
                yield record_of(_parsed(line, path, number), path, number)


def _parsed(line: bytes, path: Path, number: int) -> object:
    try:
        parsed: object = json.loads(without_marks(line).decode("utf-8"))
    except (ValueError, RecursionError):
        raise ModelFormatError(f"{path}: line {number} is not JSON in UTF-8") from None
    return parsed
