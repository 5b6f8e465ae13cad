"""Written relations as sources: a file may hold those of many, each line saying whose it is."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from hartonomous.concepts import Concept, concept_of
from hartonomous.errors import DocumentFormatError
from hartonomous.observations import WEIGHT_UNIT, RelationType, Source
from hartonomous.readers.opening import Request
from hartonomous.readers.relations.edge import Edge, Line
from hartonomous.sites import CountedSite, OpenedSource, PairCounts

#: Relations of one file; they are kept in memory, 12 bytes each.
MOST_EDGES = 1 << 26
#: Sources of one file; an identifier in that column would make each line one.
MOST_SOURCES = 1 << 16
MOST_TYPES = 256


def open_edges(
    path: Path, lines: Iterable[tuple[int, Line]], request: Request
) -> Iterator[OpenedSource]:
    """Read all lines, then open the sources that they name.

    Parameters
    ----------
    lines
        Number and content of each line.

    Raises
    ------
    DocumentFormatError
        A line is no relation and nobody takes note of it by ``request.fault``, there is none, or
        there are too many.
    """
    written: dict[str | None, _Written] = {}
    left_out = {"itself": 0, "other language": 0}
    for number, row in lines:
        if isinstance(row, str):
            request.fault(DocumentFormatError(f"{path}: line {number} {row}"))
        elif row is None:
            left_out["other language"] += 1
        elif row.a == row.b:
            left_out["itself"] += 1
        else:
            _refuse_more(written, number, path)
            written.setdefault(row.source, _Written()).add(row)
    if not written:
        raise DocumentFormatError(f"{path}: holds no relation")
    for name, each in written.items():
        yield _opened(path, name, each, request, left_out)
        left_out = {}


def _opened(
    path: Path, name: str | None, written: _Written, request: Request, left_out: dict[str, int]
) -> OpenedSource:
    if len(written.types) > MOST_TYPES:
        raise DocumentFormatError(f"{path}: more than {MOST_TYPES} types of relation")
    whose = f"subject={request.subject or ''}\0".encode()
    fingerprint = hashlib.sha256(whose + written.digest.digest()).digest()
    identifier = request.name_for(name or path.name, is_part=name is not None)
    return OpenedSource(
        Source(identifier, "relations", fingerprint, request.subject),
        written.concepts,
        tuple(written.sites()),
        {reason: count for reason, count in left_out.items() if count},
    )


def _refuse_more(written: dict[str | None, _Written], number: int, path: Path) -> None:
    if number > MOST_EDGES:
        raise DocumentFormatError(f"{path}: more than {MOST_EDGES:,} lines: split it")
    if len(written) > MOST_SOURCES:
        raise DocumentFormatError(f"{path}: more than {MOST_SOURCES:,} sources: split it")


@dataclass(eq=False)
class _Written:
    """The relations of one source as they come in."""

    labels: dict[str, int] = field(default_factory=dict)
    types: dict[tuple[RelationType, bool], _Columns] = field(default_factory=dict)
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, edge: Edge) -> None:
        """Take one line."""
        columns = self.types.setdefault((edge.type, edge.weight is None), _Columns())
        columns.a.append(self.labels.setdefault(edge.a, len(self.labels)))
        columns.b.append(self.labels.setdefault(edge.b, len(self.labels)))
        if edge.weight is not None:
            columns.weight.append(round(edge.weight * WEIGHT_UNIT))
        said = (edge.a, edge.b, edge.type.name, repr(edge.weight))
        self.digest.update("\0".join((*said, "")).encode())

    def concepts(self) -> tuple[Concept, ...]:
        """Return its concepts in the order in which they came."""
        return tuple(map(concept_of, self.labels))

    def sites(self) -> Iterator[CountedSite]:
        """Give a site for each type, counted and weighed relations apart."""
        for (relation_type, is_counted), columns in self.types.items():
            yield CountedSite(
                f"{'seen' if is_counted else 'weighed'} {relation_type.name}",
                columns.pairs,
                relation_type,
                weighing="count" if is_counted else "strength",
            )


@dataclass(eq=False)
class _Columns:
    a: array[int] = field(default_factory=lambda: array("i"))
    b: array[int] = field(default_factory=lambda: array("i"))
    weight: array[int] = field(default_factory=lambda: array("i"))

    def pairs(self) -> Iterator[PairCounts]:
        a, b = (np.frombuffer(each, dtype=np.int32).astype(np.int64) for each in (self.a, self.b))
        weight = np.frombuffer(self.weight, dtype=np.int32).astype(np.int64)
        yield PairCounts(0, a, b, weight if len(weight) else 1)
