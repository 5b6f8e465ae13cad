from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hartonomous.errors import ParameterError
from hartonomous.miners import counts
from hartonomous.miners.counts import count_sites
from hartonomous.observations import WEIGHT_UNIT, Observations
from hartonomous.readers import running_text
from hartonomous.readers.running_text import RunningText, split_words


@dataclass(frozen=True, eq=False)
class MinedText:
    words: tuple[str, ...]
    related: Observations
    precedes: Observations


def mine_text(blocks, window=5):
    text = RunningText(lambda: blocks, window)
    (_, related), (_, precedes) = count_sites(text.sites)
    return MinedText(tuple(c.label for c in text.concepts()), related, precedes)


def sentences(text):
    found = [[]]
    for word in split_words([text]):
        found[-1].append(word) if word is not None else found.append([])
    return found


def weights(counts, unit):
    """Weights by the formula of the docstring, from counts in both directions if symmetric."""
    of_a, of_b = Counter(), Counter()
    for (a, b), count in counts.items():
        of_a[a] += count
        of_b[b] += count
    unseen = 100 * Fraction(unit)
    total = sum(of_a.values(), unseen)
    found = {}
    for (a, b), n in counts.items():
        chance = 4 * (of_a[a] - n) * (of_b[b] - n) / total
        exact = Fraction(n) / (n + unit) * (n - chance) / (n + chance)
        found[a, b] = max(1, round(exact * WEIGHT_UNIT))
    return found


def named(mined, pairs):
    return {
        (mined.words[a], mined.words[b]): weight
        for a, b, weight in zip(
            pairs.a.tolist(), pairs.b.tolist(), pairs.weight.tolist(), strict=True
        )
    }


def by_definition(text, window):
    related, precedes = Counter(), Counter()
    for sentence in sentences(text):
        for i, a in enumerate(sentence):
            for distance, b in enumerate(sentence[i + 1 : i + 1 + window], 1):
                if a != b:
                    related[a, b] += Fraction(1, distance)
                    related[b, a] += Fraction(1, distance)
                    precedes[a, b] += distance == 1
    return related, Counter({pair: count for pair, count in precedes.items() if count})


texts = st.lists(st.sampled_from(["the", "King", "queen", "dog", ".", "\n\n", "it's"])).map(
    " ".join
)


@given(texts, st.integers(1, 6))
def test_weights_are_those_of_the_definition(text, window):
    mined = mine_text([text], window)
    related, precedes = by_definition(text, window)
    for pairs, counts_of in ((mined.related, related), (mined.precedes, precedes)):
        found, wanted = named(mined, pairs), weights(counts_of, 1)
        assert found.keys() == wanted.keys()
        assert all(abs(found[pair] - weight) <= 1 for pair, weight in wanted.items())


@given(texts, st.lists(st.integers(0, 200)))
def test_where_blocks_are_cut_does_not_show(text, cuts):
    places = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    blocks = [text[i:j] for i, j in pairwise(places)]
    assert list(split_words(blocks)) == list(split_words([text]))


def test_long_texts_are_counted_block_by_block(monkeypatch):
    rng = np.random.default_rng(1)
    text = " ".join(f"w{n}" for n in rng.zipf(1.3, 5000) % 300)
    whole = mine_text([text])
    monkeypatch.setattr(running_text, "_BLOCK_WORDS", 100)
    parts = mine_text([text])
    assert parts.words == whole.words
    for ours, theirs in ((parts.related, whole.related), (parts.precedes, whole.precedes)):
        assert np.array_equal(ours.a, theirs.a)
        assert np.array_equal(ours.b, theirs.b)
        assert np.array_equal(ours.weight, theirs.weight)


def test_words_are_letters_of_any_script_in_lower_case():
    text = "Don’t PANIC: le café (naïve) हिन्दी भाषा — x\0y 4711 user_12345"
    words = [
        "don't",
        "panic",
        "le",
        "café",
        "naïve",
        "हिन्दी",
        "भाषा",
        "x",
        "y",
        "4711",
        "user_12345",
    ]
    assert [word for word in split_words([text]) if word is not None] == words


def test_composed_and_decomposed_letters_are_one_word():
    assert mine_text(["café cafe\u0301 x"]).words == ("café", "x")


def test_pairs_do_not_reach_over_sentences_and_paragraphs():
    mined = mine_text(["one. two! three\n\nfour\nfive"])
    assert named(mined, mined.precedes).keys() == {("four", "five")}


def test_data_is_no_word():
    assert mine_text(["a " + "x" * 101 + " b"]).words == ("a", "b")


def test_a_text_without_words_says_nothing():
    mined = mine_text(["... \n\n !!"])
    assert mined.words == ()
    assert len(mined.related.a) == len(mined.precedes.a) == 0


@pytest.mark.parametrize("window", [0, -1, 21])
def test_the_window_has_bounds(window):
    with pytest.raises(ParameterError, match="window"):
        mine_text(["a b"], window)


def test_function_words_do_not_lead():
    others = [f"the w{n} of the v{n} is in the u{n} ." for n in range(60)]
    kings = ["the king left the castle ."] * 4
    mined = mine_text([" ".join(others + kings)])
    found = named(mined, mined.related)
    by_king = sorted((b for a, b in found if a == "king"), key=lambda b: -found["king", b])
    assert by_king == ["left", "castle", "the"]


def test_words_that_only_go_with_each_other_are_no_accident():
    mined = mine_text(["king queen. " * 50])
    assert named(mined, mined.related)["king", "queen"] == round(50 / 51 * WEIGHT_UNIT)


@given(st.permutations(["a b c.", "a c d.", "b d a.", "c a b e.", "a b."]))
def test_the_order_of_what_is_seen_does_not_show(parts):
    first, again = (mine_text([" ".join(order)]) for order in (sorted(parts), parts))
    assert named(first, first.related) == named(again, again.related)


def test_too_many_pairs_are_refused(monkeypatch):
    monkeypatch.setattr(counts, "MAX_PAIRS", 10)
    with pytest.raises(ParameterError, match="split it"):
        mine_text([" ".join(f"w{n}" for n in range(50))])
