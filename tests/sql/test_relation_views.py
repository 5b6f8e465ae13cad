"""Relations are stored in lists, and views show them as rows: right ones, by way of the indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph

from hartonomous.editing.state import quarantine_source

WORDS, DEGREE = 400, 8
UNIT = 1 << 20
SOURCES = ["model:a", "model:b", "model:c", "note"]
#: Every row of a list, whatever its partition.
LISTS = "relation_list"

SEED = """
SELECT r.*, rr.elo_score
FROM relation r
JOIN relation_rating rr USING (relation_id)
JOIN composition ca ON r.composition_a_id = ca.composition_id
WHERE ca.hash = blake3('w5')
ORDER BY rr.elo_score DESC
LIMIT 10
"""
W5, W6 = "composition_id('w5')", "composition_id('w6')"


def graph(number):
    return random_graph(np.random.default_rng(number), WORDS, DEGREE)


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    for number, name in enumerate(SOURCES):
        kind = "document" if name == "note" else "model"
        load(connection, name, graph(number), kind=kind)
    connection.execute("ANALYZE")
    return connection


def nodes(plan: dict) -> Iterator[dict]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plan_of(connection: psycopg.Connection, query: str) -> list[dict]:
    """Every node of the plan, with what it really did."""
    explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}"
    (((top,),),) = connection.execute(explain).fetchall()
    return list(nodes(top["Plan"]))


def scans(plan: list[dict]) -> list[dict]:
    """The nodes that read lists."""
    return [node for node in plan if node.get("Relation Name", "").startswith(LISTS)]


def visited(plan: list[dict]) -> int:
    """How many lists were read, those that a filter then dropped too."""
    return sum(
        round((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
        for node in scans(plan)
    )


def all_lists(connection):
    return connection.execute("SELECT count(*) FROM relation_list").fetchone()[0]


def reaches_the_index(plan):
    return scans(plan) != [] and all(
        node["Node Type"] in ("Index Scan", "Index Only Scan", "Bitmap Heap Scan")
        and "composition_number" in str(node.get("Index Cond", node.get("Recheck Cond")))
        for node in scans(plan)
    )


@pytest.mark.parametrize(
    ("query", "most"),
    [
        pytest.param(SEED, 8, id="the seed's query"),
        pytest.param(f"SELECT * FROM relation WHERE composition_a_id = {W5}", 4, id="a"),
        pytest.param(
            f"SELECT * FROM relation_rating WHERE relation_id = relation_id({W5}, {W6})", 4, id="id"
        ),
        pytest.param(
            f"SELECT * FROM relation_evidence WHERE relation_id = relation_id({W5}, {W6})",
            4,
            id="evidence by id",
        ),
        pytest.param(
            "SELECT e.* FROM neighbors('w5') AS n"
            " JOIN relation_evidence AS e ON e.relation_id = n.relation_id",
            40,
            id="evidence of neighbors",
        ),
        pytest.param(
            "SELECT rr.* FROM neighbors('w5') AS n"
            " JOIN relation_rating AS rr ON rr.relation_id = n.relation_id",
            40,
            id="ratings of neighbors",
        ),
        pytest.param(
            "SELECT r.* FROM composition AS c JOIN relation AS r"
            " ON r.composition_a_id = c.composition_id WHERE c.label IN ('w5', 'w6', 'w7')",
            12,
            id="a of some labels",
        ),
        pytest.param(
            "SELECT second.* FROM relation AS first JOIN relation AS second"
            " ON second.composition_a_id = first.composition_b_id"
            f" WHERE first.composition_a_id = {W5}",
            4 + 4 * 32,
            id="two hops",
        ),
        pytest.param(
            "SELECT ours.* FROM relation AS ours JOIN relation AS theirs"
            " USING (composition_b_id, relation_type_id)"
            f" WHERE ours.composition_a_id = {W5} AND theirs.composition_a_id = {W6}",
            8 * 33,
            id="what two have in common",
        ),
        pytest.param("SELECT * FROM evidence WHERE a = 'w5'", 4, id="evidence by label"),
    ],
)
def test_a_question_about_a_concept_reads_its_lists_alone(substrate, query, most):
    plan = plan_of(substrate, query)
    assert reaches_the_index(plan)
    assert 0 < visited(plan) <= most


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * FROM relation WHERE composition_b_id = {W5}",
        "SELECT r.* FROM composition AS c JOIN relation AS r"
        " ON r.composition_b_id = c.composition_id WHERE c.label IN ('w5', 'w6', 'w7')",
        f"SELECT * FROM relation_evidence WHERE (relation_id).composition_b_id = {W5}",
        "SELECT * FROM evidence WHERE b = 'w5'",
        "SELECT count(*), sum(elo_score) FROM relation",
        "SELECT count(*), sum(weight) FROM relation_evidence",
        "SELECT ours.*, theirs.elo_score FROM relation AS ours JOIN relation AS theirs"
        " ON theirs.composition_b_id = ours.composition_b_id"
        f" WHERE ours.composition_a_id = {W5}",
    ],
)
def test_a_question_about_all_reads_every_list_once_and_no_more(substrate, query):
    plan = plan_of(substrate, query)
    assert 0 < visited(plan) <= all_lists(substrate) + 8


def test_who_lists_a_concept_skips_the_lists_that_do_not_without_unfolding_them(substrate):
    query = f"SELECT * FROM relation_evidence WHERE (relation_id).composition_b_id = {W5}"
    plan = plan_of(substrate, query)
    found = len(substrate.execute(query).fetchall())
    unfolded = [node for node in plan if node["Node Type"] == "Function Scan"]
    assert unfolded
    assert sum(node["Actual Loops"] for node in unfolded) <= found


def brute_force(connection):
    """What evidence adds up to, by adding it up: key -> evidence, sources, rejections, sum."""
    sums = defaultdict(lambda: [0, set(), 0, 0])
    for number, name in enumerate(SOURCES):
        if name != "model:c":
            for a, b, weight in graph(number):
                found = sums[a, b]
                found[0] += 1
                found[1].add(name)
                found[3] += round(weight * UNIT)
    for a, b in (("w1", "w2"), ("w2", "w1")):
        sums[a, b][0] += 1
        sums[a, b][1].add("critic")
        sums[a, b][2] += 1
    return {key: (n, len(names), no, total) for key, (n, names, no, total) in sums.items()}


def test_rows_are_what_adding_it_all_up_gives(substrate):
    substrate.execute("SELECT record_feedback('critic', 'w1', 'w2', 'reject')")
    quarantine_source(substrate, "model:c")
    expected = brute_force(substrate)
    for view in ("relation", "relation_rating"):
        rows = substrate.execute(
            "SELECT a.label, b.label, evidence_count, source_count, rejection_count, weight_sum,"
            f" elo_score FROM {view} AS r"
            " JOIN composition AS a ON a.composition_id = (r.relation_id).composition_a_id"
            " JOIN composition AS b ON b.composition_id = (r.relation_id).composition_b_id"
        ).fetchall()
        assert len(rows) == len(expected)
        assert {(a, b): tuple(sums) for a, b, *sums, _ in rows} == expected
        for *_, evidence, sources, rejections, total, elo in rows:
            volume = min(1000, 0.1 * max(0, evidence - 2 * rejections))
            breadth = min(200, 20 * max(0, sources - 2 * rejections))
            assert elo == pytest.approx(1500 + volume + 500 * total / UNIT / evidence + breadth)


def test_columns_of_a_relation_agree_with_its_id(substrate):
    rows = substrate.execute(
        "SELECT count(*) FROM relation WHERE relation_id"
        " IS DISTINCT FROM ROW(composition_a_id, composition_b_id, relation_type_id)::relation_key"
    )
    assert rows.fetchone() == (0,)


def test_evidence_is_what_was_seen_in_its_order(substrate):
    quarantine_source(substrate, "model:c")
    rows = substrate.execute(
        "SELECT a, b, weight, rank FROM evidence WHERE source_identifier = 'model:a'"
    ).fetchall()
    seen = sorted(graph(0), key=lambda row: (row[0], -row[2]))
    assert sorted((a, b) for a, b, *_ in rows) == sorted((a, b) for a, b, _ in seen)
    by_rank = sorted(rows, key=lambda row: (row[0], row[3]))
    assert [(a, b) for a, b, *_ in by_rank] == [(a, b) for a, b, _ in seen]
    names = substrate.execute("SELECT DISTINCT source_identifier FROM evidence ORDER BY 1")
    assert names.fetchall() == [("model:a",), ("model:b",), ("note",)]


@pytest.mark.parametrize(
    "query",
    ["SELECT * FROM evidence WHERE a = 'w5'", "SELECT * FROM composition WHERE label = 'w5'"],
)
def test_a_label_is_found_by_its_index(substrate, query):
    substrate.execute("SET enable_seqscan = off")
    found = {node.get("Index Name") for node in plan_of(substrate, query)}
    assert "composition_label_idx" in found


def test_a_label_may_be_long(substrate):
    load(substrate, "model:long", [("x" * 60_000, "w5", 0.5)])
    found = substrate.execute("SELECT b FROM evidence WHERE a = repeat('x', 60000)").fetchall()
    assert found == [("w5",)]
