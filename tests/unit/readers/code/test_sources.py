"""Repositories as sources: names, fingerprints, and what a file alone says."""

from __future__ import annotations

import pytest
from planted_code import plant_repository

from hartonomous.errors import CodeError, DocumentFormatError
from hartonomous.readers.code.sources import open_code
from hartonomous.readers.opening import Place, Request

TWO = {"a.py": "def one():\n    pass\n", "b.py": "def two():\n    pass\n"}


def opened(folder, **asked):
    return list(open_code(Place.of(folder), Request(**asked)))


def test_names_are_of_the_repository_and_the_path(tmp_path):
    place = plant_repository(tmp_path / "in", TWO)
    names = [each.source.identifier for each in opened(place)]
    assert names == ["code:in:a.py", "code:in:b.py"]
    (named, _) = opened(place, source="mine")
    assert named.source.identifier == "mine:a.py"
    facts = dict(named.sites[0].facts)
    assert (facts["repository"], facts["language"], facts["lines"]) == ("mine", "python", 2)
    assert dict(named.sites[-1].facts)["functions"] == 1


def test_a_fingerprint_is_of_the_text_its_path_and_its_author(tmp_path):
    place = plant_repository(tmp_path / "in", {**TWO, "c.py": TWO["a.py"]})
    prints = [each.source.fingerprint for each in opened(place)]
    assert len(set(prints)) == 3
    again = plant_repository(tmp_path / "again", TWO)
    assert [each.source.fingerprint for each in opened(again)] == prints[:2]
    theirs = [each.source.fingerprint for each in opened(again, subject="anna")]
    assert not {*theirs} & {*prints}


def test_names_that_are_composed_otherwise_are_one_concept(tmp_path):
    text = "def caf\u00e9(x):\n    pass\n\ndef cafe\u0301(x):\n    pass\n"
    (source,) = opened(plant_repository(tmp_path / "in", {"a.py": text}))
    concepts = source.all_concepts()
    assert len(set(concepts)) == len(concepts)


def test_a_function_that_comes_twice_begins_at_its_first_line(tmp_path):
    text = "def f():\n    pass\n\ndef f():\n    pass\n"
    (source,) = opened(plant_repository(tmp_path / "in", {"a.py": text}))
    labels = [concept.label for concept in source.all_concepts()]
    (lines,) = [site for site in source.sites if site.position == "begins_at"]
    (seen,) = lines.pairs()
    assert [labels[b] for b in seen.b.tolist()] == ["line:1"]


def test_a_history_is_asked_of_git_repositories_alone(tmp_path):
    place = plant_repository(tmp_path / "in", TWO)
    with pytest.raises(CodeError):
        opened(place, history=5)


def test_a_file_that_is_named_and_left_out_is_refused(tmp_path):
    place = plant_repository(tmp_path / "in", {"a.min.js": "f()"})
    with pytest.raises(DocumentFormatError, match="1 minified"):
        opened(place / "a.min.js")
