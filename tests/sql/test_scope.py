"""An answer within a scope is what it would be were the other sources not live."""

from __future__ import annotations

import itertools
import random
import re

import psycopg
import pytest
from planted_relations import load

from hartonomous.editing.state import quarantine_source
from hartonomous.store.scope import Scope, enter_scope

WORDS = [f"w{n}" for n in range(14)]
SOURCES = [f"model:{name}" for name in "abcd"]
#: Every public function and view that answers from evidence, with arguments.
QUESTIONS = {
    "neighbors": "SELECT * FROM neighbors(%(a)s, 20)",
    "neighbors by elo": "SELECT * FROM neighbors(%(a)s, 20, rating => 'elo')",
    "neighbors of several": "SELECT * FROM neighbors(ARRAY[%(a)s, %(b)s], 20)",
    "neighbors towards": "SELECT * FROM neighbors(%(a)s, 20, towards => TRUE)",
    "neighbors of two sources": "SELECT * FROM neighbors(%(a)s, 20, min_sources => 2)",
    "neighbors_by_source": "SELECT * FROM neighbors_by_source(%(a)s)",
    "source_overlap": "SELECT * FROM source_overlap(TRUE)",
    "compare_sources": "SELECT * FROM compare_sources('model:a', 'model:c', 3)",
    "diff": "SELECT * FROM diff('model:a', 'model:c')",
    "diff with a null": "SELECT * FROM diff('model:a', 'model:c', ARRAY['model:b'])",
    "diff_relations": "SELECT * FROM diff_relations('model:a', 'model:c')",
    "diff_concepts": "SELECT * FROM diff_concepts('model:a', 'model:c')",
    "calibration": "SELECT * FROM calibration(3)",
    "agreement_probability": "SELECT agreement_probability(%(a)s, %(b)s)",
    "relatedness": "SELECT relatedness(%(a)s, %(b)s)",
    "relatedness_of": "SELECT * FROM relatedness_of(ARRAY[%(a)s, 'w1'], ARRAY[%(b)s, 'w2'])",
    "combine": "SELECT * FROM combine(ARRAY[%(a)s, 'w1'], ARRAY['w3'], 'all', 20)",
    "combine any": "SELECT * FROM combine(ARRAY[%(a)s, %(b)s], '{}', 'any', 20)",
    "analogy": "SELECT * FROM analogy(%(a)s, %(b)s, 'w5')",
    "rank_candidates": "SELECT * FROM rank_candidates(ARRAY[%(a)s], ARRAY[%(b)s, 'w1', 'x'])",
    "agree": "SELECT * FROM agree(%(a)s, 20)",
    "disagree": "SELECT * FROM disagree(%(a)s, 20)",
    "explain": "SELECT * FROM explain(%(a)s, %(b)s)",
    "explain_relation": "SELECT * FROM explain_relation(%(a)s, %(b)s)",
    "path": "SELECT * FROM path(%(a)s, %(b)s)",
    "strongest_path": "SELECT * FROM strongest_path(%(a)s, %(b)s)",
    "paths": "SELECT * FROM paths(%(a)s, %(b)s)",
    "gaps": "SELECT * FROM gaps(%(a)s)",
    "known": "SELECT * FROM known(%(a)s)",
    "classify": "SELECT * FROM classify(%(a)s || ' w1', ARRAY[%(b)s, 'w2', 'x'])",
    "surprise": "SELECT surprise(%(a)s, %(b)s)",
    "traverse": "SELECT * FROM traverse(%(a)s)",
    "traverse at a temperature": "SELECT * FROM traverse(%(a)s, temperature => 1, seed => 3)",
    "traverse around": "SELECT * FROM traverse(%(a)s, exclude => ARRAY[%(b)s])",
    "traverse_relations": "SELECT * FROM traverse_relations(%(a)s)",
    "strongest": "SELECT * FROM strongest(50)",
    "count_relations": "SELECT count_relations()",
    "suggest_labels": "SELECT * FROM suggest_labels(%(a)s || 'x')",
    "find_composition": "SELECT find_composition(%(a)s)",
    "relation": "SELECT * FROM relation ORDER BY relation_id::text",
    "relation_rating": "SELECT * FROM relation_rating ORDER BY relation_id::text",
    "relation_evidence": (
        "SELECT relation_id, weight, rank FROM relation_evidence"
        " ORDER BY relation_id::text, weight, rank"
    ),
    "calculate_elo_from_evidence": (
        "SELECT relation_id, calculate_elo_from_evidence(relation_id) FROM relation"
        " ORDER BY relation_id::text"
    ),
    "prompt_words": "SELECT * FROM prompt_words(%(a)s || ' and ' || %(b)s)",
    "evidence": "SELECT * FROM evidence ORDER BY a, b, source_identifier, site_position",
}
#: The same of images; cells are those of one codebook.
OF_IMAGES = {
    "image_to_concepts": "SELECT * FROM image_to_concepts('image:one')",
    "image_to_concepts by cells": "SELECT * FROM image_to_concepts('image:three')",
    "image_to_concepts of features": "SELECT * FROM image_to_concepts('{0.9,0.1}'::real[])",
    "text_to_image": "SELECT * FROM text_to_image('w1')",
}
#: The same of code, which these sources have none of; test_ingest_code.py has some.
OF_CODE = {
    "intent_to_code": "SELECT * FROM intent_to_code('w1 w2')",
    "search": "SELECT * FROM search('w1 w2')",
    "expand_query": "SELECT * FROM expand_query('w1 w2')",
}
#: Public functions that answer of the whole whatever the scope, and why.
OF_THE_WHOLE = {
    # positions are laid out over all live sources: refused within a scope
    *("position", "near", "geodesic", "sphere_map"),
    # what is to stay forgotten, and how far deletions went
    *("is_forgotten", "forgets_concepts", "forgotten_places", "database_mark", "is_behind"),
    *("audit_hash", "recent_changes", "is_loaded", "sites", "compare_snapshots"),
    # ids, which need no source
    *("relation_hash", "relation_id", "relation_type_id"),
    # two scopes of their own
    "rate_pairs",
    # what charts, screening and votes are made of
    *("placed_sources", "source_graph", "reference_lists", "consensus_weights"),
}


