"""Why two concepts are related: every piece of evidence."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.query.concepts import require_known, require_storable
from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_EXPLAIN = """
SELECT
    from_label, to_label, relation_type, elo_score,
    source_identifier, kind, site_position, weight, rank, relation_id::text
FROM hartonomous.explain_relation(%s, %s)
"""


@dataclass(frozen=True)
class Evidence:
    """One source's observation, at one of its sites, of one relation."""

    from_label: str
    to_label: str
    relation_type: str
    #: Rating that all evidence of the relation adds up to.
    elo_score: float
    source: str
    #: What the source is: model, document, image, code, feedback or evidence.
    source_kind: str
    #: Where in the source, such as ``embedding`` or ``layer3-head5-qk``.
    site: str
    #: How strongly, from 0 to 1.
    weight: float
    #: Place in the list of ``from_label``, 1 for the nearest; None where there is no list.
    rank: int | None
    relation_id: str


def explain(connection: Connection, a: str, b: str) -> tuple[Evidence, ...]:
    """Return all evidence for the relations between two concepts, in both directions.

    Raises
    ------
    UnknownNameError
        There is no such concept; the message has near matches.
    StoreError
        The database is gone.
    """
    require_storable(a, b)
    found = fetch(connection, Evidence, _EXPLAIN, [a, b])
    if not found:
        require_known(connection, a, b)
    return found
