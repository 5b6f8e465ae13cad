"""The Python API gives what the command line gives, typed."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from types import SimpleNamespace

import pytest
from planted_relations import load

import hartonomous
from hartonomous.answers import Answers, Neighbor, Path
from hartonomous.errors import ParameterError, StoreError, UnknownNameError
from hartonomous.readers.lexicon import RatedPair


@pytest.fixture
def substrate(dsn, connection):
    load(connection, "model:a", [("king", "queen", 0.9), ("queen", "crown", 0.5)])
    with hartonomous.open(dsn) as opened:
        yield opened


def test_answers_are_typed(substrate):
    (neighbor,) = substrate.neighbors("king")
    assert isinstance(neighbor, Neighbor)
    assert (neighbor.neighbor, neighbor.evidence_count) == ("queen", 1)
    assert substrate.path("king", "crown").composition_path == ("king", "queen", "crown")
    assert substrate.path("king", "crown").depth == 2
    assert substrate.path("crown", "king") is None
    found = substrate.traverse("king slept")
    assert [path.composition_path[-1] for path in found] == ["queen", "crown"]
    assert found.notes == ("unknown words are skipped: slept",)
    assert substrate.traverse("king").notes == ()
    assert substrate.explain("king", "queen")[0].source_identifier == "model:a"
    assert [source.source_identifier for source in substrate.sources()] == ["model:a"]


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


def test_a_closed_substrate_answers_no_more(substrate, tmp_path):
    substrate.close()
    substrate.close()
    others = {"label": "king", "labels": "king", "paths": str(tmp_path), "weight": 0.5}
    others |= {"out": "map.svg", "lexicon": [RatedPair("king", "queen", 1)]}
    others["comparison"] = SimpleNamespace(effect="worse", difference=-1.0)
    for name, verb in vars(hartonomous.substrate.Substrate).items():
        if name.startswith("_") or name == "close":
            continue
        needed = [
            p.name
            for p in list(inspect.signature(verb).parameters.values())[1:]
            if p.default is inspect.Parameter.empty and p.kind is not p.VAR_POSITIONAL
        ]
        with pytest.raises(StoreError, match="this substrate is closed"):
            verb(substrate, **{each: others.get(each, "king") for each in needed})
    with pytest.raises(StoreError, match="this substrate is closed"), substrate:
        pass


def test_many_words_are_one_question(substrate):
    found = substrate.neighbors(["king", "queen"])
    assert [(n.concept, n.neighbor) for n in found] == [("king", "queen"), ("queen", "crown")]
    assert substrate.neighbors(("king",)) == substrate.neighbors("king")
    assert substrate.neighbors([]) == ()
    assert [n.neighbor for n in substrate.neighbors("crown", towards=True)] == ["queen"]


def test_a_text_is_one_name_and_not_its_letters(substrate, tmp_path):
    gone = substrate.preview_delete_concept("king", variants=False)
    assert gone.names == ("king",)
    (tmp_path / "note.txt").write_text("the king rules")
    assert substrate.ingest_text(str(tmp_path / "note.txt")).new == 1
    with pytest.raises(UnknownNameError, match="model:c"):
        substrate.judge_sources([RatedPair("king", "queen", 1)] * 3, included="model:c")


@pytest.mark.parametrize("wrong", [None, 5, b"king", ["king", None], [5], object()])
@pytest.mark.parametrize(
    "verb",
    [
        lambda s, wrong: s.neighbors(wrong),
        lambda s, wrong: s.delete_concept(wrong),
        lambda s, wrong: s.preview_delete_concept(wrong),
        lambda s, wrong: s.delete_source(wrong),
        lambda s, wrong: s.quarantine_source(source=wrong),
        lambda s, wrong: s.add_evidence("note", "king", wrong, 1.0),
        lambda s, wrong: s.record_feedback("a person", wrong, "queen", "accept"),
        lambda s, wrong: s.judge_sources([RatedPair("king", "queen", 1)], included=wrong),
    ],
)
def test_what_is_no_name_is_a_type_error(substrate, verb, wrong):
    before = substrate.fingerprint()
    with pytest.raises(TypeError):
        verb(substrate, wrong)
    assert substrate.fingerprint() == before


@pytest.mark.parametrize("wrong", [5, b"king", 2.5])
def test_an_argument_of_another_type_is_one_line(substrate, wrong):
    with pytest.raises(TypeError, match=r"^[^\n]+$"):
        substrate.explain(wrong, "queen")
    with pytest.raises(TypeError, match=r"^b is text, not NoneType$"):
        substrate.path("king", None)
    with pytest.raises(TypeError, match=r"^max_results is a whole number, not float$"):
        substrate.neighbors("king", 2.5)


@pytest.mark.parametrize("label", ["a\0b", "\udcff"])
def test_text_that_no_database_can_hold_is_no_concept(substrate, label):
    for verb in (substrate.neighbors, substrate.traverse, substrate.position, substrate.near):
        with pytest.raises(UnknownNameError, match="not valid text"):
            verb(label)
    with pytest.raises(UnknownNameError, match="not valid text"):
        substrate.neighbors(["king", label])


@pytest.mark.parametrize("number", [0, -1, 10**10])
def test_a_number_out_of_range_is_a_parameter_error(substrate, number):
    for verb in (
        lambda: substrate.neighbors("king", number),
        lambda: substrate.traverse("king", number),
        lambda: substrate.path("king", "queen", beam=number),
        lambda: substrate.strongest(number),
        lambda: substrate.near("king", number),
    ):
        with pytest.raises(ParameterError):
            verb()


def test_answers_show_themselves(substrate):
    found = substrate.neighbors("king")
    assert repr(found) == (
        "concept  neighbor     elo  evidence  sources  weight\n"
        "king     queen     1970.1         1        1   0.900"
    )
    assert "<td>queen</td>" in found._repr_html_()
    assert "<td>queen</td>" in found[0]._repr_html_()
    assert "king → queen → crown" in repr(Answers([substrate.path("king", "crown")], Path))
    assert pickle.loads(pickle.dumps(found)) == found
    many = Answers(found * 60, Neighbor)
    assert repr(many).endswith("\n... 10 more")
    assert many._repr_html_().count("<tr>") == 51


def test_no_markup_of_a_model_reaches_a_notebook(substrate, connection):
    load(connection, "model:b", [("king", "<script>alert(1)</script>", 0.9)])
    assert "<script>" not in substrate.neighbors("king")._repr_html_()


def test_snapshots_are_compared(substrate, connection):
    assert substrate.snapshot_ratings("before") == 1
    load(connection, "model:b", [("king", "queen", 0.9)])
    substrate.snapshot_ratings("after")
    (changed,) = substrate.compare_snapshots("before", "after")
    assert (changed.from_label, changed.to_label, changed.change > 0) == ("king", "queen", True)
    with pytest.raises(UnknownNameError, match="before"):
        substrate.compare_snapshots("befor", "after")


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
