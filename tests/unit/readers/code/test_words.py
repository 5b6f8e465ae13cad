from __future__ import annotations

import numpy as np
import pytest

from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.code import WordRarity, read_code
from hartonomous.readers.code.words import KEPT_WORDS, MEAN_WORDS, split_name, strongest, weights_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("parseHTTPHeader", ("parse", "http", "header")),
        ("snake_hill_name", ("snake", "hill", "name")),
        ("__init__", ("init",)),
        ("MAX_VALUE", ("max", "value")),
        ("größe_Ändern", ("größe", "ändern")),
        ("utf8Decoder2", ("utf", "decoder")),
        ("self", ()),
        ("i", ()),
        ("x" * 40, ()),
        ("", ()),
    ],
)
def test_names_are_split_into_their_words(name, words):
    assert split_name(name) == words


def test_the_strongest_words_are_kept_and_ties_go_by_the_word():
    counts = {f"w{n:02}": 10 for n in range(50)} | {"zebra": 11}
    kept = strongest(counts)
    assert len(kept) == KEPT_WORDS
    assert kept[0] == ("zebra", 11)
    assert [word for word, _ in kept[1:]] == sorted(word for word, _ in kept[1:])


def test_weights_are_counts_that_saturate_and_fall_with_length():
    count = np.array([100, 200, 800, 800, 1 << 30], dtype=np.int64)
    length = np.array([60, 60, 60, 600, 60], dtype=np.int64)
    weight = weights_of(count, length)
    expected = (count / 100) / (0.5 + 0.5 * length / MEAN_WORDS)
    assert np.allclose(weight / WEIGHT_UNIT, expected / (3 + expected), atol=2e-6)
    assert weight[0] < weight[1] < weight[2] > weight[3]
    assert weight.max() <= WEIGHT_UNIT


def test_a_word_that_fewer_functions_hold_is_rarer(tmp_path):
    (tmp_path / "a.py").write_text(
        "".join(f"def send_{word}(): pass\n" for word in ("letter", "parcel", "bill"))
    )
    rarity = WordRarity()
    assert rarity.of("send") == 1.0
    for record in read_code(tmp_path):
        rarity.add(record)
    assert 0 < rarity.of("send") < rarity.of("parcel") == rarity.of("never") == 1.0
    assert rarity.of("send") == pytest.approx(np.log(2) / np.log(4))
