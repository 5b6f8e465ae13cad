from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ingesting import ingest_text
from planted_relations import load

from hartonomous.editing.deletion import delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import (
    DocumentFormatError,
    ParameterError,
    SourceTakenError,
)
from hartonomous.observations import pseudonym

ZOO = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hartonomous/zoo"
LEE = ZOO / "gensim-data/lee_background.cor"
GLOSSES = ZOO / "wordnet/dict/data.verb"


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def written(path, text):
    path.write_text(text)
    return path


def neighbors(connection, word, relation_type="related"):
    rows = connection.execute("SELECT neighbor FROM neighbors(%s, 100, %s)", [word, relation_type])
    return [label for (label,) in rows.fetchall()]


def test_words_are_related_and_precede_each_other(substrate, tmp_path):
    note = written(tmp_path / "note.txt", "The king rules. A queen rules the sea.")
    report = ingest_text(substrate, [note])
    assert (report.read, report.new, report.flags) == (1, 1, ())
    assert set(neighbors(substrate, "king")) == {"the", "rules"}
    assert neighbors(substrate, "queen", "precedes") == ["rules"]
    assert neighbors(substrate, "sea", "precedes") == []
    sites = substrate.execute("SELECT position, class FROM site ORDER BY 1").fetchall()
    assert sites == [("order", "count"), ("window5", "count")]
    assert verify_ratings(substrate) == ()


def test_text_and_models_meet_in_one_relation(substrate, tmp_path):
    load(substrate, "model:a", [("king", "queen", 0.5)])
    ingest_text(substrate, [written(tmp_path / "note.txt", "King, Queen")])
    found = substrate.execute(
        "SELECT source_count, evidence_count FROM neighbors('king')"
    ).fetchall()
    assert found == [(2, 2)]


def test_twice_changes_nothing_and_other_text_is_refused(substrate, tmp_path):
    note = written(tmp_path / "note.txt", "the king and the queen")
    ingest_text(substrate, [note], subject="user_1")
    before = substrate_fingerprint(substrate)
    assert ingest_text(substrate, [note, note], subject="user_1").new == 0
    assert substrate_fingerprint(substrate) == before
    written(note, "the king and the dog")
    with pytest.raises(SourceTakenError, match=rf"{pseudonym('user_1')}:note\.txt"):
        ingest_text(substrate, [note], subject="user_1")
    assert substrate_fingerprint(substrate) == before


def test_names_say_whose_and_which(substrate, tmp_path):
    note = written(tmp_path / "note.txt", "one two")
    lines = written(tmp_path / "notes.jsonl", '{"id": 7, "text": "three four"}')
    ingest_text(substrate, [note])
    ingest_text(substrate, [note, lines], subject="user_1")
    ingest_text(substrate, [note], source="mine")
    ingest_text(substrate, [lines], source="corpus")
    names = substrate.execute("SELECT source_identifier FROM content ORDER BY 1").fetchall()
    whose = pseudonym("user_1")
    assert "user_1" not in whose
    assert [name for (name,) in names] == [
        "corpus:7", "mine", "note.txt", f"{whose}:7", f"{whose}:note.txt",
    ]  # fmt: skip


def test_many_documents_are_loaded_in_batches(substrate, tmp_path):
    lines = [json.dumps({"id": n, "text": f"word{n} meets word{n + 1}"}) for n in range(700)]
    notes = written(tmp_path / "notes.jsonl", "\n".join(lines))
    report = ingest_text(substrate, [notes], subject="person")
    assert report.new == 700
    kept = substrate.execute("SELECT count(*), count(subject_id) FROM content").fetchone()
    assert kept == (700, 700)
    assert substrate.execute("SELECT count(*) FROM audit").fetchone() == (3,)
    assert verify_ratings(substrate) == ()
    delete_subject(substrate, "person")
    assert substrate.execute("SELECT count(*) FROM relation").fetchone() == (0,)


