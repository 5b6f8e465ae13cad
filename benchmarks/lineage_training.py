"""Models that are trained here: on from a real one, to answer like one, and from nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.sparse import csr_array
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from benchmarks.lineage_models import FINE_TUNED, IDENTICAL, Made

#: The special tokens of BERT's vocabulary.
PAD, CLS, SEP, MASK = 0, 101, 102, 103
#: Tokens of a text that are read.
_LENGTH = 16
_LEAST_NORM = 1e-6
#: The first whole word of the vocabulary, and tokens that a teacher is asked about.
_FIRST_WORD, _TAUGHT = 1996, 8000
#: Texts of a batch.
_BATCH = 8
#: Share of the texts from which words get their first vectors.
_READ = 0.8


def glosses(wordnet: Path) -> list[str]:
    """Return WordNet's definitions and examples."""
    lines = [
        line
        for part in ("noun", "verb", "adj", "adv")
        for line in (wordnet / "dict" / f"data.{part}").read_text(encoding="utf-8").splitlines()
        if not line.startswith(" ")
    ]
    return [re.sub(r"[\"();]", " ", line.partition("| ")[2]) for line in lines]


def token_rows(tokenizer: Path, texts: list[str]) -> torch.Tensor:
    """Return texts as rows of tokens, shape (n, length), padded."""
    read = Tokenizer.from_file(str(tokenizer))
    read.enable_truncation(_LENGTH)
    read.enable_padding(length=_LENGTH, pad_id=PAD)
    return torch.tensor([each.ids for each in read.encode_batch(texts)])


def batches(rows: torch.Tensor, size: int, steps: int, seed: int) -> Iterator[torch.Tensor]:
    """Yield rows that are drawn at random."""
    random = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        yield rows[torch.randint(0, len(rows), (size,), generator=random)]


def trained_on(made: Made, name: str, rows: torch.Tensor, rate: float, steps: int) -> Made:
    """Train a sentence encoder on, so that halves of a text are near (InfoNCE)."""
    model = _model(made)
    _train_contrast(model, model.parameters(), rows, rate, steps)
    return _changed(made, name, model)


def with_adapters(made: Made, rows: torch.Tensor, rank: int, rate: float, steps: int) -> Made:
    """Train low-rank deltas of queries and values, and merge them (Hu et al. 2021)."""
    model = _model(made)
    model.requires_grad_(False)
    grown: list[torch.Tensor] = []
    for layer in model.encoder.layer:
        for linear in (layer.attention.self.query, layer.attention.self.value):
            delta = _LowRank(*linear.weight.shape, rank)
            torch.nn.utils.parametrize.register_parametrization(linear, "weight", delta)
            grown.extend((delta.up, delta.down))
    _train_contrast(model, grown, rows, rate, steps)
    for layer in model.encoder.layer:
        for linear in (layer.attention.self.query, layer.attention.self.value):
            torch.nn.utils.parametrize.remove_parametrizations(linear, "weight")
    return _changed(made, f"LoRA {rank}", model)


class _LowRank(torch.nn.Module):
    def __init__(self, outputs: int, inputs: int, rank: int) -> None:
        super().__init__()
        self.up = torch.nn.Parameter(torch.zeros(outputs, rank))
        self.down = torch.nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """Return the weight with its delta."""
        return weight + 2 * self.up @ self.down


def _train_contrast(
    model: Any, parameters: Any, rows: Any, rate: float, steps: int
) -> None:  # torch
    model.train()
    optimizer = torch.optim.AdamW(list(parameters), rate)
    for batch in batches(rows, _BATCH, steps, 1):
        half = _LENGTH // 2
        left, right = batch[:, :half], torch.cat([batch[:, :1], batch[:, half:]], dim=1)
        scores = 20 * pooled(model, left) @ pooled(model, right).T
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(batch)))
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()


def pooled(model: Any, rows: torch.Tensor) -> torch.Tensor:  # transformers' own
    """Return texts' mean states, of unit length."""
    mask = (rows != PAD).long()
    states = model(input_ids=rows, attention_mask=mask).last_hidden_state
    mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
    return torch.nn.functional.normalize(mean, dim=1, eps=_LEAST_NORM)


def small_config(width: int, layers: int, tokens: int) -> BertConfig:
    """Return the configuration of a small BERT."""
    return BertConfig(
        vocab_size=tokens, hidden_size=width, num_hidden_layers=layers,
        num_attention_heads=width // 32, intermediate_size=4 * width, max_position_embeddings=64,
    )  # fmt: skip


