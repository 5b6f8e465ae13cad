"""One written relation, and what is wrong with a line that is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from hartonomous.concepts import is_storable
from hartonomous.letters import nfc
from hartonomous.observations import RELATED, RelationType
from hartonomous.readers.files import shown

#: The columns of every form, in the order in which a table without names has them.
COLUMNS = ("a", "b", "type", "weight", "source")
#: Longer names are no concepts.
MOST_CHARACTERS = 1000
MOST_TYPE_BYTES = 32
#: How models, feedback and persons' sources are named.
OTHERS = ("model:", "feedback:", "subject-")


@dataclass(frozen=True)
class Edge:
    """One line of a file."""

    a: str
    b: str
    type: RelationType = RELATED
    #: None where the line only says that it was seen.
    weight: float | None = None
    source: str | None = None


#: What a line holds: a relation, or what is wrong with it; None where it is to be left out.
Line = Edge | str | None


def edge_of(fields: Mapping[str, object], *, is_symmetric: bool = False) -> Edge | str:
    """Return the relation of a line by the names of its columns, or what is wrong with it."""
    a, b = (_label(fields.get(name)) for name in ("a", "b"))
    if a is None or b is None:
        return f"does not name two concepts of 1 to {MOST_CHARACTERS} characters"
    name = fields.get("type")
    name = (name.strip() if isinstance(name, str) else name) or RELATED.name
    if not isinstance(name, str) or not _is_type(name):
        return f"has a type of relation that is no name of 1 to {MOST_TYPE_BYTES} bytes"
    source = fields.get("source") or None
    if source is not None and not (isinstance(source, str) and source.isprintable()):
        return "has a source that is no name"
    if source is not None and source.startswith(OTHERS):
        return f"has a source that is named as others are: {shown(source)}"
    weight = _weight(fields.get("weight"))
    if isinstance(weight, str):
        return weight
    relation_type = RELATED if name == RELATED.name else RelationType(name, is_symmetric)
    return Edge(a, b, relation_type, weight, source)


def _label(value: object) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= MOST_CHARACTERS:
        return None
    label = nfc(value.strip())
    return label if is_storable(label) else None


def _is_type(name: str) -> bool:
    return len(name.encode(errors="replace")) <= MOST_TYPE_BYTES and name.isprintable()


def _weight(value: object) -> float | str | None:
    if value is None or value == "":
        return None
    try:
        is_plain = isinstance(value, (int, float)) or (
            isinstance(value, str) and value.isascii() and "_" not in value
        )
        weight = float(value) if is_plain else math.nan  # type: ignore[arg-type]  # it is one
    except (ValueError, OverflowError):
        weight = math.nan
    if isinstance(value, bool) or not 0 <= weight <= 1:
        return f"has no weight from 0 to 1 but {shown(str(value))}"
    return weight
