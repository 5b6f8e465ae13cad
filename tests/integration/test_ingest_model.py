from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from ingesting import ingest_embeddings, ingest_text
from planted_transformers import HEAD, TOKENS, plant_transformer

from hartonomous.editing.deletion import delete_concept, delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ParameterError
from hartonomous.ingest import ingest
from hartonomous.miners.screening import Screening
from hartonomous.readers.opening import Request
from hartonomous.readers.transformer.choice import SiteChoice

EVERYTHING = Screening(everything=True)


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "tiny"
    folder.mkdir()
    return plant_transformer(folder, "Llama")


@pytest.fixture
def partners(model):
    """A lexicon that says what the planted head says."""
    path = model.path / "lexicon.tsv"
    lines = [f"token{t}\ttoken{p}\t1" for t, p in enumerate(model.partner) if p != t]
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def ingest_model(connection, path, screening=EVERYTHING, source=None, **chosen):
    asked = Request(source, sites=SiteChoice(**chosen), screening=str(screening))
    return ingest(connection, "model", [path], asked, screening=screening)


def rows(connection, query, *parameters):
    return connection.execute(query, parameters).fetchall()


def test_heads_and_neurons_become_evidence_of_one_source(substrate, model):
    report = ingest_model(substrate, model.path, kinds=("embedding", "attention", "mlp"))
    assert len(report.sites) == 1 + 2 * 2 * 4 + 2 * 2
    partner = f"token{model.partner[7]}"
    found = rows(
        substrate,
        "SELECT site_position, rank FROM hartonomous.evidence WHERE a = 'token7' AND b = %s",
        partner,
    )
    assert (f"layer0-head{HEAD}-qk", 1) in found
    assert (f"layer0-head{HEAD}-ov", 1) in found
    answering = rows(
        substrate,
        "SELECT neighbor FROM hartonomous.neighbors(%s, 1, 'activates')",
        f"token{model.answers_to[0]}",
    )
    assert answering == [("neuron:model:tiny layer0-0",)]
    promoted = rows(
        substrate, "SELECT neighbor FROM hartonomous.neighbors(%s, 1, 'promotes')", answering[0][0]
    )
    assert promoted == [(f"token{model.promotes[0]}",)]
    assert not verify_ratings(substrate)


