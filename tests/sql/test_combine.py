"""What has to do with several concepts: combine, analogy, rank_candidates."""

from __future__ import annotations

import random

import psycopg
import pytest
from planted_relations import load

PAIRS = 20
#: Tens of people that nobody asks about; each word of a pair has friends of its own.
FRIENDS = 6


@pytest.fixture(scope="module")
def planted(address, admin):
    """Give compositions that are near to both of two words, in three sources that agree."""
    from hartonomous.store.connection import connect

    admin.execute("CREATE DATABASE test_combined TEMPLATE hartonomous_template")
    with connect(address("test_combined")) as session:
        session.autocommit = True
        for number in range(3):
            load(session, f"model:{number}", with_tails(observed(random.Random(number))))
        yield session
    admin.execute("DROP DATABASE test_combined WITH (FORCE)")


def observed(drawn):
    """Yield lists: two words that don't know each other, their friends, and what joins them."""
    for pair in range(PAIRS):
        for word in (f"left{pair}", f"right{pair}"):
            for friend in range(FRIENDS):
                weight = 0.6 + 0.3 * drawn.random()
                yield from both(word, f"{word} friend{friend}", weight)
            yield from both(word, f"joined{pair}", 0.5)
            for friend in range(3):
                yield from both(f"joined{pair}", f"{word} friend{friend}", 0.45)


def both(a, b, weight):
    """Yield both directions; the last of a list is no evidence, so each gets somebody else last."""
    yield a, b, weight
    yield b, a, weight


def with_tails(seen):
    """Return relations, each once, with a last one for each list."""
    pairs = {(a, b): weight for a, b, weight in seen}
    for word in sorted({a for a, _ in pairs}):
        pairs[word, f"{word} tail"] = 0.05
    return [(a, b, weight) for (a, b), weight in pairs.items()]


def best(session, question, *parameters):
    return [row[0] for row in session.execute(question, parameters).fetchall()]


def test_what_joins_two_words_comes_first_where_their_lists_have_it_last(planted):
    right = 0
    for pair in range(PAIRS):
        a, b = f"left{pair}", f"right{pair}"
        right += best(planted, "SELECT * FROM combine(ARRAY[%s, %s])", a, b)[0] == f"joined{pair}"
        for word in (a, b):
            assert (
                best(planted, "SELECT neighbor FROM neighbors(%s, rating => 'elo')", word)[0]
                != f"joined{pair}"
            )
    assert right == PAIRS


def test_any_takes_what_is_nearest_to_one_of_them(planted):
    found = best(planted, "SELECT * FROM combine(ARRAY['left1', 'right2'], mode => 'any')")
    assert {name.split()[0] for name in found} >= {"left1", "right2"}


def test_what_has_to_do_with_the_excluded_falls_back(planted):
    of_both = "SELECT * FROM combine(ARRAY['joined1'], max_results => 30)"
    without = "SELECT * FROM combine(ARRAY['joined1'], ARRAY['left1'], max_results => 30)"
    assert best(planted, of_both)[0].startswith(("left1", "right1"))
    found = best(planted, without)
    assert found[0].startswith("right1")
    assert "left1" not in found


def test_scores_are_those_of_relatedness(planted):
    for neighbor, score, parts in planted.execute(
        "SELECT * FROM combine(ARRAY['left3', 'joined3'])"
    ).fetchall():
        asked = [
            planted.execute("SELECT relatedness(%s, %s)", [neighbor, word]).fetchone()[0]
            for word in ("left3", "joined3")
        ]
        assert parts == pytest.approx(asked, abs=1e-9)
        if min(parts) > 0:
            assert score == pytest.approx((parts[0] * parts[1]) ** 0.5)


def test_an_analogy_goes_where_the_second_word_goes(connection):
    connection.autocommit = True
    words = {"man": "king", "woman": "queen", "boy": "prince"}
    seen = []
    for person, ruler in words.items():
        seen += [*both(person, ruler, 0.4), *both(ruler, "throne", 0.6), *both(ruler, "crown", 0.6)]
        seen += [pair for n in range(3) for pair in both(person, f"{person} word{n}", 0.5)]
        seen += [pair for n in range(3) for pair in both(ruler, f"{person} word{n}", 0.5)]
    for number in range(2):
        load(connection, f"model:{number}", with_tails(seen))
    assert best(connection, "SELECT * FROM analogy('man', 'king', 'woman')")[0] == "queen"
    assert best(connection, "SELECT * FROM analogy('woman', 'queen', 'boy')")[0] == "prince"


def test_candidates_come_in_order_and_unknown_ones_last(planted):
    rows = planted.execute(
        "SELECT * FROM rank_candidates(ARRAY['left4', 'right4'],"
        " ARRAY['nobody', 'left5', 'joined4', 'left4 friend1', 'joined4'])"
    ).fetchall()
    assert [row[0] for row in rows] == ["joined4", "joined4", "left4 friend1", "left5", "nobody"]
    assert rows[-1][1:] == (None, None)
    assert rows[2][2] == "left4"


@pytest.mark.parametrize(
    ("question", "refusal"),
    [
        ("combine('{}')", "give 1 to 100 concepts"),
        ("combine(NULL)", "give 1 to 100 concepts"),
        ("combine(array_fill('left1'::text, '{101}'))", "give 1 to 100 concepts"),
        ("combine(ARRAY['left1', 'left1'])", "given once"),
        ("combine(ARRAY['left1'], ARRAY['left1'])", "given once, on one side"),
        ("combine(ARRAY['leftt1'])", "leftt1"),
        ("combine(ARRAY['left1', NULL])", "label"),
        ("combine(ARRAY['left1'], mode => 'some')", "mode is all or any"),
        ("combine(ARRAY['left1'], max_results => -1)", "max_results"),
        ("analogy('left1', 'right1', 'left1')", "given once"),
        ("analogy('left1', 'right1', 'nobody')", "nobody"),
        ("rank_candidates(ARRAY['left1'], '{}')", "give 1 to 10000 candidates"),
        ("rank_candidates(ARRAY['left1'], NULL)", "give 1 to 10000 candidates"),
        ("rank_candidates(ARRAY['left1'], ARRAY['nobody', 'noone'])", "nobody"),
        ("rank_candidates('{}', ARRAY['left1'])", "give 1 to 100 concepts"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(planted, question, refusal):
    with pytest.raises(psycopg.Error, match=refusal) as refused:
        planted.execute(f"SELECT * FROM {question}")
    assert refused.value.sqlstate.startswith("HT")


def test_ten_thousand_candidates_are_ranked(planted):
    many = [f"x{n}" for n in range(9999)]
    rows = planted.execute(
        "SELECT * FROM rank_candidates(ARRAY['left1'], %s)", [[*many, "joined1"]]
    ).fetchall()
    assert (len(rows), rows[0][0]) == (10000, "joined1")
