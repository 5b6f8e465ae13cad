"""word2vec's binary format, as tools wrote it that knew it only from looking."""

from __future__ import annotations

import numpy as np
import pytest
from files_of_field import WORDS

from hartonomous.readers import open_embeddings


def binary(words, vectors, between=b"\n"):
    rows = [w.encode() + b" " + v.tobytes() for w, v in zip(words, vectors, strict=False)]
    return f"{len(words)} {vectors.shape[1]}\n".encode() + between.join(rows) + between


@pytest.fixture
def vectors():
    return np.random.default_rng(3).standard_normal((40, 12)).astype("<f4")


@pytest.mark.parametrize("between", [b"\n", b""])
def test_it_is_read_with_and_without_line_feeds(field, vectors, between):
    path = field.write("v.bin", binary(WORDS, vectors, between))
    assert field.labels(path) == WORDS
    np.testing.assert_array_equal(open_embeddings(path).vectors(), vectors)


@pytest.mark.parametrize("word", ["New Age", "New York", "a b", "per se", "vice versa x", " "])
@pytest.mark.parametrize("between", [b"\n", b""])
@pytest.mark.parametrize("place", [1, 20, 38])
def test_a_blank_within_a_word_is_refused_with_its_number(field, vectors, word, between, place):
    words = [*WORDS[:place], word, *WORDS[place + 1 :]]
    line = field.refusal(field.write("v.bin", binary(words, vectors, between)))
    assert f"vector {place + 1} is not a word without blanks" in line


@pytest.mark.parametrize("between", [b"\n", b""])
def test_words_that_are_no_text_are_counted_and_shift_nothing(field, vectors, between):
    words = [*WORDS[:10], "x", *WORDS[11:]]
    content = binary(words, vectors, between).replace(b"x ", "слово".encode()[:-1] + b" ", 1)
    table = open_embeddings(field.write("v.bin", content))
    assert table.left_out.unstorable == 1
    np.testing.assert_array_equal(table.vectors(), np.delete(vectors, 10, axis=0))


def test_a_file_that_was_cut_is_refused(field, vectors):
    path = field.write("v.bin", binary(WORDS, vectors)[:-20])
    assert "vector 40 is not a word and 12 numbers" in field.refusal(path)
