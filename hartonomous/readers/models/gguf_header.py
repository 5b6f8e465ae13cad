"""The header of GGUF files: keys with values, and where each tensor lies; every number is checked.

The format is magic, version, two counts, keys with typed values, the tensors' names, lengths, types
and offsets, then their bytes at aligned places (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
The header is read here rather than by the ``gguf`` package: that one maps the file, takes all
counts and lengths as they stand, and makes an array of each of a hundred thousand tokens.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import HEAD_BYTES, refuse_leftovers
from hartonomous.readers.files import regular_file, shown

#: The longest header; the keys, tokens and merges of models in use take up to 20 MB.
_MOST_HEADER_BYTES = 128 << 20
_MOST_KEYS = 1 << 16
_MOST_TENSORS = 1 << 17
#: The longest name of a key or tensor; the format allows 65535 bytes for keys, 64 for tensors.
_MOST_NAME_BYTES = 1024
#: How many lengths a tensor has at most; ggml has room for no more.
_MOST_LENGTHS = 4
#: Arrays that are longer are kept only where somebody asks for them: a setting of each layer isn't.
_KEPT = 4096
#: The most tokens of a vocabulary; those in use have up to some 260,000.
_MOST_TOKENS = 1 << 21
#: The longest text; templates of chats take a few kB.
_MOST_TEXT_BYTES = 16 << 20
_TOKENIZER_ARRAYS = frozenset({"tokenizer.ggml.tokens", "tokenizer.ggml.token_type"})
_VERSIONS = (2, 3)
_ALIGNMENT = 32
_MOST_ALIGNMENT = 1 << 20

#: How numbers are written, by the format's number for their type.
_NUMBERS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"
}  # fmt: skip
_STRING, _ARRAY = 8, 9

#: What a key may hold.
Scalar = int | float | bool | str
Value = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True)
class Entry:
    """What the header says of one tensor.

    Parameters
    ----------
    name
        Its name.
    shape
        Its lengths, the outermost first: the file has them the other way round.
    kind
        The number of its type.
    offset
        Where its bytes begin, from the first of all tensors' bytes.
    """

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


@dataclass(frozen=True)
class Header:
    """What a GGUF file says of itself.

    Parameters
    ----------
    path, size
        The file, and how many bytes it has.
    keys
        The values by their keys, long arrays left out but for those of the tokeniser.
    entries
        The tensors, in the order of the file.
    start
        Where the first tensor's bytes begin in the file.
    alignment
        What the offset of each is a multiple of.
    """

    path: Path
    size: int
    keys: dict[str, Value]
    entries: tuple[Entry, ...]
    start: int
    alignment: int


def read_gguf_header(path: Path) -> Header:
    """Read the header of a GGUF file.

    Raises
    ------
    ModelFormatError
        When it is no GGUF file, of a version that isn't read, cut off, or a number in it can't be.
    """
    with regular_file(path).open("rb") as file:
        refuse_leftovers(file.read(HEAD_BYTES), path)
        size = file.seek(0, 2)
        file.seek(0)
        return _Reader(file, path, size).header()


class _Reader:
    """A file that is read from its beginning and never past its end or the longest header."""

    def __init__(self, file: BinaryIO, path: Path, size: int) -> None:
        self._file, self._path, self._size = file, path, size
        self._left = min(size, _MOST_HEADER_BYTES)

    def header(self) -> Header:
        if self._bytes(4) != b"GGUF":
            self._refuse("no GGUF file")
        version = self._number("I")
        if version not in _VERSIONS:
            swapped = int.from_bytes(int(version).to_bytes(4, "little"), "big") in _VERSIONS
            of = "with its bytes in the order of big machines" if swapped else f"version {version}"
            self._refuse(f"a GGUF model {of}, which isn't read; convert it anew")
        tensors = self._count("Q", _MOST_TENSORS, "tensors")
        keys = self._keys(self._count("Q", _MOST_KEYS, "keys"))
        entries = tuple(self._entry() for _ in range(tensors))
        if len({entry.name for entry in entries}) != len(entries):
            self._refuse("names a tensor twice")
        alignment = keys.get("general.alignment", _ALIGNMENT)
        if type(alignment) is not int or not _is_alignment(alignment):
            self._refuse(f"{alignment!r:.40} is no alignment")
        start = -(-self._file.tell() // alignment) * alignment
        return Header(self._path, self._size, keys, entries, start, alignment)

    def _keys(self, count: int) -> dict[str, Value]:
        keys: dict[str, Value] = {}
        for _ in range(count):
            name = self._text(_MOST_NAME_BYTES)
            value = self._value(int(self._number("I")), name)
            if name in keys:
                self._refuse(f"names the key {shown(name)} twice")
            if value is not None:
                keys[name] = value
        return keys

    def _value(self, kind: int, name: str) -> Value | None:
        if kind == _STRING:
            return self._text()
        if kind == _ARRAY:
            return self._array(name)
        return self._number(self._code(kind, name))

    def _array(self, name: str) -> tuple[Scalar, ...] | None:
        """Read an array; None of a long one that nobody asks for."""
        kind, count = int(self._number("I")), self._number("Q")
        kept = count <= (_MOST_TOKENS if name in _TOKENIZER_ARRAYS else _KEPT)
        if kind == _STRING:
            self._room(8 * int(count))
            if kept:
                return tuple([self._text() for _ in range(int(count))])
            self._pass_texts(int(count))
            return None
        code = self._code(kind, name)
        width = struct.calcsize(f"<{code}")
        self._room(width * int(count))
        if kept:
            return struct.unpack(f"<{int(count)}{code}", self._bytes(width * int(count)))
        self._pass(width * int(count))
        return None

    def _pass_texts(self, count: int) -> None:
        for _ in range(count):
            self._pass(int(self._number("Q")))

    def _entry(self) -> Entry:
        name = self._text(_MOST_NAME_BYTES)
        lengths = self._count("I", _MOST_LENGTHS, f"lengths of {shown(name)}")
        shape = tuple(int(self._number("Q")) for _ in range(lengths))
        if any(length >= 1 << 48 for length in shape):
            self._refuse(f"{shown(name)} has shape {shape[::-1]}")
        return Entry(name, shape[::-1], int(self._number("I")), int(self._number("Q")))

    def _code(self, kind: int, name: str) -> str:
        if kind not in _NUMBERS:
            self._refuse(f"{shown(name)} is of type {kind}, which the format doesn't have")
        return _NUMBERS[kind]

    def _count(self, code: str, most: int, what: str) -> int:
        count = int(self._number(code))
        if count > most:
            self._refuse(f"says it has {count} {what}, more than {most}")
        return count

    def _number(self, code: str) -> int | float | bool:
        number: int | float | bool
        (number,) = struct.unpack(f"<{code}", self._bytes(struct.calcsize(f"<{code}")))
        return number

    def _text(self, most: int = _MOST_TEXT_BYTES) -> str:
        length = int(self._number("Q"))
        if length > most:
            self._refuse(f"holds a name or text of {length} bytes")
        return self._bytes(length).decode("utf-8", "surrogateescape")

    def _pass(self, count: int) -> None:
        self._room(count)
        self._left -= count
        self._file.seek(count, 1)

    def _bytes(self, count: int) -> bytes:
        self._room(count)
        self._left -= count
        content = self._file.read(count)
        if len(content) != count:
            self._refuse("was cut off while it was read")
        return content

    def _room(self, count: int) -> None:
        """Refuse what can't be in the file before memory is taken for it."""
        if count > self._left:
            most = f"or its header is over {_MOST_HEADER_BYTES >> 20} MiB"
            self._refuse(f"a GGUF model, but cut off, or a length in it can't be, {most}")

    def _refuse(self, what: str) -> NoReturn:
        raise ModelFormatError(f"{self._path}: {what}")


def _is_alignment(number: int) -> bool:
    return 0 < number <= _MOST_ALIGNMENT and number & (number - 1) == 0
