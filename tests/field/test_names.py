"""Names in all their forms, at every door."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted_relations import load

from hartonomous.concepts import Concept
from hartonomous.editing.deletion import delete_concept, delete_subject, preview_delete_concept
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ParameterError

laws = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
letters = st.sampled_from("aeiosßSİıIiſςσΣΕÉéǅǆŉﬁᾳΌЙйÅ각\u0301\u0307\u0345\U00016d67\u0898#'yk")
words = st.one_of(
    st.text(letters, min_size=1, max_size=5),
    st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1),
).map(lambda word: f"w{word}")


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def labels(connection):
    return {label for (label,) in connection.execute("SELECT label FROM composition").fetchall()}


def forms(word):
    return {
        unicodedata.normalize(form, other)
        for form in ("NFC", "NFD")
        for other in (word, word.upper(), word.lower(), word.title(), word.swapcase())
    }


@pytest.mark.parametrize(
    ("named", "stored"),
    [
        (unicodedata.normalize("NFD", "café"), "café"),
        ("ΟΔΟΣ", "οδος"),
        ("οδός", "ΟΔΌΣ"),
        ("İzmir", "i̇zmir"),
        ("i̇zmir", "İzmir"),
        ("STRASSE", "straße"),
        ("king", "kInG"),
        ("kinG", "##KING"),
    ],
)
def test_another_form_of_a_word_is_deleted_and_stays_forgotten(substrate, named, stored):
    load(substrate, "model:a", [(stored, "other", 0.5), ("stays", "other", 0.5)])
    assert len(preview_delete_concept(substrate, [named]).names) == 1
    assert delete_concept(substrate, [named], forget=True).concepts_removed == 1
    load(substrate, "model:b", [(stored, "other", 0.5), ("more", "other", 0.5)])
    assert labels(substrate) == {"stays", "other", "more"}
    with pytest.raises(ParameterError, match="stay forgotten"):
        record_feedback(substrate, "u", "stays", "other", "correct", corrected=stored.lstrip("#"))


@laws
@given(words, st.booleans(), st.data())
def test_forgetting_before_a_load_is_forgetting_after_it(substrate, word, variants, data):
    shown = sorted(data.draw(st.sets(st.sampled_from(sorted(forms(word))), min_size=1)))
    named = data.draw(st.sampled_from(sorted(forms(word))))
    seen = {(Concept("text", form).label, "other"): 0.5 for form in shown}
    seen[("stays", "other")] = 0.5
    rows = [(a, b, weight) for (a, b), weight in seen.items()]
    found = []
    for order in ("load first", "forget first"):
        for source in ("model:a", "model:b"):
            substrate.execute(
                "SELECT delete_source(%s) WHERE EXISTS"
                " (SELECT FROM content WHERE source_identifier = %s)",
                [source, source],
            )
        substrate.execute("DELETE FROM forgotten_composition")
        if order == "load first":
            load(substrate, "model:a", rows)
        delete_concept(substrate, [named], variants=variants, forget=True)
        if order == "forget first":
            load(substrate, "model:a", rows)
        load(substrate, "model:b", rows)
        assert verify_ratings(substrate) == ()
        found.append((substrate_fingerprint(substrate), labels(substrate)))
    assert found[0] == found[1]
    assert Concept("text", named).label not in found[0][1]


@laws
@given(words)
def test_sql_and_python_agree_on_what_a_label_is(substrate, word):
    for form in forms(word):
        concept = Concept("text", form)
        row = substrate.execute(
            "SELECT composition_id(%s), blake3(%s::bytea)", [form, concept.canonical_bytes]
        ).fetchone()
        assert row[0].bytes == row[1][:16]


def test_a_persons_name_is_one_in_both_normal_forms(substrate):
    load(substrate, "model:a", [("king", "queen", 0.5), ("king", "café", 0.5)])
    composed, decomposed = (unicodedata.normalize(form, "zoé") for form in ("NFC", "NFD"))
    said = record_feedback(substrate, decomposed, "king", "cafe\u0301", "accept")
    assert record_feedback(substrate, composed, "king", "café", "accept") == said
    assert substrate.execute("SELECT subject_key FROM subject").fetchall() == [(composed,)]
    assert delete_subject(substrate, decomposed).sources == 1
