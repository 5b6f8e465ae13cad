"""CSV and TSV: a word and its numbers a line, with or without a heading."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import is_number, is_spaced, opened_text
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.columns import Columns, Kind, choose_columns, is_word_name
from hartonomous.readers.vectors.text import open_text
from hartonomous.readers.vectors.words import (
    MAX_LINE_BYTES,
    MAX_WIDTH,
    WordRow,
    bad_row,
    word_table,
)

_DELIMITERS = (",", "\t", ";", "|")
#: Rows that tell which columns hold numbers.
_SAMPLED = 100
_WHOLE = re.compile(r"[-+]?\d+")
_SEPARATOR = re.compile(r"sep=(.)")
#: What a delimiter parts nothing in.
_INNER = re.compile(r"\[[^\]]*\]|\"[^\"]*\"")
_LIST = re.compile(r"\s*[\[(][-+\d.]")


def recognise(place: Place) -> bool:
    """Say whether a file's first two lines are parted by one delimiter into as many fields."""
    return not place.is_folder and _delimiter(place.head) is not None


def _delimiter(head: bytes) -> str | None:
    lines = list(islice(_whole_lines(head.decode("utf-8", "replace")), 3))
    if lines and (said := _SEPARATOR.fullmatch(lines[0])):
        return said[1]
    begin = lines[:2]
    for delimiter in _DELIMITERS:
        counts = [_INNER.sub("", line).count(delimiter) for line in begin]
        if not counts or min(counts) < 1:
            continue
        if delimiter == "\t":
            return delimiter if _has_heading(begin[0]) else None
        if not any(is_spaced(_INNER.sub("", line).encode()) for line in begin):
            return delimiter
    return None


def _whole_lines(text: str) -> Iterator[str]:
    """Yield lines that aren't blank; one that ends within quotes goes on."""
    begun = ""
    for line in text.splitlines():
        begun = f"{begun}\n{line}" if begun else line
        if begun.count('"') % 2 == 0:
            if begun.strip():
                yield begun
            begun = ""
    if begun.strip():
        yield begun


def _has_heading(line: str) -> bool:
    """Say whether a first line of a TSV names columns, or holds a list of numbers in a field.

    A TSV without a heading is word vectors as text.
    """
    fields = line.split("\t")
    if is_spaced(line.encode()):
        return False
    return (len(fields) > 1 and not any(map(_is_number, fields))) or bool(_LIST.match(fields[-1]))


def open_delimited(place: Place, request: Request) -> EmbeddingTable:
    """Open word vectors in CSV or TSV.

    Raises
    ------
    ModelFormatError
        When the columns can't be told, or a row has others than the first ones.
    """
    path = place.path
    delimiter = _delimiter(place.head)
    if delimiter is None:
        return open_text(place, request)
    sample = list(islice(_records(path, delimiter), _SAMPLED))
    body = sample[1:] or sample
    kinds = _kinds(sample[0], body)
    headed = any(
        k != "text" and _kind([f]) == "text" for f, k in zip(sample[0], kinds, strict=True)
    )
    named = headed and len(set(sample[0])) == len(sample[0])
    names = sample[0] if named else [str(i) for i in range(len(sample[0]))]
    columns = choose_columns(_without_index(names, kinds, body), path)
    return _table(path, columns, names, _skipping(path, delimiter, headed))


def _table(
    path: Path, columns: Columns, names: list[str], rows: Iterator[list[str]]
) -> EmbeddingTable:
    word, *numbers = (names.index(name) for name in (columns.words, *columns.numbers))
    first = next(rows, None)
    if first is None:
        raise ModelFormatError(f"{path}: holds no word")
    width = (
        len(_numbers(first, numbers, is_list=columns.is_list)) if columns.is_list else len(numbers)
    )
    if not 0 < width <= MAX_WIDTH:
        raise bad_row(path, 1, width)

    def word_rows() -> Iterator[WordRow]:
        for number, row in enumerate(_chained(first, rows), 1):
            if len(row) != len(names):
                raise bad_row(path, number, width)
            found = _numbers(row, numbers, is_list=columns.is_list)
            yield row[word], _float32(found, width, path, number)

    return word_table(path, word_rows(), width, notes=columns.notes(path))


