"""Word vectors as programs of many years have written them."""

from __future__ import annotations

import codecs

import numpy as np
import pytest
from files_of_field import WORDS
from ingesting import ingest_embeddings

from hartonomous.cli.ingested import _lines
from hartonomous.readers import LeftOut, open_embeddings

ODD = ["1 000", "Route 66", "to nan", ". . .", "at name@example.org", "0,0 km²"]


@pytest.mark.parametrize("headed", [True, False])
@pytest.mark.parametrize("place", [0, 20, 40])
def test_words_of_several_parts_are_whole_wherever_they_stand(field, headed, place):
    words = [*WORDS[:place], *ODD[3:], *WORDS[place:]]
    path = field.write("v.txt", field.text(words, header="43 6" if headed else None))
    assert field.labels(path) == words
    np.testing.assert_array_equal(open_embeddings(path).vectors(), field.vectors[:43])


@pytest.mark.parametrize("headed", [True, False])
def test_a_few_words_may_end_in_numbers(field, headed):
    words = [*WORDS, *ODD[:3]]
    path = field.write("v.txt", field.text(words, header="43 6" if headed else None))
    assert field.labels(path) == words


def test_a_width_that_the_header_gets_wrong_is_no_word_that_ends_in_a_number(field):
    path = field.write("v.txt", field.text(WORDS, header="40 5"))
    assert "vector 1 is not a word and 5 numbers" in field.refusal(path)


@pytest.mark.parametrize(
    ("word", "left_out"),
    [
        (" ", LeftOut(blank=1)),
        ("\n", LeftOut(blank=1)),
        ("", LeftOut(unstorable=1)),
        ("\u0085", LeftOut(blank=1)),
        ("\u00a0", LeftOut(blank=1)),
        ("\u3000", LeftOut(blank=1)),
    ],
)
@pytest.mark.parametrize("headed", [True, False])
def test_a_word_of_nothing_is_counted_and_the_others_keep_their_vectors(
    field, word, left_out, headed
):
    words = [*WORDS[:20], word, *WORDS[20:]]
    table = open_embeddings(
        field.write("v.txt", field.text(words, header="41 6" if headed else None))
    )
    assert table.left_out == left_out
    assert [concept.text for concept in table.vocabulary.concepts] == WORDS
    np.testing.assert_array_equal(table.vectors(), np.delete(field.vectors[:41], 20, axis=0))


def test_unicode_blanks_within_a_word_stay_in_it(field):
    words = [*WORDS, ".\u00a0.\u00a0.", "10\u202f000", "x\u2028y", "zero\u200bwidth"]
    assert field.labels(field.write("v.vec", field.text(words, header="44 6"))) == words


@pytest.mark.parametrize("place", [1, 2, 39])
@pytest.mark.parametrize("headed", [True, False])
def test_a_word_that_was_cut_within_a_character_leaves_the_file_text(field, place, headed):
    words: list[str | bytes] = [*WORDS]
    words[place] = "длинное".encode()[:-1]
    table = open_embeddings(
        field.write("v.vec", field.text(words, header="40 6" if headed else None))
    )
    assert table.left_out == LeftOut(unstorable=1)
    assert len(table.vocabulary.concepts) == 39


@pytest.mark.parametrize(
    ("encoding", "letters"), [("gbk", 0x4E00), ("latin-1", 0xC0), ("koi8-r", 0x430)]
)
def test_words_of_another_encoding_are_refused(field, encoding, letters):
    words = [f"a{chr(letters + row % 30)}b{row}" for row in range(40)]
    line = field.refusal(field.write("v.vec", field.text([w.encode(encoding) for w in words])))
    assert "of its 40 words are no UTF-8; convert it to UTF-8 first" in line


@pytest.mark.parametrize("header", ["40 6", None])
def test_a_byte_order_mark_is_no_part_of_the_first_word(field, header):
    path = field.write("v.vec", field.text(WORDS, header=header, mark=codecs.BOM_UTF8))
    assert field.labels(path) == WORDS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_text_is_named(field, encoding):
    content = field.text(WORDS, header="40 6").decode().encode(encoding)
    assert "UTF-16 or UTF-32" in field.refusal(field.write("v.txt", content))


@pytest.mark.parametrize("said", [39, 41])
def test_a_header_that_is_off_by_one_is_noted(field, said):
    table = open_embeddings(field.write("v.vec", field.text(WORDS, header=f"{said} 6")))
    assert table.notes == (f"v.vec: its header says {said} words, it has 40",)
    assert len(table.vocabulary.concepts) == 40


@pytest.mark.parametrize("said", [30, 80])
def test_a_header_that_is_far_off_says_how_to_go_on(field, said):
    line = field.refusal(field.write("v.vec", field.text(WORDS, header=f"{said} 6")))
    assert f"says {said} words, it has 40; if it is whole, correct its first line" in line


