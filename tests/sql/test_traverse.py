"""traverse: beam search from the words of a prompt."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph


def traverse(connection, prompt, depth=3, beam=16, relation_type="related"):
    rows = connection.execute(
        "SELECT composition_path, score, depth, elo_path, relation_path"
        " FROM traverse(%s, %s, %s, %s)",
        [prompt, depth, beam, relation_type],
    )
    return rows.fetchall()


def test_follows_the_strongest_relations_hop_by_hop(connection):
    load(
        connection, "model:a", [("a", "b", 0.9), ("a", "c", 0.3), ("b", "d", 0.8), ("d", "e", 0.7)]
    )
    paths = [path for path, *_ in traverse(connection, "a")]
    assert paths == [["a", "b"], ["a", "c"], ["a", "b", "d"], ["a", "b", "d", "e"]]


def test_rates_every_hop_and_scores_their_product(connection):
    load(connection, "model:a", [("a", "b", 0.9), ("b", "c", 0.5)])
    path, score, depth, elos, relations = traverse(connection, "a")[-1]
    assert (path, depth) == (["a", "b", "c"], 2)
    assert elos == pytest.approx([1500 + 0.1 + 450 + 20, 1500 + 0.1 + 250 + 20], abs=1e-3)
    assert score == pytest.approx(np.prod([1 / (1 + 10 ** ((1500 - elo) / 400)) for elo in elos]))
    ends = connection.execute(
        "SELECT ca.label, cb.label"
        " FROM unnest(%s::relation_key[]) WITH ORDINALITY AS u (a, b, t, place)"
        " JOIN relation AS r ON r.relation_id = ROW(u.a, u.b, u.t)::relation_key"
        " JOIN composition AS ca ON ca.composition_id = r.composition_a_id"
        " JOIN composition AS cb ON cb.composition_id = r.composition_b_id ORDER BY u.place",
        [relations],
    ).fetchall()
    assert ends == [("a", "b"), ("b", "c")]


def test_no_path_visits_a_concept_twice(connection):
    load(connection, "model:a", [("a", "b", 0.9), ("b", "a", 0.9), ("b", "c", 0.1), ("c", "a", 1)])
    assert [path for path, *_ in traverse(connection, "a", 5)] == [["a", "b"], ["a", "b", "c"]]


def test_the_beam_keeps_the_best_of_each_depth(connection):
    load(connection, "model:a", random_graph(np.random.default_rng(5), 60, 8))
    by_depth = defaultdict(list)
    for _, score, depth, *_ in traverse(connection, "w0 w1", 4, 5):
        by_depth[depth].append(score)
    assert {depth: len(scores) for depth, scores in by_depth.items()} == {1: 5, 2: 5, 3: 5, 4: 5}
    assert all(scores == sorted(scores, reverse=True) for scores in by_depth.values())


def test_a_wide_beam_finds_the_best_way_to_each_concept(connection):
    seen = random_graph(np.random.default_rng(7), 25, 4)
    load(connection, "model:a", seen)
    found = {
        path[-1]: score
        for path, score, depth, *_ in traverse(connection, "w0", 2, 1000)
        if depth == 2
    }
    assert found == pytest.approx(best_two_hops(seen, "w0"), rel=1e-5)


def best_two_hops(seen, start):
    """The best score of two hops to each concept, by trying all."""
    score = {(a, b): 1 / (1 + 10 ** (-(20.1 + 500 * w) / 400)) for a, b, w in seen}
    ways = defaultdict(list)
    for (a, b), first in score.items():
        if a == start:
            for (c, d), second in score.items():
                if c == b and d not in (start, b):
                    ways[d].append(first * second)
    return {end: max(scores) for end, scores in ways.items()}


def test_unknown_words_are_skipped_and_named(connection):
    load(connection, "model:a", [("king", "queen", 0.9)])
    notices = []
    connection.add_notice_handler(lambda notice: notices.append(notice.message_primary))
    paths = [path for path, *_ in traverse(connection, "the king slept")]
    assert paths == [["king", "queen"]]
    assert notices == ["unknown words are skipped: the, slept"]


@pytest.mark.parametrize("prompt", ["", "   ", "nobody", "'; DROP TABLE content; --", "x" * 10_000])
def test_a_prompt_without_known_words_is_an_error(connection, prompt):
    load(connection, "model:a", [("king", "queen", 0.9)])
    with pytest.raises(psycopg.Error, match=r"^no word of '.{0,80}(\.\.\.)?' is a known concept"):
        traverse(connection, prompt)


def test_words_of_quarantined_sources_only_are_unknown(connection):
    load(connection, "model:a", [("king", "queen", 0.9)])
    load(connection, "model:b", [("kong", "ape", 0.9)])
    connection.execute("SELECT quarantine_source('model:b')")
    assert [path for path, *_ in traverse(connection, "kong king")] == [["king", "queen"]]
    with pytest.raises(psycopg.Error, match="no word of 'kong' is a known concept"):
        traverse(connection, "kong")


def test_follows_one_type_of_relation(connection):
    load(connection, "model:a", [("king", "queen", 0.9)])
    load(connection, "note", [("king", "said", 0.9)], kind="document", relation_type="precedes")
    assert [path for path, *_ in traverse(connection, "king", relation_type="precedes")] == [
        ["king", "said"]
    ]
    with pytest.raises(psycopg.Error, match="no relation type likes"):
        traverse(connection, "king", relation_type="likes")


@pytest.mark.parametrize("first", ["left", "right"])
def test_ways_that_are_equally_good_are_told_apart_by_id(connection, first):
    """Whichever of the words was known first, and so has the smaller number."""
    second = {"left": "right", "right": "left"}[first]
    for name in (first, second):
        load(connection, f"model:{name}", [(name, "there", 0.5)])
    (least,) = connection.execute(
        "SELECT label FROM composition WHERE label <> 'there' ORDER BY composition_id LIMIT 1"
    ).fetchone()
    assert [path for path, *_ in traverse(connection, "left right")] == [[least, "there"]]
