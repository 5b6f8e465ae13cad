"""Written relations as a table, as JSON lines and in parquet.

Columns are named ``a``, ``b``, ``type``, ``weight`` and ``source``; a table whose first line
doesn't name them has them in this order, and all but the first two may be missing. Weights go
from 0, which says that the relation does not hold, to 1; pairs without are counted, and once
weighs 1/2.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

from hartonomous.errors import DocumentFormatError
from hartonomous.readers.documents import JSON_LINES_SUFFIXES
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.relations.edge import COLUMNS, Line, edge_of
from hartonomous.readers.relations.lines import Fault, read_lines, suffix_of
from hartonomous.readers.relations.sources import open_edges
from hartonomous.sites import OpenedSource


def is_json_lines(place: Place) -> bool:
    """Say whether a file holds an object a line, by its suffix."""
    return place.is_file() and suffix_of(place.path) in JSON_LINES_SUFFIXES


def is_parquet(place: Place) -> bool:
    """Say whether a file begins as parquet does."""
    return place.head.startswith(b"PAR1")


def is_table(place: Place) -> bool:
    """Say whether a file is a table, by its suffix."""
    return place.is_file() and suffix_of(place.path) in {".tsv", ".csv", ".txt", ".tab"}


def open_table(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a table.

    Raises
    ------
    DocumentFormatError
        A line is no relation, and nobody takes note of it by ``request.fault``.
    """
    delimiter = "," if suffix_of(place.path) == ".csv" else "\t"
    yield from open_edges(place.path, _table_rows(place.path, delimiter), request)


def open_json_lines(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open an object a line; as `open_table`."""
    yield from open_edges(place.path, _json_rows(place.path), request)


def open_parquet(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open parquet, which pyarrow reads; as `open_table`."""
    yield from open_edges(place.path, _parquet_rows(place.path), request)


def _table_rows(path: Path, delimiter: str) -> Iterator[tuple[int, Line]]:
    columns: tuple[str, ...] | None = None
    for number, line in read_lines(path):
        if isinstance(line, Fault):
            yield number, line.said
        elif line.strip() and not (columns is None and line.startswith("#")):
            fields = cut_line(line.rstrip("\r\n"), delimiter)
            if fields is None:
                yield number, "has a field that is too long, or quoted wrongly"
                continue
            if columns is None:
                named = tuple(name.strip().lower() for name in fields)
                columns = named if {"a", "b"} <= set(named) else COLUMNS
                if columns is named:
                    continue
            yield number, edge_of(dict(zip(columns, fields, strict=False)))


def cut_line(line: str, delimiter: str) -> list[str] | None:
    """Cut a line; only tables with commas have quotes."""
    if delimiter == "\t":
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _json_rows(path: Path) -> Iterator[tuple[int, Line]]:
    for number, line in read_lines(path):
        if isinstance(line, Fault):
            yield number, line.said
        elif line.strip():
            try:
                fields = json.loads(line)
            except (ValueError, RecursionError):
                fields = None
            yield number, edge_of(fields) if isinstance(fields, dict) else "is no JSON object"


def _parquet_rows(path: Path) -> Iterator[tuple[int, Line]]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise DocumentFormatError(
            f"{path}: parquet; pip install 'hartonomous[formats]' brings pyarrow, which reads it"
        ) from None
    number = 0
    try:
        file = parquet.ParquetFile(path)
        names = [name for name in COLUMNS if name in file.schema_arrow.names]
        for batch in file.iter_batches(4096, columns=names):
            batch.validate(full=True)  # offsets that lead out of its buffers would end the process
            for row in batch.to_pylist():
                number += 1
                yield number, edge_of(row)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise DocumentFormatError(f"{path}: damaged parquet ({reason:.150})") from None
