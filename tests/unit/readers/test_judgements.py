"""Lexicons as sources: what is read, and what is refused."""

from __future__ import annotations

import pytest

from hartonomous.errors import HartonomousError
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request


def opened(path):
    (source,) = open_sources([path], "lexicon", Request())
    return source


def test_scores_are_parts_of_the_highest(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(
        "Word 1,Word 2,Human (mean)\ntiger,cat,8\ntiger,tiger,10\nbook,paper,4\na,b,0\n"
    )
    source = opened(path)
    (site,) = source.sites
    (pairs,) = site.pairs()
    labels = [concept.label for concept in source.concepts()]
    assert source.source.kind == "calibration"
    assert [(labels[a], labels[b]) for a, b in zip(pairs.a, pairs.b, strict=True)] == [
        ("tiger", "cat"), ("book", "paper"), ("a", "b"),
    ]  # fmt: skip
    assert pairs.count.tolist() == [WEIGHT_UNIT, WEIGHT_UNIT // 2, 0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("king\tqueen\t1\nking\tcar\t2\n", "fewer than three"),
        ("a\tb\t1\nc\td\t2\ne\tf\n", "line 3 is no two words and a number"),
        ("a\tb\t-1\nc\td\t2\ne\tf\t3\n", "scores go from 0"),
        ("a\tb\t0\nc\td\t0\ne\tf\t0\n", "scores go from 0"),
        ("a\tb\tnan\nc\td\tinf\ne\tf\t1e999\n", "is no two words and a number"),
        ("a\ta\t1\nb\tb\t1\nc\tc\t1\n", "scores go from 0"),
        ("", "fewer than three"),
    ],
)
def test_what_is_no_lexicon_is_refused_in_one_line(tmp_path, text, says):
    path = tmp_path / "people.tsv"
    path.write_text(text)
    with pytest.raises(HartonomousError, match=says) as refused:
        opened(path)
    assert "\n" not in str(refused.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "people.tsv"
    path.write_bytes(b"a\tb\t1\n\xff\xfe\t\x00\t2\n")
    with pytest.raises(HartonomousError, match="not UTF-8"):
        opened(path)
    with pytest.raises(HartonomousError, match="no such file"):
        opened(tmp_path / "none.tsv")
