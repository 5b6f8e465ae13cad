"""What every opener of sources must do, whatever it opens."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from planted_images import plant_classifier, plant_pictures
from planted_models import FORMATS, write_safetensors
from planted_texts import plant_causal, plant_encoder
from planted_transformers import plant_transformer
from planted_vectors import direction_of, plant_model, write_session, write_trait
from planted_weights import WEIGHTS

from hartonomous.editing.deletion import delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import HartonomousError
from hartonomous.miners.mining import mine
from hartonomous.progress import Stages
from hartonomous.readers.openers import OPENERS, open_sources
from hartonomous.readers.opening import Request
from hartonomous.readers.stored import SpooledRows
from hartonomous.sites import CountedSite, JoinSettings, VectorSite
from hartonomous.store.load import load_source

EDGES = [("king", "queen", "rules_with", 0.5), ("king", "man", "is_a", 1), ("dog", "cat", "", 0)]


def text(folder: Path) -> Path:
    (folder / "note.txt").write_text("The king rules. The queen rules the sea.")
    return folder / "note.txt"


def markdown(folder: Path) -> Path:
    (folder / "note.md").write_text("# The *king*\n\nThe queen rules the sea.")
    return folder / "note.md"


def documents(folder: Path) -> Path:
    (folder / "notes.jsonl").write_text('{"id": 1, "text": "the king rules the sea"}\n')
    return folder / "notes.jsonl"


def table(folder: Path) -> Path:
    lines = ["\t".join(map(str, edge)) for edge in EDGES]
    (folder / "edges.tsv").write_text("\n".join(lines))
    return folder / "edges.tsv"


def json_lines(folder: Path) -> Path:
    named = [dict(zip(("a", "b", "type", "weight"), edge, strict=True)) for edge in EDGES]
    (folder / "edges.jsonl").write_text("\n".join(map(json.dumps, named)))
    return folder / "edges.jsonl"


def parquet(folder: Path) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    a, b, types, weights = zip(*EDGES, strict=True)
    columns = {"a": a, "b": b, "type": types, "weight": [float(w) for w in weights]}
    parquet.write_table(pa.table(columns), folder / "edges.parquet")
    return folder / "edges.parquet"


def conceptnet(folder: Path) -> Path:
    facts = json.dumps({"dataset": "/d/x", "weight": 2.0})
    lines = [
        f"/a/[/r/{name}/,/c/en/{a}/,/c/en/{b}/]\t/r/{name}\t/c/en/{a}\t/c/en/{b}/n\t{facts}"
        for a, b, name in (("king", "man", "IsA"), ("fire_engine", "red", "HasProperty"))
    ]
    (folder / "assertions.csv").write_text("\n".join(lines))
    return folder / "assertions.csv"


def transformer(folder: Path) -> Path:
    return plant_transformer(folder, "BERT").path


def features(folder: Path) -> Path:
    (folder / "model").mkdir()
    plant_transformer(folder / "model", "GPT-2")
    decoder = np.random.default_rng(1).standard_normal((30, 64)).astype(np.float32)
    write_safetensors(folder / "sae.safetensors", {"W_dec": ("float32", decoder)})
    return folder / "sae.safetensors"


def task(folder: Path) -> Path:
    model = plant_model(folder / "model")
    return write_session(folder / "session", "plural", model, {1: direction_of(model, 7)})


def trait(folder: Path) -> Path:
    model = plant_model(folder / "model")
    return write_trait(folder / "vectors", "formality", model, 1, direction_of(model, 7))


def lexicon(folder: Path) -> Path:
    (folder / "people.tsv").write_text("king\tqueen\t9\nking\tcar\t1.5\ndog\tcat\t0\n")
    return folder / "people.tsv"


def sentences(folder: Path) -> Path:
    (folder / "model").mkdir()
    plant_encoder(folder / "model")
    (folder / "said.txt").write_text("the king rules\nthe queen rules the sea\ni bake bread\n")
    return folder / "said.txt"


def questions(folder: Path) -> Path:
    (folder / "model").mkdir()
    plant_encoder(folder / "model")
    (folder / "qa.tsv").write_text("how do i bake\tbake bread at home\nthe king\tthe queen rules\n")
    return folder / "qa.tsv"


def causal(folder: Path) -> Path:
    (folder / "prompts.txt").write_text("the king\nthe\nthe queen\n")
    (folder / "causal").mkdir()
    return plant_causal(folder / "causal")


def picture(folder: Path) -> Path:
    plant_classifier(folder / "model")
    return plant_pictures(folder / "in", 1) / "red0.png"


def coco(folder: Path) -> Path:
    fields = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
        "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "mat"}],
        "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [0, 0, 20, 10]},
            {"image_id": 1, "category_id": 2, "bbox": [0, 12, 30, 10]},
        ],
    }
    (folder / "coco.json").write_text(json.dumps(fields))
    return folder / "coco.json"


def yolo(folder: Path) -> Path:
    (folder / "labels").mkdir()
    (folder / "labels" / "classes.txt").write_text("cat\nmat\n")
    (folder / "labels" / "a.txt").write_text("0 .5 .2 .2 .2\n1 .5 .6 .4 .2\n")
    return folder / "labels"


def captions(folder: Path) -> Path:
    (folder / "said.jsonl").write_text('{"image": "a.png", "text": "A red car"}\n')
    return folder / "said.jsonl"


def alt_texts(folder: Path) -> Path:
    (folder / "page.md").write_text("# Page\n\n![A red car](a.png)")
    return folder / "page.md"


def web_page(folder: Path) -> Path:
    (folder / "page.html").write_text('<p><img src="a.png" alt="A red car"></p>')
    return folder / "page.html"


def coco_captions(folder: Path) -> Path:
    said = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [{"image_id": 1, "caption": "A red car"}],
    }
    (folder / "captions.json").write_text(json.dumps(said))
    return folder / "captions.json"


def repository(folder: Path) -> Path:
    body = "return sum(os.stat(x) for x in xs)"
    (folder / "sums.py").write_text(f"import os\n\ndef total(xs):\n    {body}\n")
    return folder / "sums.py"


def planted(build):
    def place(folder: Path) -> Path:
        return build(folder).path

    place.__name__ = build.__name__
    return place


CASES = [
    *[("embeddings", planted(build)) for build in (*FORMATS, *WEIGHTS)],
    ("model", transformer),
    ("dictionary", features),
    *[("vectors", build) for build in (task, trait)],
    *[("text", build) for build in (text, markdown, documents)],
    *[("relations", build) for build in (table, json_lines, parquet, conceptnet)],
    ("lexicon", lexicon),
    ("sentences", sentences),
    ("qa", questions),
    ("next-token", causal),
    ("images", picture),
    *[("detections", build) for build in (coco, yolo)],
    ("code", repository),
    *[("captions", build) for build in (captions, alt_texts, web_page, coco_captions)],
]
REQUEST = Request(join=JoinSettings(3))


@pytest.fixture(params=CASES, ids=lambda case: case[1].__name__)
def case(request, tmp_path):
    family, build = request.param
    folder = tmp_path / "first"
    folder.mkdir()
    return family, build, build(folder)


@pytest.fixture
def opened(case):
    family, _, path = case
    (source,) = open_sources([path], family, asked(family, path))
    return source


def asked(family, path, request=REQUEST):
    if family in {"dictionary", "vectors", "sentences", "qa"}:
        folder = next(each for each in path.parents if (each / "model").is_dir())
        return replace(request, model=folder / "model")
    if family == "images":
        return replace(request, models=(("classifier", path.parents[1] / "model"),))
    if family == "next-token":
        return replace(request, prompts=path.parent / "prompts.txt")
    return request


def mined(source):
    return mine(source, Stages()).source


def columns(source):
    """All that a source says, by the labels of its concepts."""
    labels = [concept.label for concept in source.concepts.concepts]
    return sorted(
        (site.sites[0].position, site.relation_type.name, labels[a], labels[b], weight)
        for site in source.sites
        for batch in site.batches
        for a, b, weight in zip(
            batch.a.tolist(), batch.b.tolist(), batch.weight.tolist(), strict=True
        )
    )


def test_every_family_has_an_opener_and_every_opener_a_name_of_its_own():
    names = [(opener.family, opener.name) for opener in OPENERS]
    assert len(set(names)) == len(names)
    assert {family for family, _ in names} == {family for family, _ in CASES}


def test_a_source_has_a_name_a_kind_and_the_fingerprint_of_what_is_read(opened):
    assert opened.source.identifier
    assert opened.source.kind.isidentifier()
    assert len(opened.source.fingerprint) == 32


def test_it_is_a_set_of_sites_with_positions_of_their_own(opened):
    assert opened.sites
    assert all(isinstance(site, (VectorSite, CountedSite)) for site in opened.sites)
    positions = [site.position for site in opened.sites]
    assert len(set(positions)) == len(positions)


def test_concepts_are_distinct_and_the_sites_name_them(opened):
    source = mined(opened)
    assert len(set(source.concepts.concepts)) == len(source.concepts)
    said = columns(source)
    assert said
    assert all(a != b for _, _, a, b, _ in said)


def test_the_same_elsewhere_says_the_same_and_has_the_same_fingerprint(case, opened, tmp_path):
    family, build, _ = case
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    place = build(folder)
    (again,) = open_sources([place], family, asked(family, place))
    assert again.source.fingerprint == opened.source.fingerprint
    assert columns(mined(again)) == columns(mined(opened))


def test_a_subject_is_part_of_what_is_read(case, opened):
    family, _, path = case
    (theirs,) = open_sources(
        [path], family, asked(family, path, Request(subject="person", join=JoinSettings(3)))
    )
    assert theirs.source.subject == "person"
    assert theirs.source.identifier != opened.source.identifier


def test_a_name_may_be_given(case):
    family, _, path = case
    (named,) = open_sources(
        [path], family, asked(family, path, Request(source="mine", join=JoinSettings(3)))
    )
    assert named.source.identifier.partition(":")[0] == "mine"


def test_symmetric_relations_are_said_in_both_directions(opened):
    source = mined(opened)
    symmetric = {
        site.relation_type.name
        for site in source.sites
        if site.relation_type.is_symmetric and not site.is_ranked
    }
    said = {row for row in columns(source) if row[1] in symmetric}
    assert {(place, name, b, a, weight) for place, name, a, b, weight in said} == said


def test_matrices_travel_as_references(opened):
    for site in opened.sites:
        if isinstance(site, VectorSite):
            matrix = getattr(site.queries, "matrix", None)
            if matrix is None or isinstance(matrix.stored, SpooledRows):
                with pytest.raises(TypeError, match="of one process"):
                    pickle.dumps(site.queries)  # made here, or in a file that nobody else has
                continue
            again = pickle.loads(pickle.dumps(site.queries)).gathered()
            rows = site.queries.gathered()
            np.testing.assert_array_equal(
                again.rows(0, again.shape[0]), rows.rows(0, rows.shape[0])
            )


def test_what_is_loaded_is_whole_and_goes_without_a_trace(opened, connection):
    before = substrate_fingerprint(connection)
    connection.commit()
    report = load_source(connection, mined(opened))
    assert report.observations > 0
    assert verify_ratings(connection) == ()
    connection.commit()
    delete_source(connection, opened.source.identifier)
    assert substrate_fingerprint(connection) == before


@pytest.mark.parametrize("family", sorted({family for family, _ in CASES}))
@pytest.mark.parametrize("name", ["missing", "", "a/b/c"])
def test_what_is_not_there_is_one_line(family, name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HartonomousError) as found:
        list(open_sources([name], family, REQUEST))
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("family", ["text", "relations", "sentences", "qa"])
def test_a_folder_and_a_pipe_are_no_documents(family, tmp_path):
    import os

    os.mkfifo(tmp_path / "pipe.tsv")
    for path in (tmp_path, tmp_path / "pipe.tsv"):
        with pytest.raises(HartonomousError, match="not a regular one"):
            list(open_sources([path], family, REQUEST))
