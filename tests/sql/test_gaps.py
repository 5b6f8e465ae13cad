"""What should be there and isn't, what a text is about, and what would be a surprise."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

#: Two circles of friends; in the first, a1 and a5 don't name each other.
_GROUPS = [[f"{letter}{i}" for i in range(6)] for letter in "ab"]
FRIENDS = [
    (x, y, 0.9 - 0.02 * i)
    for group in _GROUPS
    for x in group
    for i, y in enumerate(group)
    if x != y and {x, y} != {"a1", "a5"}
]


@pytest.fixture
def friends(connection):
    connection.autocommit = True
    load(connection, "model:a", [*FRIENDS, ("a0", "b0", 0.3)])
    return connection


def test_the_missing_one_is_the_first_gap(friends):
    (name, relatedness, shared), *_ = friends.execute("SELECT * FROM gaps('a1')").fetchall()
    assert (name, shared) == ("a5", 4)
    assert relatedness > 0.5


def test_what_somebody_lists_is_no_gap(friends):
    friends.execute("SELECT record_feedback('ann', 'a5', 'a1', 'accept')")
    assert "a5" not in [row[0] for row in friends.execute("SELECT * FROM gaps('a1')").fetchall()]


def test_a_gap_is_in_no_other_answer(friends):
    before = friends.execute("SELECT * FROM neighbors('a1')").fetchall()
    friends.execute("SELECT * FROM gaps('a1')")
    assert friends.execute("SELECT * FROM neighbors('a1')").fetchall() == before
    assert "a5" not in [row[1] for row in before]


def test_a_text_is_of_the_circle_of_its_words(friends):
    asked = "SELECT label FROM classify('a2, a3 and a4!', ARRAY['b5', 'a0', 'nobody'])"
    assert friends.execute(asked).fetchall() == [("a0",), ("b5",), ("nobody",)]


@pytest.mark.parametrize(
    ("text", "labels", "told"),
    [("zzz", ["a1"], "no word of 'zzz'"), ("a1", [], "give 1 to 10000"),
     ("a1", ["zzz"], "no concept 'zzz'")],
)  # fmt: skip
def test_a_text_without_words_or_labels_is_refused(friends, text, labels, told):
    with pytest.raises(psycopg.Error, match=told):
        friends.execute("SELECT * FROM classify(%s, %s::text[])", [text, labels])


def test_strangers_would_be_a_surprise_and_friends_none(friends):
    def surprise(a, b):
        return friends.execute("SELECT surprise(%s, %s)", [a, b]).fetchone()[0]

    assert surprise("a2", "a3") < 0.4
    assert surprise("a2", "b3") == 1
    assert surprise("a1", "a5") < surprise("a1", "b5")
    assert surprise("a1", "b5") == surprise("b5", "a1")
