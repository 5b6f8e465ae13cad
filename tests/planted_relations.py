"""Small planted sources, loaded the way every source is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from hartonomous.concepts import Concept, concept_of
from hartonomous.observations import (
    ConceptTable,
    JoinRecord,
    MinedSite,
    MinedSource,
    Observations,
    RelationType,
    SiteRecord,
    Source,
    quantise_weights,
)
from hartonomous.store.load import LoadReport, load_source
from hartonomous.store.session import Connection

SYMMETRIC = frozenset({"related"})
#: a, b and how strongly.
Seen = tuple[str, str, float]


def concept(label: str) -> Concept:
    """Return the concept of a label, such as ``king``, ``##ing`` or ``image:one``."""
    kind, colon, text = label.partition(":")
    return Concept(kind, text) if colon and kind in {"image", "visual"} else concept_of(label)


def load(
    connection: Connection,
    name: str,
    seen: Iterable[Seen],
    *,
    kind: str = "model",
    sites: Sequence[str] = ("embedding",),
    relation_type: str = "related",
    is_symmetric: bool | None = None,
    subject: str | None = None,
) -> LoadReport:
    """Load a source that saw the same relations at each of its sites, and commit."""
    observed = list(seen)
    labels = sorted({label for a, b, _ in observed for label in (a, b)})
    table, index = ConceptTable.of([concept(label) for label in labels])
    place = dict(zip(labels, index.tolist(), strict=True))
    digest = hashlib.sha256(repr((observed, sites)).encode()).digest()
    symmetric = relation_type in SYMMETRIC if is_symmetric is None else is_symmetric
    relation = RelationType(relation_type, symmetric)
    mined = [
        MinedSite.alone(
            SiteRecord(position, JoinRecord(1, "cosine", "exact", 1.0))
            if kind == "model"
            else SiteRecord(position),
            batches([(place[a], place[b], weight) for a, b, weight in observed]),
            relation,
            # so many observations get a partition of their own
            expected=100_000 if kind == "model" else 0,
        )
        for position in sites
    ]
    source = Source(name, kind, digest, subject)
    report = load_source(connection, MinedSource(source, table, tuple(mined)))
    connection.commit()
    return report


def batches(rows: list[tuple[int, int, float]], lists: int = 1000) -> Iterator[Observations]:
    """Batches of so many whole lists, the strongest of each list first."""
    rows.sort(key=lambda row: (row[0], -row[2], row[1]))
    concepts = sorted({a for a, _, _ in rows})
    for start in range(0, len(concepts), lists):
        those = set(concepts[start : start + lists])
        some = [row for row in rows if row[0] in those]
        yield Observations(
            np.array([a for a, _, _ in some], dtype=np.int32),
            np.array([b for _, b, _ in some], dtype=np.int32),
            quantise_weights(np.array([weight for _, _, weight in some], dtype=np.float32)),
        )


def random_graph(rng: np.random.Generator, nodes: int, degree: int) -> list[Seen]:
    """Directed relations with random weights; node i is the word ``w{i}``."""
    return [
        (f"w{a}", f"w{b}", float(np.float32(rng.uniform(0.05, 1))))
        for a in range(nodes)
        for b in rng.choice(nodes, degree, replace=False)
        if a != b
    ]
