from __future__ import annotations

import json

import pytest
import typer
from planted_relations import load
from typer.testing import CliRunner

from hartonomous.cli import forget, ingest
from hartonomous.errors import HartonomousError, StoreError, UnknownNameError
from hartonomous.observations import pseudonym
from hartonomous.store.forgetting_key import create_key

app = typer.Typer()
app.add_typer(ingest.app, name="ingest")
forget.register(app)


@pytest.fixture
def run(connection, dsn, monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_DSN", dsn)
    load(connection, "model:a", [("king", "queen", 0.9), ("king", "man", 0.5)])
    load(connection, "model:b", [("king", "queen", 0.7), ("dog", "cat", 0.5)])
    connection.autocommit = True
    runner = CliRunner()

    def invoke(*arguments, answer=None, status=0):
        result = runner.invoke(app, [str(argument) for argument in arguments], input=answer)
        if isinstance(result.exception, HartonomousError):
            raise result.exception
        assert result.exit_code == status, result.output
        return result.output

    return invoke


def models(connection):
    rows = connection.execute("SELECT source_identifier FROM content ORDER BY content_id")
    return [name for (name,) in rows.fetchall()]


def test_a_deletion_shows_its_preview_and_asks(run, connection):
    said = run("delete", "model", "model:b", answer="n\n")
    assert "would go: 1 source, 2 pieces of evidence, 2 concepts, 0 coordinates" in said
    assert "with 1 relation that nothing else supports; 1 other would change its rating" in said
    assert "nothing was changed" in said
    assert models(connection) == ["model:a", "model:b"]
    assert "gone: 1 source," in run("delete", "model", "model:b", answer="y\n")
    assert models(connection) == ["model:a"]


def test_a_preview_never_asks(run, connection):
    run("delete", "model", "model:a", "model:b", "--preview")
    run("delete", "concept", "king", "--preview", "--yes")
    assert models(connection) == ["model:a", "model:b"]


def test_yes_does_it_at_once(run, connection):
    run("delete", "model", "model:a", "model:b", "--yes")
    assert models(connection) == []


def test_an_unknown_name_is_an_error(run):
    with pytest.raises(UnknownNameError, match="did you mean"):
        run("delete", "model", "model:c", "--yes")
    with pytest.raises(UnknownNameError):
        run("delete", "subject", "%", "--yes")


def test_one_unknown_name_among_several_deletes_nothing(run, connection):
    with pytest.raises(UnknownNameError, match="so nothing was changed"):
        run("delete", "model", "model:a", "model:c", "--yes")
    assert models(connection) == ["model:a", "model:b"]
    run("delete", "model", "model:a", "model:a", "--yes")
    assert models(connection) == ["model:b"]


def test_a_long_unknown_word_is_cut_in_the_error(run):
    with pytest.raises(UnknownNameError) as caught:
        run("delete", "concept", "y" * 10_000, "--yes")
    assert len(str(caught.value)) < 200


def test_concepts_and_their_forms(run, connection):
    shown = json.loads(run("delete", "concept", "kings", "--preview", "--json"))
    assert shown["names"] == ["king"]
    with pytest.raises(UnknownNameError):
        run("delete", "concept", "kings", "--exactly", "--yes")
    run("delete", "concept", "kings", "--forget", "--yes")
    assert connection.execute("SELECT find_composition('king')").fetchone() == (None,)


def test_a_persons_data_come_and_go(run, connection, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("the king met alice")
    said = run("ingest", "text", note, "--subject", "user_1")
    assert f"{pseudonym('user_1')}:note.txt: 4 concepts" in said
    run("feedback", "user_1", "reject", "king", "alice")
    assert "2 sources" in run("delete", "subject", "user_1", "--yes")
    assert models(connection) == ["model:a", "model:b"]
    assert run("verify") == "everything hangs together\n"


def test_quarantine_and_restore(run):
    assert run("quarantine", "model:a") == "model:a is quarantined\n"
    assert run("restore", "model:a") == "model:a is live again\n"
    assert run("restore", "model:a") == "model:a is live already\n"


def test_a_receipt_is_exported_signed_and_checked(run, tmp_path):
    key, receipt = tmp_path / "key.pem", tmp_path / "receipt.json"
    run("delete", "model", "model:b", "--yes")
    run("receipt", "key", key)
    run("receipt", "export", "--key", key, "--out", receipt)
    public = tmp_path / "key.pem.pub"
    assert "holds" in run("receipt", "verify", receipt, "--public-key", public)
    receipt.write_text(receipt.read_text().replace('"evidence": 2', '"evidence": 3'))
    assert "was changed" in run("receipt", "verify", receipt, status=1)


def test_the_audit_is_listed_and_checked(run, connection):
    run("delete", "model", "model:b", "--yes")
    assert "delete_model model:b" in run("audit")
    assert run("audit", "--verify") == "whole\n"
    connection.execute("DELETE FROM audit WHERE audit_id = 2")
    assert "row 3" in run("audit", "--verify", status=1)


def test_what_was_broken_by_hand_is_made_right(run, connection):
    connection.execute("DELETE FROM composition WHERE label = 'man'")
    assert "number that names no concept" in run("verify", status=1)
    assert "everything hangs together" in run("verify", "--refresh")


def test_the_fingerprint_is_one_line(run):
    first = run("fingerprint")
    assert len(first.strip()) == 64
    assert len(run("fingerprint", "--parts").splitlines()) > 5
    run("quarantine", "model:a")
    assert run("fingerprint") != first


def test_a_source_that_makes_it_worse_is_flagged_and_rolled_back_when_told(
    run, connection, tmp_path
):
    pairs = [(f"a{n}", f"b{n}", n / 40) for n in range(40)]
    load(connection, "model:good", pairs)
    worse = [(a, b, 1 - weight) for a, b, weight in pairs]
    load(connection, "model:bad", worse, sites=("x", "y", "z"))
    lexicon = tmp_path / "pairs.tsv"
    lexicon.write_text("\n".join(f"{a}\t{b}\t{weight}" for a, b, weight in pairs))
    arguments = ("judge", "--with", "model:bad", "--without", "model:bad", "--on", lexicon)
    before, changes = run("fingerprint"), len(run("audit").splitlines())
    assert json.loads(run(*arguments, "--json"))["effect"] == "worse"
    assert (run("fingerprint"), len(run("audit").splitlines())) == (before, changes)
    assert state_of(connection, "model:bad") == ("live", [])
    run(*arguments, "--flag")
    assert state_of(connection, "model:bad") == ("live", ["lowers quality"])
    assert "rolled back by quarantine" in run(*arguments, "--roll-back", "quarantine")
    assert state_of(connection, "model:bad") == ("quarantined", ["lowers quality"])


def state_of(connection, source):
    return connection.execute(
        "SELECT state, flags FROM source WHERE source_identifier = %s", [source]
    ).fetchone()


def test_a_preview_of_a_concept_names_the_sources_that_go(run):
    assert "  sources: model:b\n" in run("delete", "concept", "dog", "queen", "--preview")
    assert "  sources:" not in run("delete", "concept", "man", "--preview")
    assert "  sources:" not in run("delete", "model", "model:b", "--preview")


def test_a_person_is_forgotten_by_command_and_who_looks_alike_is_named(
    run, connection, tmp_path, monkeypatch
):
    key, note = tmp_path / "key", tmp_path / "note.txt"
    note.write_text("the king met zyxalice")
    for person in ("user_1", "User_1", "other"):
        run("ingest", "text", note, "--subject", person)
    with pytest.raises(StoreError, match="name its file by --key-file"):
        run("delete", "subject", "user_1", "--forget", "--yes")
    create_key(key)
    monkeypatch.setenv("HARTONOMOUS_KEY_FILE", str(key))
    shown = run("delete", "subject", "user_1", "--forget", "--preview")
    assert "looks alike and stays: User_1" in shown
    assert "looks alike and stays: User_1" in run(
        "delete", "subject", "user_1", "--forget", "--yes"
    )
    before = models(connection)
    assert "1 document of a forgotten person was left out" in run(
        "ingest", "text", note, "--subject", "user_1"
    )
    connection.execute("SELECT 1")
    assert "left out" in run("feedback", "user_1", "accept", "king", "queen")
    assert models(connection) == before
    monkeypatch.delenv("HARTONOMOUS_KEY_FILE")
    with pytest.raises(StoreError, match="name its file by --key-file"):
        run("ingest", "text", note, "--subject", "somebody")


def test_a_file_says_what_it_lacks(run, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("the king met zyxalice")
    run("ingest", "text", note)
    run("delete", "concept", "zyxalice", "--forget", "--yes")
    said = run("ingest", "text", note)
    assert "loaded already" in said
    assert "lacks what is to stay forgotten: zyxalice" in said