def test_a_model_with_its_sites_comes_and_goes_exactly(substrate, model, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("token1 token2 token3 the king rules token1")
    ingest_text(substrate, [note])
    before = substrate_fingerprint(substrate)
    ingest_model(substrate, model.path, kinds=("embedding", "attention", "mlp"))
    loaded = substrate_fingerprint(substrate)
    quarantine_source(substrate, "model:tiny")
    restore_source(substrate, "model:tiny")
    assert substrate_fingerprint(substrate) == loaded
    delete_source(substrate, "model:tiny")
    assert substrate_fingerprint(substrate) == before


def test_a_concept_is_taken_out_of_every_head(substrate, model):
    ingest_model(substrate, model.path)
    delete_concept(substrate, "token7")
    assert not rows(substrate, "SELECT FROM hartonomous.evidence WHERE 'token7' IN (a, b)")
    assert not verify_ratings(substrate)


def test_screening_by_a_lexicon_takes_the_planted_head_alone(substrate, model, partners):
    screening = Screening.asked(None, partners)
    report = ingest_model(substrate, model.path, screening)
    mined = [site.position for site in report.sites]
    assert mined == ["embedding", f"layer0-head{HEAD}-qk", f"layer0-head{HEAD}-ov"]
    assert len(report.left_out_sites) == 14
    stored = rows(
        substrate,
        "SELECT site_position, is_mined, signal, signal_low, held_against FROM"
        " hartonomous.sites('model:tiny')",
    )
    assert len(stored) == 17
    signals = {position: rest for position, *rest in stored}
    assert signals["embedding"] == [True, None, None, None]
    is_mined, signal, low, held_against = signals[f"layer0-head{HEAD}-qk"]
    assert is_mined
    assert 0.05 < low < signal
    assert held_against == "lexicon"
    assert not signals["layer1-head2-ov"][0]
    explained = rows(
        substrate,
        "SELECT signal FROM hartonomous.explain('token7', %s) WHERE site_position LIKE '%%-qk'",
        f"token{model.partner[7]}",
    )
    assert explained == [(signal,)]
    assert rows(substrate, "SELECT left_out_count, signal FROM hartonomous.source")[0][0] == 14


def test_what_was_left_out_is_forgotten_with_the_source(substrate, model, partners):
    before = substrate_fingerprint(substrate)
    ingest_model(substrate, model.path, Screening.asked(None, partners))
    delete_source(substrate, "model:tiny")
    assert substrate_fingerprint(substrate) == before
    assert not rows(substrate, "SELECT FROM hartonomous.screened_site")


def test_screening_by_other_sources_needs_one_that_knows_the_words(substrate, model, tmp_path):
    other = tmp_path / "other.txt"
    words = np.random.default_rng(1).standard_normal((60, 8))
    lines = [f"word{i} {' '.join(f'{n:.4f}' for n in row)}" for i, row in enumerate(words)]
    other.write_text("\n".join(lines))
    ingest_embeddings(substrate, other, k=10)
    before = substrate_fingerprint(substrate)
    with pytest.raises(ParameterError, match="--min-signal all"):
        ingest_model(substrate, model.path, Screening())
    assert substrate_fingerprint(substrate) == before


def test_screening_by_other_sources_agrees_with_what_they_list(substrate, model, tmp_path):
    """A source whose neighbours are the planted partners makes the planted head stand out."""
    code = np.random.default_rng(2).standard_normal((TOKENS, 12))
    near = code.copy()
    chain = [0]
    while model.partner[chain[-1]] not in chain:
        chain.append(int(model.partner[chain[-1]]))
    for before, after in itertools.pairwise(chain):
        near[after] = near[before] * 0.8 + 0.6 * code[after]
    other = Path(tmp_path / "other.txt")
    lines = [f"token{i} {' '.join(f'{n:.4f}' for n in row)}" for i, row in enumerate(near)]
    other.write_text("\n".join(lines))
    ingest_embeddings(substrate, other, k=10, raw=True)
    report = ingest_model(substrate, model.path, Screening())
    signals = dict(
        rows(
            substrate,
            "SELECT site_position, signal FROM hartonomous.sites('model:tiny')"
            " WHERE signal IS NOT NULL",
        )
    )
    best = sorted(signals, key=lambda position: -signals[position])[:2]
    assert set(best) == {f"layer0-head{HEAD}-{kind}" for kind in ("qk", "ov")}
    assert {site.signal.reference for site in report.left_out_sites} == {"sources"}


def test_without_other_sources_heads_are_held_against_the_embedding(substrate, model):
    report = ingest_model(substrate, model.path, Screening())
    assert report.left_out_sites
    assert {site.signal.reference for site in report.left_out_sites} == {"embedding"}
    assert report.sites[0].position == "embedding"


def test_sites_of_an_unknown_source_are_an_error(substrate):
    with pytest.raises(Exception, match="no source"):
        rows(substrate, "SELECT FROM hartonomous.sites('model:none')")


@pytest.mark.parametrize("least", ["most", "nan", "2", "-1.5", ""])
def test_the_least_signal_is_a_share(least):
    with pytest.raises(ParameterError, match="share"):
        Screening.asked(least, None)


@pytest.mark.parametrize(("k", "cut"), [(5, False), (1000, True)])
def test_lists_that_are_shorter_than_was_asked_for_are_noted(substrate, model, k, cut):
    report = ingest_model(substrate, model.path, kinds=("attention",), k=k)
    said = [note for note in report.notes if note.startswith(f"k {k} is more than")]
    assert bool(said) == cut
