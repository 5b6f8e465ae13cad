from __future__ import annotations

import psycopg
import pytest
from ingesting import ingest_text
from planted_relations import load

from hartonomous.editing.deletion import (
    delete_concept,
    delete_source,
    preview_delete_concept,
    preview_delete_model,
)
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ParameterError, UnknownNameError

SEEN = [
    ("king", "queen", 0.9),
    ("King", "queen", 0.8),
    ("kings", "queens", 0.7),
    ("##king", "##queen", 0.6),
    ("king's", "queen", 0.6),
    ("kingdom", "realm", 0.5),
    ("viking", "king", 0.4),
]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", SEEN)
    return connection


def labels(connection):
    return {label for (label,) in connection.execute("SELECT label FROM composition").fetchall()}


def test_case_plural_and_word_piece_forms_are_shown_and_go(substrate):
    preview = preview_delete_concept(substrate, ["king"])
    assert preview.names == ("##king", "King", "king", "king's", "kings")
    deletion = delete_concept(substrate, ["king"])
    assert deletion.names == preview.names
    assert labels(substrate) == {"kingdom", "realm"}
    assert verify_ratings(substrate) == ()


def test_a_preview_names_the_sources_that_go_with_the_last_of_their_evidence(substrate):
    load(substrate, "small", [("king", "crown", 0.5)], kind="document")
    preview = preview_delete_concept(substrate, ["king"])
    assert (preview.sources_that_go, preview.sources) == (("small",), 1)
    assert preview_delete_concept(substrate, ["realm"]).sources_that_go == ()
    assert preview_delete_model(substrate, "model:a").sources_that_go == ("model:a",)
    assert delete_concept(substrate, ["king"]).sources_that_go is None
    assert substrate.execute("SELECT source_identifier FROM content").fetchall() == [("model:a",)]


def test_without_variants_only_the_label_goes(substrate):
    assert delete_concept(substrate, ["king"], variants=False).names == ("king",)
    assert labels(substrate) >= {"King", "kings", "##king"}


@pytest.mark.parametrize("plural", ["cities", "boxes", "dogs"])
def test_plurals_and_singulars_find_each_other(connection, plural):
    connection.autocommit = True
    singular = {"cities": "city", "boxes": "box", "dogs": "dog"}[plural]
    load(connection, "model:a", [(singular, "x", 0.5), (plural, "y", 0.5)])
    for label in (singular, plural):
        assert set(preview_delete_concept(connection, [label]).names) == {singular, plural}


def test_what_is_to_stay_forgotten_is_left_out_of_later_loads(substrate):
    delete_concept(substrate, ["king"], forget=True)
    load(substrate, "model:b", [*SEEN, ("KING", "x", 0.5)])
    load(substrate, "note", [("king", "queen", 0.5), ("a", "b", 0.5)], kind="document")
    load(substrate, "only", [("king", "queen", 0.5)], kind="document")
    assert labels(substrate) == {"kingdom", "realm", "a", "b"}
    assert verify_ratings(substrate) == ()
    names = substrate.execute("SELECT source_identifier FROM content ORDER BY 1").fetchall()
    assert names == [("model:a",), ("model:b",), ("note",)]


def test_without_forget_it_comes_back(substrate):
    delete_concept(substrate, ["king"])
    load(substrate, "model:b", SEEN)
    assert "king" in labels(substrate)


def test_what_is_not_there_yet_can_be_forgotten(substrate):
    deletion = delete_concept(substrate, ["zyx"], forget=True)
    assert (deletion.evidence, deletion.concepts_removed) == (0, 0)
    load(substrate, "model:b", [("zyx", "a", 0.5), ("b", "a", 0.5)])
    assert "zyx" not in labels(substrate)


def test_a_forgotten_concept_is_no_correction(substrate):
    delete_concept(substrate, ["zyx"], forget=True)
    with pytest.raises(ParameterError, match="stay forgotten"):
        record_feedback(substrate, "user", "king", "queen", "correct", corrected="zyx")


def test_an_unknown_label_is_named_with_near_matches(substrate):
    before = substrate_fingerprint(substrate)
    with pytest.raises(UnknownNameError, match=r"'kingg'.*did you mean.*king"):
        delete_concept(substrate, ["queen", "kingg"])
    assert substrate_fingerprint(substrate) == before


def test_an_empty_list_is_refused(substrate):
    with pytest.raises(ParameterError, match="at least one"):
        delete_concept(substrate, [])


def test_nobody_is_no_name(substrate):
    with pytest.raises(TypeError, match="a name is text, not None"):
        delete_concept(substrate, [None])
    with pytest.raises(psycopg.Error, match="at least one"):
        substrate.execute("SELECT delete_concept(ARRAY[NULL]::text[])")


def test_patterns_match_only_themselves(substrate):
    for label in ("%", "_ing", "k%"):
        with pytest.raises(UnknownNameError):
            delete_concept(substrate, [label])


def test_a_preview_touches_nothing(substrate):
    before = substrate_fingerprint(substrate)
    with substrate.transaction():
        substrate.execute("SET TRANSACTION READ ONLY")
        preview = preview_delete_concept(substrate, ["king", "queen"])
    assert substrate_fingerprint(substrate) == before
    deletion = delete_concept(substrate, ["king", "queen"])
    assert (preview.relations_removed, preview.relations_changed) == (6, 0)
    relations = {"relations_removed": 0, "relations_changed": 0}
    assert preview.names == deletion.names
    assert preview.counts | relations == deletion.counts | relations


def test_a_source_that_said_nothing_else_goes_too(substrate):
    load(substrate, "note", [("king", "queen", 0.5)], kind="document")
    load(substrate, "model:b", [("king", "queen", 0.5)])
    deletion = delete_concept(substrate, ["king"])
    assert (deletion.sources, deletion.sites) == (2, 2)
    assert substrate.execute("SELECT source_identifier FROM content").fetchall() == [("model:a",)]


def test_the_same_file_loaded_again_says_which_concepts_it_lacks(substrate, tmp_path):
    note, other = tmp_path / "note.txt", tmp_path / "other.txt"
    note.write_text("the king met the zyxalice")
    other.write_text("the queen met the dog")
    first = ingest_text(substrate, [note, other])
    assert (first.new, first.lacks) == (2, ())
    delete_concept(substrate, ["king", "zyxalice"], forget=True)
    again = ingest_text(substrate, [note, other])
    assert (again.new, sorted(again.lacks)) == (0, ["king", "zyxalice"])
    delete_source(substrate, "note.txt")
    anew = ingest_text(substrate, [note])
    assert (anew.new, sorted(anew.lacks)) == (1, ["king", "zyxalice"])
    assert ingest_text(substrate, [other]).lacks == ()
