"""The unit of weights and the boundary of small sources are said once, where they cost nothing."""

from __future__ import annotations

import re

import pytest
from planted_relations import load

from hartonomous.observations import WEIGHT_UNIT
from hartonomous.store.migrations import sql_folder

KING = "composition_id('king')"
OURS = re.compile(r"\b(sum_lists|elo_from_evidence|weight_unit|has_own_partition)\b")


def plan_of(connection, query):
    rows = connection.execute(f"EXPLAIN (VERBOSE, COSTS OFF) {query}").fetchall()
    return "\n".join(line for (line,) in rows)


def constants(expression):
    return [int(number) for number in re.findall(r"\d{6,}", expression)]


@pytest.fixture
def substrate(connection):
    load(connection, "model:a", [("king", "queen", 0.5)])
    return connection


@pytest.mark.parametrize(
    "query",
    [
        f"SELECT * FROM relation WHERE composition_a_id = {KING}",
        f"SELECT weight FROM relation_evidence WHERE (relation_id).composition_a_id = {KING}",
        "SELECT elo_score FROM hartonomous_internal.sum_lists(1, '{}') AS s",
    ],
)
def test_sums_and_their_unit_are_inlined(substrate, query):
    plan = plan_of(substrate, query)
    assert OURS.search(plan) is None, plan
    assert WEIGHT_UNIT in constants(plan), plan


def test_sums_that_nobody_asks_for_are_not_computed(substrate):
    plan = plan_of(substrate, "SELECT b FROM hartonomous_internal.sum_lists(1, '{}') AS s")
    assert "sum(" not in plan, plan
    assert "count(" not in plan, plan


def test_the_boundary_of_small_sources_is_inlined_and_reaches_the_index(substrate):
    substrate.execute("SET enable_seqscan = off")
    plan = plan_of(
        substrate, "SELECT FROM content WHERE hartonomous_internal.has_own_partition(content_id)"
    )
    assert OURS.search(plan) is None, plan
    assert "Index Cond: (content.content_id < " in plan, plan


def test_the_database_and_python_have_one_unit(connection):
    (unit,) = connection.execute("SELECT hartonomous_internal.weight_unit()").fetchone()
    (check,) = connection.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = 'relation_list'::regclass AND contype = 'c'"
        " AND pg_get_constraintdef(oid) LIKE '%weights%'"
    ).fetchone()
    assert constants(check) == [unit] == [WEIGHT_UNIT]


def test_sequences_and_the_partition_keep_to_the_boundary(connection):
    ends = "SELECT min_value, max_value FROM pg_sequences WHERE sequencename = %s"
    _, last_own = connection.execute(ends, ["content_own_id_seq"]).fetchone()
    first_shared, _ = connection.execute(ends, ["content_shared_id_seq"]).fetchone()
    (bound,) = connection.execute(
        "SELECT pg_get_expr(relpartbound, oid) FROM pg_class"
        " WHERE oid = 'relation_list_shared'::regclass"
    ).fetchone()
    own = (
        "SELECT hartonomous_internal.has_own_partition(%s),"
        " hartonomous_internal.has_own_partition(%s)"
    )
    assert connection.execute(own, [last_own, first_shared]).fetchone() == (True, False)
    assert constants(bound) == [first_shared] == [last_own + 1]


@pytest.mark.parametrize(
    ("number", "places"), [(1 << 20, "rating/weight_unit"), (1 << 30, "lists/has_own_partition")]
)
def test_functions_say_each_number_in_one_place(number, places):
    functions = sql_folder() / "functions"
    found = [
        path.relative_to(functions).with_suffix("").as_posix()
        for path in functions.rglob("*.sql")
        if str(number) in path.read_text(encoding="utf-8")
    ]
    assert found == [places]
