"""source_overlap(): how far the lists of all pairs of live sources agree."""

from __future__ import annotations

from math import sqrt

import numpy as np
import psycopg
import pytest
from planted_relations import concept, load, random_graph

from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.hashing import blake3


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def seen_by(seed: int, words: int):
    """Relations of the first so many of a hundred words, most of them the same for all."""
    common = random_graph(np.random.default_rng(0), 100, 8)
    own = random_graph(np.random.default_rng(seed), 100, 3)
    merged = {(a, b): weight for a, b, weight in [*own, *common]}
    return [
        (a, b, weight)
        for (a, b), weight in merged.items()
        if int(a[1:]) < words and int(b[1:]) < words
    ]


def first_tens(seen, share):
    lists: dict[str, list[tuple[float, bytes, str]]] = {}
    for a, b, weight in seen:
        lists.setdefault(a, []).append((-weight, concept(b).canonical_bytes, b))
    return {
        a: {b for _, _, b in sorted(own)[:10]}
        for a, own in lists.items()
        if blake3(concept(a).canonical_bytes)[0] < share
    }


def counted(first, second, share):
    """Count in Python what SQL counts: pairs of both, and those of each that the other knows."""
    lists = first_tens(first, share), first_tens(second, share)
    words = [{word for a, b, _ in seen for word in (a, b)} for seen in (first, second)]
    shared = sum(len(own & lists[1].get(a, set())) for a, own in lists[0].items())
    known = [
        sum(len(own & words[1 - side]) for a, own in lists[side].items() if a in words[1 - side])
        for side in (0, 1)
    ]
    return shared, *known, shared / sqrt(known[0] * known[1])


@pytest.mark.parametrize(("exact", "share"), [(False, 32), (True, 256)])
def test_all_pairs_are_counted_as_python_counts_them(substrate, exact, share):
    sources = {"model:a": seen_by(1, 100), "model:b": seen_by(2, 80), "model:c": seen_by(3, 60)}
    for name, seen in sources.items():
        load(substrate, name, seen)
    load(substrate, "a text", seen_by(4, 100), kind="document")
    rows = substrate.execute("SELECT * FROM source_overlap(%s)", [exact]).fetchall()
    found = {(row[0], row[1]): row[2:] for row in rows}
    assert [row[5] for row in rows] == sorted((row[5] for row in rows), reverse=True)
    assert found.keys() == {
        ("model:a", "model:b"), ("model:a", "model:c"), ("model:b", "model:c"),
    }  # fmt: skip
    for (a, b), figures in found.items():
        assert figures == pytest.approx(counted(sources[a], sources[b], share))


def test_a_copy_agrees_wholly_and_what_rests_is_left_out(substrate):
    for name in ("model:a", "model:copy"):
        load(substrate, name, seen_by(1, 100))
    (row,) = substrate.execute("SELECT overlap FROM source_overlap(true)").fetchall()
    assert row == (1.0,)
    quarantine_source(substrate, "model:copy")
    assert substrate.execute("SELECT * FROM source_overlap(true)").fetchall() == []
    assert substrate.execute("SELECT * FROM source_overlap()").fetchall() == []
    restore_source(substrate, "model:copy")
    assert len(substrate.execute("SELECT * FROM source_overlap()").fetchall()) == 1


def test_what_has_nothing_in_common_overlaps_by_nothing(substrate):
    load(substrate, "model:a", seen_by(1, 50))
    load(substrate, "model:b", [(f"{a}x", f"{b}x", weight) for a, b, weight in seen_by(1, 50)])
    row = substrate.execute("SELECT * FROM source_overlap(true)").fetchone()
    assert row == ("model:a", "model:b", 0, 0, 0, 0.0)
    with pytest.raises(psycopg.DatabaseError, match="exact is true or false"):
        substrate.execute("SELECT * FROM source_overlap(NULL)")
