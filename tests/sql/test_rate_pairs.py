from __future__ import annotations

import numpy as np
import pytest
from planted_relations import load

from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import flag_quality, quarantine_source
from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.evaluation.comparison import judge_sources
from hartonomous.readers.lexicon import RatedPair

WORDS = 60


def planted(quality):
    """Pairs whose strength agrees with people's scores as well as ``quality`` says, -1 to 1."""
    rng = np.random.default_rng(7)
    scores = rng.random(WORDS)
    noise = rng.random(WORDS)
    weight = scores if quality > 0 else 1 - scores
    weight = abs(quality) * weight + (1 - abs(quality)) * noise
    return [(f"a{n}", f"b{n}", float(weight[n])) for n in range(WORDS)], [
        RatedPair(f"a{n}", f"b{n}", float(scores[n])) for n in range(WORDS)
    ]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:base", planted(0.5)[0])
    return connection


@pytest.mark.parametrize(("quality", "effect"), [(1.0, "better"), (-1.0, "worse")])
def test_a_good_source_makes_answers_better_and_a_bad_one_worse(substrate, quality, effect):
    seen, lexicon = planted(quality)
    load(substrate, "model:x", seen, sites=("a", "b", "c"))
    before = substrate_fingerprint(substrate)
    found = judge_sources(substrate, lexicon, included=["model:x"], excluded=["model:x"])
    assert found.effect == effect
    assert found.low <= found.difference <= found.high
    assert found == judge_sources(substrate, lexicon, included=["model:x"], excluded=["model:x"]), (
        "the same question gets the same answer"
    )
    assert substrate_fingerprint(substrate) == before
    assert flag_quality(substrate, "model:x", found) == (effect == "worse")
    flags = substrate.execute("SELECT flags FROM source WHERE source_identifier = 'model:x'")
    assert flags.fetchone() == (["lowers quality"] if effect == "worse" else [],)


def test_a_copy_of_what_is_there_makes_no_clear_difference(substrate):
    seen, lexicon = planted(0.5)
    load(substrate, "model:x", seen)
    found = judge_sources(substrate, lexicon, included=["model:x"], excluded=["model:x"])
    assert found.effect == "no clear difference"


def test_a_quarantined_source_can_be_tried(substrate):
    seen, lexicon = planted(1.0)
    load(substrate, "model:x", seen, sites=("a", "b", "c"))
    live = judge_sources(substrate, lexicon, excluded=["model:x"])
    quarantine_source(substrate, "model:x")
    assert judge_sources(substrate, lexicon, included=["model:x"]) == live


def test_unknown_pairs_are_counted_and_left_out(substrate):
    lexicon = [*planted(0.5)[1], RatedPair("zyx", "b1", 1.0)]
    found = judge_sources(substrate, lexicon)
    assert (found.pairs, found.unknown_pairs) == (WORDS, 1)
    assert found.with_sources == found.without_sources


def test_bad_input_is_refused(substrate):
    lexicon = planted(0.5)[1]
    with pytest.raises(UnknownNameError, match="model:bas"):
        judge_sources(substrate, lexicon, excluded=["model:bas"])
    with pytest.raises(ParameterError, match="of known words"):
        judge_sources(substrate, [RatedPair("x", "y", 1.0)] * 3)
    with pytest.raises(ParameterError, match="resamples"):
        judge_sources(substrate, lexicon, resamples=1)
