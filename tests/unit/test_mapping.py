"""A map says whose words it shows and how many of their relations it keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from hartonomous.geometry.sphere import normalise
from hartonomous.mapping import kept_shares, map_text

RANDOM = np.random.default_rng(5)
#: Six crowds of five words, apart from each other in the plane.
ANGLES = np.repeat(np.linspace(-1.2, 1.2, 6), 5)
PLANTED = normalise(
    np.stack([np.sin(ANGLES), np.zeros(30), np.zeros(30), np.cos(ANGLES)], axis=1)
    + 0.01 * RANDOM.standard_normal((30, 4))
)


@dataclass(frozen=True)
class Placed:
    label: str
    x: float
    y: float
    z: float
    w: float


@dataclass(frozen=True)
class Related:
    concept: str
    neighbor: str


@dataclass(frozen=True)
class Aligned:
    source_identifier: str
    concepts: int
    is_placed: bool = True


def placed(positions):
    return [Placed(f"w{i}", *map(float, row)) for i, row in enumerate(positions)]


#: Each word is related to the others of its crowd.
RELATED = [
    Related(f"w{i}", f"w{j}") for i in range(30) for j in range(30) if i != j and i // 5 == j // 5
]


@pytest.mark.parametrize("is_around", [True, False])
def test_planted_crowds_are_kept_and_shuffled_ones_by_chance(is_around):
    kept = kept_shares(placed(PLANTED), RELATED, is_around=is_around)
    assert kept.whole == 1
    assert kept.chance == pytest.approx(4 / 29)
    shuffled = [
        kept_shares(placed(RANDOM.permutation(PLANTED)), RELATED, is_around=is_around).whole
        for _ in range(20)
    ]
    assert np.mean(shuffled) == pytest.approx(kept.chance, abs=0.05)


def test_the_halves_are_told_apart():
    positions = PLANTED.copy()
    positions[15:] = RANDOM.permutation(positions[15:])
    kept = kept_shares(placed(positions), RELATED, is_around=False)
    assert kept.better_known == 1
    assert kept.others < 0.7


def test_words_that_are_not_on_the_map_count_for_nothing():
    elsewhere = [Related("w0", "nobody"), Related("nobody", "w0")]
    assert kept_shares(placed(PLANTED), elsewhere, is_around=False) is None


def test_a_map_says_whose_words_it_shows_and_how_well():
    said = map_text(placed(PLANTED), RELATED, [Aligned("model:a", 29523)], None)
    assert said.title == "Words of model:a"
    assert said.subtitle == (
        "the 30 words that most lists name, of 29,523 concepts · 100% of a word's first 10 related"
        " words on this map are nearest to it here too (by chance 13.8%)"
    )
    assert any("say" in note and "neighbors" in note for note in said.notes)
    assert any("keeps 100%" in note for note in said.notes)


def test_a_map_of_many_sources_counts_those_in_the_frame():
    many = [Aligned(f"model:{i}", 5) for i in range(9)] + [Aligned("model:out", 5, False)]
    assert map_text(placed(PLANTED), [], many, None).title == "Words of 9 sources"
    assert map_text(placed(PLANTED), [], many[:2], None).title == "Words of model:0, model:1"
    assert map_text(placed(PLANTED), [], many, "W0").title == "w0 in 9 sources"
