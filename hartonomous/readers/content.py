"""What a file is by how it begins: left-overs of broken downloads, and what isn't read."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hartonomous.errors import ModelFormatError

#: How much of a file is looked at.
HEAD_BYTES = 4096

#: What is named when a file is of no known kind.
KNOWN = (
    "known are model folders with safetensors, GGUF and ONNX files, and word vectors as text "
    "(word2vec, GloVe, fastText's .vec), word2vec binary, npy, npz, CSV, TSV, JSON, JSON lines, "
    "parquet and Arrow"
)

#: What programs call a download that they haven't finished.
_UNFINISHED = frozenset({".incomplete", ".part", ".partial", ".crdownload", ".download", ".aria2"})

#: How web pages begin.
_PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<script")

#: What servers answer instead of a file, and how long such an answer is at most.
_ANSWER = re.compile(
    rb"(?:entry not found|(?:error )?40[134]|not found|(?:repository|revision) not found|forbidden"
    rb"|unauthorized|access denied|access to (?:model|dataset) |invalid (?:username|credentials)"
    rb'|\{\s*"(?:error|message|detail)"\s*:\s*")',
    re.IGNORECASE,
)
_MOST_ANSWER_BYTES = 1000

#: Marks of UTF-16 and UTF-32, the longer ones first as they begin alike.
_WIDE_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


@dataclass(frozen=True)
class Foreign:
    """A kind of file that is not read: what it is, how it is told, and what to do instead."""

    name: str
    recognise: Callable[[bytes, Path], bool]
    way_on: str


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file after its byte order marks, at most `HEAD_BYTES`."""
    with path.open("rb") as file:
        skip_marks(file)
        return file.read(HEAD_BYTES)


def skip_marks(file: IO[bytes]) -> int:
    """Leave a file after the marks of UTF-8 that it begins with; say how many bytes they take.

    Programs that put a mark before text that has one already leave two.
    """
    start = file.seek(0)
    while file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8:
        start += len(codecs.BOM_UTF8)
    return file.seek(start)


def without_marks(content: bytes) -> bytes:
    """Return bytes without the marks of UTF-8 that they begin with."""
    while content.startswith(codecs.BOM_UTF8):
        content = content[len(codecs.BOM_UTF8) :]
    return content


def opened_text(path: Path, *, errors: str = "strict") -> IO[str]:
    """Open UTF-8 text after its byte order marks; line ends stay as they are."""
    file = path.open("rb")
    skip_marks(file)
    return io.TextIOWrapper(file, encoding="utf-8", errors=errors, newline="")


def begins(*magics: bytes, at: int = 0) -> Callable[[bytes, Path], bool]:
    """Return what tells a file by the bytes at a place; a word before numbers is only a word."""
    return lambda head, _: head.startswith(magics, at) and not is_vectors(head)


def wide_encoding(head: bytes) -> str | None:
    """Say whether text is in UTF-16 or UTF-32, by its mark or the zeros between its letters."""
    for mark, name in _WIDE_MARKS:
        if head.startswith(mark):
            return name
    odd, even = head[1:200:2], head[0:200:2]
    zeros = (odd.count(0), even.count(0))
    alternate = len(odd) >= 4 and max(zeros) > 0.8 * len(odd) and min(zeros) < 0.2 * len(odd)
    if alternate:
        return "UTF-16"
    return "UTF-32" if any(_is_text_in(name, head[:200]) for name in _UTF32) else None


_UTF32 = ("utf-32-le", "utf-32-be")


def _is_text_in(encoding: str, sample: bytes) -> bool:
    try:
        text = sample[: len(sample) // 4 * 4].decode(encoding)
    except UnicodeDecodeError:
        return False
    return len(text) >= 4 and all(c.isprintable() or c in "\t\r\n" for c in text)


def _is_page(head: bytes, _: Path) -> bool:
    begin = head.lstrip()[:200].lower()
    return begin.startswith(_PAGES) and not is_vectors(head)


def _is_answer(head: bytes, _: Path) -> bool:
    short = len(head) < _MOST_ANSWER_BYTES
    return short and bool(_ANSWER.match(head.lstrip())) and not is_vectors(head)


#: What a broken download or a quarrel of versions leaves where any other file should be.
LEFTOVERS = (
    Foreign("an unfinished download", lambda _, path: path.suffix in _UNFINISHED, "finish it"),
    Foreign("an empty file", lambda head, _: not head, "download it again"),
    Foreign(
        "a Git LFS pointer, not the file itself",
        begins(b"version https://git-lfs", b"version https://hawser"),
        "run `git lfs pull`, or download it again",
    ),
    Foreign(
        "a git-annex pointer, not the file itself",
        begins(b"/annex/objects/", b"../.git/annex/objects/"),
        "run `git annex get`, or download it again",
    ),
    Foreign(
        "an answer of a server, not the file itself",
        _is_answer,
        "download it again, perhaps after signing in",
    ),
    Foreign("a web page", _is_page, "download the file itself, perhaps after signing in"),
    Foreign(
        "a file with marks of a merge conflict (<<<<<<<)", begins(b"<<<<<<< "), "resolve it first"
    ),
    Foreign(
        "only zero bytes, at least at its beginning",
        lambda head, _: len(head) >= 8 and not any(head),
        "download it again",
    ),
)


def refuse_leftovers(head: bytes, path: Path) -> None:
    """Refuse a file that is no file of its kind but what a broken download left.

    Raises
    ------
    ModelFormatError
        When it is empty, all zero, unfinished, a Git LFS pointer, a web page or in conflict.
    """
    head = without_marks(head)
    for kind in LEFTOVERS:
        if kind.recognise(head, path):
            raise ModelFormatError(f"{path}: {kind.name}; {kind.way_on}")


def decode_text(content: bytes, path: Path, what: str = "text") -> str:
    """Decode UTF-8 text without its byte order marks.

    Raises
    ------
    ModelFormatError
        When it is not UTF-8; UTF-16 and UTF-32 are named.
    """
    wide = wide_encoding(content[:HEAD_BYTES])
    if wide:
        raise ModelFormatError(f"{path}: is in {wide}; convert it to UTF-8 first")
    try:
        return without_marks(content).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ModelFormatError(f"{path}: no UTF-8 {what} ({error.reason})") from None


def is_number(field: bytes) -> bool:
    """Say whether a field is a number as programs print it."""
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field


def is_spaced(line: bytes) -> bool:
    """Say whether a line ends in numbers that blanks part, as word vectors do.

    The last field of a line that was cut off needs be no number.
    """
    fields = line.split()
    pairs = (fields[-2:], fields[-3:-1])
    return len(fields) > 2 and any(len(p) == 2 and all(map(is_number, p)) for p in pairs)


def is_vectors(head: bytes) -> bool:
    """Say whether a file begins with a word of text and its numbers, parted by blanks."""
    line = head.lstrip().partition(b"\n")[0]
    word = line.split(b" ", 1)[0].decode("utf-8", "replace")
    return "\ufffd" not in word and word.expandtabs().isprintable() and is_spaced(line)
