from __future__ import annotations

from hartonomous.answers import SourceNeighbor
from hartonomous.cli.columns import SideBySide


def test_lists_stand_side_by_side_and_what_several_hold_is_marked():
    rows = [
        SourceNeighbor("model:a", 1, "queen", 0.9, 2),
        SourceNeighbor("model:a", 2, "crown", 0.5, 1),
        SourceNeighbor("model:b", 1, "queen", 0.8, 2),
    ]
    shown = SideBySide(rows, SourceNeighbor)
    assert shown.titles() == ["rank", "model:a", "model:b"]
    assert shown.cells() == [["1", "queen*", "queen*"], ["2", "crown", ""]]


def test_nobody_who_votes_leaves_the_ranks_alone():
    shown = SideBySide([], SourceNeighbor)
    assert shown.titles() == ["rank"]
    assert shown.cells() == []
