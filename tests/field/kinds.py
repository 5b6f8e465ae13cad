"""What a kind of file is to these tests: how one is made, and what has to come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from files_of_field import WORDS, Field

#: Makes a file or folder, and returns where it is.
Make = Callable[[Field], Path]


@dataclass(frozen=True)
class Kind:
    """A kind of file and its right outcome.

    Parameters
    ----------
    make
        Writes one; row by row it has the field's vectors.
    labels
        What is read of it, in the order of the rows.
    rows
        Which of the field's vectors these have; by default the first ones.
    left_out
        How many rows stand for nothing, by reason.
    note
        What has to be noted; nothing else may be.
    says
        What the one line says that refuses it; empty for what is read.
    near
        How far numbers may be off, for those that are stored in fewer digits.
    """

    make: Make
    labels: Sequence[str] = tuple(WORDS)
    rows: Sequence[int] | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    note: str = ""
    says: str = ""
    near: float = 1e-6


def refused(make: Make, says: str) -> Kind:
    """Return a kind that has to be refused in a line that says something."""
    return Kind(make, says=says)


def named(name: str, content: bytes | str | object) -> Make:
    """Return what writes one file, whatever its content."""
    return lambda place: place.write(name, content)
