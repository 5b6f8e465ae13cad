from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_models import to_byte_alphabet

from hartonomous.concepts import Concept
from hartonomous.readers.tokens import TokenRules, decode_bytes, guess_rules, splits_digits

WORDPIECE = TokenRules("wordpiece")
BYTE_LEVEL = TokenRules("byte-level", byte_level=True)
SENTENCEPIECE = TokenRules("sentencepiece")
END_OF_WORD = TokenRules("end-of-word", byte_level=True)
WORDS = TokenRules("words")
FAMILIES = (WORDPIECE, BYTE_LEVEL, SENTENCEPIECE, END_OF_WORD, WORDS)


def text(surface):
    return Concept("text", surface)


def piece(surface):
    return Concept("piece", surface)


@pytest.mark.parametrize(
    ("rules", "token"),
    [
        (WORDPIECE, "king"),
        (BYTE_LEVEL, "Ġking"),
        (SENTENCEPIECE, "▁king"),
        (END_OF_WORD, "king</w>"),
        (WORDS, "king"),
    ],
)
def test_a_word_is_one_concept_in_every_family(rules, token):
    assert rules.meaning(token) == text("king")


@pytest.mark.parametrize(
    ("rules", "token"),
    [(WORDPIECE, "##ing"), (BYTE_LEVEL, "ing"), (SENTENCEPIECE, "ing"), (END_OF_WORD, "ing")],
)
def test_a_continuation_is_one_word_piece_in_every_family(rules, token):
    assert rules.meaning(token) == piece("ing")


@pytest.mark.parametrize("rules", [BYTE_LEVEL, SENTENCEPIECE])
@pytest.mark.parametrize("surface", ["!", "://", "€", "🙂", "日本", "ひらがな", "ภาษา", "(king"])
def test_without_a_space_mark_what_is_parted_anyway_is_plain_text(rules, surface):
    token = to_byte_alphabet(surface) if rules.byte_level else surface
    assert rules.meaning(token) == text(surface)


@pytest.mark.parametrize("rules", [BYTE_LEVEL, SENTENCEPIECE])
@pytest.mark.parametrize("surface", ["é", "й", "하다", "\u0301", "7"])
def test_letters_marks_and_digits_without_a_space_mark_go_on_a_word(rules, surface):
    token = to_byte_alphabet(surface) if rules.byte_level else surface
    assert rules.meaning(token) == piece(surface)


def test_digits_are_plain_text_where_the_tokeniser_parts_them_from_the_space():
    rules = TokenRules("byte-level", byte_level=True, digits_split=True)
    assert rules.meaning("7") == text("7")
    assert splits_digits(["Ġking", "7", "Ġ"])
    assert not splits_digits(["Ġking", "7", "Ġ7"])


def test_case_and_inner_marks_are_kept():
    assert BYTE_LEVEL.meaning("ĠKing") == text("King")
    assert SENTENCEPIECE.meaning("▁of▁the") == text("of the")
    assert WORDPIECE.meaning("a##b") == text("a##b")


def test_a_bare_mark_is_read_as_it_stands():
    assert WORDPIECE.meaning("##") == text("##")
    assert END_OF_WORD.meaning("</w>") == piece("</w>")


def test_a_decomposed_token_is_its_composed_concept():
    assert WORDPIECE.meaning("Zu\u0308rich") == text("Z\u00fcrich")


@pytest.mark.parametrize("rules", FAMILIES)
@pytest.mark.parametrize(
    "token", ["[CLS]", "[PAD]", "<s>", "</s>", "<unk>", "<mask>", "<|endoftext|>", "<|im_start|>"]
)
def test_special_tokens_are_left_out(rules, token):
    assert rules.meaning(token) == "special"


@pytest.mark.parametrize("rules", FAMILIES)
@pytest.mark.parametrize(
    "token",
    ["[unused12]", "<unused3>", "<|reserved_special_token_7|>", "<extra_id_0>", "madeupword0001"],
)
def test_unused_slots_are_left_out(rules, token):
    assert rules.meaning(token) == "unused"


@pytest.mark.parametrize("token", ["<p>", "[a]", "<", "[", "m", "unused1", "mask", "<table>", "s>"])
def test_ordinary_text_that_looks_alike_is_kept(token):
    assert WORDS.meaning(token) == text(token)


def test_bytes_are_left_out():
    assert SENTENCEPIECE.meaning("<0x0A>") == "byte"
    assert BYTE_LEVEL.meaning(to_byte_alphabet("é")[0]) == "byte"
    assert BYTE_LEVEL.meaning("日") == "byte"  # no character of the byte alphabet


@pytest.mark.parametrize(
    ("rules", "token"),
    [(BYTE_LEVEL, "ĠĠ"), (BYTE_LEVEL, "Ċ"), (SENTENCEPIECE, "▁▁"), (WORDS, "\u200b"), (WORDS, " ")],
)
def test_blank_tokens_are_left_out(rules, token):
    assert rules.meaning(token) == "blank"


@pytest.mark.parametrize("token", ["", "a\0b", "a\ud800"])
def test_what_can_not_be_stored_is_left_out(token):
    assert WORDS.meaning(token) == "unstorable"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_byte_alphabet_is_decoded_to_the_text_it_was_written_from(surface):
    assert decode_bytes(to_byte_alphabet(surface)) == surface


@given(st.text(), st.sampled_from(FAMILIES))
def test_any_string_has_a_meaning(token, rules):
    meaning = rules.meaning(token)
    assert isinstance(meaning, (Concept, str))


@pytest.mark.parametrize(
    ("tokens", "family"),
    [
        (["king", "##ing", "!"], "wordpiece"),
        (["Ġking", "ing", "!"], "byte-level"),
        (["▁king", "ing", "!"], "sentencepiece"),
        (["king</w>", "ing", "!</w>"], "end-of-word"),
        (["king", "queen"], "words"),
        (["##", *["king"] * 99], "words"),
        ([], "words"),
    ],
)
def test_the_marks_of_a_bare_list_tell_its_family(tokens, family):
    assert guess_rules(tokens).family == family
