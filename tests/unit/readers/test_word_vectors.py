from __future__ import annotations

import struct
import tracemalloc

import numpy as np
import pytest

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError
from hartonomous.readers import open_embeddings


@pytest.fixture
def write(tmp_path):
    def written(content, name="vectors.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def texts(table):
    return [concept.text for concept in table.vocabulary.concepts]


def floats(*numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


def test_trailing_spaces_tabs_and_windows_line_ends_are_no_numbers(write):
    table = open_embeddings(write("2 2\r\nking 1 2 \r\nqueen\t3  4\r\n"))
    assert texts(table) == ["king", "queen"]
    np.testing.assert_array_equal(table.vectors(), [[1, 2], [3, 4]])


def test_words_with_spaces_are_kept_whole(write):
    table = open_embeddings(write("king 1 2\n. . . 3 4\nat name@example.org 5 6\n"))
    assert texts(table) == ["king", ". . .", "at name@example.org"]


def test_a_word_that_is_a_number_is_a_word(write):
    assert texts(open_embeddings(write("7 1 2\n3.5 1 2\n"))) == ["7", "3.5"]


def test_the_last_line_may_lack_its_end(write):
    assert texts(open_embeddings(write("king 1 2\nqueen 3 4"))) == ["king", "queen"]


def test_a_word_that_is_no_text_is_left_out_and_counted(write):
    table = open_embeddings(write(b"king 1 2\n\xff\xfe 3 4\n"))
    assert texts(table) == ["king"]
    assert table.left_out.unstorable == 1


def test_a_word_that_comes_twice_is_one_concept_of_two_rows(write):
    table = open_embeddings(write("king 1 2\nqueen 3 4\nking 5 6\n"))
    assert texts(table) == ["king", "queen"]
    assert table.vocabulary.rows.tolist() == [0, 2, 1]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_binary_vectors_are_read_with_and_without_line_ends(write, end):
    rows = b"".join(w + b" " + floats(*v) + end for w, v in ((b"king", (1, 2)), (b"!", (3, 4))))
    table = open_embeddings(write(b"2 2\n" + rows, "vectors.bin"))
    assert texts(table) == ["king", "!"]
    np.testing.assert_array_equal(table.vectors(), [[1, 2], [3, 4]])


def test_numbers_too_large_for_float32_are_infinite_and_found_later(write):
    assert np.isinf(open_embeddings(write("king 1e300 1\n")).vectors()).any()


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("4 2\nking 1 2\nqueen 3 4\n", "header says 4 words, it has 2; if it is whole"),
        ("1 2\nking 1 2\nqueen 3 4\na 5 6\n", "header says 1 words, it has 3"),
        ("0 2\nking 1 2\n", "can't hold"),
        ("1 0\nking 1 2\n", "can't hold"),
        ("999999999999 2\nking 1 2\n", "can't hold"),
        ("1 999999999999\nking 1 2\n", "can't hold"),
        ("king 1 2\nqueen 3\n", "vector 2 is not a word and 2 numbers"),
        ("king 1 2\n3 4\n", "vector 2 is not a word and 2 numbers"),
        ("king 1 2\nqueen 3 4 5\n", "vector 2 is not a word and 2 numbers"),
        ("king 1 2\nqueen 3 x\n", "vector 2 is not a word and 2 numbers"),
        ("king\nqueen\n", "neither word vectors nor a model"),
        ("Some prose that is no vector.\n", "known are model folders"),
        ("king 1\nqueen 2\n", "one number a word"),
        ("2 1_0 2\nking 1_0 2\n", "neither word vectors"),
        ("x" * (1 << 23), "line is longer"),
        ("king 1 2\n" + "x" * (1 << 23), "line is longer"),
        ("king 1" + " 1" * 70_000, "neither word vectors nor a model"),
    ],
)
def test_malformed_text_is_one_clear_line(write, content, match):
    path = write(content)
    with pytest.raises(ModelFormatError, match=match) as caught:
        open_embeddings(path)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 500


GOOD_ROW = b"king " + floats(0.1, 0.2)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"2 2\n" + GOOD_ROW, "vector 2 is not a word and 2 numbers"),
        (b"1 2\n" + GOOD_ROW[:-1], "vector 1 is not a word and 2 numbers"),
        (b"1 2\n" + GOOD_ROW + GOOD_ROW, "goes on after its 1 words"),
        (b"1 2\n\x00" + b"x" * (1 << 17) + GOOD_ROW, "vector 1 is not a word"),
        (b"99999999 300\n" + GOOD_ROW, "can't hold"),
    ],
)
def test_malformed_binary_is_one_clear_line(write, content, match):
    with pytest.raises(ModelFormatError, match=match):
        open_embeddings(write(content, "vectors.bin"))


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"\x80\x04\x95", "a pickle"),
        (b"PK\x03\x04data", "pickle checkpoint"),
        (b"\x1f\x8b\x08", "compressed by gzip, but cut off or damaged"),
        (b"GGUF\x03", "a GGUF model"),
        (b"", "an empty file"),
    ],
)
def test_files_of_other_kinds_are_told_by_their_first_bytes(write, content, match):
    with pytest.raises(ModelFormatError, match=match):
        open_embeddings(write(content, "vectors.bin"))


def test_memory_stays_bounded_while_vectors_are_streamed(write):
    row = "word " + " ".join(["0.25"] * 512) + "\n"
    path = write(row * 4_000)  # 8 MB of float32
    tracemalloc.start()
    open_embeddings(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_concepts_are_plain_text_whatever_marks_they_hold(write):
    table = open_embeddings(write("##ing 1 2\nĠking 3 4\n"))
    assert table.vocabulary.concepts == (Concept("text", "##ing"), Concept("text", "Ġking"))
