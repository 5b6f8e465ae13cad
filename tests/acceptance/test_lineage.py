"""Pairs of models that are made of real ones are told apart, and no stranger is called kin."""

from __future__ import annotations

from itertools import combinations

import pytest

from benchmarks.lineage import family, look, pair
from benchmarks.lineage_models import FINE_TUNED, averaged, opened, untrained, without_layers
from benchmarks.substrates import zoo
from hartonomous.lineage.kinds import KIN, kind_of

pytestmark = pytest.mark.nightly


def made():
    """Yield copies, roundings, cuts and merges of two real models, and strangers."""
    l6 = opened(zoo("minilm-l6"), "minilm-l6", "minilm")
    tuned = opened(zoo("minilm-sre"), "minilm-sre", "minilm", FINE_TUNED)
    splade = opened(zoo("splade-tiny"), "splade-tiny", "splade-tiny")
    yield from family(l6)
    yield from (tuned, averaged(l6, tuned), without_layers(l6, (0, 2, 4)))
    yield from family(splade)
    yield from (untrained(l6, 0), untrained(splade, 1))


def test_at_least_98_of_100_pairs_are_told_right_and_no_stranger_is_kin():
    pairs = [pair(a, b) for a, b in combinations([look(each) for each in made()], 2)]
    told = [(each.names, each.kinds, kind_of(each.signs)) for each in pairs]
    assert len(pairs) >= 120
    assert [each for each in told if each[1][0] not in KIN and each[2] in KIN] == []
    wrong = [each for each in told if each[2] not in each[1]]
    assert len(wrong) <= 0.02 * len(told), wrong
