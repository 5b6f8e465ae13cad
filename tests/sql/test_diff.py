"""diff() and diff_relations(): which lists moved further than the null, and what they gained."""

from __future__ import annotations

import hashlib

import numpy as np
import psycopg
import pytest
from planted_relations import batches, concept, load
from test_viewers import member_of

from hartonomous.concepts import Concept
from hartonomous.editing.state import quarantine_source, restrict_source
from hartonomous.observations import (
    NOBODY,
    ConceptTable,
    JoinRecord,
    MinedSite,
    MinedSource,
    Observations,
    RelationType,
    SiteRecord,
    Source,
)
from hartonomous.store.connection import connect
from hartonomous.store.load import load_source

WORDS, HEADS, LENGTH = 120, 3, 8
UNIT = 1 << 20
#: Word, head, and the word that becomes its first neighbour there.
EDITS = ((7, 1, 100), (40, 1, 3), (41, 1, 90))
LABELS = [f"w{number}" for number in range(WORDS)]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def scores(seed: int = 0) -> np.ndarray:
    """How near each word is to each other one at each head."""
    found = np.random.default_rng(seed).uniform(0.2, 0.8, (HEADS, WORDS, WORDS))
    found[:, np.arange(WORDS), np.arange(WORDS)] = -1
    return found


def noisy(found: np.ndarray, seed: int, size: float = 0.01) -> np.ndarray:
    drawn = np.random.default_rng(seed).standard_normal(found.shape)
    return np.where(found < 0, found, np.clip(found + size * drawn, 0.01, 1))


def edited(found: np.ndarray) -> np.ndarray:
    changed = found.copy()
    for word, head, neighbour in EDITS:
        changed[head, word, neighbour] = 0.99
    return changed


