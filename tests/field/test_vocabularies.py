"""Vocabularies as they lie beside matrices: with marks, counts, holes, and halves of them."""

from __future__ import annotations

import base64
import codecs
import io

import numpy as np
import pytest
from files_of_field import WORDS

from hartonomous.readers import LeftOut, open_embeddings

LINES = "".join(f"{word}\n" for word in WORDS)
BY_TOKEN = {word: row for row, word in enumerate(WORDS)}


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("name", ["vocab.txt", "vocab.json", "tokenizer.json"])
def test_a_byte_order_mark_is_no_part_of_a_vocabulary(field, name):
    content = {
        "vocab.txt": "[PAD]\n" + "".join(f"{word}\n" for word in WORDS[1:]),
        "vocab.json": str({"[PAD]": 0, **{w: i for w, i in BY_TOKEN.items() if i}}),
        "tokenizer.json": str({"model": {"type": "WordLevel", "vocab": BY_TOKEN}}),
    }[name].replace("'", '"')
    folder = field.model({name: codecs.BOM_UTF8 + content.encode()})
    assert field.labels(folder) == (WORDS if name == "tokenizer.json" else WORDS[1:])


@pytest.mark.parametrize("name", ["config.json", "modules.json", "added_tokens.json"])
def test_a_byte_order_mark_in_any_other_json_is_passed_over(field, name):
    content = '[{"path": ""}]' if name == "modules.json" else "{}"
    field.model({"vocab.json": BY_TOKEN, name: codecs.BOM_UTF8 + content.encode()})
    assert field.labels(field.folder / "model") == WORDS


@pytest.mark.parametrize("name", ["vocab.txt", "vocab.json", "tokenizer.json", "config.json"])
def test_wide_text_is_named(field, name):
    words = {} if name == "vocab.json" else {"vocab.txt": LINES}
    files = {**words, name: LINES.encode("utf-16")}
    assert "UTF-16" in field.refusal(field.model(files))


@pytest.mark.parametrize(
    "line",
    ["{} 12", "{}\t12", "{},12", "{} 1{}", "12 {}", "0,{}", "7\t{}", "{}@@ 99"],
)
@pytest.mark.parametrize("where", ["vocab.txt", "beside a matrix"])
def test_lines_of_words_and_numbers_are_refused(field, line, where):
    lines = "".join(line.format(word, i) + "\n" for i, word in enumerate(WORDS))
    if where == "vocab.txt":
        path = field.model({"vocab.txt": lines}, config={"vocab_size": 40})
    else:
        field.write("m.txt", lines)
        path = field.write("m.npy", npy(field.vectors[:40]))
    said = field.refusal(path)
    assert "count" in said or "a number and a word" in said
    assert "--vocabulary" in said


@pytest.mark.parametrize("line", ["{}\t-{}.25", "{} -{}", "{},{}.5e-3", "{};0.{}"])
def test_words_with_their_scores_are_no_words(field, line):
    lines = "".join(line.format(word, row) + "\n" for row, word in enumerate(WORDS))
    field.write("m.txt", lines)
    assert "a word and a count, or another number" in field.refusal(
        field.write("m.npy", npy(field.vectors[:40]))
    )


def test_a_matrix_written_as_text_is_no_list_of_words(field):
    field.write("m.txt", "".join("\t".join(map(str, row)) + "\n" for row in field.vectors))
    assert "numbers where its words should be" in field.refusal(
        field.write("m.npy", npy(field.vectors))
    )


def test_words_that_are_numbers_or_end_in_them_are_words(field):
    words = [*WORDS[:30], "Route 66", "in 2012", "7", "3.5", "1 000", *WORDS[35:]]
    folder = field.model({"vocab.txt": "".join(f"{word}\n" for word in words)})
    assert field.labels(folder) == words


