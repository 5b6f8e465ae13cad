"""ConceptNet's dump: assertions between words, a line each, in tabs.

https://github.com/commonsense/conceptnet5/wiki/Downloads
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

from hartonomous.observations import RELATED
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.relations.edge import Line, edge_of
from hartonomous.readers.relations.lines import Fault, read_lines, unpacked_head
from hartonomous.readers.relations.sources import open_edges
from hartonomous.sites import OpenedSource

_ASSERTION = re.compile(rb"/a/\[[^\t]*\t/r/[^\t]+\t/c/")
_LANGUAGE = "en"
#: Relations that hold in both directions, by ConceptNet's own documentation.
_SYMMETRIC = frozenset(
    {
        "RelatedTo",
        "Synonym",
        "Antonym",
        "DistinctFrom",
        "SimilarTo",
        "LocatedNear",
        "EtymologicallyRelatedTo",
    }
)


def is_conceptnet(place: Place) -> bool:
    """Say whether a file, packed or not, begins as the dump does."""
    return place.is_file() and bool(_ASSERTION.match(unpacked_head(place)))


def open_conceptnet(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open ConceptNet's assertions between English words; its weight w weighs w / (1 + w)."""
    yield from open_edges(place.path, _assertions(place.path), request)


def _assertions(path: Path) -> Iterator[tuple[int, Line]]:
    for number, line in read_lines(path):
        if isinstance(line, Fault):
            yield number, line.said
            continue
        fields = line.rstrip("\r\n").split("\t")
        is_one = len(fields) == 5 and fields[1].startswith("/r/")
        yield number, _assertion(fields) if is_one else "is no assertion"


def _assertion(fields: list[str]) -> Line:
    a, b = _node(fields[2]), _node(fields[3])
    if a is None or b is None:
        return None
    try:
        weight = float(json.loads(fields[4])["weight"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "has no weight"
    if not 0 <= weight < math.inf:
        return "has a weight that is not from 0 up"
    name = fields[1].split("/")[2]
    found = {"a": a, "b": b, "type": _snake(name), "weight": weight / (1 + weight)}
    return edge_of(found, is_symmetric=name in _SYMMETRIC)


def _node(uri: str) -> str | None:
    """Return the words of ``/c/en/fire_engine/n``; None for what is not English."""
    parts = uri.split("/")
    is_word = len(parts) > 3 and parts[1] == "c" and parts[2] == _LANGUAGE
    return parts[3].replace("_", " ") if is_word else None


def _snake(name: str) -> str:
    """Return ``IsA`` as ``is_a``; what is only related is what everybody calls so."""
    if name == "RelatedTo":
        return RELATED.name
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