def lists(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first neighbours of each word at each head, and their weights in parts of 2^20."""
    order = np.argsort(-found, axis=2, kind="stable")[:, :, :LENGTH]
    weights = np.take_along_axis(found, order, axis=2)
    return order.transpose(1, 0, 2), np.rint(weights.transpose(1, 0, 2) * UNIT).astype(np.int32)


def load_heads(connection, name, found, *, is_group=True, owners=None):
    """Load heads, as a group or each by itself; ``owners`` are the labels of the words."""
    table, index = ConceptTable.of([concept(label) for label in owners or LABELS])
    neighbours, weights = lists(found)
    sites = [
        SiteRecord(f"layer0-head{head}-qk", JoinRecord(LENGTH, "cosine", "exact", 1.0))
        for head in range(HEADS)
    ]
    if is_group:
        mined = [MinedSite(tuple(sites), batch(index, neighbours, weights), length=LENGTH)]
    else:
        mined = [
            MinedSite.alone(site, batch(index, neighbours[:, [head]], weights[:, [head]]))
            for head, site in enumerate(sites)
        ]
    digest = hashlib.sha256(weights.tobytes()).digest()
    load_source(connection, MinedSource(Source(name, "model", digest), table, tuple(mined)))


def batch(index, neighbours, weights):
    flat, width = neighbours.reshape(WORDS, -1), neighbours.shape[1] * LENGTH
    b = np.where(flat == NOBODY, NOBODY, index[flat]).astype(np.int32)
    order = np.argsort(index)
    a = np.repeat(index[order], width)
    yield Observations(a, b[order].ravel(), weights.reshape(WORDS, -1)[order].ravel())


def diff(connection, a="model:a", b="model:b", nulls=()):
    rows = connection.execute("SELECT * FROM diff(%s, %s, %s)", [a, b, list(nulls)]).fetchall()
    return {row[0]: row[1:] for row in rows}


def relations(connection, a="model:a", b="model:b", nulls=(), positions=None, n=40):
    return connection.execute(
        "SELECT * FROM diff_relations(%s, %s, %s, %s, NULL, %s)", [a, b, list(nulls), positions, n]
    ).fetchall()


def expected(first, second, head):
    """What Python says of a head: shares kept, and by how much each word's list changed."""
    (xs, xw), (ys, yw) = lists(first), lists(second)
    kept, changes = [], []
    for word in range(WORDS):
        x = dict(zip(xs[word, head].tolist(), xw[word, head].tolist(), strict=True))
        y = dict(zip(ys[word, head].tolist(), yw[word, head].tolist(), strict=True))
        both = x.keys() & y.keys()
        kept.append(len(both) / LENGTH)
        moved = [abs(y[n] - x[n]) for n in both]
        moved += [w - min(y.values()) for n, w in x.items() if n not in both]
        moved += [w - min(x.values()) for n, w in y.items() if n not in both]
        changes.append(max(0, *moved))
    return np.mean(kept), np.sort(changes)


@pytest.mark.parametrize("is_group", [True, False])
def test_sites_are_measured_as_python_measures_them(substrate, is_group):
    first = scores()
    second = edited(noisy(first, 1))
    load_heads(substrate, "model:a", first, is_group=is_group)
    load_heads(substrate, "model:b", second)
    found = diff(substrate)
    assert len(found) == HEADS
    for head in range(HEADS):
        concepts, kept, shift, null_shift, bound, moved, *_ = found[f"layer0-head{head}-qk"]
        share, changes = expected(first, second, head)
        assert concepts == WORDS
        assert kept == pytest.approx(share)
        assert shift == changes[WORDS // 2 - 1] / UNIT
        assert null_shift is None
        assert bound == pytest.approx(5 * changes[int(np.ceil(0.95 * WORDS)) - 1] / UNIT, abs=1e-6)
        assert moved == (changes / UNIT > bound).sum()


def test_planted_facts_are_found_at_their_site_and_nothing_else_is(substrate):
    load_heads(substrate, "model:a", scores())
    load_heads(substrate, "model:b", edited(noisy(scores(), 1)))
    moved = {site: row[5:] for site, row in diff(substrate).items()}
    assert moved == {
        "layer0-head0-qk": (0, 0, 0), "layer0-head1-qk": (3, 3, 0), "layer0-head2-qk": (0, 0, 0)
    }  # fmt: skip
    found = relations(substrate)
    assert {row[:4] for row in found} == {
        ("layer0-head1-qk", f"w{word}", f"w{neighbour}", True) for word, _, neighbour in EDITS
    }
    assert all((row[5], row[6]) == (None, 1) and row[4] > 0.15 for row in found)
    assert [row[4] for row in found] == sorted((row[4] for row in found), reverse=True)
    # the other way round they are lost
    back = relations(substrate, "model:b", "model:a")
    assert {row[:4] for row in back} == {(*row[:3], False) for row in found}
    rows = substrate.execute("SELECT * FROM diff_concepts('model:a', 'model:b')").fetchall()
    assert {row[:3] for row in rows} == {(f"w{word}", 1, 1) for word, *_ in EDITS}
    assert relations(substrate, n=1) == found[:1]
    assert relations(substrate, positions=["layer0-head0-qk"]) == []


def test_bounds_that_are_given_are_not_measured_again(substrate):
    load_heads(substrate, "model:a", scores())
    load_heads(substrate, "model:b", edited(noisy(scores(), 1)))
    bound = diff(substrate)["layer0-head1-qk"][4]
    asked = "SELECT * FROM {}('model:a', 'model:b', '{{}}', %s, %s)"
    given = ["layer0-head1-qk"], [bound]
    assert substrate.execute(asked.format("diff_relations"), given).fetchall() == relations(
        substrate
    )
    one = substrate.execute(asked.format("diff_relations"), [given[0], [0.0]]).fetchall()
    assert len(one) == 40
    concepts = substrate.execute(asked.format("diff_concepts"), [given[0], [0.0]]).fetchall()
    assert len(concepts) == 10
    for wrong in ([given[0], [1.5]], [given[0], []], [None, [0.1]], [given[0], [None]]):
        for verb in ("diff_relations", "diff_concepts"):
            with pytest.raises(psycopg.DatabaseError, match="bounds lie from 0 to 1"):
                substrate.execute(asked.format(verb), wrong)


@pytest.mark.parametrize("size", [0.001, 0.01, 0.05])
def test_noise_alone_changes_nothing(substrate, size):
    load_heads(substrate, "model:a", scores())
    load_heads(substrate, "model:b", noisy(scores(), 1, size))
    load_heads(substrate, "model:null", noisy(scores(), 2, size))
    for nulls in ((), ("model:null",)):
        assert {row[5:] for row in diff(substrate, nulls=nulls).values()} == {(0, 0, 0)}
        assert relations(substrate, nulls=nulls) == []


def test_what_moves_further_than_the_null_counts_though_all_of_it_does(substrate):
    """Of its own lists nothing stands out; the null says how far lists move by rounding."""
    load_heads(substrate, "model:a", scores())
    load_heads(substrate, "model:b", noisy(scores(), 1, 0.2))
    load_heads(substrate, "model:null", noisy(scores(), 2))
    load_heads(substrate, "model:small", noisy(scores(), 3, 0.001))
    assert {row[5] for row in diff(substrate).values()} == {0}
    found = diff(substrate, nulls=("model:null", "model:small"))
    for head in range(HEADS):
        _, _, shift, null_shift, bound, moved, *_ = found[f"layer0-head{head}-qk"]
        _, changes = expected(scores(), noisy(scores(), 2), head)
        assert null_shift == changes[WORDS // 2 - 1] / UNIT < shift / 5
        assert bound == pytest.approx(1.5 * changes[-1] / UNIT, abs=1e-6)
        assert moved == WORDS
    assert len(relations(substrate, nulls=("model:null",))) == 40


def test_the_order_of_loading_shows_in_nothing(substrate, empty_dsn):
    first, second = scores(), edited(noisy(scores(), 1))
    load_heads(substrate, "model:a", first)
    load_heads(substrate, "model:b", second)
    with connect(empty_dsn, migrate=True) as other:
        other.autocommit = True
        load(other, "model:c", [("w3", "other", 0.5)])
        load_heads(other, "model:b", second)
        load_heads(other, "model:a", first)
        assert diff(other) == diff(substrate)
        assert relations(other) == relations(substrate) != []


def neuron_lists(connection, name, first):
    """Load one neuron of a model's own, and what it promotes."""
    own = Source(name, "model", hashlib.sha256(repr((name, first)).encode()).digest())
    words = ["king", "queen", "dog", "cat"]
    table, index = ConceptTable.of(
        [concept(word) for word in words] + [neuron(name, n) for n in range(2)]
    )
    seen = [(4, 0, 0.5), (4, 1, 0.4), (5, first, 0.9), (5, 1, 0.4)]
    rows = [(int(index[a]), int(index[b]), weight) for a, b, weight in seen]
    site = SiteRecord("layer0-mlp-out", JoinRecord(2, "cosine", "exact", 1.0))
    seen_in = [(int(index[n]), int(index[4 + n % 2]), 0.5) for n in range(4)]
    into = SiteRecord("layer0-mlp-in", JoinRecord(1, "cosine", "exact", 1.0))
    mined = (
        MinedSite.alone(site, batches(rows), RelationType("promotes")),
        MinedSite.alone(into, batches(seen_in), RelationType("activates")),
    )
    load_source(connection, MinedSource(own, table, mined))


def neuron(source, number):
    return Concept("neuron", f"{source} layer0-{number}")


def test_neurons_of_two_models_are_the_same_by_their_place(substrate):
    neuron_lists(substrate, "model:base", 2)
    neuron_lists(substrate, "model:tuned one", 3)
    found = diff(substrate, "model:base", "model:tuned one")
    assert found["layer0-mlp-in"][:3] == (4, 1, 0)
    concepts, kept, *_ = found["layer0-mlp-out"]
    assert (concepts, kept) == (2, 0.75)


@pytest.mark.parametrize(
    ("a", "b", "nulls", "says"),
    [
        ("model:a", "model:x", [], "there is no live source model:x"),
        (None, "model:b", [], "there is no live source null"),
        ("model:a", "model:a", [], "two different sources"),
        ("model:a", "model:b", ["model:b"], "a null is another source"),
        ("model:a", "model:b", None, "a null is another source"),
        ("model:a", "model:b", ["model:y"], "there is no live source model:y"),
        ("model:a", "text:t", [], "no site in common"),
        ("model:a", "model:far", [], "have 2 concepts in common, of 120 and 3"),
        ("model:a", "model:b", [f"model:{n}" for n in range(11)], "at most 10 nulls"),
    ],
)
def test_what_cannot_be_compared_is_refused(substrate, a, b, nulls, says):
    load_heads(substrate, "model:a", scores())
    load_heads(substrate, "model:b", scores(1))
    load(substrate, "model:far", [("w1", "w2", 0.5), ("w1", "elsewhere", 0.5)])
    every = [(LABELS[n], LABELS[n - 1], 0.5) for n in range(WORDS)]
    load(substrate, "text:t", every, kind="document", sites=["window5"])
    for question in ("diff(%s, %s, %s)", "diff_relations(%s, %s, %s)"):
        with pytest.raises(psycopg.DatabaseError, match=says):
            substrate.execute(f"SELECT * FROM {question}", [a, b, nulls])


@pytest.mark.parametrize("count", [0, -1, None, 100_001])
def test_numbers_out_of_their_range_are_refused(substrate, count):
    load_heads(substrate, "model:a", scores())
    load_heads(substrate, "model:b", scores(1))
    with pytest.raises(psycopg.DatabaseError, match="max_results lies from 1"):
        relations(substrate, n=count)


def test_vocabularies_that_differ_a_little_are_said_by_how_much(substrate):
    load_heads(substrate, "model:a", scores())
    load_heads(
        substrate, "model:b", scores(), owners=[*LABELS[:-20], *(f"v{n}" for n in range(20))]
    )
    heard = []
    substrate.add_notice_handler(lambda said: heard.append(said.message_primary))
    found = diff(substrate)
    assert heard == [
        "'model:a' and 'model:b' have 100 concepts in common, of 120 and 120: these are compared"
    ]
    assert {row[0] for row in found.values()} == {100}


def test_hidden_quarantined_and_unknown_sources_are_refused_in_the_same_words(substrate):
    for name in ("model:a", "model:b", "model:c"):
        load_heads(substrate, name, scores())
    restrict_source(substrate, "model:b")
    quarantine_source(substrate, "model:c")
    with member_of(substrate, "hartonomous_reader", "test_diffing") as reader:
        said = []
        for other in ("model:b", "model:c", "model:d"):
            with pytest.raises(psycopg.DatabaseError) as refused:
                diff(reader, "model:a", other)
            said.append(refused.value.diag.message_primary.replace(other, "it"))
    assert len(set(said)) == 1
    assert said[0].startswith("there is no live source it")
