from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hartonomous.concepts import MOST_BYTES, Concept
from hartonomous.errors import ParameterError

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)


def test_plain_text_hashes_as_itself():
    assert Concept("text", "king").canonical_bytes == b"king"


def test_a_word_piece_is_another_concept_than_the_text():
    piece = Concept("piece", "king")
    assert piece.canonical_bytes == b"piece\0king"
    assert piece != Concept("text", "king")


def test_people_read_a_word_piece_with_its_mark():
    assert Concept("piece", "ing").label == "##ing"
    assert Concept("text", "ing").label == "ing"


def test_composed_and_decomposed_writing_are_one_concept():
    assert Concept("text", "Zu\u0308rich") == Concept("text", "Z\u00fcrich")


def test_case_is_kept():
    assert Concept("text", "King") != Concept("text", "king")


@pytest.mark.parametrize("text", ["x" * 10_000, "👩‍👩‍👧", "ملك", "'; DROP TABLE x; --", "a b\n"])
def test_any_text_that_a_database_can_hold_is_a_concept(text):
    assert Concept("text", text).canonical_bytes.decode() == text


@pytest.mark.parametrize("text", ["", "a\0b", "\ud800", "a\udfff"])
def test_what_no_database_can_hold_is_refused(text):
    with pytest.raises(ParameterError, match="can't be a concept"):
        Concept("text", text)


@given(storable)
def test_text_is_kept_in_nfc(text):
    assert Concept("text", text).text == unicodedata.normalize("NFC", text)


@given(storable, storable)
def test_different_concepts_have_different_canonical_bytes(first, second):
    concepts = {Concept(kind, text) for kind in ("text", "piece") for text in (first, second)}
    assert len({concept.canonical_bytes for concept in concepts}) == len(concepts)


def test_a_text_that_takes_seconds_to_hash_is_no_concept():
    assert Concept("text", "é" * (MOST_BYTES // 2)).text
    with pytest.raises(ParameterError, match="at most 65536 bytes, and 'éé"):
        Concept("text", "é" * (MOST_BYTES // 2 + 1))
