"""What all files of word vectors share: their rows are streamed, their words kept as they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.matrix import Matrix
from hartonomous.readers.stored import spool
from hartonomous.readers.tokens import TokenRules
from hartonomous.readers.vocabulary import TokenList, build_vocabulary
from hartonomous.readers.word_lists import refuse_numbers

#: The widest vectors that are read; files that go beyond are broken.
MAX_WIDTH = 1 << 16
#: The longest line, or word with its numbers, that is read.
MAX_LINE_BYTES = 1 << 22

#: So many words, or such a share of all, may be no UTF-8.
_FEW_UNREADABLE, _MOST_UNREADABLE = 10, 0.1

#: A word and the bytes of its vector, little-endian float32.
WordRow = tuple[str, bytes]


def word_table(
    path: Path, rows: Iterable[WordRow], width: int, *, notes: tuple[str, ...] = ()
) -> EmbeddingTable:
    """Stream word vectors into a table; memory is bounded by the words, not by their numbers.

    Parameters
    ----------
    path
        The file, which gives the source its name.
    rows
        Each word and its vector; it is used up.
    width
        Numbers in each vector.

    Raises
    ------
    ModelFormatError
        When there is no word, many words are no UTF-8, or most are numbers.
    """
    words: list[str] = []
    matrix = Matrix(spool(_vectors(rows, words), width), "float32")
    if not words:
        raise ModelFormatError(f"{path}: holds no word")
    _refuse_other_encodings(words, path)
    refuse_numbers(words, str(path))
    listed = TokenList(dict(enumerate(words)), TokenRules("words"), str(path))
    joined = "\n".join(words).encode("utf-8", "surrogatepass")
    return EmbeddingTable(
        name=path.stem,
        tensor_name=path.name,
        matrix=matrix,
        vocabulary=build_vocabulary(listed, len(words)),
        vocabulary_digest=hashlib.sha256(joined).digest(),
        notes=notes,
    )


def _refuse_other_encodings(words: list[str], path: Path) -> None:
    """Refuse words of another encoding; a few that were cut within a character are left out."""
    unreadable = sum(not word.isascii() and _has_surrogate(word) for word in words)
    if unreadable > max(_FEW_UNREADABLE, _MOST_UNREADABLE * len(words)):
        raise ModelFormatError(
            f"{path}: {unreadable} of its {len(words)} words are no UTF-8; convert it to "
            "UTF-8 first"
        )


def _has_surrogate(word: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in word)


def _vectors(rows: Iterable[WordRow], words: list[str]) -> Iterator[bytes]:
    for word, vector in rows:
        words.append(word)
        yield vector


def bad_row(path: Path, number: int, width: int) -> ModelFormatError:
    """Return the error of a vector, counted from 1, that isn't what the others are."""
    return ModelFormatError(f"{path}: vector {number} is not a word and {width} numbers")


def decode_word(written: bytes) -> str:
    """Decode a word; what is no UTF-8 becomes lone surrogates, which are left out later."""
    return written.decode("utf-8", "surrogateescape")
