from __future__ import annotations

import json

import numpy as np
import pytest

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError
from hartonomous.readers.token_files import find_vocabulary, read_tokens
from hartonomous.readers.tokens import TokenRules
from hartonomous.readers.vocabulary import LeftOut, TokenList, build_vocabulary


def listed(*tokens, family="words", literal=None):
    return TokenList(dict(enumerate(tokens)), TokenRules(family), "vocab.txt", literal or {})


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_tokens_that_become_one_concept_keep_their_rows():
    vocabulary = build_vocabulary(listed("!", "▁king", "▁!", family="sentencepiece"), 3)
    assert vocabulary.concepts == (Concept("text", "!"), Concept("text", "king"))
    assert vocabulary.rows.tolist() == [0, 2, 1]
    assert vocabulary.concept_of_row.tolist() == [0, 0, 1]


def test_rows_without_a_token_are_unused_when_the_model_says_so():
    gap = TokenList({0: "king", 2: "queen"}, TokenRules("words"), "vocab.json")
    assert build_vocabulary(gap, 4, padded=True).left_out == LeftOut(unused=2)


@pytest.mark.parametrize(("rows", "padded"), [(1, False), (3, False), (1, True)])
def test_vocabulary_and_matrix_of_different_lengths_are_refused(rows, padded):
    with pytest.raises(ModelFormatError, match=rf"different lengths, 2 tokens and {rows} rows"):
        build_vocabulary(listed("king", "queen"), rows, padded=padded)


def test_special_tokens_past_the_matrix_do_no_harm_but_others_do():
    build_vocabulary(listed("king", literal={1: ("<pad>", True)}), 1)
    with pytest.raises(ModelFormatError, match="different lengths"):
        build_vocabulary(listed("king", literal={1: ("emperor", False)}), 1)


def test_added_tokens_are_taken_literally():
    added = {0: ("Ġking", False), 1: ("queen", True), 2: ("   ", False)}
    vocabulary = build_vocabulary(listed("a", "b", "c", family="byte-level", literal=added), 3)
    assert vocabulary.concepts == (Concept("text", "Ġking"),)
    assert vocabulary.left_out == LeftOut(special=1, blank=1)


def test_a_vocabulary_without_a_word_is_refused():
    with pytest.raises(ModelFormatError, match="no token of it stands for a word"):
        build_vocabulary(listed("[PAD]"), 1)


def test_a_huge_row_number_is_refused_without_being_allocated():
    with pytest.raises(ModelFormatError, match="different lengths"):
        build_vocabulary(TokenList({10**15: "king"}, TokenRules("words"), "vocab.json"), 5)


def test_without_removes_a_concept_only_with_its_last_row():
    vocabulary = build_vocabulary(listed("!", "▁king", "▁!", family="sentencepiece"), 3)
    one_row_less = vocabulary.without(np.array([1]), "zero")
    assert one_row_less.concepts == vocabulary.concepts
    assert one_row_less.rows.tolist() == [0, 1]
    no_mark = one_row_less.without(np.array([0]), "invalid")
    assert no_mark.concepts == (Concept("text", "king"),)
    assert no_mark.concept_of_row.tolist() == [0]
    assert no_mark.left_out == LeftOut(invalid=1, zero=1)


def test_only_line_feeds_part_lines(tmp_path):
    path = write(tmp_path, "vocab.txt", "a\u2028b\r\n\x85\n\nc")
    assert read_tokens(path).tokens == {0: "a\u2028b", 1: "\x85", 2: "", 3: "c"}


def test_tokenizer_json_is_preferred_as_it_says_most(tmp_path):
    write(tmp_path, "vocab.txt", "a\n")
    assert find_vocabulary(tmp_path).name == "vocab.txt"
    write(tmp_path, "tokenizer.json", "{}")
    assert find_vocabulary(tmp_path).name == "tokenizer.json"


def test_a_sentencepiece_model_alone_is_refused_with_a_way_out(tmp_path):
    write(tmp_path, "spiece.model", b"\x0a")
    with pytest.raises(ModelFormatError, match="save the tokeniser as"):
        find_vocabulary(tmp_path)


def test_added_tokens_beside_vocab_json_are_read(tmp_path):
    write(tmp_path, "added_tokens.json", json.dumps({"emperor": 2}))
    path = write(tmp_path, "vocab.json", json.dumps({"Ġking": 0, "ing": 1}))
    assert read_tokens(path).literal == {2: ("emperor", False)}


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe",
        b"{",
        b"7",
        b'["king", 7]',
        b'{"king": "0"}',
        b'{"king": -1}',
        b'{"king": true}',
        b'{"king": 1.5}',
        b'{"king": 0, "queen": 0}',
        b'{"king": 0, "king": 1}',
        b'{"model": {}}',
        b'{"model": {"vocab": 7}}',
        b'{"model": {"vocab": [7]}}',
        b'{"model": {"vocab": [[]]}}',
        b'{"model": {"vocab": {}}, "added_tokens": [7]}',
        b'{"model": {"vocab": {}}, "added_tokens": [{"content": "x", "id": null}]}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_malformed_vocabularies_are_one_clear_line(tmp_path, content):
    path = write(tmp_path, "tokenizer.json", content)
    with pytest.raises(ModelFormatError) as caught:
        read_tokens(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_vocabulary_that_is_no_text_is_one_clear_line(tmp_path):
    path = write(tmp_path, "vocab.txt", b"king\n\xff\n")
    with pytest.raises(ModelFormatError, match="no UTF-8 text"):
        read_tokens(path)
