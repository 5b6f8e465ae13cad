"""Sentences and questions, by a small encoder and by a real one."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_texts import WORDS, plant_encoder

from hartonomous.errors import (
    DocumentFormatError,
    HartonomousError,
    InvalidVectorsError,
    ModelFormatError,
    ParameterError,
)
from hartonomous.miners.mining import mine
from hartonomous.observations import WEIGHT_UNIT, pseudonym
from hartonomous.progress import Stages
from hartonomous.readers.language import encoder as encoders
from hartonomous.readers.language.encoder import EncodedRows, TextEncoder
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings

ZOO = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hartonomous/zoo"
MINILM = ZOO / "minilm-l6"
SENTENCES = ["how do i bake bread", "how do i bake bread at home", "the king rules", "the sea"]
#: Questions that mean the same in other words.
DUPLICATES = [
    ("How do I learn to play the guitar?", "What is the best way to learn guitar?"),
    ("Why is the sky blue?", "What makes the sky look blue?"),
    ("How can I lose weight quickly?", "What is the fastest way to lose weight?"),
    ("What is the capital of France?", "Which city is the capital of France?"),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return plant_encoder(tmp_path_factory.mktemp("encoder"))


def written(path, *lines):
    path.write_text("\n".join(lines))
    return path


def opened(path, model, family="sentences", **asked):
    request = Request(model=model, join=JoinSettings(asked.pop("k", 3)))
    return list(open_sources([path], family, replace(request, **asked)))


def lists(source, position):
    """What each concept leads to at a site, with its weight, the strongest first."""
    mined = mine(source, Stages()).source
    labels = [concept.label for concept in mined.concepts.concepts]
    found = {}
    (site,) = (site for site in mined.sites if site.sites[0].position == position)
    for batch in site.batches:
        for a, b, weight in zip(batch.a, batch.b, batch.weight.tolist(), strict=True):
            if b >= 0:
                found.setdefault(labels[a], []).append((labels[b], weight))
    return found


def test_near_duplicates_are_nearest(model, tmp_path):
    (source,) = opened(written(tmp_path / "s.txt", *SENTENCES), model)
    found = lists(source, "sentences")
    assert found[SENTENCES[0]][0][0] == SENTENCES[1]
    assert found[SENTENCES[1]][0][0] == SENTENCES[0]
    assert found.keys() == set(SENTENCES)


def test_weights_are_cosines_of_what_the_encoder_says(model, tmp_path):
    (source,) = opened(written(tmp_path / "s.txt", *SENTENCES), model)
    vectors = TextEncoder.of(model).vectors(SENTENCES)
    cosines = dict(zip(SENTENCES, vectors @ vectors[0], strict=True))
    for label, weight in lists(source, "sentences")[SENTENCES[0]]:
        assert abs(weight / WEIGHT_UNIT - max(cosines[label], 0)) < 1e-5


def test_the_order_of_lines_and_white_space_do_not_show(model, tmp_path):
    (first,) = opened(written(tmp_path / "s.txt", *SENTENCES), model)
    lines = [f"  {text.replace(' ', '   ')}\r" for text in reversed(SENTENCES)]
    (again,) = opened(written(tmp_path / "s.txt", *lines, "", *SENTENCES), model)
    assert again.source == first.source
    assert lists(again, "sentences") == lists(first, "sentences")


def test_batches_do_not_show_in_memory_or_out_of_it(model, monkeypatch):
    texts = [" ".join(WORDS[n : n + 3]) for n in range(10)]
    whole = EncodedRows(TextEncoder.of(model), texts).gathered()
    monkeypatch.setattr(encoders, "BATCH_TEXTS", 3)
    parts = EncodedRows(TextEncoder.of(model), texts).gathered()
    assert parts.shape == (10, 32)
    np.testing.assert_allclose(parts.rows(0, 10), whole.rows(0, 10), atol=1e-6)


def test_each_persons_sentences_are_a_source_of_their_own(model, tmp_path):
    lines = [
        json.dumps({"text": text, "subject": subject})
        for text, subject in zip(SENTENCES, ["ann", "ann", None, None], strict=True)
    ]
    theirs, others = opened(written(tmp_path / "s.jsonl", *lines), model)
    assert (theirs.source.subject, others.source.subject) == ("ann", None)
    assert theirs.source.identifier == f"{pseudonym('ann')}:s.jsonl"
    assert set(lists(theirs, "sentences")) == set(SENTENCES[:2])
    assert set(lists(others, "sentences")) == set(SENTENCES[2:])


def test_a_sentence_alone_has_no_neighbours(model, tmp_path):
    (source,) = opened(written(tmp_path / "s.txt", "the king"), model)
    assert lists(source, "sentences") == {}


@pytest.mark.parametrize("pooling", ["cls", "max"])
def test_pooling_is_what_the_folder_says(tmp_path, pooling):
    import torch

    encoder = TextEncoder.of(plant_encoder(tmp_path, pooling=pooling))
    network, tokenizer = encoder._opened
    alone = tokenizer(["the king rules"], return_tensors="pt")
    states = network(**alone).last_hidden_state[0]
    wanted = states[0] if pooling == "cls" else states.amax(0)
    wanted = torch.nn.functional.normalize(wanted, dim=-1)
    found = encoder.vectors(["the king rules", "the sea"])[0]
    np.testing.assert_allclose(found, wanted.numpy(), atol=1e-5)


def test_a_folder_without_modules_is_pooled_by_the_mean_and_says_so(tmp_path):
    (plant_encoder(tmp_path) / "modules.json").unlink()
    encoder = TextEncoder.of(tmp_path)
    assert encoder.steps.pooled == "mean"
    assert "modules.json" in encoder.steps.note


MODULES = {
    "Dense": '[{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]',
    "outside": '[{"path": "../..", "type": "sentence_transformers.models.Transformer"}]',
    "no list": '{"path": ""}',
    "not JSON": "[",
}


@pytest.mark.parametrize("listing", MODULES.values(), ids=MODULES)
def test_steps_that_are_not_known_are_refused_in_one_line(tmp_path, listing):
    (plant_encoder(tmp_path) / "modules.json").write_text(listing)
    with pytest.raises(ModelFormatError) as found:
        TextEncoder.of(tmp_path)
    assert "\n" not in str(found.value)


def test_an_encoder_of_broken_numbers_is_refused(tmp_path):
    import torch
    from transformers import BertModel

    network = BertModel.from_pretrained(plant_encoder(tmp_path), add_pooling_layer=False)
    with torch.no_grad():
        network.embeddings.LayerNorm.bias.fill_(float("nan"))
    network.save_pretrained(tmp_path)
    with pytest.raises(InvalidVectorsError, match="NaN"):
        TextEncoder.of(tmp_path).vectors(["the king"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("s.txt", b"\n  \n", "holds no text"),
        ("s.txt", b"a\n" + b"x" * 5000, "line 2 has no text of 1 to 4,096"),
        ("s.txt", b"a\n\xff", "line 2 is not UTF-8"),
        ("s.txt", b"a\x00b", "can't be stored"),
        ("s.jsonl", b'{"text": 1}', "line 1 has no text"),
        ("s.jsonl", b'{"text": "a", "subject": 7}', "subject that is no name"),
        ("s.jsonl", b'{"text": "\\ud800"}', "can't be stored"),
        ("s.jsonl", b"[1]", "line 1 is no JSON object"),
    ],
)
def test_malformed_files_are_refused_in_one_line(model, tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentFormatError, match=said) as found:
        opened(tmp_path / name, model)
    assert "\n" not in str(found.value)


def test_a_model_has_to_be_named_and_be_one(tmp_path):
    path = written(tmp_path / "s.txt", "a")
    with pytest.raises(ParameterError, match="--model"):
        opened(path, None)
    for place in (tmp_path / "missing", path, tmp_path):
        with pytest.raises(HartonomousError) as found:
            opened(path, place)
        assert "\n" not in str(found.value)


QA = [("how do i bake", "bake bread at home"), ("the king", "the queen rules")]


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".jsonl"])
@pytest.mark.parametrize("named", [True, False])
def test_questions_lead_to_their_answers(tmp_path, suffix, named):
    mark = "," if suffix == ".csv" else "\t"
    lines = [mark.join(pair) for pair in [*QA, QA[0]]]
    if named:
        lines = ["answer" + mark + "question", *(mark.join(p[::-1]) for p in [*QA, QA[0]])]
    if suffix == ".jsonl":
        keys = ("question", "answer")
        lines = [json.dumps(dict(zip(keys, pair, strict=True))) for pair in [*QA, QA[0]]]
    (source,) = opened(written(tmp_path / f"qa{suffix}", *lines), None, "qa")
    found = lists(source, "pairs")
    assert found == {
        QA[0][0]: [(QA[0][1], round(WEIGHT_UNIT * 2 / 3))],
        QA[1][0]: [(QA[1][1], WEIGHT_UNIT // 2)],
    }
    assert {site.relation_type.name for site in source.sites} == {"answers"}
    assert not source.sites[0].relation_type.is_symmetric


def test_a_model_adds_the_nearest_answers(model, tmp_path):
    path = written(tmp_path / "qa.tsv", *map("\t".join, QA), "the sea\tthe king")
    (source,) = opened(path, model, "qa", k=5)
    encoder = TextEncoder.of(model)
    answers = ["bake bread at home", "the king", "the queen rules"]
    cosines = encoder.vectors(answers) @ encoder.vectors(["how do i bake"])[0]
    found = lists(source, "nearest")
    assert [label for label, _ in found["how do i bake"]] == [
        answers[n] for n in np.argsort(-cosines)
    ]
    assert all(abs(w / WEIGHT_UNIT - max(0, cosines[answers.index(b)])) < 1e-5
               for b, w in found["how do i bake"])  # fmt: skip


def test_a_question_that_is_an_answer_too_does_not_answer_itself(model, tmp_path):
    path = written(tmp_path / "qa.tsv", "the king\tthe sea", "the sea\tthe king", "i\ti")
    (source,) = opened(path, model, "qa", k=2)
    assert source.left_out == {"itself": 1}
    assert {a: [b for b, _ in found] for a, found in lists(source, "nearest").items()} == {
        "the king": ["the sea"], "the sea": ["the king"],
    }  # fmt: skip


@pytest.mark.parametrize("line", ["only a question", "a\t", '"a', '{"question": "a"}'])
def test_what_is_no_question_and_answer_is_refused_or_left_out(tmp_path, line):
    for suffix in (".tsv", ".csv", ".jsonl"):
        path = written(tmp_path / f"qa{suffix}", line)
        with pytest.raises(DocumentFormatError, match="line 1"):
            opened(path, None, "qa")
        told = []
        with pytest.raises(DocumentFormatError, match="holds no question"):
            opened(path, None, "qa", fault=told.append)
        assert len(told) == 1


@pytest.mark.skipif(not MINILM.is_dir(), reason="scripts/zoo.py fetch minilm-l6")
def test_a_real_encoder_finds_questions_that_mean_the_same(tmp_path):
    texts = [text for pair in DUPLICATES for text in pair]
    (source,) = opened(written(tmp_path / "s.txt", *texts), MINILM)
    found = lists(source, "sentences")
    for a, b in DUPLICATES:
        assert (found[a][0][0], found[b][0][0]) == (b, a)


@pytest.mark.nightly
@pytest.mark.parametrize("pooling", ["mean", "cls", "max"])
def test_vectors_are_those_of_sentence_transformers(tmp_path, pooling):
    library = pytest.importorskip("sentence_transformers")
    folder = plant_encoder(tmp_path, pooling=pooling)
    theirs = library.SentenceTransformer(str(folder), device="cpu").encode(SENTENCES)
    ours = TextEncoder.of(folder).vectors(SENTENCES)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
