"""A backup that is older than deletions gets them done again, exactly."""

from __future__ import annotations

import json
import threading

import pytest
from restorable import forget_all_sorts

from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.errors import ParameterError, StoreError, UnknownNameError
from hartonomous.store.forgetting_key import KEY_VARIABLE

CHANGES = ["details", "trace", "sources", "format", "json", "other", "nul", "cut", "lists"]


def test_a_replay_gives_the_backup_without_what_was_forgotten(database):
    database.back_up()
    deletions = forget_all_sorts(database)
    expected = database.fingerprint()
    database.restore()
    with database.open() as substrate:
        with pytest.raises(StoreError, match="older than what was deleted"):
            substrate.neighbors("king")
        gone = substrate.replay_forgotten(deletions)
        assert gone.sources == 3
        assert substrate.neighbors("king")
        assert substrate.verify_audit() == ()
        assert substrate.audit(1)[0].action == "replay_forgotten"
    assert database.fingerprint() == expected
    with database.open() as substrate:
        notes = database.folder / "notes.jsonl"
        assert substrate.ingest_text([notes], subject="alice").forgotten == 1
        assert "zyxc1" in substrate.ingest_text([notes], subject="dave").lacks


def test_a_second_replay_changes_nothing(database):
    database.back_up()
    deletions = forget_all_sorts(database)
    with (
        database.open() as substrate,
        pytest.raises(UnknownNameError, match="deleted here already"),
    ):
        substrate.replay_forgotten(deletions)
    database.restore()
    with database.open() as substrate:
        substrate.replay_forgotten(deletions)
        rows = len(substrate.audit(1000))
        with pytest.raises(UnknownNameError, match="deleted here already"):
            substrate.replay_forgotten(deletions)
        assert len(substrate.audit(1000)) == rows


def test_a_still_older_backup_takes_what_the_replayed_one_writes(database):
    database.back_up()
    deletions = forget_all_sorts(database)
    database.restore()
    with database.open() as substrate:
        substrate.replay_forgotten(deletions)
        substrate.delete_subject("bob")
        later = substrate.export_forgotten()
    expected = database.fingerprint()
    database.restore()
    with database.open() as substrate:
        with pytest.raises(ParameterError, match="too old"):
            substrate.replay_forgotten(deletions)
        substrate.replay_forgotten(later)
    assert database.fingerprint() == expected


def test_numbers_that_were_given_anew_take_nobody_elses_concept(database, monkeypatch):
    """Without a mark nothing is withheld, so a load comes before the replay."""
    with database.open() as substrate:
        substrate.delete_source("thesaurus")
    database.back_up()
    database.note(None, "n1", "n2", "n3")
    with database.open() as substrate:
        substrate.delete_concept(["zyxn1", "zyxn2", "zyxn3", "gate"])
        deletions = substrate.export_forgotten()
    monkeypatch.delenv(KEY_VARIABLE)
    database.restore()
    database.note(None, "m1", "m2", "m3")
    with database.open() as substrate:
        assert substrate.replay_forgotten(deletions).concepts_removed == 1
        assert substrate.neighbors("zyxm1")
        with pytest.raises(UnknownNameError):
            substrate.neighbors("gate")


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_was_changed_is_refused(database, change):
    database.back_up()
    deletions = forget_all_sorts(database)
    database.restore()
    before = database.fingerprint()
    fields = json.loads(deletions)
    first = fields["deletions"][0]
    if change == "details":
        first["receipt"]["details"]["sources"] = 0
    elif change == "trace":
        del first["trace"]
    elif change == "sources":
        first["trace"][0]["sources"].append("00000000-0000-0000-0000-000000000000")
    elif change == "other":
        fields["database"] = "0" * 64
    elif change == "nul":
        first["receipt"]["actor"] = "\0"
    elif change == "cut":
        fields["deletions"].pop(0)
    elif change == "lists":
        fields["persons"] = []
    elif change == "format":
        fields["format"] = "hartonomous receipt 1"
    text = "{" if change == "json" else json.dumps(fields)
    with database.open() as substrate, pytest.raises(ParameterError):
        substrate.replay_forgotten(text)
    with database.session() as session:
        assert session.execute("SELECT count(*) FROM replay_due").fetchone() == (1,)
        session.execute("SELECT hartonomous_internal.release_answers()")
        assert substrate_fingerprint(session) == before


def test_of_two_replays_at_once_one_does_it_and_readers_see_all_or_nothing(database):
    database.back_up()
    deletions = forget_all_sorts(database)
    expected = database.fingerprint()
    database.restore()
    outcomes, seen = [], set()

    def replay():
        with database.open() as substrate:
            try:
                substrate.replay_forgotten(deletions)
                outcomes.append("done")
            except UnknownNameError:
                outcomes.append("done already")

    with database.open():
        pass
    threads = [threading.Thread(target=replay) for _ in range(2)]
    with database.session() as session:
        session.autocommit = True
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            seen.update(session.execute("SELECT count_relations()").fetchone())
        seen.update(session.execute("SELECT count_relations()").fetchone())
    assert sorted(outcomes) == ["done", "done already"]
    assert len(seen - {0}) == 1
    assert database.fingerprint() == expected
