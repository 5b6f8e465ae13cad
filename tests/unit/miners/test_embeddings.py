"""Neighbours become observations."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import numpy as np
import pytest

from hartonomous.errors import ParameterError
from hartonomous.geometry import knn_cost
from hartonomous.miners.cleaning import CleaningRecord
from hartonomous.miners.embeddings import merge_duplicates, mine_embedding
from hartonomous.observations import WEIGHT_UNIT, JoinRecord

RECORD = CleaningRecord(mean=True, components=2)


def vectors(rows: int = 60, width: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32)


def columns(mined) -> list[tuple[int, int, int, int]]:
    """a, b, weight and place in the list of a, which comes in one piece."""
    rows, seen = [], set()
    for batch in mined.batches:
        for a, group in groupby(zip(batch.a, batch.b, batch.weight, strict=True), itemgetter(0)):
            assert a not in seen
            seen.add(a)
            rows += [(*map(int, row), rank) for rank, row in enumerate(group, start=1)]
    return rows


def test_each_row_lists_its_nearest_by_cosine_with_ranks():
    x = vectors()
    mined = mine_embedding(x, np.arange(60, dtype=np.int32), RECORD, k=5)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -2)
    expected = []
    for a in range(60):
        for rank, b in enumerate(np.argsort(-cosine[a])[:5], start=1):
            expected.append((a, int(b), rank))
    found = columns(mined)
    assert [(a, b, rank) for a, b, _, rank in found] == expected
    for a, b, weight, _ in found:
        assert weight == pytest.approx(max(0, cosine[a, b]) * WEIGHT_UNIT, abs=2)


def test_the_site_says_what_was_done():
    mined = mine_embedding(vectors(), np.arange(60, dtype=np.int32), RECORD, k=5)
    (site,) = mined.sites
    assert site.join == JoinRecord(5, "cosine", "exact", 1.0, True, 2)
    assert mined.expected == 300


@pytest.mark.parametrize("duplicates", [False, True])
def test_a_graph_too_large_to_hold_streams_the_same_observations(monkeypatch, duplicates):
    concepts = np.sort(np.arange(60, dtype=np.int32) // (2 if duplicates else 1))
    held = columns(mine_embedding(vectors(), concepts, RECORD, k=5))
    monkeypatch.setattr(knn_cost, "HELD_BYTES", 100)
    monkeypatch.setattr(knn_cost, "BLOCK_ENTRIES", 35)
    streamed = columns(mine_embedding(vectors(), concepts, RECORD, k=5))
    assert streamed == held


def test_two_tokens_of_one_concept_count_once_with_the_stronger_weight():
    a = np.array([0, 0, 0, 0, 1, 1], dtype=np.int32)
    b = np.array([1, 2, 1, 0, 0, 2], dtype=np.int32)
    weight = np.array([5, 7, 9, 99, 4, 4], dtype=np.int32)
    merged = merge_duplicates(a, b, weight)
    assert merged.a.tolist() == [0, 0, 1, 1]
    assert merged.b.tolist() == [1, 2, 0, 2]
    assert merged.weight.tolist() == [9, 7, 4, 4]


@pytest.mark.parametrize("k", [0, 60, 61, 40000])
def test_k_out_of_range_is_refused(k):
    with pytest.raises(ParameterError, match="k must be"):
        mine_embedding(vectors(), np.arange(60, dtype=np.int32), RECORD, k=k)


def test_negative_cosines_weigh_nothing():
    x = np.array([[1, 0], [-1, 0], [-1, 0.1]], dtype=np.float32)
    mined = mine_embedding(x, np.arange(3, dtype=np.int32), RECORD, k=2)
    assert [weight for a, _, weight, _ in columns(mined) if a == 0] == [0, 0]
