"""Sites whose lists share rows: nothing that is asked can tell them from sites by themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from planted_relations import concept

from hartonomous.editing.deletion import delete_concept, preview_delete_concept
from hartonomous.editing.fingerprint import compare_fingerprints, substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.observations import (
    NOBODY,
    ConceptTable,
    JoinRecord,
    MinedSite,
    MinedSource,
    Observations,
    SiteRecord,
    Source,
)
from hartonomous.store.connection import connect
from hartonomous.store.load import load_source

HEADS, LENGTH, WORDS = 3, 4, 12


@pytest.fixture
def grouped(connection):
    connection.autocommit = True
    load_heads(connection, is_group=True)
    return connection


@pytest.fixture
def alone(empty_dsn):
    with connect(empty_dsn, migrate=True) as opened:
        opened.autocommit = True
        load_heads(opened, is_group=False)
        yield opened


def lists(seed: int) -> np.ndarray:
    """Whom each head lists, (WORDS, HEADS, LENGTH); some lists are short, some empty, w0's all."""
    draw = np.random.default_rng(seed)
    found = np.full((WORDS, HEADS, LENGTH), NOBODY, dtype=np.int32)
    for word in range(1, WORDS):
        for head in range(HEADS):
            others = np.setdiff1d(np.arange(WORDS), [word])
            count = draw.integers(0, LENGTH + 1)
            found[word, head, :count] = draw.choice(others, count, replace=False)
    return found


def load_heads(connection: psycopg.Connection, *, is_group: bool, expected: int = 0) -> None:
    """Load a layer's heads as one group, or each by itself."""
    table, index = ConceptTable.of([concept(f"w{number}") for number in range(WORDS)])
    listed = lists(7)
    weights = np.random.default_rng(3).integers(1, 1 << 20, listed.shape).astype(np.int32)
    sites = tuple(
        SiteRecord(f"layer0-head{head}-qk", JoinRecord(LENGTH, "ip", "exact", 1.0))
        for head in range(HEADS)
    )
    if is_group:
        mined = [MinedSite(sites, batch(index, listed, weights), length=LENGTH, expected=expected)]
    else:
        mined = [
            MinedSite.alone(site, batch(index, listed[:, [head]], weights[:, [head]]))
            for head, site in enumerate(sites)
        ]
    source = Source("model:heads", "model", hashlib.sha256(b"heads").digest())
    load_source(connection, MinedSource(source, table, tuple(mined)))


def batch(index: np.ndarray, listed: np.ndarray, weights: np.ndarray) -> Iterator[Observations]:
    flat = listed.reshape(WORDS, -1)
    b = np.where(flat == NOBODY, NOBODY, index[flat]).astype(np.int32)
    yield Observations(np.repeat(index, flat.shape[1]), b.ravel(), weights.ravel())


QUESTIONS = [
    "SELECT a, b, site_position, weight, rank FROM evidence ORDER BY 1, 2, 3",
    "SELECT relation_id::text, evidence_count, source_count, weight_sum, elo_score"
    " FROM relation ORDER BY 1",
    "SELECT from_label, to_label, site_position, weight, rank, elo_score"
    " FROM explain_relation('w2', 'w8')",
    "SELECT neighbor, elo_score, evidence_count FROM neighbors('w3', 20)",
    "SELECT composition_path, score FROM traverse_relations('w4 w5', 3, 8)",
    "SELECT composition_path, score FROM strongest_path('w6', 'w7')",
    "SELECT site_count, evidence_count, flags FROM source",
    "SELECT count_relations()",
    "SELECT from_label, to_label, elo_score FROM strongest(15)",
]


def answers(connection):
    return [answer(connection, question) for question in QUESTIONS]


def answer(connection, question):
    try:
        return connection.execute(question).fetchall()
    except psycopg.Error as refused:
        if refused.sqlstate != "HT003":
            raise
        return refused.diag.message_primary


def same(grouped, alone):
    """See that two databases know, and answer, the same."""
    assert verify_ratings(grouped) == verify_ratings(alone) == ()
    assert compare_fingerprints(grouped, alone) == ()
    assert answers(grouped) == answers(alone)
    return True


