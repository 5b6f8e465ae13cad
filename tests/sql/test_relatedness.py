from __future__ import annotations

import numpy as np
import psycopg
import pytest
from planted_relations import load

RELATED = "SELECT hartonomous.relatedness(%s, %s)"


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(
        connection,
        "model:a",
        [
            *(
                ("king", b, w)
                for b, w in (("queen", 0.9), ("crown", 0.8), ("man", 0.5), ("x", 0.1))
            ),
            *(
                ("ruler", b, w)
                for b, w in (("queen", 0.8), ("crown", 0.9), ("law", 0.5), ("x", 0.1))
            ),
            *(("bread", b, w) for b, w in (("butter", 0.9), ("oven", 0.8), ("x", 0.1))),
        ],
    )
    return connection


def related(connection, a, b):
    return connection.execute(RELATED, [a, b]).fetchone()[0]


def test_concepts_that_share_neighbours_are_related_though_none_lists_the_other(substrate):
    near, far = related(substrate, "king", "ruler"), related(substrate, "king", "bread")
    assert 0.5 < near < 1
    assert far < 0.1
    assert related(substrate, "ruler", "king") == near


def test_a_concept_is_wholly_related_to_itself_and_unknown_ones_have_none(substrate):
    assert related(substrate, "king", "king") == 1
    assert related(substrate, "king", "nobody") is None
    assert related(substrate, None, "king") is None


def test_it_is_the_cosine_of_the_votes(substrate):
    rows = substrate.execute(
        "SELECT v.a, v.b, v.votes FROM hartonomous_internal.live_votes() AS w,"
        " hartonomous_internal.list_votes("
        " ARRAY[hartonomous_internal.find_composition_number('king'),"
        " hartonomous_internal.find_composition_number('ruler')],"
        " w.content_ids, w.site_ids, w.weights) AS v"
    ).fetchall()
    numbers = sorted({n for a, b, _ in rows for n in (a, b)})
    vectors = {a: np.zeros(len(numbers)) for a, _, _ in rows}
    for a, b, votes in rows:
        vectors[a][numbers.index(b)] = votes
    for a, vector in vectors.items():
        vector[numbers.index(a)] = vector.max()
    x, y = vectors.values()
    expected = x @ y / np.linalg.norm(x) / np.linalg.norm(y)
    assert related(substrate, "king", "ruler") == pytest.approx(expected, rel=1e-12)


def test_many_pairs_come_in_their_order_unknown_ones_as_null(substrate):
    rows = substrate.execute(
        "SELECT * FROM hartonomous.relatedness_of(%s, %s)",
        [["king", "nobody", "king", "king"], ["ruler", "king", "king", "ruler"]],
    ).fetchall()
    near = related(substrate, "king", "ruler")
    assert rows == [
        ("king", "ruler", near), ("nobody", "king", None), ("king", "king", 1.0),
        ("king", "ruler", near),
    ]  # fmt: skip


def test_pairs_that_don_t_match_and_an_empty_database_are_errors(connection, substrate):
    with pytest.raises(psycopg.Error, match="as many"):
        substrate.execute("SELECT * FROM hartonomous.relatedness_of(ARRAY['a'], ARRAY['b', 'c'])")
    assert not substrate.execute(
        "SELECT * FROM hartonomous.relatedness_of('{}'::text[], '{}'::text[])"
    ).fetchall()
