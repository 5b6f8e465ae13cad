"""Documents: plain text, Markdown, and JSON lines with an ``id`` and a ``text`` each.

Text is streamed in blocks of 64 KiB, so memory doesn't depend on the length of a file or a line.
What is not UTF-8 is refused with its place in the file: words that were guessed would stay.
"""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3, blake3_file
from hartonomous.observations import Source
from hartonomous.readers.content import skip_marks, wide_encoding, without_marks
from hartonomous.readers.files import shown
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.running_text import RunningText
from hartonomous.sites import OpenedSource

MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
JSON_LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})

_BLOCK_BYTES = 1 << 16
_HEAD_BYTES = 1 << 12
#: The longest line of a JSON lines file, as it has to be parsed whole.
_MAX_JSON_LINE = 64 << 20
_FENCE = re.compile(r" {0,3}(```|~~~)")
#: Addresses in links, HTML tags, and the marks of headings, lists, quotes, tables and emphasis.
#: An address may hold brackets in pairs; one that isn't closed ends at the next one that opens.
_MARKUP = re.compile(
    r"\]\((?:[^()\n]|\([^()\n]{0,1000}\)){0,2000}\)|<[^<>\n]{1,1000}>|^\s{0,3}[#>*+-]+\s|[*_`|\[\]~]+"
)


@dataclass(frozen=True)
class Document:
    """One document: a name, a digest of what is read, and its text on request."""

    name: str
    #: 32 bytes, BLAKE3 of the file, or of the text of one JSON line.
    digest: bytes
    #: Gives the text in blocks of bounded length.
    blocks: Callable[[], Iterator[str]]
    #: Characters that it keeps in memory.
    held: int = 0

    def opened(self, name: str, request: Request) -> OpenedSource:
        """Make it the source that it is."""
        text = RunningText(self.blocks, request.window)
        whose = "" if request.subject is None else f"subject={request.subject}"
        settings = f"window={request.window} surprise {whose}\0".encode()
        source = Source(name, "document", blake3(settings + self.digest), request.subject)
        return OpenedSource(source, text.concepts, text.sites, held=self.held)


def is_json_lines(place: Place) -> bool:
    """Say whether a file holds a document a line."""
    return place.is_file() and place.path.suffix.lower() in JSON_LINES_SUFFIXES


def open_json_lines(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a document a line, an object with ``id`` (text or a whole number) and ``text``.

    Raises
    ------
    DocumentFormatError
        A line is no such object, and nobody takes note of it by ``request.fault``.
    """
    for document in _json_lines(place.path, request.fault):
        yield document.opened(request.name_for(document.name, is_part=True), request)


def is_markdown(place: Place) -> bool:
    """Say whether a file holds Markdown, by its suffix."""
    return place.is_file() and place.path.suffix.lower() in MARKDOWN_SUFFIXES


def open_markdown(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open the prose of a Markdown file."""
    yield _file(place.path, _markdown_blocks, request)


def open_text(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a file of plain text."""
    yield _file(place.path, _text_blocks, request)


def _file(
    path: Path, blocks: Callable[[Path, State], Iterator[str]], request: Request
) -> OpenedSource:
    state = State.of(path.stat())
    document = Document(path.name, blake3_file(path), lambda: blocks(path, state))
    return document.opened(request.name_for(path.name), request)


@dataclass(frozen=True)
class State:
    """What tells that a file was changed or replaced."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, found: os.stat_result) -> State:
        """Take it from what the system says."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _text_blocks(path: Path, state: State) -> Iterator[str]:
    """Give the text of a file, and refuse it at its end if it isn't the one that was digested."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        offset = _skip_mark(file, path)
        while True:
            data = file.read(_BLOCK_BYTES)
            held = len(decoder.getstate()[0])
            try:
                text = decoder.decode(data, final=not data)
            except UnicodeDecodeError as error:
                place = offset - held + error.start
                raise DocumentFormatError(
                    f"{path}: byte {place} is not UTF-8: convert the file first"
                ) from None
            offset += len(data)
            if text:
                yield text
            if not data and State.of(os.fstat(file.fileno())) != state:
                raise DocumentFormatError(f"{path}: was changed while it was read")
            if not data:
                return


def _skip_mark(file: IO[bytes], path: Path) -> int:
    """Go past byte order marks and return where that is; refuse what only looks like text."""
    head = file.read(_HEAD_BYTES)
    _refuse_wide(head, path)
    if head.startswith(b"version https://git-lfs"):
        raise DocumentFormatError(f"{path}: a Git LFS pointer, not the file; run `git lfs pull`")
    return skip_marks(file)


def _refuse_wide(head: bytes, path: Path) -> None:
    wide = wide_encoding(head)
    if wide:
        raise DocumentFormatError(f"{path}: is in {wide}; convert it to UTF-8 first")


def _markdown_blocks(path: Path, state: State) -> Iterator[str]:
    """Give the prose of a Markdown file: no code blocks, no addresses, no marks."""
    return _in_blocks(_prose(_lines(_text_blocks(path, state))))


def _prose(lines: Iterator[str]) -> Iterator[str]:
    in_code = False
    for line in lines:
        if _FENCE.match(line):
            in_code = not in_code
            yield "\n\n"
        elif not in_code:
            yield _MARKUP.sub(" ", line)


def _in_blocks(pieces: Iterator[str]) -> Iterator[str]:
    """Join pieces: whoever keeps the end of a piece for the next copies it once a piece."""
    held: list[str] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length > _BLOCK_BYTES:
            yield "".join(held)
            held, length = [], 0
    yield "".join(held)


def _lines(blocks: Iterator[str]) -> Iterator[str]:
    """Cut blocks at line ends; a line that is longer than a block comes in pieces."""
    rest = ""
    for block in blocks:
        lines = (rest + block).splitlines(keepends=True)
        rest = "" if lines[-1].endswith("\n") or len(lines[-1]) > _BLOCK_BYTES else lines.pop()
        yield from lines
    yield from [rest] if rest else []


def _json_lines(path: Path, fault: Callable[[DocumentFormatError], None]) -> Iterator[Document]:
    with path.open("rb") as file:
        _refuse_wide(file.read(_HEAD_BYTES), path)
        file.seek(0)
        number = 0
        while line := file.readline(_MAX_JSON_LINE + 1):
            number += 1
            if len(line) > _MAX_JSON_LINE:
                raise DocumentFormatError(f"{path}: line {number} is longer than 64 MiB")
            if line.isspace():
                continue
            try:
                document = _json_document(line, f"{path}: line {number}")
            except DocumentFormatError as error:
                fault(error)
            else:
                yield document


def _json_document(line: bytes, place: str) -> Document:
    try:
        fields = json.loads(without_marks(line).decode("utf-8"))
    except (ValueError, RecursionError):
        raise DocumentFormatError(f"{place} is not JSON in UTF-8") from None
    name = fields.get("id") if isinstance(fields, dict) else None
    text = fields.get("text") if isinstance(fields, dict) else None
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name or not isinstance(text, str):
        raise DocumentFormatError(f'{place} is no object with an "id" and a "text"')
    if "\0" in name or not name.isprintable():
        raise DocumentFormatError(f"{place}: {shown(name)} can't be the name of a source")
    # a lone surrogate that JSON can write is not text; it parts words like any other mark
    whole = text.encode("utf-8", "replace").decode()
    return Document(name, blake3(whole.encode()), lambda: iter((whole,)), len(whole))
