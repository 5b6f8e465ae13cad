"""Layers of two models are matched by what they make of texts; a planted matching is found."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import tiny_models as tiny
import torch

from hartonomous.errors import ParameterError
from hartonomous.vectors.encoders import open_encoder
from hartonomous.vectors.packages.depth import compare_depth, linear_cka, monotone

WORDS = [f"w{n}" for n in range(60)]
TEXTS = [f"w{n % 60} w{(n * 7 + 1) % 60} w{(n * n) % 60}" for n in range(64)]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """A text encoder of six blocks, and one that has only its blocks 0, 1 and 4."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("depth")
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 6, "num_attention_heads": 2}
    config = BertConfig(
        vocab_size=64, intermediate_size=32, max_position_embeddings=16,
        initializer_range=0.6, **sizes,
    )  # fmt: skip
    deep = BertModel(config)
    short = copy.deepcopy(deep)
    short.encoder.layer = torch.nn.ModuleList(short.encoder.layer[n] for n in (0, 1, 4))
    short.config.num_hidden_layers = 3
    names = ((deep, "deep"), (short, "short"))
    return [open_encoder(str(tiny.save(folder / name, m, WORDS))) for m, name in names]


def test_layers_that_are_equal_are_matched(pair):
    found = compare_depth(*pair, TEXTS)
    assert [(a, b) for a, b, _ in found.pairs[:2]] == [(0, 0), (1, 1)]
    assert [alike for *_, alike in found.pairs[:2]] == pytest.approx([1, 1], abs=1e-5)
    assert found.mean > found.by_depth > found.shuffled
    assert [a for a, *_ in found.pairs] == sorted(a for a, *_ in found.pairs)


def test_similarity_is_blind_to_rotation_and_scale():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 8))
    turn, _ = np.linalg.qr(rng.normal(size=(8, 8)))
    assert linear_cka(rows, 3 * rows @ turn + 1) == pytest.approx(1)
    assert linear_cka(rows, rng.normal(size=(400, 8))) < 0.1
    assert linear_cka(rows, np.ones((400, 3))) == 0


def test_the_matching_is_the_best_that_never_falls():
    rng = np.random.default_rng(1)
    for _ in range(20):
        alike = rng.random((4, 3))
        every = [
            (a, b, c) for a in range(4) for b in range(a, 4) for c in range(b, 4)
        ]  # fmt: skip
        wanted = max(every, key=lambda rows: sum(alike[r, n] for n, r in enumerate(rows)))
        assert tuple(monotone(alike)) == wanted


def test_too_few_texts_are_refused(pair):
    with pytest.raises(ParameterError, match="on 32 texts at least"):
        compare_depth(*pair, TEXTS[:31])
