"""A distillation after an injection takes back what deltas did to other texts, and no more."""

from __future__ import annotations

import json

import numpy as np
import pytest
import tiny_models as tiny
import torch
from safetensors.numpy import load_file

from hartonomous.errors import ParameterError
from hartonomous.vectors import VectorInjector, VectorPackage
from hartonomous.vectors.packages.container import open_container
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.packages.inject import inject
from hartonomous.vectors.packages.rollback import RECORD, roll_back, sha256
from hartonomous.vectors.packages.stabilize import Stabilizer, words_of

TABLE = "embeddings.word_embeddings.weight"
WORDS = [f"w{n}" for n in range(30)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A text encoder, one whose table is changed in the rows of w0 to w19, and the package."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("pair")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    network = BertModel(
        BertConfig(vocab_size=34, intermediate_size=16, max_position_embeddings=16, **sizes)
    )
    base = tiny.save(folder / "base", network, WORDS)
    with torch.no_grad():
        network.get_input_embeddings().weight[4:24] += 0.02 * torch.randn(20, 16)
    special = tiny.save(folder / "special", network, WORDS)
    extract(base, special, folder / "a.awv", ExtractSettings(0, quantization="fp32"))
    return base, special, folder / "a.awv"


def test_only_what_the_texts_touch_goes_back(pair, tmp_path):
    base, special, package = pair
    texts = tuple(f"w{n} w{(n + 3) % 10} w25" for n in range(10))
    done = inject(
        open_container(package), base, tmp_path / "out", stabilizer=Stabilizer(300, texts)
    )
    assert done.stabilization.kept
    assert done.stabilization.after < 0.3 * done.stabilization.before
    assert not done.exact
    old, full, new = (
        load_file(f / "model.safetensors")[TABLE] for f in (base, special, tmp_path / "out")
    )
    np.testing.assert_array_equal(new[14:24], full[14:24])
    assert np.linalg.norm(new[4:14] - old[4:14]) < 0.7 * np.linalg.norm(full[4:14] - old[4:14])
    record = json.loads((tmp_path / "out" / RECORD).read_text())
    assert record["after"]["model.safetensors"] == sha256(tmp_path / "out/model.safetensors")
    roll_back(tmp_path / "out")
    assert sha256(tmp_path / "out/model.safetensors") == sha256(base / "model.safetensors")


def test_without_steps_nothing_is_trained(pair, tmp_path):
    base, special, package = pair
    done = inject(open_container(package), base, tmp_path / "out", stabilizer=Stabilizer(0))
    assert done.stabilization is None
    assert done.exact
    assert sha256(tmp_path / "out/model.safetensors") == sha256(special / "model.safetensors")


def test_texts_that_nothing_changed_for_leave_the_weights(pair, tmp_path):
    base, special, package = pair
    stabilizer = Stabilizer(5, tuple(f"w{n} w29" for n in range(20, 29)))
    done = inject(open_container(package), base, tmp_path / "out", stabilizer=stabilizer)
    assert not done.stabilization.kept
    assert sha256(tmp_path / "out/model.safetensors") == sha256(special / "model.safetensors")


def test_the_object_takes_steps_and_makes_texts_of_the_vocabulary(pair, tmp_path):
    base, _, package = pair
    assert set(" ".join(words_of(base)).split()) == set(WORDS)
    injector = VectorInjector(str(base))
    injector.configure(stabilization_steps=100, rollback_on_failure=True, quality_threshold=0.75)
    injector.inject(VectorPackage.load(package), tmp_path / "out")
    steady = json.loads((tmp_path / "out" / RECORD).read_text())["stabilization"]
    assert steady["after"] < steady["before"]


def test_stabilisations_out_of_range_are_refused():
    with pytest.raises(ParameterError, match="from 0 to 10,000"):
        Stabilizer(-1)
    with pytest.raises(ParameterError, match="needs 5 texts"):
        Stabilizer(1, ("a",))