@pytest.fixture
def substrate(connection):
    """Four sources, of which each knows other words and some relations by a type of its own."""
    connection.autocommit = True
    drawn = random.Random(7)
    for name in SOURCES:
        known = drawn.sample(WORDS, 10)
        pairs = {tuple(drawn.sample(known, 2)) for _ in range(30)}
        load(connection, name, [(a, b, drawn.randint(1, 99) / 100) for a, b in sorted(pairs)])
    return connection


def answers(connection, a, b):
    """All answers; where one is refused, with which words."""
    return {name: answer(connection, question, a, b) for name, question in QUESTIONS.items()}


def answer(connection, question, a, b, **given):
    try:
        parameters = {"sources": None, "without": None, "as_of": None, **given, "a": a, "b": b}
        return connection.execute(question, parameters).fetchall()
    except psycopg.Error as refused:
        return refused.diag.message_primary


def set_scope(connection, **scope):
    connection.execute(
        "SELECT set_config('hartonomous.sources', '', false),"
        " set_config('hartonomous.without', '', false), set_config('hartonomous.as_of', '', false)"
    )
    enter_scope(connection, Scope(**scope))


def with_parameters(question):
    """Ask it within what its parameters name, where it is a function's and has some."""
    return re.sub(
        r"((?:FROM|SELECT|,) )(\w+)\((.*)\)( ORDER BY .*)?$",
        lambda m: f"{m[1]}{m[2]}({m[3]}{', ' if m[3] else ''}{_PARAMETERS}){m[4] or ''}",
        question,
    )


_ONE_ELO = (
    "SELECT calculate_elo_from_evidence("
    "relation_id(composition_id(%(a)s), composition_id(%(b)s), 'related'))"
)
_PARAMETERS = "sources => %(sources)s, without => %(without)s, as_of => %(as_of)s"
_HAS_THEM = """
SELECT DISTINCT p.proname FROM pg_proc AS p
WHERE p.pronamespace = 'hartonomous'::regnamespace
    AND p.proargnames @> '{sources,without,as_of}' AND p.provolatile = 's'
"""


def test_what_parameters_name_is_what_the_session_would(substrate):
    """Every function that has them, alone and over what the session says; nothing stays set."""
    having = {name for (name,) in substrate.execute(_HAS_THEM).fetchall()}
    asked = {
        name: q
        for name, q in {**QUESTIONS, **OF_IMAGES, **OF_CODE}.items()
        if name.split()[0] in having
    }
    assert {name.split()[0] for name in asked} == having
    # the view that it is asked over knows the session's scope alone
    asked["calculate_elo_from_evidence"] = _ONE_ELO
    scopes = (
        {"sources": ("model:a", "model:c"), "without": (), "as_of": ""},
        {"sources": (), "without": ("model:b",), "as_of": ""},
        {"sources": (), "without": (), "as_of": "2020-01-01"},
    )
    for scope in scopes:
        set_scope(substrate, **scope)
        expected = {n: answer(substrate, q, "w1", "w2") for n, q in asked.items()}
        given = {k: (list(v) if k != "as_of" else v) or None for k, v in scope.items()}
        for session in ({}, {"sources": ("model:d",)}):
            set_scope(substrate, **session)
            if session and not scope["sources"]:
                given["sources"] = SOURCES
            for name, question in asked.items():
                got = answer(substrate, with_parameters(question), "w1", "w2", **given)
                assert got == expected[name], (name, scope, session)
                (now,) = substrate.execute(
                    "SELECT hartonomous_internal.scope_settings()"
                ).fetchone()
                assert now == ['{"model:d"}' if session else "", "", ""], name


