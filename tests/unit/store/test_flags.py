from __future__ import annotations

import numpy as np

from hartonomous.observations import NOBODY, JoinRecord, Observations, SiteRecord
from hartonomous.store.flags import FLOODS, HUB, DegreeCount


def flags(concepts, a, b, site):
    count = DegreeCount(concepts)
    batch = Observations(
        np.asarray(a, dtype=np.int32),
        np.asarray(b, dtype=np.int32),
        np.ones(len(a), dtype=np.int32),
    )
    count.add(batch)
    count.close_site((site,), len(batch))
    return count.flags


def ring(concepts, k):
    a = np.repeat(np.arange(concepts), k)
    return a, (a + np.tile(np.arange(1, k + 1), concepts)) % concepts


def test_lists_of_k_neighbours_are_as_they_should_be():
    assert flags(200, *ring(200, 50), SiteRecord("embedding", JoinRecord(50))) == []


def test_a_group_of_sites_has_room_for_all_their_lists():
    count = DegreeCount(200)
    for _ in range(2):
        a, b = (np.asarray(side, dtype=np.int32) for side in ring(200, 50))
        count.add(Observations(a, b, np.ones(len(a), dtype=np.int32)))
    heads = tuple(SiteRecord(f"layer0-head{head}-qk", JoinRecord(50)) for head in range(2))
    count.close_site(heads, 2 * 200 * 50)
    assert count.flags == []
    count.close_site(heads[:1], 2 * 200 * 50)
    assert count.flags == [FLOODS]


def test_empty_places_count_for_nothing():
    count = DegreeCount(5)
    a, b = np.array([1, 1, 1], dtype=np.int32), np.array([3, NOBODY, 4], dtype=np.int32)
    count.add(Observations(a, b, np.zeros(3, dtype=np.int32)))
    assert count.used.tolist() == [1, 3, 4]


def test_more_relations_than_the_lists_have_room_for_flood():
    assert flags(200, *ring(200, 60), SiteRecord("embedding", JoinRecord(50))) == [FLOODS]


def test_words_of_several_rows_have_a_list_for_each():
    count = DegreeCount(200)
    a, b = ring(200, 60)
    batch = Observations(*(np.asarray(side, dtype=np.int32) for side in (a, b, a)))
    count.add(batch)
    count.close_site((SiteRecord("embedding", JoinRecord(50)),), len(batch), expected=240 * 50)
    assert count.flags == []


def test_everything_related_to_everything_floods():
    assert flags(60, *ring(60, 59), SiteRecord("window5")) == [FLOODS]


def test_one_concept_in_most_relations_is_a_hub():
    spokes = np.arange(1, 100)
    assert flags(100, np.zeros(99), spokes, SiteRecord("window5")) == [HUB]


def test_a_short_text_may_turn_round_one_word():
    assert flags(10, np.zeros(9), np.arange(1, 10), SiteRecord("window5")) == []


def test_concepts_that_never_occur_are_not_used():
    count = DegreeCount(5)
    count.add(Observations(*(np.array([n], dtype=np.int32) for n in (1, 3, 7))))
    assert count.used.tolist() == [1, 3]
