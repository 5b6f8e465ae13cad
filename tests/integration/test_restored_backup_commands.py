"""What editors do about a backup that is older than deletions, by the door and by commands."""

from __future__ import annotations

import pytest
from restorable import forget_all_sorts
from typer.testing import CliRunner

from hartonomous.cli import app
from hartonomous.errors import HartonomousError, ParameterError, StoreError


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