def test_functions_that_answer_have_the_parameters(substrate):
    having = {name for (name,) in substrate.execute(_HAS_THEM).fetchall()}
    views = {"relation", "relation_rating", "relation_evidence", "evidence"}
    answering = {name.split()[0] for name in {**QUESTIONS, **OF_IMAGES, **OF_CODE}} - views
    assert answering - having == {"find_composition"}  # an id, which every row is looked up by


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"sources": ["model:x"]}, "there is no source model:x"),
        ({"without": ["model:x"]}, "there is no source model:x"),
        ({"sources": []}, "none of the live sources is in scope"),
        ({"sources": [None]}, "names sources, not null"),
        ({"sources": [["model:a"]]}, "in one list"),
        ({"sources": ["model:a"], "without": [["model:b"]]}, "in one list"),
        ({"as_of": "2999-01-01"}, "in the future"),
        ({"as_of": "2020-01-01 12:00"}, "with its time zone"),
    ],
    ids=str,
)
def test_a_scope_that_is_none_is_refused_and_leaves_nothing(substrate, given, refusal):
    parameters = {"sources": None, "without": None, "as_of": None, **given}
    with pytest.raises(psycopg.Error, match=refusal):
        substrate.execute(f"SELECT * FROM neighbors('w1', {_PARAMETERS})", parameters)
    (now,) = substrate.execute("SELECT hartonomous_internal.scope_settings()").fetchone()
    assert now == ["", "", ""]


@pytest.mark.parametrize("chosen", [("a",), ("a", "c"), ("b", "c", "d"), ("a", "b", "c", "d")])
@pytest.mark.parametrize("form", ["sources", "without"])
def test_a_scope_answers_as_if_the_others_were_not_there(substrate, chosen, form):
    within = tuple(f"model:{name}" for name in chosen)
    others = tuple(name for name in SOURCES if name not in within)
    words = random.Random(len(chosen)).sample(WORDS, 4)
    set_scope(substrate, **({"sources": within} if form == "sources" else {"without": others}))
    scoped = [answers(substrate, a, b) for a, b in itertools.pairwise(words)]
    set_scope(substrate)
    for name in others:
        quarantine_source(substrate, name)
    alone = [answers(substrate, a, b) for a, b in itertools.pairwise(words)]
    for mine, theirs in zip(scoped, alone, strict=True):
        for name in QUESTIONS:
            assert mine[name] == theirs[name], name


@pytest.mark.parametrize("left_out", ["seen:a", "seen:b", "cells:a", "cells:b"])
def test_a_scope_answers_of_images_as_if_the_others_were_not_there(connection, left_out):
    connection.autocommit = True
    one, two, three = "image:one", "image:two", "image:three"
    first, second = "visual:book/0", "visual:book/1"
    for name, relation_type, seen in (
        ("seen:a", "depicts", [(one, "w1", 0.9), (two, "w2", 0.4)]),
        ("seen:b", "depicts", [(one, "w3", 0.5), (two, "w1", 0.3)]),
        ("cells:a", "contains", [(one, first, 0.7), (one, second, 0.3), (two, second, 1.0)]),
        ("cells:b", "contains", [(three, first, 0.8), (three, second, 0.2), (two, first, 0.1)]),
    ):
        load(connection, name, seen, kind="image", relation_type=relation_type, is_symmetric=False)
    whole = [answer(connection, question, "", "") for question in OF_IMAGES.values()]
    assert all(isinstance(found, list) and found for found in whole), whole
    for pattern in ("b__k", "b%", "%"):  # a book's name is no pattern
        with pytest.raises(psycopg.Error, match="there are 0"):
            connection.execute("SELECT image_to_concepts('{0.9,0.1}'::real[], %s)", [pattern])
    set_scope(connection, without=(left_out,))
    scoped = [answer(connection, question, "", "") for question in OF_IMAGES.values()]
    set_scope(connection)
    quarantine_source(connection, left_out)
    assert [answer(connection, question, "", "") for question in OF_IMAGES.values()] == scoped
    assert scoped != whole