def test_a_group_is_stored_in_fewer_rows_and_says_the_same(grouped, alone):
    rows = "SELECT count(*) FROM relation_list"
    assert grouped.execute(rows).fetchone() < alone.execute(rows).fetchone()
    assert [] not in answers(grouped)
    assert same(grouped, alone)


def test_evidence_is_just_what_was_listed(grouped):
    listed = lists(7)
    expected = {
        (f"w{word}", f"w{listed[word, head, place]}", f"layer0-head{head}-qk", place + 1)
        for word, head, place in np.argwhere(listed != NOBODY)
    }
    found = grouped.execute("SELECT a, b, site_position, rank FROM evidence").fetchall()
    assert len(found) == len(expected)
    assert set(found) == expected


def test_a_large_group_has_a_partition_and_says_the_same(connection, alone):
    connection.autocommit = True
    load_heads(connection, is_group=True, expected=100_000)
    assert connection.execute("SELECT to_regclass('relation_list_1')").fetchone() != (None,)
    assert same(connection, alone)


@pytest.mark.parametrize("word", ["w0", "w1", "w5"])
def test_forgetting_a_concept_inside_a_group(grouped, alone, word):
    grouped.execute("SELECT summarise_relations(0)")
    told = [preview_delete_concept(each, [word]) for each in (grouped, alone)]
    assert told[0] == told[1]
    gone = [delete_concept(each, [word]) for each in (grouped, alone)]
    assert gone[0] == gone[1]
    assert gone[0].evidence == told[0].evidence
    assert same(grouped, alone)


def test_forgetting_one_after_the_other_leaves_nothing(grouped, alone):
    for number in range(WORDS):
        known = grouped.execute("SELECT find_composition(%s)", [f"w{number}"]).fetchone()
        assert known == alone.execute("SELECT find_composition(%s)", [f"w{number}"]).fetchone()
        if known != (None,):
            for each in (grouped, alone):
                delete_concept(each, [f"w{number}"], variants=False)
            assert same(grouped, alone)
    assert grouped.execute("SELECT count(*) FROM content").fetchone() == (0,)


@pytest.mark.parametrize("head", range(HEADS))
def test_a_deletion_by_hand_of_one_sites_evidence_removes_that_site_only(grouped, alone, head):
    position = f"layer0-head{head}-qk"
    before = grouped.execute(QUESTIONS[0]).fetchall()
    for each in (grouped, alone):
        each.execute(
            "DELETE FROM relation_evidence"
            " WHERE site_id = (SELECT site_id FROM site WHERE position = %s)",
            [position],
        )
    left = grouped.execute("SELECT position FROM site ORDER BY 1").fetchall()
    assert left == [(f"layer0-head{n}-qk",) for n in range(HEADS) if n != head]
    assert grouped.execute(QUESTIONS[0]).fetchall() == [r for r in before if r[2] != position]
    assert same(grouped, alone)


def test_a_deletion_by_hand_of_one_place_leaves_the_same_neighbour_of_other_heads(grouped, alone):
    before = grouped.execute(QUESTIONS[0]).fetchall()
    pairs = [row[:2] for row in before]
    twice = next(row for row in before if pairs.count(row[:2]) > 1)
    for each in (grouped, alone):
        each.execute(
            "DELETE FROM relation_evidence"
            " WHERE site_id = (SELECT site_id FROM site WHERE position = %s)"
            " AND relation_id = relation_id(composition_id(%s), composition_id(%s))",
            [twice[2], *twice[:2]],
        )
    assert grouped.execute(QUESTIONS[0]).fetchall() == [row for row in before if row != twice]
    assert same(grouped, alone)


def test_the_evidence_of_all_but_the_first_site_may_go_and_the_first_may_too(grouped):
    for head in reversed(range(HEADS)):
        assert substrate_fingerprint(grouped)
        grouped.execute(
            "DELETE FROM relation_evidence"
            " WHERE site_id = (SELECT site_id FROM site WHERE position = %s)",
            [f"layer0-head{head}-qk"],
        )
        assert verify_ratings(grouped) == ()
    for table in ("content", "site", "composition", "relation_list"):
        assert grouped.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