def _chained(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield first
    yield from rows


def _numbers(row: Sequence[str], columns: Sequence[int], *, is_list: bool) -> list[str]:
    """Return the written numbers of a row; a list stands in brackets in one field."""
    if not is_list:
        return [row[column] for column in columns if column < len(row)]
    field = row[columns[0]] if columns[0] < len(row) else ""
    return field.strip().strip("[]()").replace(",", " ").split()


def _float32(written: Sequence[str], width: int, path: Path, number: int) -> bytes:
    from array import array

    if len(written) != width or not all(map(_is_number, written)):
        raise bad_row(path, number, width)
    return array("f", map(float, written)).tobytes()


def _without_index(
    names: Sequence[str], kinds: Sequence[Kind], body: Sequence[Sequence[str]]
) -> dict[str, Kind]:
    """Return the columns without a first one that only counts the rows, as pandas writes it."""
    kept = dict(zip(names, kinds, strict=True))
    first = [row[0] for row in body if row]
    starts = {0, 1} if first and first[0].isdecimal() and len(first[0]) < 10 else set()
    begin = int(first[0]) if starts else -1
    counts = begin in starts and first == [str(begin + i) for i in range(len(first))]
    if counts and len(kept) > 3 and "text" in kinds[1:]:
        del kept[names[0]]
    return kept


def _kinds(heading: Sequence[str], body: Sequence[Sequence[str]]) -> list[Kind]:
    """Return what each column mostly holds: a number that is missing is a fault of its row."""
    fields = [[row[i] for row in body if i < len(row)] for i in range(len(heading))]
    strict = [_kind(column) for column in fields]
    mostly = [
        kind if is_word_name(name) else _kind(_mostly_numbers(column))
        for name, kind, column in zip(heading, strict, fields, strict=True)
    ]
    return mostly if "text" in mostly else strict


def _mostly_numbers(fields: Sequence[str]) -> Sequence[str]:
    numbers = [field for field in fields if _is_number(field)]
    return numbers if 2 * len(numbers) > len(fields) else fields


def _kind(fields: Sequence[str]) -> Kind:
    if fields and all(_LIST.match(field) for field in fields):
        return "vector"
    if not fields or not all(map(_is_number, fields)):
        return "text"
    return "whole" if all(_WHOLE.fullmatch(field.strip()) for field in fields) else "decimal"


def _is_number(field: str) -> bool:
    return field.isascii() and is_number(field.encode())


def _skipping(path: Path, delimiter: str, headed: bool) -> Iterator[list[str]]:
    rows = _records(path, delimiter)
    if headed:
        next(rows, None)
    return rows


def _records(path: Path, delimiter: str) -> Iterator[list[str]]:
    """Yield the fields of each row that isn't blank."""
    with opened_text(path, errors="surrogateescape") as file:
        lines = iter(lambda: file.readline(MAX_LINE_BYTES), "")
        first = next(lines, "")
        whole = lines if _SEPARATOR.fullmatch(first.strip()) else chain([first], lines)
        try:
            for row in _tabbed(whole) if delimiter == "\t" else _quoted(whole, delimiter):
                if row:
                    yield row
        except csv.Error as error:
            raise ModelFormatError(f"{path}: malformed row ({error})") from None


def _quoted(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, strict=True)


def _tabbed(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the fields of each line: a quotation mark that is not closed in it is a word."""
    yield from map(_tabbed_fields, lines)


def _tabbed_fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter="\t", strict=True), [])
    except csv.Error:
        return line.rstrip("\r\n").split("\t")