def test_a_scope_counts_with_summaries_as_without(substrate):
    set_scope(substrate, sources=("model:a", "model:b"))
    before = answers(substrate, "w1", "w2")
    set_scope(substrate)
    substrate.execute("SELECT * FROM summarise_relations(1)")
    set_scope(substrate, sources=("model:a", "model:b"))
    assert answers(substrate, "w1", "w2") == before


def test_what_was_loaded_later_is_out_of_a_moment(substrate):
    times = dict(substrate.execute("SELECT source_identifier, created_at FROM source").fetchall())
    set_scope(substrate, as_of=times["model:c"].isoformat())
    early = answers(substrate, "w1", "w2")
    set_scope(substrate, sources=("model:a", "model:b"))
    assert answers(substrate, "w1", "w2") == early
    set_scope(substrate, as_of="2020-01-01")
    assert answers(substrate, "w1", "w2")["neighbors"] == "none of the live sources is in scope"


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        ({"sources": ("model:x",)}, "no source"),
        ({"without": ("model:",)}, "no source"),
        ({"as_of": "2999-01-01"}, "in the future"),
        ({"as_of": "2026-05-01 12:00"}, "time zone"),
        ({"as_of": "2026-13-41"}, "no day"),
        ({"as_of": "yesterday"}, "time zone"),
    ],
)
def test_a_scope_that_makes_no_sense_is_refused(substrate, scope, says):
    with pytest.raises(Exception, match=says):
        enter_scope(substrate, Scope(**scope))
    with pytest.raises(psycopg.Error, match=says):
        substrate.execute("SELECT * FROM neighbors('w1')")


def test_names_with_commas_braces_and_quotes_are_in_scope(substrate):
    name = 'model:a,b {"c"} \\d'
    load(substrate, name, [("w1", "odd", 0.5)])
    set_scope(substrate, sources=(name,))
    assert substrate.execute("SELECT neighbor FROM neighbors('w1')").fetchall() == [("odd",)]


def test_names_are_parted_by_commas_as_people_write_them(substrate):
    substrate.execute("SET hartonomous.sources = 'model:a, model:b'")
    found = substrate.execute(
        "SELECT DISTINCT source_identifier FROM evidence ORDER BY 1"
    ).fetchall()
    assert found == [("model:a",), ("model:b",)]


@pytest.mark.parametrize("question", ["hartonomous.position('w1')", "near('w1')", "sphere_map()"])
def test_positions_are_of_all_sources(substrate, question):
    set_scope(substrate, sources=("model:a",))
    with pytest.raises(psycopg.Error, match="positions are of all live sources"):
        substrate.execute(f"SELECT * FROM {question}")


def test_every_public_function_that_reads_lists_is_asked_or_named(substrate):
    """A new one that isn't tried here fails: what reads lists has to know the scope."""
    public = {
        name
        for (name,) in substrate.execute(
            "SELECT DISTINCT p.proname FROM pg_proc AS p"
            " WHERE p.pronamespace = 'hartonomous'::regnamespace AND p.provolatile = 's'"
            " AND NOT coalesce(obj_description(p.oid), '') LIKE 'Internal%'"
        )
    }
    asked = {name.partition(" ")[0] for name in QUESTIONS | OF_IMAGES | OF_CODE}
    assert public - asked == OF_THE_WHOLE


@pytest.mark.parametrize("given", ["{", "{a", '{"a}', "{a,}", "{{a},{b}}", "{a}b", "{a\\"])
@pytest.mark.parametrize("setting", ["sources", "without"])
def test_names_that_are_no_array_are_refused_in_our_words(substrate, setting, given):
    substrate.execute("SELECT set_config(%s, %s, false)", [f"hartonomous.{setting}", given])
    with pytest.raises(psycopg.Error, match="names sources with commas between") as caught:
        substrate.execute("SELECT * FROM neighbors('w1')")
    assert caught.value.sqlstate == "HT004"


def test_null_is_a_name_and_lets_nothing_in(substrate):
    substrate.execute("SET hartonomous.sources = '{NULL}'")
    assert substrate.execute("SELECT count(*) FROM evidence").fetchone() == (0,)
    substrate.execute("SET hartonomous.sources = '{ model:a , \"model:b\" }'")
    found = substrate.execute("SELECT DISTINCT source_identifier FROM evidence ORDER BY 1")
    assert found.fetchall() == [("model:a",), ("model:b",)]
