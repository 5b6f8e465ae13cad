"""A backup that is older than deletions answers nothing until these were done again, exactly."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import psycopg
import pytest
from planted_relations import load
from typer.testing import CliRunner

import hartonomous
from hartonomous.charting import align
from hartonomous.cli import app
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import HartonomousError, ParameterError, StoreError, UnknownNameError
from hartonomous.store.connection import connect
from hartonomous.store.forgetting_key import KEY_VARIABLE, create_key

WORDS = ["king", "queen", "castle", *(f"word{i}" for i in range(9))]
SEEN = [(WORDS[i], WORDS[(i + step) % 12], step / 4) for i in range(12) for step in (1, 3)]

BY_HAND = """
DELETE FROM relation_evidence AS e
WHERE (e.relation_id).composition_a_id = composition_id('word1')
    AND (e.relation_id).composition_b_id = composition_id('word2')
"""
CHANGES = ["details", "trace", "sources", "format", "json", "other", "nul"]


class Restorable:
    """A database, its key, and copies of it that are put in its place."""

    def __init__(self, dsn: str, admin: psycopg.Connection, folder: Path) -> None:
        self.dsn, self.folder, self._admin = dsn, folder, admin
        self.name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]

    def open(self) -> hartonomous.substrate.Substrate:
        return hartonomous.open(self.dsn)

    def back_up(self) -> None:
        self._copy(self.name, f"{self.name}_backup")

    def restore(self) -> None:
        self._copy(f"{self.name}_backup", self.name)

    def _copy(self, origin: str, target: str) -> None:
        self._admin.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self._admin.execute(f"CREATE DATABASE {target} TEMPLATE {origin}")

    def session(self) -> psycopg.Connection:
        return connect(self.dsn)

    def fingerprint(self) -> str:
        with self.session() as session:
            assert verify_ratings(session) == ()
            return substrate_fingerprint(session)

    def note(self, person: str | None, *names: str) -> None:
        """Load documents, each with a word of its own."""
        path = self.folder / "notes.jsonl"
        lines = [{"id": n, "text": f"the king met zyx{n} at the castle gate"} for n in names]
        path.write_text("\n".join(map(json.dumps, lines)))
        with self.open() as substrate:
            substrate.ingest_text([path], subject=person)


@pytest.fixture
def database(dsn, admin, tmp_path, monkeypatch):
    create_key(tmp_path / "key")
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "key"))
    restorable = Restorable(dsn, admin, tmp_path)
    with connect(dsn) as session:
        load(session, "model:a", SEEN)
        load(session, "model:b", SEEN[2:])
        load(session, "thesaurus", SEEN[:4], kind="relations")
        session.commit()
        session.autocommit = True
        align(session, sample=0)
    restorable.note("alice", "a1", "a2")
    restorable.note("bob", "b1")
    yield restorable
    admin.execute(f"DROP DATABASE IF EXISTS {restorable.name}_backup WITH (FORCE)")


def forget_all_sorts(database):
    """Delete a person, a model, a concept and a piece of evidence, with loads in between."""
    with database.open() as substrate:
        substrate.delete_subject("alice", forget=True)
    database.note("carol", "c1")
    with database.open() as substrate:
        substrate.delete_concept("castle")
        substrate.delete_model("model:b")
        substrate.delete_concept("zyxc1", forget=True)
    with database.session() as session:
        session.execute(BY_HAND)
        session.commit()
    with database.open() as substrate:
        substrate.delete_subject("carol")
        return substrate.export_forgotten()


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


def test_nothing_is_answered_in_sql_either(database):
    database.back_up()
    forget_all_sorts(database)
    database.restore()
    with database.open():
        pass
    with database.session() as session:
        session.autocommit = True
        for question in (
            "SELECT * FROM neighbors('king')",
            "SELECT * FROM traverse('king')",
            "SELECT * FROM strongest()",
            "SELECT * FROM list_subjects()",
            "SELECT record_feedback('alice', 'king', 'queen', 'accept')",
            "SELECT add_evidence('by hand', 'king', 'queen', 1)",
            "SELECT restore_source('model:b')",
            "SELECT export_forgotten()",
        ):
            with pytest.raises(psycopg.Error, match=r"older than what was deleted|no concept"):
                session.execute(question)
        for view in ("relation", "relation_evidence", "source", "alignment"):
            assert session.execute(f"SELECT count(*) FROM {view}").fetchone() == (0,)
        assert session.execute("SELECT count_relations()").fetchone() == (0,)


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


def test_an_editor_overrides_it_for_a_reason(database):
    before = database.fingerprint()
    database.back_up()
    deletions = forget_all_sorts(database)
    database.restore()
    with database.open() as substrate:
        for reason in ("", " ", "two\nlines", "x" * 201):
            with pytest.raises(ParameterError, match="say why"):
                substrate.override_forgotten(reason)
        row = substrate.override_forgotten("ordered by the court, case 12")
        assert substrate.audit(1)[0].audit_id == row
        assert substrate.audit(1)[0].details["reason"] == "ordered by the court, case 12"
        assert substrate.neighbors("king")
        with pytest.raises(ParameterError, match="nothing is withheld"):
            substrate.override_forgotten("again")
    assert database.fingerprint() == before
    with database.open() as substrate:
        assert substrate.replay_forgotten(deletions).sources == 3


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
    elif change == "format":
        fields["format"] = "hartonomous receipt 1"
    text = "{" if change == "json" else json.dumps(fields)
    with database.open() as substrate, pytest.raises(ParameterError):
        substrate.replay_forgotten(text)
    with database.session() as session:
        assert session.execute("SELECT count(*) FROM replay_due").fetchone() == (1,)
        session.execute("SELECT hartonomous_internal.release_answers()")
        assert substrate_fingerprint(session) == before


def test_one_who_may_not_withhold_is_refused_all_the_same(database):
    database.back_up()
    forget_all_sorts(database)
    database.restore()
    name = f"test_reader_of_{database.name}"
    with database.session() as session:
        session.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_reader")
        session.commit()
    dsn = database.dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")
    with hartonomous.open(dsn) as substrate, pytest.raises(StoreError, match="older than"):
        substrate.neighbors("king")
    with database.session() as session:
        assert session.execute("SELECT count(*) FROM replay_due").fetchone() == (0,)
        session.execute(f"DROP ROLE {name}")


def test_commands_say_so_and_put_it_right(database):
    runner = CliRunner()
    environment = {"HARTONOMOUS_DSN": database.dsn}

    def run(*arguments, status=0):
        result = runner.invoke(app, [str(each) for each in arguments], env=environment)
        if isinstance(result.exception, HartonomousError):
            raise result.exception
        assert result.exit_code == status, result.output
        return result.output

    database.back_up()
    said = run("delete", "subject", "alice", "--forget", "--yes")
    assert "gone: 2 sources" in said
    kept = database.folder / "deletions.json"
    run("forgotten", "export", kept)
    assert "alice" not in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600
    expected = database.fingerprint()
    assert "older" not in run("db", "status", "--dsn", database.dsn)
    database.restore()
    assert "older than what was deleted" in run("db", "status", "--dsn", database.dsn)
    with pytest.raises(StoreError, match="older than what was deleted"):
        run("neighbors", "king")
    assert "gone: 2 sources" in run("forgotten", "replay", kept)
    assert database.fingerprint() == expected
    notes = database.folder / "notes.jsonl"
    assert "1 document of a forgotten person was left out" in run(
        "ingest", "text", notes, "--subject", "alice"
    )
    assert "lifted; 0 persons are still" in run("forgotten", "lift", "alice")


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


def test_marks_of_deletions_at_once_name_the_last(database):
    def delete(person):
        with database.open() as substrate:
            substrate.delete_subject(person, forget=True)

    persons = ["alice", "bob", "carol", "dave"]
    threads = [threading.Thread(target=delete, args=[person]) for person in persons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session() as session:
        last = session.execute("SELECT audit_id, hash FROM database_mark()").fetchone()
    (line,) = (database.folder / "key.mark").read_text().splitlines()
    assert line.split()[1:] == [str(last[0]), last[1].hex()]


@pytest.mark.parametrize("text", ["nonsense", "0" * 64 + " 1", "\0", "x" * (1 << 21)])
def test_marks_that_are_not_as_written_are_refused_in_one_line(database, text):
    with database.open() as substrate:
        substrate.delete_subject("alice")
    (database.folder / "key.mark").write_text(text)
    with pytest.raises(ParameterError, match="is not as it was written"):
        database.open()


#: What tells an editor of sources and changes by name, and answers no question.
OF_EDITORS = "^(preview_|verify_|export_receipt|recent_changes)"
PUBLIC = """
SELECT p.proname, array(
    SELECT format_type(t.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, n)
    WHERE p.proargnames[t.n] IS NULL OR p.proargnames[t.n] <> ALL ('{sources,without,as_of}')
    ORDER BY t.n
)
FROM pg_proc AS p
WHERE p.pronamespace = 'hartonomous'::regnamespace AND p.provolatile = 's' AND p.prokind = 'f'
    AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal%%' AND p.proname !~ %s
