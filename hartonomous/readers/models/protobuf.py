"""Fields of a protocol buffer in a file, found by position: what isn't asked for isn't read.

A message is a row of fields: a key, which is a number and how the value is written, and the value
(https://protobuf.dev/programming-guides/encoding). Weights are a field like any other, of gigabytes
perhaps, which the libraries made for it read into memory whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from hartonomous.errors import ModelFormatError

#: How many fields are looked at in one file; graphs of large models have some 300,000.
_MOST_FIELDS = 1 << 21
#: How many bytes of names and small numbers are read of one file.
_MOST_BYTES = 128 << 20
_MOST_VARINT_BYTES = 10
_WORD = (1 << 64) - 1
_VARINT, _FIXED64, _DELIMITED, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}


@dataclass(frozen=True)
class Field:
    """One field.

    Parameters
    ----------
    number
        Which.
    value
        Its number where it is a varint, None where it has bytes.
    start, stop
        Where its bytes lie where it has any.
    """

    number: int
    value: int | None
    start: int
    stop: int


class MessageFile:
    """A file with one message.

    Parameters
    ----------
    file
        It, open.
    path
        Where it is, for messages.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = file, path
        self._left, self._bytes_left = _MOST_FIELDS, _MOST_BYTES
        self.size = file.seek(0, 2)

    def fields(self, start: int, stop: int) -> Iterator[Field]:
        """Yield the fields of the message between two places.

        Raises
        ------
        ModelFormatError
            When there is no message, or the file has more fields than are looked at.
        """
        place = start
        while place < stop:
            self._left -= 1
            if self._left < 0:
                raise ModelFormatError(f"{self._path}: has over {_MOST_FIELDS} fields")
            key, place = self._varint(place, stop)
            field = self._field(key, place, stop)
            yield field
            place = field.stop

    def content(self, field: Field, most: int) -> bytes:
        """Return the bytes of a field.

        Raises
        ------
        ModelFormatError
            When there are more than ``most``, or than are read of one file.
        """
        count = field.stop - field.start
        self._bytes_left -= count
        if count > most or self._bytes_left < 0:
            raise self.malformed()
        self._file.seek(field.start)
        return self._file.read(count)

    def text(self, field: Field, most: int = 4096) -> str:
        """Return the text of a field; what is no UTF-8 is kept as surrogates."""
        return self.content(field, most).decode("utf-8", "surrogateescape")

    def integers(self, field: Field, most: int) -> list[int]:
        """Return the number of a varint, or those that are packed into a field, signed.

        Raises
        ------
        ModelFormatError
            When there are more than ``most``, or the last is cut off.
        """
        if field.value is not None:
            return [_signed(field.value)]
        numbers = list(unpacked(self.content(field, _MOST_VARINT_BYTES * most)))
        if len(numbers) > most or None in numbers:
            raise self.malformed()
        return [_signed(number) for number in numbers if number is not None]

    def malformed(self) -> ModelFormatError:
        """Return the error of a file that is no such message."""
        return ModelFormatError(f"{self._path}: cut off, or no ONNX model")

    def _field(self, key: int, place: int, stop: int) -> Field:
        kind = key & 7
        if kind == _VARINT:
            value, place = self._varint(place, stop)
            return Field(key >> 3, value, place, place)
        if kind == _DELIMITED:
            length, place = self._varint(place, stop)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise self.malformed()
        if length > stop - place:
            raise self.malformed()
        return Field(key >> 3, None, place, place + length)

    def _varint(self, place: int, stop: int) -> tuple[int, int]:
        self._file.seek(place)
        value = 0
        for count, byte in enumerate(self._file.read(min(_MOST_VARINT_BYTES, stop - place))):
            value |= (byte & 0x7F) << 7 * count
            if byte < 0x80:
                return value, place + count + 1
        raise self.malformed()


def unpacked(content: bytes) -> Iterator[int | None]:
    """Yield the varints that are packed into bytes, unsigned; None for a last one that is cut."""
    value = shift = 0
    for byte in content:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value & _WORD
            value = shift = 0
        elif shift >= 7 * _MOST_VARINT_BYTES:
            break
    if shift:
        yield None


def _signed(value: int) -> int:
    value &= _WORD
    return value - (1 << 64) if value >> 63 else value