def distilled(teacher: Made, width: int) -> Made:
    """Make a table of tokens of what a teacher says of each alone, in a narrower basis.

    As Model2Vec does (Tulkens and van Dongen 2024): [CLS] token [SEP], mean, principal components.
    """
    chosen = np.arange(_FIRST_WORD, _FIRST_WORD + _TAUGHT)
    model = _model(teacher).eval()
    texts = torch.tensor([[CLS, int(token), SEP] for token in chosen])
    with torch.no_grad():
        said = torch.cat([pooled(model, part) for part in texts.split(64)]).numpy()
    centred = said - said.mean(axis=0)
    _, directions = np.linalg.eigh(centred.T @ centred)
    table = (centred @ directions[:, -width:]).astype(np.float32)
    name = f"student {width}"
    return replace(
        teacher, name=name, root=name, teacher=teacher.root, done=IDENTICAL,
        tokens=tuple(teacher.tokens[token] for token in chosen),
        tensors={"embeddings.word_embeddings.weight": table},
    )  # fmt: skip


def word_vectors(rows: torch.Tensor, tokens: int, seed: int) -> torch.Tensor:
    """Return vectors of words by those near them in four fifths of the texts.

    Positive pointwise mutual information, its first singular vectors scaled by the roots of their
    values, drawn into a basis of the seed's own (Levy and Goldberg 2014; Halko et al. 2011).
    """
    random = np.random.default_rng(seed)
    texts = rows.numpy()[random.random(len(rows)) < _READ]
    counts = csr_array((tokens, tokens))
    for apart in range(1, 5):
        left, right = texts[:, :-apart].ravel(), texts[:, apart:].ravel()
        words = (left > MASK) & (right > MASK)
        pairs = (np.ones(words.sum()), (left[words], right[words]))
        counts += csr_array(pairs, shape=(tokens, tokens))
    counts = (counts + counts.T).tocoo()
    totals = np.maximum(counts.sum(axis=0), 1)
    likely = np.log(counts.data * totals.sum() / totals[counts.row] / totals[counts.col])
    table = csr_array((np.maximum(likely, 0), (counts.row, counts.col)), shape=counts.shape)
    range_ = np.linalg.qr(table @ random.standard_normal((tokens, 160)))[0]
    for _ in range(2):
        range_ = np.linalg.qr(table @ range_)[0]
    first, values, _ = np.linalg.svd((table @ range_).T @ range_)
    vectors = range_ @ first[:, :128] * np.sqrt(values[:128])
    turn = np.linalg.qr(random.standard_normal((128, 128)))[0]
    noise = 0.02 * vectors.std() * random.standard_normal(vectors.shape)
    return torch.from_numpy((vectors @ turn + noise).astype(np.float32))


def from_nothing(like: Made, rows: torch.Tensor, seed: int, steps: int) -> Made:
    """Train a small BERT on masked words (Devlin et al. 2019), from vectors of words on."""
    torch.manual_seed(seed)
    model = BertModel(small_config(128, 2, len(like.tokens)), add_pooling_layer=False)
    tokens = model.embeddings.word_embeddings.weight
    trained = word_vectors(rows, len(like.tokens), seed)
    tokens.data = trained * (0.02 / trained.std())
    optimizer = torch.optim.AdamW(model.parameters(), 2e-4)
    for batch in batches(rows, 32, steps, 7):
        hidden = (torch.rand(batch.shape) < 0.15) & (batch > MASK)
        seen = torch.where(hidden, MASK, batch)
        states = model(input_ids=seen, attention_mask=(batch != PAD).long()).last_hidden_state
        scores = states[hidden] @ tokens.T
        loss = torch.nn.functional.cross_entropy(scores, batch[hidden])
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
    name = f"seed {seed}"
    return replace(_named(like, name, model), root=name, teacher="", done=IDENTICAL)


def _model(made: Made) -> BertModel:
    width, layers = made.tensors["embeddings.LayerNorm.weight"].shape[0], _layers(made)
    config = BertConfig(
        vocab_size=len(made.tokens), hidden_size=width, num_hidden_layers=layers,
        num_attention_heads=int(str(made.config["num_attention_heads"])),
        intermediate_size=4 * width, hidden_act="gelu",
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(
        {key: torch.from_numpy(np.array(each)) for key, each in made.tensors.items()}, strict=False
    )
    return model


def _layers(made: Made) -> int:
    return sum(key.endswith("attention.self.query.weight") for key in made.tensors)


def _changed(made: Made, name: str, model: Any) -> Made:  # transformers' own
    return made.changed(name, FINE_TUNED, _named(made, name, model).tensors)


def _named(made: Made, name: str, model: Any) -> Made:  # transformers' own
    state = model.state_dict().items()
    tensors = {key: each.numpy().copy() for key, each in state if each.dtype == torch.float32}
    return replace(made, name=name, tensors=tensors, config=model.config.to_dict())
