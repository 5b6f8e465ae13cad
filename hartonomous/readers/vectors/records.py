"""Rows of parsed values, each a word and its numbers under names that the first rows tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.vectors.columns import Columns, Kind, choose_columns, kind_of, word_row
from hartonomous.readers.vectors.words import MAX_WIDTH, WordRow, bad_row, word_table

Record = Mapping[str, object]

#: Records that tell which fields are there.
_SAMPLED = 20


def record_of(parsed: object, path: Path, number: int) -> Record:
    """Return a parsed value as a record; the fields of a list are named by their places.

    Raises
    ------
    ModelFormatError
        When it is neither an object nor a list.
    """
    if isinstance(parsed, dict):
        return parsed
    if isinstance(parsed, list) and len(parsed) <= MAX_WIDTH:
        return {str(place): value for place, value in enumerate(parsed)}
    raise ModelFormatError(f"{path}: record {number} is no word and its numbers")


def table_of_records(path: Path, records: Iterable[Record]) -> EmbeddingTable:
    """Stream records into a table.

    Raises
    ------
    ModelFormatError
        When the fields can't be told, or a record has others than the first ones.
    """
    rest = iter(records)
    sample = list(islice(rest, _SAMPLED))
    if not sample:
        raise ModelFormatError(f"{path}: holds no word")
    columns = choose_columns(_kinds(sample), path)
    width = len(_numbers(sample[0], columns, path, 1)) if columns.is_list else len(columns.numbers)
    if not 0 < width <= MAX_WIDTH:
        raise bad_row(path, 1, width)
    rows = _rows(chain(sample, rest), columns, width, path)
    return word_table(path, rows, width, notes=columns.notes(path))


def _kinds(sample: Sequence[Record]) -> dict[str, Kind]:
    names = dict.fromkeys(name for record in sample for name in record)
    kinds = {name: _kind([record.get(name) for record in sample]) for name in names}
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind(values: Sequence[object]) -> Kind | None:
    """Return what a field mostly holds: a number that is missing is a fault of its record."""
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    return kind_of(numbers if 2 * len(numbers) > len(values) else values)


def _numbers(record: Record, columns: Columns, path: Path, number: int) -> Sequence[object]:
    values = [record.get(name) for name in columns.numbers]
    found = values[0] if columns.is_list else values
    if not isinstance(found, list):
        raise bad_row(path, number, len(values))
    return found


def _rows(records: Iterable[Record], columns: Columns, width: int, path: Path) -> Iterator[WordRow]:
    for number, record in enumerate(records, 1):
        numbers = _numbers(record, columns, path, number)
        yield word_row(record.get(columns.words), numbers, width, (path, number))
