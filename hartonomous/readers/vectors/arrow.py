"""Parquet and Arrow (feather): a column of words, and a list or a column a number, by pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import is_vectors
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.vectors.columns import Columns, Kind, choose_columns
from hartonomous.readers.vectors.words import MAX_WIDTH, WordRow, bad_row, word_table

if TYPE_CHECKING:
    import pyarrow as pa

#: Rows that are decoded at a time.
_BATCH_ROWS = 4096
_STREAM = b"\xff\xff\xff\xff"

#: Gives a file's schema, and its batches of the named columns.
Opened = tuple["pa.Schema", Callable[[list[str]], Iterable["pa.RecordBatch"]]]


def recognise_parquet(place: Place) -> bool:
    """Say whether a file begins as parquet does."""
    return place.head.startswith(b"PAR1") and not is_vectors(place.head)


def recognise_arrow(place: Place) -> bool:
    """Say whether a file begins as Arrow's files, or its streams of that suffix, do."""
    streamed = place.head.startswith(_STREAM) and place.path.suffix in (".arrow", ".arrows")
    return place.head.startswith(b"ARROW1\0\0") or streamed


def open_parquet(place: Place, _: Request) -> EmbeddingTable:
    """Open word vectors in parquet.

    Raises
    ------
    ModelFormatError
        When pyarrow is not installed, the file is damaged, or its columns can't be told.
    """
    return _open(place.path, "parquet", _parquet)


def open_arrow(place: Place, _: Request) -> EmbeddingTable:
    """Open word vectors in an Arrow file, which feather's are too, or an Arrow stream.

    Raises
    ------
    ModelFormatError
        When pyarrow is not installed, the file is damaged, or its columns can't be told.
    """
    return _open(place.path, "Arrow", _arrow)


def _parquet(path: Path) -> Opened:
    from pyarrow import parquet

    file = parquet.ParquetFile(path)
    return file.schema_arrow, lambda names: file.iter_batches(_BATCH_ROWS, columns=names)


def _arrow(path: Path) -> Opened:
    import pyarrow as pa

    source = pa.OSFile(str(path))
    with path.open("rb") as file:
        streamed = file.read(4) == _STREAM
    if streamed:
        stream = pa.ipc.open_stream(source)
        return stream.schema, lambda names: (batch.select(names) for batch in stream)
    reader = pa.ipc.open_file(source)
    batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
    return reader.schema, lambda names: (batch.select(names) for batch in batches)


def _open(path: Path, kind: str, opener: Callable[[Path], Opened]) -> EmbeddingTable:
    try:
        import pyarrow as pa
    except ImportError:
        raise ModelFormatError(
            f"{path}: {kind}; pip install 'hartonomous[formats]' brings pyarrow, which reads it"
        ) from None
    try:
        schema, batches = opener(path)
        columns = choose_columns(_kinds(schema), path)
        blocks = _blocks(batches([columns.words, *columns.numbers]), columns, path)
        return _table(path, blocks, columns)
    except (pa.ArrowException, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ModelFormatError(f"{path}: damaged {kind} ({reason:.150})") from None


def _kinds(schema: pa.Schema) -> dict[str, Kind]:
    names = [name for name in schema.names if schema.names.count(name) == 1]
    kinds = {name: _kind(schema.field(name).type) for name in names}
    if "text" not in kinds.values():
        kinds.update({name: "text" for name in names if _is_bytes(schema.field(name).type)})
    return {name: kind for name, kind in kinds.items() if kind is not None}


def _kind(of: pa.DataType) -> Kind | None:
    from pyarrow import types

    if types.is_dictionary(of):
        return _kind(of.value_type)
    if types.is_string(of) or types.is_large_string(of) or types.is_string_view(of):
        return "text"
    if types.is_list(of) or types.is_large_list(of) or types.is_fixed_size_list(of) or _is_view(of):
        inner = of.value_type
        return "vector" if types.is_floating(inner) or types.is_integer(inner) else None
    if types.is_floating(of):
        return "decimal"
    return "whole" if types.is_integer(of) else None


def _is_view(of: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_list_view(of) or types.is_large_list_view(of))


def _is_bytes(of: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_binary(of) or types.is_large_binary(of))


def _word(written: object) -> str | None:
    if isinstance(written, bytes):
        return written.decode("utf-8", "surrogateescape")
    return None if written is None else str(written)


def _table(
    path: Path, blocks: Iterator[tuple[list[str | None], NDArray[np.float32]]], columns: Columns
) -> EmbeddingTable:
    first = next(blocks, None)
    if first is None:
        raise ModelFormatError(f"{path}: holds no word")
    width = first[1].shape[1]
    if not 0 < width <= MAX_WIDTH:
        raise bad_row(path, 1, width)

    def rows() -> Iterator[WordRow]:
        done = 0
        block: tuple[list[str | None], NDArray[np.float32]] | None = first
        while block is not None:
            words, vectors = block
            if vectors.shape[1] != width:
                raise bad_row(path, done + 1, width)
            yield from ((w or "", v.tobytes()) for w, v in zip(words, vectors, strict=True))
            done, block = done + len(words), next(blocks, None)

    return word_table(path, rows(), width, notes=columns.notes(path))


def _blocks(
    batches: Iterable[pa.RecordBatch], columns: Columns, path: Path
) -> Iterator[tuple[list[str | None], NDArray[np.float32]]]:
    done = 0
    for batch in batches:
        batch.validate(full=True)  # offsets that lead out of its buffers would end the process
        for start in range(0, batch.num_rows, _BATCH_ROWS):
            part = batch.slice(start, _BATCH_ROWS)
            names = [_word(word) for word in part.column(columns.words).to_pylist()]
            if columns.is_list:
                vectors = _of_lists(part.column(columns.numbers[0]), path, done)
            else:
                vectors = np.stack(
                    [_numbers(part.column(n), path, done) for n in columns.numbers], 1
                )
            done += part.num_rows
            yield names, np.ascontiguousarray(vectors, "<f4")


def _of_lists(column: pa.Array[Any], path: Path, done: int) -> NDArray[np.float32]:
    """Return lists of one length as a matrix."""
    import pyarrow.compute as pc

    lengths = set(pc.list_value_length(column).to_pylist())
    if len(lengths) != 1 or None in lengths:
        raise ModelFormatError(f"{path}: vectors from {done + 1} on are of different lengths")
    numbers = _numbers(column.flatten(), path, done)
    return numbers.reshape(len(column), lengths.pop())


def _numbers(column: pa.Array[Any], path: Path, done: int) -> NDArray[np.float32]:
    if column.null_count:
        raise ModelFormatError(f"{path}: a number is missing after vector {done}")
    with np.errstate(over="ignore"):
        found: NDArray[np.float32] = column.to_numpy(zero_copy_only=False).astype(np.float32)
    return found
