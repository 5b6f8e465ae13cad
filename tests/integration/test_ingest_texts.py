"""Sentences, questions and next tokens through the door and the command line."""

from __future__ import annotations

import json

import pytest
from planted_texts import plant_causal, plant_encoder

from hartonomous.editing.deletion import delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import DocumentFormatError, ParameterError
from hartonomous.ingesting_texts import ingest_next_token, ingest_qa, ingest_sentences
from hartonomous.readers.language.encoder import TextEncoder

SENTENCES = ["how do i bake bread", "how do i bake bread at home", "the king rules", "the sea"]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return plant_encoder(tmp_path_factory.mktemp("encoder"))


def written(path, *lines):
    path.write_text("\n".join(lines))
    return path


def neighbors(connection, label, relation_type):
    rows = connection.execute("SELECT neighbor FROM neighbors(%s, 10, %s)", [label, relation_type])
    return [found for (found,) in rows.fetchall()]


def test_sentences_are_found_by_their_own_text(substrate, encoder, tmp_path):
    report = ingest_sentences(substrate, written(tmp_path / "s.txt", *SENTENCES), encoder, k=2)
    assert (report.new, report.concepts, report.observations) == (1, 4, 8)
    assert neighbors(substrate, SENTENCES[0], "related")[0] == SENTENCES[1]
    assert verify_ratings(substrate) == ()


def test_what_is_there_already_is_not_run_again(substrate, encoder, tmp_path, monkeypatch):
    path = written(tmp_path / "s.txt", *SENTENCES)
    ingest_sentences(substrate, path, encoder)
    monkeypatch.delattr(TextEncoder, "vectors")
    assert ingest_sentences(substrate, path, encoder).new == 0


def test_a_persons_sentences_go_without_a_trace(substrate, encoder, tmp_path):
    ingest_sentences(substrate, written(tmp_path / "s.txt", *SENTENCES), encoder)
    before = substrate_fingerprint(substrate)
    lines = [
        json.dumps({"text": text, "subject": subject})
        for text, subject in [
            ("i bake at home", "ann"), ("bread at home", "ann"), (SENTENCES[0], "ann"),
            ("the queen rules", "bob"), ("the king rules", "bob"),
        ]
    ]  # fmt: skip
    path = written(tmp_path / "theirs.jsonl", *lines)
    assert ingest_sentences(substrate, path, encoder, k=1).new == 2
    for person in ("ann", "bob"):
        assert substrate_fingerprint(substrate) != before
        delete_subject(substrate, person)
    assert substrate_fingerprint(substrate) == before


def test_a_question_leads_to_its_answers_and_not_back(substrate, encoder, tmp_path):
    lines = ["how do i bake\tbake bread at home", "the king\tthe queen rules"]
    report = ingest_qa(substrate, written(tmp_path / "qa.tsv", *lines), model=encoder, k=1)
    assert {site.position for site in report.sites} == {"nearest", "pairs"}
    assert neighbors(substrate, "how do i bake", "answers") == ["bake bread at home"]
    assert neighbors(substrate, "bake bread at home", "answers") == []
    assert verify_ratings(substrate) == ()


def test_a_model_says_what_comes_next(substrate, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    model = plant_causal(tmp_path / "model")
    prompts = written(tmp_path / "p.txt", "the king", "Paris")
    ingest_next_token(substrate, model, prompts, top=3)
    assert neighbors(substrate, "king", "precedes")[0] == "rules"
    assert len(neighbors(substrate, "Paris", "precedes")) == 3
    kinds = substrate.execute("SELECT source_identifier, kind FROM content").fetchall()
    assert kinds == [("model:next-token", "predictions")]  # the folder is called so
    assert verify_ratings(substrate) == ()


def test_nothing_is_left_of_what_is_refused(substrate, encoder, tmp_path):
    before = substrate_fingerprint(substrate)
    path = written(tmp_path / "s.txt", "the king", "x" * 5000)
    with pytest.raises(DocumentFormatError, match="line 2"):
        ingest_sentences(substrate, path, encoder)
    assert ingest_sentences(substrate, path, encoder, keep_going=True).faults
    with pytest.raises(ParameterError, match="k must be at least 1"):
        ingest_qa(substrate, path, k=0)
    assert substrate_fingerprint(substrate) == before