def test_a_bad_line_leaves_its_batch_out(substrate, tmp_path):
    notes = written(tmp_path / "notes.jsonl", '{"id": 1, "text": "one two"}\n{"id": 2}\n')
    with pytest.raises(DocumentFormatError, match="line 2"):
        ingest_text(substrate, [notes])
    assert substrate.execute("SELECT count(*) FROM content").fetchone() == (0,)


def test_what_was_asked_in_one_command_is_one_transaction(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    lines = [json.dumps({"id": n, "text": f"one two {n}"}) for n in range(600)] + ["{"]
    notes = written(tmp_path / "notes.jsonl", "\n".join(lines))
    with pytest.raises(DocumentFormatError, match="line 601"):
        ingest_text(substrate, [notes])
    assert substrate_fingerprint(substrate) == before
    assert substrate.execute("SELECT count(*) FROM audit").fetchone() == (0,)


def test_malformed_lines_are_left_out_where_that_is_asked(substrate, tmp_path):
    lines = ['{"id": 1, "text": "one two"}', "{", '{"id": 2}', '{"id": 3, "text": "two three"}']
    notes = written(tmp_path / "notes.jsonl", "\n".join(lines))
    report = ingest_text(substrate, [notes], keep_going=True)
    assert (report.read, report.new) == (2, 2)
    assert [fault.partition("notes.jsonl: ")[2][:6] for fault in report.faults] == [
        "line 2", "line 3",
    ]  # fmt: skip
    missing = tmp_path / "missing.txt"
    with pytest.raises(DocumentFormatError, match="no such file"):
        ingest_text(substrate, [notes, missing], keep_going=True)
    assert substrate.execute("SELECT count(*) FROM content").fetchone() == (2,)


def test_a_document_without_pairs_leaves_nothing(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    for text in ("", "word", "one. two.", "same same same"):
        ingest_text(substrate, [written(tmp_path / "note.txt", text)], subject="user_1")
    assert substrate_fingerprint(substrate) == before


def test_a_document_that_turns_round_one_word_is_flagged(substrate, tmp_path):
    spam = " ".join(f"buy . buy w{n} buy x{n} ." for n in range(60))
    report = ingest_text(substrate, [written(tmp_path / "spam.txt", spam)], window=1)
    assert report.flags == (("spam.txt", ("one concept in most relations",)),)
    flags = substrate.execute("SELECT flags FROM source").fetchone()
    assert flags == (["one concept in most relations"],)


def test_nothing_to_read_is_refused(substrate):
    with pytest.raises(ParameterError, match="at least one file"):
        ingest_text(substrate, [])


@pytest.mark.skipif(not LEE.is_file(), reason="scripts/zoo.py fetch gensim-data")
def test_a_real_corpus_knows_what_belongs_together(substrate):
    report = ingest_text(substrate, [LEE], source="lee")
    assert report.observations > 100_000
    assert "wales" in neighbors(substrate, "south")[:5]
    assert neighbors(substrate, "south", "precedes")[0] == "wales" or "wales" in neighbors(
        substrate, "new", "precedes"
    )


@pytest.mark.skipif(not GLOSSES.is_file(), reason="scripts/zoo.py fetch wordnet")
def test_a_persons_glosses_go_without_a_trace(substrate, tmp_path):
    entries = [line for line in GLOSSES.read_text().splitlines() if not line.startswith("  ")]
    lines = [
        json.dumps({"id": entry[:8], "text": entry.partition("| ")[2]}) for entry in entries[:400]
    ]
    ingest_text(substrate, [written(tmp_path / "a.jsonl", "\n".join(lines[:300]))])
    before = substrate_fingerprint(substrate)
    ingest_text(substrate, [written(tmp_path / "b.jsonl", "\n".join(lines[300:]))], subject="p")
    assert substrate_fingerprint(substrate) != before
    assert delete_subject(substrate, "p").sources == 100
    assert substrate_fingerprint(substrate) == before