ORDER BY p.proname, p.oid
"""
VIEWS = """
SELECT relname FROM pg_class WHERE relnamespace = 'hartonomous'::regnamespace AND relkind = 'v'
"""
#: What is asked with: a text of each kind that names something here.
TEXTS = ["king", "zyxa1", "met zyxa1", "model:b", "first", "second"]
OTHERS = {
    "integer": 9,
    "bigint": 9,
    "smallint": 2,
    "boolean": True,
    "double precision": 0.5,
    "text[]": ["zyxa1", "model:b"],
}


def questions(session):
    """Yield each public function that reads with what it may be asked, and each view."""
    for name, types in session.execute(PUBLIC, [OF_EDITORS]).fetchall():
        marks = ", ".join(f"%s::{kind}" for kind in types)
        if all(kind in OTHERS or kind == "text" for kind in types):
            for turn in range(len(TEXTS)):
                texts = iter(TEXTS[turn:] + TEXTS)
                given = [OTHERS.get(kind) or next(texts) for kind in types]
                yield f"SELECT * FROM hartonomous.{name}({marks})", given
    for (name,) in session.execute(VIEWS).fetchall():
        yield f"SELECT * FROM hartonomous.{name}", []


def test_no_public_function_or_view_shows_what_is_withheld(database):
    with database.session() as session:
        session.execute("SELECT snapshot_ratings('first')")
        session.execute("SELECT quarantine_source('model:b')")
        session.execute("SELECT snapshot_ratings('second')")
        session.execute("SELECT restore_source('model:b')")
        session.commit()
    database.back_up()
    forget_all_sorts(database)
    database.restore()
    with database.open():
        pass
    told, asked = set(), 0
    with database.session() as session:
        session.autocommit = True
        for question, given in list(questions(session)):
            try:
                rows = session.execute(question, given).fetchall()
            except psycopg.Error:
                continue
            asked += 1
            echoed = [[None if value in TEXTS else value for value in row] for row in rows]
            if any(name in repr(echoed) for name in ("zyxa1", "castle", "subject-", "model:")):
                told.add(question)
    assert asked > 50
    assert told == set()
