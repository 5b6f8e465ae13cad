"""One normal form and one folding of case, the same in Python and in SQL."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hartonomous import letters

_ALL = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code < 0xE000]
#: As words, since a call a character would take minutes: no two of a word compose.
_WORDS = [" ".join(_ALL[i : i + 64]) for i in range(0, len(_ALL), 64)]
#: What Unicode 3.2 knew, which no later version reads otherwise.
_OLD = [c for c in _ALL if unicodedata.ucd_3_2_0.category(c) != "Cn"]

texts = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1)
marked = st.text(
    st.sampled_from("aeσςΣİıIiSsßẞǰŉﬁᾳΌάЙйéÅ각ᄀ\u0301\u0307\u0345\u0327\u093c"), max_size=6
)


@pytest.fixture
def ask(connection):
    def ask(function: str, texts: list[str]) -> list[str]:
        schema = "hartonomous" if function == "fold" else "hartonomous_internal"
        row = connection.execute(
            f"SELECT array(SELECT {schema}.{function}(t) FROM unnest(%s::text[])"
            " WITH ORDINALITY AS u (t, n) ORDER BY n)",
            [texts],
        ).fetchone()
        return row[0]

    return ask


@pytest.mark.parametrize("function", ["nfc", "nfd", "fold"])
def test_every_character_is_the_same_in_sql_and_python(ask, function):
    ours = getattr(letters, function)
    assert ask(function, _WORDS) == list(map(ours, _WORDS))


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.one_of(texts, marked), min_size=1))
def test_every_text_is_the_same_in_sql_and_python(ask, some):
    for function in ("nfc", "nfd", "fold"):
        assert ask(function, some) == list(map(getattr(letters, function), some))


@given(st.one_of(texts, marked))
def test_forms_settle_and_case_and_composition_do_not_show(text):
    folded = letters.fold(text)
    assert letters.fold(folded) == folded == letters.nfc(folded)
    assert letters.fold(letters.nfd(text)) == letters.fold(letters.nfc(text)) == folded
    assert letters.nfc(letters.nfd(text)) == letters.nfc(text) == letters.nfc(letters.nfc(text))


def test_what_unicode_always_knew_is_as_the_standard_has_it():
    assert [letters.nfc(c) for c in _OLD] == [unicodedata.normalize("NFC", c) for c in _OLD]
    for character in _OLD:
        standard = unicodedata.normalize("NFD", character).casefold()
        assert letters.fold(character) == unicodedata.normalize("NFC", standard), character


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ΟΔΟΣ", "οδος"),
        ("İzmir", "i̇zmir"),
        ("CAFE\u0301", "café"),
        ("Straße", "STRASSE"),
        ("\u1fb3", "ΑΙ"),
        ("Ꮳ", "ꮳ"),
    ],
)
def test_words_in_another_case_are_one(ask, one, other):
    assert ask("fold", [one]) == ask("fold", [other]) == [letters.fold(one)]


def test_characters_of_later_versions_stay_as_they_are(ask):
    """A mark that came with Unicode 14 stands where it stood, and composes with nothing."""
    text = "e\u0898\u0301\U00016d67\U00016d67E\u0301"
    expected = "e\u0898\u0301\U00016d67\U00016d67É"
    assert ask("nfc", [text]) == [letters.nfc(text)] == [expected]
