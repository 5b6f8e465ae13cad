"""compare_sources(): how two sources agree, region by region."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest
from planted_relations import concept, load, random_graph

from hartonomous.editing.state import quarantine_source


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def lists(seen):
    found: dict[str, list] = {}
    for a, b, weight in seen:
        found.setdefault(a, []).append((-np.float32(weight), concept(b).canonical_bytes, b))
    return {a: [b for _, _, b in sorted(own)] for a, own in found.items()}


def asked(connection, a="model:a", b="model:b", k=10):
    rows = connection.execute("SELECT * FROM compare_sources(%s, %s, %s)", [a, b, k]).fetchall()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("k", [1, 3, 10])
def test_shares_are_counted_as_python_counts_them(substrate, k):
    """Words w0 to w59 are signs by how they are written; of k, only what both know counts."""
    sources = {}
    for name, words, seed in (("model:a", 60, 1), ("model:b", 50, 2)):
        common = random_graph(np.random.default_rng(0), 60, 6)
        own = random_graph(np.random.default_rng(seed), 60, 3)
        merged = {(x, y): w for x, y, w in [*own, *common]}
        sources[name] = [
            (x, y, w) for (x, y), w in merged.items() if int(x[1:]) < words > int(y[1:])
        ]
        load(substrate, name, sources[name])
    both = [lists(sources[name]) for name in ("model:a", "model:b")]
    words = [{word for x, y, _ in seen for word in (x, y)} for seen in sources.values()]
    known = words[0] & words[1]
    cut = [{x: [y for y in own if y in known][:k] for x, own in each.items()} for each in both]
    shares, only = [], [0, 0]
    for word in known:
        first, second = (each.get(word, []) for each in cut)
        if first and second:
            shared = len(set(first) & set(second))
            shares.append(shared / min(len(first), len(second)))
            only = [only[0] + len(first) - shared, only[1] + len(second) - shared]
    concepts, agreement, only_a, only_b, alone_a, alone_b, apart = asked(substrate, k=k)["signs"]
    assert (concepts, only_a, only_b) == (len(shares), *only)
    assert agreement == pytest.approx(np.mean(shares))
    assert (alone_a, alone_b) == (len(words[0] - known), len(words[1] - known))
    assert len(apart) == 5


def test_regions_are_told_by_how_labels_are_written(substrate):
    seen = [("king", "queen"), ("Paris", "London"), ("##ing", "##ed"), ("1999", "2,000"),
            ("new york", "the sea"), ("東京", "京"), ("!", "?")]  # fmt: skip
    pairs = [(a, b, 0.5) for a, b in seen] + [(b, a, 0.5) for a, b in seen]
    load(substrate, "model:a", pairs)
    load(substrate, "model:b", pairs)
    found = asked(substrate)
    assert {region: row[0] for region, row in found.items()} == dict.fromkeys(
        ("words", "names", "pieces", "numbers", "phrases", "other scripts", "signs"), 2
    )
    assert {row[1] for row in found.values()} == {1.0}


def test_what_differs_most_is_named_and_the_sides_can_be_changed(substrate):
    both = [("king", "queen", 0.9), ("queen", "king", 0.9), ("dog", "cat", 0.9)]
    load(substrate, "model:a", [*both, ("cat", "dog", 0.9), ("old", "cat", 0.5)])
    load(substrate, "model:b", [*both, ("cat", "king", 0.9), ("new", "cat", 0.5)])
    concepts, agreement, only_a, only_b, alone_a, alone_b, apart = asked(substrate)["words"]
    assert (concepts, agreement, only_a, only_b, alone_a, alone_b) == (4, 0.75, 1, 1, 1, 1)
    assert apart[0] == "cat"
    assert asked(substrate, "model:b", "model:a")["words"][1] == 0.75


@pytest.mark.parametrize(
    ("a", "b", "k", "says"),
    [
        ("model:a", "model:x", 10, "model:b"),
        ("model:a", None, 10, "live model"),
        ("model:a", "model:a", 10, "two different"),
        ("model:a", "model:b", 0, "k lies from 1"),
        ("model:a", "model:b", None, "k lies from 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(substrate, a, b, k, says):
    for name in ("model:a", "model:b"):
        load(substrate, name, [("king", "queen", 0.5)])
    with pytest.raises(psycopg.DatabaseError, match=says):
        asked(substrate, a, b, k)


def test_what_rests_is_not_compared(substrate):
    for name in ("model:a", "model:b"):
        load(substrate, name, [("king", "queen", 0.5)])
    quarantine_source(substrate, "model:b")
    with pytest.raises(psycopg.DatabaseError, match="no live model"):
        asked(substrate)
