"""Batches that are halved when memory runs out, and the remark that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from hartonomous.progress import Advance
from hartonomous.vectors.activations.tokens import chunks

Row = TypeVar("Row")
Result = TypeVar("Result")


def in_batches(
    rows: Sequence[Row],
    size: int,
    work: Callable[[Sequence[Row]], Result],
    *,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> Iterator[Result]:
    """Yield what ``work`` makes of each batch of rows, in order.

    Parameters
    ----------
    rows
        All rows.
    size
        Rows of one batch; halved, down to one, whenever memory runs out.
    work
        Takes the rows of one batch.
    advance
        Told how many rows are done.
    remark
        Told in one line that the batch was halved.

    Raises
    ------
    ParameterError
        The size is out of range.
    MemoryError
        One row alone is too much.
    """
    start = 0
    next(chunks(len(rows), size), None)
    while start < len(rows):
        batch = rows[start : start + size]
        try:
            result = work(batch)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            if size == 1:
                raise MemoryError from None
            size = max(1, size // 2)
            if remark:
                remark(f"memory ran out: going on with a batch size of {size}")
            continue
        yield result
        start += len(batch)
        if advance:
            advance(len(batch))


def is_out_of_memory(error: BaseException) -> bool:
    """Say whether an error, of any device, means that memory ran out."""
    text = str(error)
    return isinstance(error, MemoryError) or "out of memory" in text or "t allocate memory" in text
