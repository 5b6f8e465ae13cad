"""Small planted sources, loaded the way every source is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from hartonomous.concepts import Concept
from hartonomous.observations import (
    ConceptTable,
    MinedSite,
    Observations,
    Site,
    Source,
    SourceKind,
    quantise_weights,
)
from hartonomous.store.load import LoadReport, load_source
from hartonomous.store.session import Connection

#: a, b and how strongly.
Seen = tuple[str, str, float]


def load(
    connection: Connection,
    name: str,
    seen: Iterable[Seen],
    *,
    kind: SourceKind = "model",
    sites: Sequence[str] = ("embedding",),
    relation_type: str = "related",
) -> LoadReport:
    """Load a source that saw the same relations at each of its sites, and commit."""
    observed = list(seen)
    labels = sorted({label for a, b, _ in observed for label in (a, b)})
    table, index = ConceptTable.of([concept(label) for label in labels])
    place = dict(zip(labels, index.tolist(), strict=True))
    digest = hashlib.sha256(repr((observed, sites)).encode()).digest()
    mined = [
        MinedSite(
            Site(position, k=1, space="cosine", method="exact", recall=1.0),
            batches([(place[a], place[b], weight) for a, b, weight in observed]),
            relation_type,
            has_ranks=kind == "model",
        )
        for position in sites
    ]
    if kind != "model":
        mined = [without_ranks(site) for site in mined]
    report = load_source(connection, Source(name, kind, digest), table, mined)
    connection.commit()
    return report


def concept(label: str) -> Concept:
    """The concept that is shown as this label."""
    is_piece = label.startswith("##") and label != "##"
    return Concept("piece", label[2:]) if is_piece else Concept("text", label)


def batches(rows: list[tuple[int, int, float]], size: int = 1000) -> Iterator[Observations]:
    """Batches of observations, strongest first in each list."""
    rows.sort(key=lambda row: (row[0], -row[2], row[1]))
    rank = 0
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        ranks = []
        for offset, row in enumerate(some, start):
            rank = rank + 1 if offset and rows[offset - 1][0] == row[0] else 1
            ranks.append(rank)
        yield Observations(
            np.array([a for a, _, _ in some], dtype=np.int32),
            np.array([b for _, b, _ in some], dtype=np.int32),
            quantise_weights(np.array([weight for _, _, weight in some], dtype=np.float32)),
            np.array(ranks, dtype=np.int16),
        )


def without_ranks(site: MinedSite) -> MinedSite:
    """The same site as one that counts."""
    counted = (Observations(o.a, o.b, o.weight) for o in site.batches)
    return MinedSite(Site(site.site.position, method="count"), counted, site.relation_type, False)


def random_graph(rng: np.random.Generator, nodes: int, degree: int) -> list[Seen]:
    """Directed relations with random weights; node i is the word ``w{i}``."""
    return [
        (f"w{a}", f"w{b}", float(np.float32(rng.uniform(0.05, 1))))
        for a in range(nodes)
        for b in rng.choice(nodes, degree, replace=False)
        if a != b
    ]
