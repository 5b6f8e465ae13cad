"""A sketch goes to a file and back; whatever else a file holds is refused in one line."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from planted_transformers import plant_transformer

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.lineage.sketch_file import MOST_BYTES, is_sketch, read_sketch, write_sketch
from hartonomous.lineage.sketching import sketch_model


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    plant_transformer(folder, "BERT")
    return sketch_model(folder, "planted")


@pytest.fixture
def file(planted, tmp_path):
    path = tmp_path / "planted.json"
    write_sketch(planted, path)
    return path


def test_a_file_holds_the_sketch_and_neither_labels_nor_weights(planted, file):
    read = read_sketch(file)
    assert is_sketch(file)
    assert (read.name, read.architecture, read.layers) == ("planted", "BERT", 2)
    assert read.vocabulary == planted.vocabulary == 240
    assert np.array_equal(read.ids, planted.ids)
    assert [place.position for place in read.places] == [
        "embedding", "layer0-qk", "layer0-ov", "layer0-residual",
        "layer1-qk", "layer1-ov", "layer1-residual",
    ]  # fmt: skip
    for one, other in zip(read.places, planted.places, strict=True):
        assert np.array_equal(one.lists, other.lists)
    assert read.labels == ()
    assert "token" not in file.read_text()


def test_the_largest_sketch_is_within_its_bound(tmp_path):
    table = np.random.default_rng(0).standard_normal((3000, 8)).astype(np.float32)
    np.save(tmp_path / "vectors.npy", table)
    (tmp_path / "vectors.txt").write_text("\n".join(f"word{n}" for n in range(3000)))
    words = sketch_model(tmp_path / "vectors.npy")
    assert (len(words.ids), words.vocabulary, words.layers) == (2048, 3000, 0)
    lists = words.places[0].lists.shape
    assert lists == (400, 32)
    ids, embedding, layers = 2048 * 8, 400 * 32 * 2, 12 * 400 * 10 * 2
    assert (ids + embedding + layers) * 4 / 3 + 4000 < MOST_BYTES


def test_nothing_is_written_over(planted, file):
    before = file.read_bytes()
    with pytest.raises(ParameterError, match="is there already"):
        write_sketch(planted, file)
    assert file.read_bytes() == before
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def place(given):
    return given["places"][1]


def numbers(given, change):
    """Change the numbers of the first layer's lists."""
    held = np.frombuffer(base64.b64decode(place(given)["lists"]), "<u2").copy()
    change(held)
    place(given)["lists"] = base64.b64encode(held.tobytes()).decode()


def swap_ids(given):
    held = np.frombuffer(base64.b64decode(given["concepts"]), "u1").reshape(-1, 8)
    given["concepts"] = base64.b64encode(held[::-1].tobytes()).decode()


HOSTILE = {
    "call itself": lambda g: g.update(format="something else"),
    "version 2": lambda g: g.update(version=2),
    "version of it is no int|version True": lambda g: g.update(version=True),
    "lacks layers": lambda g: g.pop("layers"),
    "has weights": lambda g: g.update(weights=[1]),
    "vocabulary of it is no int": lambda g: g.update(vocabulary="240"),
    "layers of it is no int": lambda g: g.update(layers=2.0),
    "so many layers": lambda g: g.update(layers=10**9),
    "not those of its vocabulary": lambda g: g.update(vocabulary=10**6),
    "name is too long": lambda g: g.update(name="x" * 300),
    "name is empty": lambda g: g.update(name=""),
    "not printable": lambda g: g.update(name="\x1b[2J"),
    "no base64": lambda g: g.update(concepts="*" * len(g["concepts"])),
    "0 concepts": lambda g: g.update(concepts=""),
    "not in their order": swap_ids,
    "0 places": lambda g: g.update(places=[]),
    "a place is there twice": lambda g: g["places"].append(g["places"][1]),
    "first place": lambda g: g["places"].reverse(),
    "a place is no object": lambda g: g["places"].insert(0, "x"),
    "no place is called": lambda g: place(g).update(kind="mlp"),
    "in no layer": lambda g: place(g).update(layer=7),
    "lists of 4000 where 10": lambda g: place(g).update(length=4000),
    "bytes where": lambda g: place(g).update(lists=place(g)["lists"][:400]),
    "isn't there": lambda g: numbers(g, lambda held: held.fill(60000)),
    "twice, or its own": lambda g: numbers(g, lambda held: held.fill(3)),
}


@pytest.mark.parametrize("said", HOSTILE)
def test_a_hostile_file_is_refused_in_one_line(file, said):
    given = json.loads(file.read_text())
    HOSTILE[said](given)
    file.write_text(json.dumps(given))
    with pytest.raises(ModelFormatError, match=said) as raised:
        read_sketch(file)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def test_what_is_no_json_or_too_large_is_refused_before_it_is_read(file):
    file.write_text('{"format": "hartonomous lineage sketch", ')
    with pytest.raises(ModelFormatError, match="malformed JSON"):
        read_sketch(file)
    file.write_text("[1]")
    with pytest.raises(ModelFormatError, match="no object"):
        read_sketch(file)
    file.write_text(" " * (MOST_BYTES + 1))
    with pytest.raises(ModelFormatError, match="larger than"):
        read_sketch(file)


def test_a_model_of_an_unknown_architecture_is_sketched_by_its_embedding_and_says_so(tmp_path):
    plant_transformer(tmp_path, "BERT")
    (tmp_path / "config.json").write_text("{}")
    said = []
    sketch = sketch_model(tmp_path, note=said.append)
    assert [each.kind for each in sketch.places] == ["embedding"]
    assert "how many heads" in said[0]
    (tmp_path / "vocab.txt").write_text("\n".join(f"[unused{n}]" for n in range(240)))
    with pytest.raises(ModelFormatError):
        sketch_model(tmp_path)


def test_a_folder_that_is_not_there_is_named_by_the_path_that_was_given(planted, tmp_path):
    path = tmp_path / "missing" / "sketch.json"
    with pytest.raises(ParameterError) as refused:
        write_sketch(planted, path)
    assert str(refused.value) == f"{path}: No such file or directory"
