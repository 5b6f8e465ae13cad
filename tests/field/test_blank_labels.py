"""What nobody can see is no concept, whoever brings it and by which function."""

from __future__ import annotations

import psycopg
import pytest
from planted_relations import load

from hartonomous.errors import ParameterError

BLANK = [" ", "\t\n", "\u3000", "\u200b", " \u200d\u00a0"]


@pytest.fixture
def substrate(connection):
    load(connection, "model:a", [("king", "queen", 0.5), ("king", "castle", 0.25)])
    return connection


@pytest.mark.parametrize("label", BLANK)
@pytest.mark.parametrize(
    "said",
    [
        "SELECT add_evidence('by hand', 'king', %s, 0.5)",
        "SELECT add_evidence('by hand', %s, 'king', 0.5)",
        "SELECT record_feedback('user_1', 'king', 'queen', 'correct', %s)",
    ],
)
def test_what_is_said_one_by_one_is_of_words_that_are_seen(substrate, said, label):
    with pytest.raises(psycopg.DatabaseError, match="more than blanks") as refused:
        substrate.execute(said, (label,))
    assert refused.value.sqlstate == "HT004"


@pytest.mark.parametrize("label", BLANK)
def test_what_a_contributor_loads_is_of_words_that_are_seen(substrate, label):
    substrate.execute("SET SESSION AUTHORIZATION hartonomous_contributor")
    with pytest.raises(ParameterError, match="more than blanks"):
        load(substrate, "model:b", [("king", label, 0.5)])


def test_blanks_within_a_word_are_part_of_it(substrate):
    substrate.execute("SELECT add_evidence('by hand', 'king', ' of \u200b Siam ', 0.5)")
    found = substrate.execute("SELECT label FROM composition WHERE label ~ 'Siam'").fetchone()
    assert found == (" of \u200b Siam ",)
