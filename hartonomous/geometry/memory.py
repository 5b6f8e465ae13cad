"""What does not fit into memory is a parameter out of range, and no crash."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def enough_for(what: str) -> Iterator[None]:
    """Turn a failed allocation into an error that names what was too large.

    Raises
    ------
    ParameterError
        The body ran out of memory.
    """
    try:
        yield
    except MemoryError as error:
        raise ParameterError(f"{what} does not fit into memory") from error
