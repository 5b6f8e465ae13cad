"""Models that are trained here: on from a real one, to answer like one, and from nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from benchmarks.lineage_models import FINE_TUNED, IDENTICAL, Made

#: The special tokens of BERT's vocabulary.
PAD, CLS, SEP, MASK = 0, 101, 102, 103
#: Tokens of a text that are read.
_LENGTH = 16
_LEAST_NORM = 1e-6
#: Texts that a teacher answers, and texts of a batch of a real model's size.
TAUGHT, _BATCH = 1600, 8
#: Pairs of words of a step.
_PAIRS = 1024


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


def distilled(teacher: Made, rows: torch.Tensor, width: int, seed: int, steps: int) -> Made:
    """Train a small BERT from nothing to give texts the vectors that a teacher gives them."""
    torch.manual_seed(seed)
    student = BertModel(small_config(width, 2, len(teacher.tokens)), add_pooling_layer=False)
    head = torch.nn.Linear(width, 384)
    model = _model(teacher)
    model.eval()
    optimizer = torch.optim.AdamW([*student.parameters(), *head.parameters()], 2e-3)
    taught = rows[:TAUGHT]
    with torch.no_grad():
        answers = torch.cat([pooled(model, part) for part in taught.split(64)])
    for numbers in batches(torch.arange(len(taught)), 64, steps, seed):
        found = torch.nn.functional.normalize(head(pooled(student, taught[numbers])), dim=1)
        loss = 1 - (found * answers[numbers]).sum(1).mean()
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
    name = f"student {width}"
    return replace(_named(teacher, name, student), root=name, teacher=teacher.root, done=IDENTICAL)


def word_vectors(rows: torch.Tensor, tokens: int, seed: int, steps: int) -> torch.Tensor:
    """Train vectors of words by those near them (skip-gram: Mikolov et al. 2013)."""
    torch.manual_seed(seed)
    words, near = (torch.nn.Embedding(tokens, 128, sparse=True) for _ in range(2))
    for table in (words, near):
        torch.nn.init.normal_(table.weight, std=0.1)
    optimizer = torch.optim.SparseAdam([*words.parameters(), *near.parameters()], 5e-3)
    for batch in batches(rows, 128, steps, 7):
        apart = int(torch.randint(1, 4, ()))
        left, right = batch[:, 1:-apart].flatten(), batch[:, 1 + apart :].flatten()
        drawn = torch.nonzero((left > MASK) & (right > MASK)).flatten()[:_PAIRS]
        scores = words(left[drawn]) @ near(right[drawn]).T
        same = right[drawn][:, None] == right[drawn][None]
        scores = scores.masked_fill(same & ~torch.eye(len(drawn), dtype=torch.bool), -1e9)
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(drawn)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return words.weight.detach()


def from_nothing(like: Made, rows: torch.Tensor, seed: int, steps: int) -> Made:
    """Train a small BERT on masked words (Devlin et al. 2019), its embedding before the rest."""
    torch.manual_seed(seed)
    model = BertModel(small_config(128, 2, len(like.tokens)), add_pooling_layer=False)
    tokens = model.embeddings.word_embeddings.weight
    trained = word_vectors(rows, len(like.tokens), seed, 5 * steps)
    tokens.data = trained * (0.02 / trained.std())
    optimizer = torch.optim.AdamW(model.parameters(), 5e-4)
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


Training = Callable[[], Made]