@pytest.mark.parametrize(
    ("cut", "rows"), [(len(LINES) // 2, 40), (LINES.index("word25"), 40), (len(LINES) - 1, 44)]
)
def test_half_a_list_of_words_is_refused(field, cut, rows):
    folder = field.model({"vocab.txt": LINES[:cut]}, rows=rows, config={"vocab_size": rows})
    assert "different lengths" in field.refusal(folder)


@pytest.mark.parametrize("config", [{"vocab_size": 44}, {}, None])
@pytest.mark.parametrize("name", ["vocab.txt", "vocab.json"])
def test_rows_past_the_last_token_are_unused_whatever_the_configuration_leaves_out(
    field, name, config
):
    folder = field.model({name: LINES if name == "vocab.txt" else BY_TOKEN}, rows=44, config=config)
    table = open_embeddings(folder)
    assert table.left_out == LeftOut(unused=4)
    assert table.notes == ()


def test_many_rows_without_a_token_are_noted(field):
    short = {word: row for row, word in enumerate(WORDS[:20])}
    folder = field.model({"vocab.json": short}, config={"vocab_size": 40})
    table = open_embeddings(folder)
    assert table.left_out == LeftOut(unused=20)
    assert "only 20 of 40 rows have a token" in table.notes[0]


def test_tokens_without_a_row_are_left_out_when_they_are_special_by_form(field):
    folder = field.model({"vocab.json": BY_TOKEN, "added_tokens.json": {"[PAD]": 40, "<mask>": 41}})
    assert field.labels(folder) == WORDS
    field.write("model/added_tokens.json", {"emperor": 40})
    assert "41 tokens and 40 rows" in field.refusal(folder)


@pytest.mark.parametrize(
    "normalizer",
    [
        {"type": "ByteLevel"},
        {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "ByteLevel"}]},
    ],
)
def test_byte_level_may_be_set_up_as_a_normaliser_only(field, normalizer):
    tokens = [*(f"Ġ{word}" for word in WORDS[:36]), "ing", "Ã©", "ĠÃ©tat", "Ã"]
    model = {"type": "BPE", "vocab": {token: row for row, token in enumerate(tokens)}}
    split = {"type": "Split", "pattern": {"Regex": "\\s+"}, "behavior": "MergedWithNext"}
    tokenizer = {"normalizer": normalizer, "pre_tokenizer": split, "model": model}
    folder = field.model({"tokenizer.json": tokenizer})
    assert field.labels(folder) == [*WORDS[:36], "##ing", "##é", "état"]
    assert open_embeddings(folder).left_out == LeftOut(byte=1)


def test_rows_by_their_token_and_tokens_by_their_row_are_both_read(field):
    by_row = {str(row): word for word, row in BY_TOKEN.items()}
    assert field.labels(field.model({"vocab.json": by_row})) == WORDS


def test_the_newest_version_of_npy_is_read(field):
    import io

    file = io.BytesIO()
    np.lib.format.write_array(file, field.vectors[:40], version=(3, 0))
    field.write("m.txt", LINES)
    assert field.labels(field.write("m.npy", file.getvalue())) == WORDS


def test_the_words_of_a_whitespace_tokeniser_are_read(field):
    config = {"vocab": WORDS, "stop_words": ["a"], "do_lower_case": False}
    files = {"whitespacetokenizer_config.json": config}
    assert field.labels(field.model(files, tensor="emb_layer.weight")) == WORDS


def test_an_array_of_text_can_be_named_as_the_words(field):
    words = field.write("words.npy", npy(np.array(WORDS)))
    field.write("vectors.npy", npy(field.vectors[:40]))
    assert "vectors.npy, words.npy" in field.refusal(field.folder)
    assert field.labels(field.folder / "vectors.npy", vocabulary=words) == WORDS


@pytest.mark.parametrize(
    "array", [np.array(WORDS, dtype=object), np.arange(40), np.array([WORDS]), np.array(3)]
)
def test_an_array_of_anything_else_is_no_list_of_words(field, array):
    words = field.write("words.npy", npy(array))
    path = field.write("vectors.npy", npy(field.vectors[:40]))
    assert "no list of text" in field.refusal(path, vocabulary=words)


@pytest.mark.parametrize(
    "lines",
    [
        "d29yZA== 0\nd29yZA 1\n",
        "d29yZA== 0\nd29yZA== 0\n",
        "d29yZA== 0\nking\n",
        "d29yZA== 0\nd29yZA== 999999999\n",
    ],
)
def test_malformed_ranks_are_one_clear_line(field, lines):
    field.refusal(field.model({"tokenizer.model": lines}))


@pytest.mark.parametrize(
    "entry",
    [7, {}, {"rank": 0}, {"rank": -1, "token_bytes": "YQ=="}, {"rank": 0, "token_bytes": "é"}],
)
def test_a_malformed_tekken_is_one_clear_line(field, entry):
    config = {"default_vocab_size": 40, "default_num_special_tokens": 2}
    field.refusal(field.model({"tekken.json": {"config": config, "vocab": [entry]}}))


def test_a_letter_with_endless_marks_is_no_word(field):
    stalling = "a" + "\u0300\u0323" * 200_000
    words = [*WORDS[:39], base64.b64encode(stalling.encode()).decode()]
    tiktoken = "".join(
        f"{base64.b64encode(w.encode()).decode() if i < 39 else w} {i}\n"
        for i, w in enumerate(words)
    )
    folder = field.model({"tokenizer.model": tiktoken})
    assert open_embeddings(folder).left_out == LeftOut(unstorable=1)
