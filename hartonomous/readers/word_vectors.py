"""Word vectors: word2vec text and binary, and GloVe text, which has no header.

Their rows have no fixed length, so that they can't be mapped as they are. They are streamed into
an unnamed temporary file, which is: memory stays bounded, whatever their size.
"""

from __future__ import annotations

import hashlib
import mmap
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.files import regular_file
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.tokens import TokenRules
from hartonomous.readers.vocabulary import TokenList, build_vocabulary

#: The widest vectors and longest lines and words that are read; files that go beyond are broken.
_MAX_WIDTH = 1 << 16
_MAX_LINE_BYTES = 1 << 22
_MAX_WORD_BYTES = 1 << 16

_SNIFFED_BYTES = 1024


@dataclass(frozen=True)
class Header:
    """The first line of a word2vec file: how many words it has, and numbers a word."""

    words: int
    width: int


def open_word_vectors(path: Path) -> EmbeddingTable:
    """Open word vectors in word2vec's text or binary format, or GloVe's, told by their content.

    Raises
    ------
    ModelFormatError
        When the file is in none of them, its header lies, or a row is cut off or too long.
    """
    with regular_file(path).open("rb") as file:
        header = _header(file, path)
        words: list[str] = []
        if header and _is_binary(file):
            matrix = _spool(_binary_rows(file, header, words, path), header.width)
        else:
            width = header.width if header else _width(file, path)
            matrix = _spool(_text_rows(file, width, words, path), width)
    if header and header.words != len(words):
        raise ModelFormatError(f"{path}: its header says {header.words} words, it has {len(words)}")
    listed = TokenList(dict(enumerate(words)), TokenRules("words"), str(path))
    joined = "\n".join(words).encode("utf-8", "surrogateescape")
    return EmbeddingTable(
        name=path.stem,
        tensor_name=path.name,
        matrix=matrix,
        vocabulary=build_vocabulary(listed, matrix.shape[0]),
        vocabulary_digest=hashlib.sha256(joined).digest(),
    )


def _header(file: IO[bytes], path: Path) -> Header | None:
    """Read a word2vec header, checked against the file's size; None when there is none."""
    size = path.stat().st_size
    fields = file.readline(_MAX_LINE_BYTES).split()
    if len(fields) != 2 or not all(f.isdigit() and len(f) < 16 for f in fields):
        file.seek(0)
        return None
    header = Header(*map(int, fields))
    fewest_bytes = header.words * (2 * header.width + 1)
    if not header.words or not 0 < header.width <= _MAX_WIDTH or fewest_bytes > size:
        raise ModelFormatError(
            f"{path}: its header says {header.words} words of {header.width} numbers, "
            f"which {size} bytes can't hold"
        )
    return header


def _is_binary(file: IO[bytes]) -> bool:
    """Say whether what follows is no text: control bytes, or no UTF-8; stays where it is."""
    place = file.tell()
    sample = file.read(_SNIFFED_BYTES)
    file.seek(place)
    cut_off = len(sample) == _SNIFFED_BYTES  # maybe within a character
    whole = sample[: sample.rfind(b" ") + 1] if cut_off else sample
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in whole):
        return True
    try:
        whole.decode()
    except UnicodeDecodeError:
        return True
    return False


def _width(file: IO[bytes], path: Path) -> int:
    """Return how many numbers the first line has; stays at the file's start."""
    width = len(file.readline(_MAX_LINE_BYTES).split()) - 1
    file.seek(0)
    if not 0 < width <= _MAX_WIDTH:
        raise ModelFormatError(f"{path}: neither word vectors nor a model in a known format")
    return width


def _text_rows(file: IO[bytes], width: int, words: list[str], path: Path) -> Iterator[bytes]:
    """Yield each line's numbers as float32 and append its word to ``words``."""
    for number, line in enumerate(_lines(file, path), start=1):
        fields = line.rsplit(None, width)
        try:
            vector = array("f", map(float, fields[1:]))
        except ValueError:
            raise _bad_row(path, number, width) from None
        if len(vector) != width or (b" " in fields[0] and _is_number(fields[0].split()[-1])):
            raise _bad_row(path, number, width)
        words.append(_word(fields[0].strip()))
        yield vector.tobytes()


def _lines(file: IO[bytes], path: Path) -> Iterator[bytes]:
    """Yield lines that are not blank; the last one may lack its line feed."""
    while line := file.readline(_MAX_LINE_BYTES):
        if len(line) == _MAX_LINE_BYTES:
            raise ModelFormatError(f"{path}: a line is longer than {_MAX_LINE_BYTES} bytes")
        if not line.isspace():
            yield line


def _bad_row(path: Path, number: int, width: int) -> ModelFormatError:
    return ModelFormatError(f"{path}: vector {number} is not a word and {width} numbers")


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _binary_rows(file: IO[bytes], header: Header, words: list[str], path: Path) -> Iterator[bytes]:
    """Yield each vector's bytes and append its word to ``words``."""
    length = 4 * header.width
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = file.tell()
        for number in range(1, header.words + 1):
            space = content.find(b" ", place, place + _MAX_WORD_BYTES)
            if space < 0 or space + 1 + length > len(content):
                raise _bad_row(path, number, header.width)
            words.append(_word(content[place:space].lstrip(b"\n")))
            place = space + 1 + length
            yield content[space + 1 : place]
        if content[place : place + 2].strip():
            raise ModelFormatError(f"{path}: goes on after its {header.words} words")


def _word(written: bytes) -> str:
    """Decode a word; what is no UTF-8 becomes lone surrogates, which are left out later."""
    return written.decode("utf-8", "surrogateescape")


def _spool(rows: Iterable[bytes], width: int) -> Matrix:
    """Write rows of float32 to an unnamed temporary file and map it."""
    with tempfile.TemporaryFile(prefix="hartonomous-") as file:
        file.writelines(rows)
        file.flush()
        return Matrix(np.memmap(file, dtype="<f4", mode="r").reshape(-1, width), "float32")
