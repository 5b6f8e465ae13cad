"""word2vec's binary format, and the header that its text format begins with as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import is_number, skip_marks
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.words import (
    MAX_LINE_BYTES,
    MAX_WIDTH,
    WordRow,
    bad_row,
    decode_word,
    word_table,
)

_MAX_WORD_BYTES = 1 << 16
_READ_BYTES = 1 << 20
_SNIFFED_BYTES = 1024
#: Bytes that no word holds: NUL and the controls up to the line ends, which a shift brings.
_CONTROLS = frozenset(range(0x0E)) - {0x09}

#: How far into a vector the rest of its word may reach.
_SHIFTED_BYTES = 64
#: So many vectors tell whether the numbers are of another byte order.
_LOOKED_AT = 10
#: Numbers of vectors lie between these.
_SMALLEST, _LARGEST = 1e-15, 1e15


@dataclass(frozen=True)
class Header:
    """The first line of a word2vec file: how many words it has, and numbers a word."""

    words: int
    width: int


def recognise(place: Place) -> bool:
    """Say whether a file has a word2vec header and goes on with what is no text."""
    if place.is_folder:
        return False
    line, _, rest = place.head.partition(b"\n")
    fields = _header_fields(line)
    return fields is not None and _is_binary(rest, Header(*fields))


def open_binary(place: Place, _: Request) -> EmbeddingTable:
    """Open word vectors in word2vec's binary format.

    Raises
    ------
    ModelFormatError
        When the header lies, a row is cut off or too long, or a word holds a blank, so that all
        that follows is shifted.
    """
    path = place.path
    with path.open("rb") as file:
        header = read_header(file, path)
        if header is None:
            raise ModelFormatError(f"{path}: holds no word2vec header")
        return word_table(path, _rows(file, header, path), header.width)


def read_header(file: IO[bytes], path: Path) -> Header | None:
    """Read a word2vec header, checked against the file's size; None when there is none.

    The file is left after the header, or after a byte order mark where there is none.

    Raises
    ------
    ModelFormatError
        When the file can't hold what the header says.
    """
    size = file.seek(0, 2)
    start = skip_marks(file)
    fields = _header_fields(file.readline(MAX_LINE_BYTES))
    if fields is None:
        file.seek(start)
        return None
    header = Header(*fields)
    fewest_bytes = header.words * (2 * header.width + 1)
    if not header.words or not 0 < header.width <= MAX_WIDTH or fewest_bytes > size:
        raise ModelFormatError(
            f"{path}: its header says {header.words} words of {header.width} numbers, "
            f"which {size} bytes can't hold"
        )
    return header


def _header_fields(line: bytes) -> tuple[int, int] | None:
    fields = line.split()
    if len(fields) != 2 or not all(f.isdigit() and len(f) < 16 for f in fields):
        return None
    return int(fields[0]), int(fields[1])


def _is_binary(rest: bytes, header: Header) -> bool:
    """Say whether what follows the header is no text.

    A line that ends in as many numbers as the header says is text, whatever its word is: some
    tools cut words within a character.
    """
    lines = rest.lstrip(b"\r\n").split(b"\n", 1)
    if len(lines) == 2 and ends_in_numbers(lines[0], header.width):
        return False
    sample = rest[:_SNIFFED_BYTES]
    cut_off = len(rest) >= _SNIFFED_BYTES  # maybe within a character
    whole = sample[: sample.rfind(b" ") + 1] if cut_off else sample
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in whole):
        return True
    try:
        whole.decode()
    except UnicodeDecodeError:
        return not _ends_in_some_numbers(lines[0])
    return False


def ends_in_numbers(line: bytes, count: int) -> bool:
    """Say whether the last ``count`` fields of a line are numbers."""
    return all(map(is_number, fields := line.split()[-count:])) and len(fields) == count


def _ends_in_some_numbers(line: bytes) -> bool:
    """Say whether a line that goes past what was looked at is a word and numbers so far."""
    fields = line.split()
    return len(fields) > 4 and all(map(is_number, fields[-4:-1]))


def _rows(file: IO[bytes], header: Header, path: Path) -> Iterator[WordRow]:
    length = 4 * header.width
    window, at, strange = b"", 0, 0
    for number in range(1, header.words + 1):
        if len(window) - at < _MAX_WORD_BYTES + 1 + length:
            window, at = window[at:] + file.read(_READ_BYTES + length), 0
        space = window.find(b" ", at, at + _MAX_WORD_BYTES)
        if space < 0 or space + 1 + length > len(window):
            raise bad_row(path, number, header.width)
        word = window[at:space].lstrip(b"\n")
        if _CONTROLS.intersection(word):
            raise _shifted(path, max(1, number - 1))
        at = space + 1 + length
        vector = window[space + 1 : at]
        if _is_shifted(vector):
            raise _shifted(path, number)
        strange += number <= _LOOKED_AT and _is_strange(vector)
        if number == min(_LOOKED_AT, header.words) and strange > number / 2:
            raise ModelFormatError(
                f"{path}: its numbers are no float32 of little-endian byte order; write the "
                "vectors as text"
            )
        yield decode_word(word), vector
    if (window[at : at + 2] + file.read(2)).strip():
        raise ModelFormatError(f"{path}: goes on after its {header.words} words")


def _is_shifted(vector: bytes) -> bool:
    """Say whether a vector begins with the end of its own word, which then holds a blank.

    Its numbers are then cut at other places than they were written, or the first ones are
    letters, so that some are larger or smaller than any that was trained.
    """
    blank = vector.find(b" ", 0, _SHIFTED_BYTES)
    if blank < 0 or not decode_word(vector[:blank]).isprintable():
        return False
    sizes = np.abs(np.frombuffer(vector, "<f4"))
    return bool(np.any(~(sizes < _LARGEST) | ((sizes > 0) & (sizes < _SMALLEST))))


def _is_strange(vector: bytes) -> bool:
    """Say whether most numbers of a vector are larger or smaller than any that was trained."""
    sizes = np.abs(np.frombuffer(vector, "<f4"))
    odd = ~(sizes < _LARGEST) | ((sizes > 0) & (sizes < _SMALLEST))
    return bool(np.count_nonzero(odd) > len(odd) / 2)


def _shifted(path: Path, number: int) -> ModelFormatError:
    return ModelFormatError(
        f"{path}: vector {number} is not a word without blanks and its numbers: all that follows "
        "is shifted; write the vectors as text"
    )
