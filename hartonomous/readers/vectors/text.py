"""Word vectors as text: word2vec's format with a header, GloVe's without, fastText's ``.vec``."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import KNOWN, is_number
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.word2vec import Header, ends_in_numbers, read_header
from hartonomous.readers.vectors.words import (
    MAX_LINE_BYTES,
    MAX_WIDTH,
    WordRow,
    bad_row,
    decode_word,
    word_table,
)
from hartonomous.readers.word_lists import refuse_returns

#: Lines, and bytes of them, that tell the width where no header does.
_SAMPLED_LINES = 1000
_SAMPLED_BYTES = 16 << 20
#: The share of words that may end in a number, as ``Route 66`` does, before the width is doubted.
_MOST_NUMBERS = 0.1
#: What parts columns, and may be a word's end as well.
_PARTING = (b":", b",", b";", b"|", b"=")
_PARTS = re.compile(rb"[\s,;|]+")
#: How far a header may be off, as a share of its words; one word is always forgiven.
_MOST_OFF = 0.01


@dataclass(frozen=True)
class Line:
    """One line of word vectors, and whether a blank line stands before it."""

    text: bytes
    after_blank: bool


def recognise(place: Place) -> bool:
    """Say whether a place is a file, whatever is in it: all that is told by its bytes went before.

    What is no word vectors either is refused when it is opened.
    """
    return not place.is_folder


def open_text(place: Place, _: Request) -> EmbeddingTable:
    """Open word vectors in word2vec's text format or GloVe's.

    Words may hold blanks, end in numbers or be nothing but white space: the width is known, from
    the header or from most lines, and a word is all that stands before its numbers.

    Raises
    ------
    ModelFormatError
        When the file is no word vectors, its header is far off, or a row is cut off or too long.
    """
    path = place.path
    refuse_returns(place.head.decode("latin-1"), path)
    with path.open("rb") as file:
        header = read_header(file, path)
        width = header.width if header else _width(file, path)
        table = word_table(path, _rows(file, width, path), width)
    if header is None or header.words == table.matrix.shape[0]:
        return table
    return _with_note(table, header, path)


def _with_note(table: EmbeddingTable, header: Header, path: Path) -> EmbeddingTable:
    found = table.matrix.shape[0]
    said = f"its header says {header.words} words, it has {found}"
    if abs(found - header.words) > max(1, _MOST_OFF * header.words):
        raise ModelFormatError(f"{path}: {said}; if it is whole, correct its first line")
    return table.with_notes(f"{path.name}: {said}")


def _width(file: IO[bytes], path: Path) -> int:
    """Return how many numbers most lines have; the file stays where it is."""
    place = file.tell()
    counts: Counter[int] = Counter()
    for line in islice(_lines(file, path), _SAMPLED_LINES):
        counts[len(line.text.split()) - 1] += 1
        if file.tell() - place > _SAMPLED_BYTES:
            break
    width = max(counts, key=lambda count: counts[count], default=0)
    file.seek(place)
    sample = [line.text for line in islice(_lines(file, path), 10)]
    file.seek(place)
    if not 0 < width <= MAX_WIDTH or not any(ends_in_numbers(text, width) for text in sample):
        raise ModelFormatError(
            f"{path}: neither word vectors nor a model in a known format; {KNOWN}"
        )
    if width == 1:
        raise ModelFormatError(f"{path}: one number a word: counts, or a list, and no vectors")
    return width


def _rows(file: IO[bytes], width: int, path: Path) -> Iterator[WordRow]:
    """Yield each line's word and numbers; words that end in numbers or marks must stay rare."""
    numeric = first_numeric = number = 0
    for number, line in enumerate(_lines(file, path), start=1):
        word, vector = _split(line, width, path, number)
        if _ends_in_number(word) or word[-1:] in _PARTING:
            numeric += 1
            first_numeric = first_numeric or number
        yield decode_word(word), vector
    if numeric > _MOST_NUMBERS * number:
        raise bad_row(path, first_numeric, width)


def _ends_in_number(word: bytes) -> bool:
    """Say whether a word goes on with a number, after a blank or a mark that parts columns."""
    if not word[-1:].isdigit():
        return False
    parts = _PARTS.split(word)
    return len(parts) > 1 and bool(parts[0]) and is_number(parts[-1])


def _split(line: Line, width: int, path: Path, number: int) -> tuple[bytes, bytes]:
    fields = line.text.rsplit(None, width)
    try:
        vector = array("f", map(float, fields[-width:]))
    except ValueError:
        raise bad_row(path, number, width) from None
    if len(vector) != width or (b"_" in line.text and any(b"_" in f for f in fields[-width:])):
        raise bad_row(path, number, width)
    if len(fields) > width:
        return fields[0].strip(), vector.tobytes()
    if not line.text[:1].isspace():
        raise bad_row(path, number, width)
    return _blank_word(line), vector.tobytes()


def _blank_word(line: Line) -> bytes:
    """Return the word of a line that begins with its numbers: white space, or nothing at all."""
    blanks = line.text[: len(line.text) - len(line.text.lstrip())]
    return b"\n" if line.after_blank and len(blanks) == 1 else blanks[:-1]


def _lines(file: IO[bytes], path: Path) -> Iterator[Line]:
    """Yield lines that are not blank; the last one may lack its line feed."""
    after_blank = False
    while text := file.readline(MAX_LINE_BYTES):
        if len(text) == MAX_LINE_BYTES:
            raise ModelFormatError(f"{path}: a line is longer than {MAX_LINE_BYTES} bytes")
        if not text.isspace():
            yield Line(text, after_blank)
        after_blank = text.isspace()
