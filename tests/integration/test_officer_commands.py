"""What an officer types: who is there, what is held, who asked, and what has expired."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import datetime, timezone

import psycopg
import pytest
from planted_relations import load
from typer.testing import CliRunner

from hartonomous.cli import app
from hartonomous.editing.audit import audit
from hartonomous.editing.receipts import export_receipt, read_receipt, verify_receipt
from hartonomous.errors import HartonomousError, ParameterError
from hartonomous.observations import pseudonym

ALICE = "alice@example.org"


@pytest.fixture
def run(connection, dsn, monkeypatch, tmp_path):
    monkeypatch.setenv("HARTONOMOUS_DSN", dsn)
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.9)])
    note = tmp_path / "note.txt"
    note.write_text("the king met zyxalice")
    runner = CliRunner()

    def invoke(*arguments, status=0):
        result = runner.invoke(app, [str(argument) for argument in arguments])
        if isinstance(result.exception, HartonomousError | OSError):
            raise result.exception
        assert result.exit_code == status, result.output
        return result.output

    invoke("ingest", "text", note, "--subject", ALICE, "--reference", "T-1")
    return invoke


def test_who_is_there_and_what_is_held(run):
    (alice,) = json.loads(run("subject", "list", "--json"))
    assert (alice["subject_key"], alice["source_count"]) == (ALICE, 1)
    assert f"{pseudonym(ALICE)}:note.txt" in run("subject", "show", ALICE)
    held = json.loads(run("subject", "export", ALICE, "--json"))
    rows = list(csv.DictReader(io.StringIO(run("subject", "export", ALICE, "--csv"))))
    assert [row["record"] for row in rows] == [record["record"] for record in held]
    assert alice["evidence_count"] == sum(record["record"] == "evidence" for record in held)


def test_an_export_is_a_new_file_that_its_owner_alone_may_read(run, tmp_path):
    out = tmp_path / "held.json"
    assert "records" in run("subject", "export", ALICE, "--out", out)
    assert out.stat().st_mode & 0o777 == 0o600
    assert json.loads(out.read_text())[0]["details"]["subject"] == ALICE
    with pytest.raises(FileExistsError):
        run("subject", "export", ALICE, "--out", out)
    with pytest.raises(HartonomousError):
        run("subject", "export", "nobody", "--out", tmp_path / "other.json")
    assert not (tmp_path / "other.json").exists(), "nothing half written"


def test_every_change_says_who_and_what_for(run, connection):
    run("feedback", "bob", "accept", "king", "queen", "--reference", "T-2")
    run("quarantine", "model:a", "--operator", "j.doe", "--reference", "T-3")
    run("delete", "subject", ALICE, "--yes", "--reference", "T-4")
    told = [row.details.get("reference") for row in audit(connection, 4)]
    assert told == ["T-4", "T-3", "T-2", "T-1"]
    assert audit(connection, 2)[1].details["operator"] == "j.doe"
    assert json.loads(export_receipt(connection))["details"]["reference"] == "T-4"
    assert "j.doe" in run("audit")
    with pytest.raises(ParameterError, match="one line"):
        run("quarantine", "model:a", "--reference", "x" * 81)


def test_what_has_expired_is_forgotten(run, connection, tmp_path):
    short = tmp_path / "short.txt"
    short.write_text("a qqfleeting word")
    today = datetime.now(timezone.utc).date().isoformat()
    run("ingest", "text", short, "--expires", today)
    shown = json.loads(run("forget-expired", "--preview", "--json"))
    assert (shown["names"], shown["goes"]) == (["short.txt"], ["a", "qqfleeting", "word"])
    assert "gone: 1 source," in run("forget-expired", "--yes")
    assert "nothing" in run("forget-expired", "--yes")
    assert [row.action for row in audit(connection, 2)] == ["forget_expired"] * 2


def test_a_preview_says_what_stays_and_who_said_it(run):
    said = run("delete", "subject", ALICE, "--preview")
    assert "goes: met, the, zyxalice" in said
    assert "stays: king by model:a" in said


def test_a_scrub_that_is_not_done_has_status_1(run, dsn):
    with psycopg.connect(dsn) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        said = run("db", "scrub", "--wait", "0.1", status=1)
        assert f"session {other.info.backend_pid}" in said
    assert "tables and indexes" in run("db", "scrub")


def test_an_empty_subject_is_refused_before_anything_is_read(run, tmp_path):
    for words in (
        ("ingest", "text", tmp_path / "note.txt", "--subject", ""),
        ("add", "x", "king", "queen", "--subject", ""),
        ("delete", "subject", "", "--yes"),
        ("subject", "show", ""),
    ):
        with pytest.raises(HartonomousError) as caught:
            run(*words)
        assert "\n" not in str(caught.value)


def test_receipts_are_small_files_with_each_field_once(run, connection, tmp_path):
    run("delete", "model", "model:a", "--yes")
    receipt = export_receipt(connection)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(ParameterError, match="no file"):
        read_receipt(fifo)
    with pytest.raises(ParameterError, match="no file"):
        verify_receipt(connection, receipt, public_key=fifo)
    fields = json.loads(receipt)
    for wrong in (
        receipt.replace('"actor"', '"actor": "x", "actor"'),
        receipt.replace('"evidence"', '"evidence": 0, "evidence"'),
        json.dumps(fields | {"remark": "approved"}),
    ):
        with pytest.raises(ParameterError, match="no receipt"):
            verify_receipt(connection, wrong)
    for wrong in (
        {"hash": fields["hash"].upper()},
        {"happened_at": fields["happened_at"].replace("Z", "+00:00")},
        {"audit_id": str(fields["audit_id"])},
        {"format": "another"},
    ):
        assert not verify_receipt(connection, json.dumps(fields | wrong)).holds
    assert verify_receipt(connection, receipt).holds
