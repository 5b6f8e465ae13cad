"""The Python API gives what the command line gives, typed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from planted_relations import load

import hartonomous
from hartonomous.errors import ParameterError, StoreError, UnknownNameError
from hartonomous.query.neighbors import Neighbor


@pytest.fixture
def substrate(dsn, connection):
    load(connection, "model:a", [("king", "queen", 0.9), ("queen", "crown", 0.5)])
    with hartonomous.open(dsn) as opened:
        yield opened


def test_answers_are_typed(substrate):
    (neighbor,) = substrate.neighbors("king")
    assert isinstance(neighbor, Neighbor)
    assert (neighbor.label, neighbor.evidence_count) == ("queen", 1)
    assert substrate.path("king", "crown").concepts == ("king", "queen", "crown")
    assert substrate.path("king", "crown").depth == 2
    assert substrate.path("crown", "king") is None
    traversal = substrate.traverse("king slept")
    assert [path.concepts[-1] for path in traversal.paths] == ["queen", "crown"]
    assert traversal.unknown_words == ("slept",)
    assert substrate.explain("king", "queen")[0].source == "model:a"
    assert [source.name for source in substrate.sources()] == ["model:a"]


def test_a_concept_without_relations_has_no_neighbors(substrate):
    assert substrate.neighbors("crown") == ()


def test_unknown_names_are_errors(substrate):
    with pytest.raises(UnknownNameError, match="near it: king"):
        substrate.neighbors("King")
    with pytest.raises(UnknownNameError, match="likes"):
        substrate.neighbors("king", relation_type="likes")


def test_no_transaction_stays_open_between_questions(substrate, connection):
    substrate.neighbors("king")
    idle = connection.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
    )
    assert idle.fetchone() == (0,)


def test_a_restart_between_two_questions_goes_unnoticed(substrate, admin):
    before = substrate.neighbors("king")
    admin.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'hartonomous' AND datname LIKE 'test_%'"
    )
    assert substrate.neighbors("king") == before


def test_a_closed_substrate_opens_again_when_asked(substrate):
    substrate.close()
    assert substrate.neighbors("king")


def test_ingest_checks_its_parameters(substrate, tmp_path):
    path = tmp_path / "three.txt"
    path.write_text("a 1 0\nb 0 1\nc 1 1\n")
    with pytest.raises(ParameterError):
        substrate.ingest_embeddings(path, k=3)
    report = substrate.ingest_embeddings(path, k=2, raw=True)
    assert (report.concepts, report.observations) == (3, 6)


def test_a_database_that_cannot_be_reached_is_an_error():
    with pytest.raises(StoreError, match="cannot connect"):
        hartonomous.open("postgresql:///none?host=/nowhere")


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import hartonomous", {"numpy", "psycopg", "scipy", "rich", "typer", "hnswlib"}),
        ("import hartonomous.cli", {"numpy", "psycopg", "scipy", "rich", "hnswlib"}),
        ("import hartonomous.substrate", {"numpy", "scipy", "rich", "hnswlib"}),
    ],
)
def test_imports_stay_light(statement, heavy):
    listing = subprocess.run(
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert heavy.isdisjoint(listing.stdout.split())
