"""``hartonomous db`` as a user meets it."""

from __future__ import annotations

import json

import pytest
from processes import Processes
from typer.testing import CliRunner, Result

from hartonomous.cli.db import app
from hartonomous.errors import StoreError
from hartonomous.store import migrations
from hartonomous.store.connection import url


@pytest.fixture
def elsewhere(ours: Processes, monkeypatch: pytest.MonkeyPatch) -> Processes:
    monkeypatch.setenv("HARTONOMOUS_HOME", str(ours.home))
    monkeypatch.delenv("HARTONOMOUS_DSN", raising=False)
    return ours


def db(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def run_db(processes: Processes, *arguments: str) -> str:
    """Run a command in a process of its own, which ends with it."""
    return processes.run(f"from hartonomous.cli.db import app; app({list(arguments)!r})")


def test_start_keeps_the_server_until_stop(elsewhere: Processes):
    assert "running until `hartonomous db stop`: postgresql://" in run_db(elsewhere, "start")
    status = json.loads(run_db(elsewhere, "status", "--json"))
    assert status["server"]["running"]
    assert status["server"]["kept"]
    assert status["server"]["pid"] == elsewhere.status.pid
    assert status["database"]["state"] == "current"
    assert status["database"]["server_version"].startswith("1")
    assert run_db(elsewhere, "stop") == "stopped"
    assert run_db(elsewhere, "stop") == "the server was not running"


def test_stop_names_the_processes_it_stops_under(elsewhere: Processes):
    client, _ = elsewhere.attach()
    said = run_db(elsewhere, "stop")
    assert "stopped under the attached processes" in said
    assert str(client.pid) in said


def test_status_starts_nothing(elsewhere: Processes):
    result = db("status")
    assert result.exit_code == 0
    assert "stopped" in result.output
    assert "nobody" in result.output
    assert not elsewhere.home.exists()


def test_status_url_and_migrate_take_a_dsn(empty_dsn):
    assert "has no hartonomous schema" in db("status", "--dsn", empty_dsn).output
    first = db("migrate", "--dsn", empty_dsn).output
    assert "applied schema/001_content.sql" in first
    functions = f"{migrations.count_functions()} functions and views\n"
    assert f"applied {functions}" in first
    assert "hartonomous finds its names in this database" in first
    assert first.endswith(f"\nthe schema is up to date: {functions}")
    assert db("migrate", "--dsn", empty_dsn).output == f"the schema is up to date: {functions}"
    assert "current" in db("status", "--dsn", empty_dsn).output
    assert db("url", "--dsn", empty_dsn).output.strip() == url(empty_dsn)


@pytest.mark.parametrize("verb", ["start", "stop"])
def test_the_embedded_servers_commands_refuse_a_dsn(verb, monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_DSN", "postgresql:///somewhere")
    result = db(verb)
    assert isinstance(result.exception, StoreError)
    assert "unset it" in str(result.exception)