def test_a_file_that_was_cut_within_a_line_is_refused(field):
    path = field.write("v.vec", field.text(WORDS, header="40 6")[:-12])
    assert "vector 40 is not a word" in field.refusal(path)


@pytest.mark.parametrize("delimiter", [" ", "\t"])
def test_a_matrix_without_words_is_not_taken_for_words(field, delimiter):
    lines = (delimiter.join(map(str, row)) + "\n" for row in field.vectors)
    path = field.write("vectors.tsv", "".join(lines))
    assert "numbers where its words should be" in field.refusal(path)


def test_whole_numbers_that_differ_are_names_of_nodes(field):
    names = [str(7 * i) for i in range(40)]
    assert field.labels(field.write("nodes.emb", field.text(names, header="40 6"))) == names


def test_words_with_their_counts_are_no_vectors(field):
    path = field.write("vocab.txt", "".join(f"{w} {i * 7}\n" for i, w in enumerate(WORDS)))
    assert "one number a word" in field.refusal(path)


@pytest.mark.parametrize(
    "words", [[",", "1,000"], [";", ";;"], ["|", "a|b"], ["{", "[x"], ["[", "{"]]
)
def test_marks_of_other_formats_may_be_words(field, words):
    listed = [*words, *WORDS]
    assert field.labels(field.write("v.txt", field.text(listed))) == listed


@pytest.mark.parametrize("suffix", [".txt", ".tsv", ".csv"])
def test_a_tab_after_the_word_and_blanks_between_numbers_are_one_format(field, suffix):
    lines = field.text(WORDS).replace(b" ", b"\t", 1).splitlines()
    content = b"".join(line.replace(b" ", b"\t", 1) + b"\n" for line in lines)
    assert field.labels(field.write(f"v{suffix}", content)) == WORDS


def test_the_suffix_json_is_no_promise_of_one_object(field):
    lines = "".join(f'{{"word": "{w}", "vector": [1, {i}]}}\n' for i, w in enumerate(WORDS))
    assert field.labels(field.write("v.json", lines)) == WORDS


@pytest.mark.parametrize(
    ("heading", "row", "note"),
    [
        ("word,count,d0,d1", "{w},{i},1.5,2.5", "v.csv: columns that are not read: count"),
        ("id,word,d0,d1", "{i},{w},1.5,2.5", ""),
        ("d0,d1,word", "1.5,2.5,{w}", ""),
        ("lang,word,d0,d1", "en,{w},1.5,2.5", ""),
        ("node,d0,d1", "{i}7,1.5,2.5", ""),
        ('word,"d,0",d1', '"{w}","1.5",2.5', ""),
        ("word;d0;d1", "{w};1.5;2.5", ""),
        ("word,vector", '{w},"[1.5, 2.5]"', ""),
        ("word,vector", '{w},"[1.5 2.5]"', ""),
    ],
)
def test_the_columns_of_a_csv_are_told_by_what_they_hold(field, heading, row, note):
    rows = "".join(row.format(w=w, i=i) + "\n" for i, w in enumerate(WORDS))
    table = open_embeddings(field.write("v.csv", f"{heading}\n{rows}"))
    assert len(table.vocabulary.concepts) == 40
    np.testing.assert_array_equal(table.vectors(), np.tile([1.5, 2.5], (40, 1)).astype("f4"))
    assert table.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    "rows",
    ["king,1,2\ngo,1\n", "king,1,2\ngo,1,2,3\n", "king,1,2\ngo,1,x\n", 'king,1,2\n"go,1,2\n'],
)
def test_a_row_of_a_csv_that_is_not_as_the_others_is_refused(field, rows):
    field.refusal(field.write("v.csv", "word,d0,d1\n" + rows))


MAGIC_WORDS = [
    "ORC",
    "ORCA",
    "BZh9",
    "GGUF",
    "ggml",
    "PAR1",
    "FEA1",
    "ARROW1",
    "7z",
    "%PDF",
    "GIF8",
]


@pytest.mark.parametrize(
    "word", [*MAGIC_WORDS, "IxF2", "<html>", "<!doctype", "<<<<<<<", "ustar", "xxxxTFL3", "version"]
)
def test_a_first_word_that_other_files_begin_with_is_a_word(field, word):
    listed = [word, *WORDS]
    assert field.labels(field.write("v.txt", field.text(listed))) == listed


def test_a_note_is_shown_to_whoever_loads_the_file(connection, field):
    path = field.write("v.vec", field.text(WORDS, header="41 6"))
    report = ingest_embeddings(connection, path, k=5)
    note = "v.vec: its header says 41 words, it has 40"
    assert report.notes == (note,)
    assert f"note: {note}" in _lines(report)
