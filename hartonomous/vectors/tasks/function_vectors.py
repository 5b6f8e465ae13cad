"""Function vectors: the summed mean outputs of the heads that carry a task (Todd et al. 2024).

A head's indirect effect is how much likelier the right answer gets when, in prompts whose examples
carry shuffled answers, the head's output at the last token is replaced by its mean over prompts
with right ones. The vector is the sum of the mean outputs of the heads with the largest effects.
Only the last token differs between those runs, so what came before is computed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.tokens import Batch, Tokens, chunks, pad
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.tensor_files import export_pt, read_tensor, write_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from hartonomous.vectors.tasks.prompts import Prompts

#: Names of the projection that mixes heads into the residual stream.
_OUTPUT_PROJECTIONS = ("o_proj", "out_proj", "c_proj", "dense")
#: Heads that make up a vector, and prompts that effects are averaged over.
HEADS = 10
_FILE = "function_vector.safetensors"
EFFECT_PROMPTS = 16


@dataclass(frozen=True)
class FunctionVector:
    """A task's function vector.

    Parameters
    ----------
    vector
        float64, shape (hidden,): to be added to a residual stream.
    heads
        (layer, head, indirect effect) of what it is the sum of, largest effect first.
    """

    vector: NDArray[np.float64]
    heads: tuple[tuple[int, int, float], ...]


def function_vector(
    model: LanguageModel,
    prompts: Prompts,
    *,
    samples: int = 64,
    heads: int = HEADS,
    corrupted: Prompts | None = None,
    batch_size: int = 16,
    advance: Advance | None = None,
) -> FunctionVector:
    """Find the heads that carry a task and sum their mean outputs.

    Parameters
    ----------
    model, prompts
        What runs and what is asked; the prompts need examples.
    samples
        Training prompts that heads' outputs are averaged over.
    heads
        How many heads make up the vector.
    corrupted
        Prompts that effects are measured on; by default the same with shuffled answers.
    batch_size
        Prompts at once.
    advance
        Told of each head that was tried.

    Raises
    ------
    ParameterError
        The prompts have no examples, or there are fewer heads than asked for.
    ModelFormatError
        The model's attention has no output projection that is known.
    """
    if not prompts.config.shots:
        raise ParameterError(f"{prompts.file}: function vectors need prompts with examples")
    count = int(model.network.config.get_text_config().num_attention_heads)
    if not 1 <= heads <= count * len(model.blocks):
        raise ParameterError(f"the model has {count * len(model.blocks)} heads, not {heads}")
    asked = prompts.encoded(model, prompts.split("train", samples))
    means = _mean_heads(model, [Tokens(row.prompt) for row in asked], batch_size)
    wrong = corrupted or prompts.but(shuffled=True)
    rows = wrong.encoded(model, wrong.split("validation", EFFECT_PROMPTS))
    effects = _indirect_effects(model, rows, means, count, advance)
    order = np.argsort(-effects, axis=None, kind="stable")[:heads]
    chosen = [divmod(int(place), count) for place in order]
    total = sum(_written(model, means, layer, head, count) for layer, head in chosen)
    listed = tuple((la, he, float(effects[la, he])) for la, he in chosen)
    return FunctionVector(np.asarray(total, np.float64), listed)


def output_projection(block: Any) -> Any:  # noqa: ANN401
    """Return the module of a block that mixes its heads' outputs.

    Raises
    ------
    ModelFormatError
        None of the known names is there.
    """
    for name, module in block.named_modules():
        if "attn" in name or "attention" in name:
            for wanted in _OUTPUT_PROJECTIONS:
                if name.rpartition(".")[2] == wanted:
                    return module
    raise ModelFormatError(f"{type(block).__name__}: its attention has no known output projection")


def _mean_heads(
    model: LanguageModel, rows: Sequence[Tokens], batch_size: int
) -> NDArray[np.float64]:
    """Return what enters each output projection at the last token, (layers, heads x size)."""
    sums = np.zeros((len(model.blocks), 1))
    for part in chunks(len(rows), batch_size):
        seen: dict[int, NDArray[np.float64]] = {}
        batch = pad(model, [rows[n] for n in part])
        handles = [_see_input(block, layer, seen) for layer, block in enumerate(model.blocks)]
        try:
            _forward(model, batch.ids, batch.mask, batch.positions)
        finally:
            for handle in handles:
                handle.remove()
        sums = sums + np.stack([seen[layer] for layer in range(len(model.blocks))])
    return np.asarray(sums / len(rows), np.float64)


def _see_input(block: Any, layer: int, seen: dict[int, NDArray[np.float64]]) -> Any:  # noqa: ANN401
    def see(_module: object, inputs: tuple[Tensor, ...]) -> None:
        seen[layer] = inputs[0][:, -1].double().sum(0).cpu().numpy()

    return output_projection(block).register_forward_pre_hook(see)


def _indirect_effects(
    model: LanguageModel,
    rows: Sequence[Tokens],
    means: NDArray[np.float64],
    count: int,
    advance: Advance | None,
) -> NDArray[np.float64]:
    batch = pad(model, [Tokens(row.prompt) for row in rows])
    answers = [row.response[0] for row in rows]
    tail = _Tail(model, batch, answers)
    plain = tail.probability()
    effects = np.zeros((len(model.blocks), count))
    for layer in range(len(model.blocks)):
        for head in range(count):
            part = np.split(means[layer], count)[head]
            effects[layer, head] = tail.probability((layer, head, part)) - plain
            if advance:
                advance(1)
    return effects


class _Tail:
    """Runs the last token of a batch again and again over what came before it."""

    def __init__(self, model: LanguageModel, batch: Batch, answers: Sequence[int]) -> None:
        self._model, self._batch, self._answers = model, batch, answers
        before = slice(None, batch.width - 1)
        output = _forward(
            model, batch.ids[:, before], batch.mask[:, before], batch.positions[:, before],
            cached=True,
        )  # fmt: skip
        self._cache = output.past_key_values

    def probability(self, replaced: tuple[int, int, NDArray[np.float64]] | None = None) -> float:
        """Return the mean probability of the answers, one head's output replaced if asked."""
        batch = self._batch
        handle = self._replace(*replaced) if replaced else None
        try:
            output = _forward(
                self._model, batch.ids[:, -1:], batch.mask, batch.positions[:, -1:],
                cached=True, past=self._cache,
            )  # fmt: skip
        finally:
            if handle:
                handle.remove()
        self._cache.crop(-1)
        chances = output.logits[:, -1].float().softmax(-1)
        return float(chances[range(len(self._answers)), list(self._answers)].mean())

    def _replace(self, layer: int, head: int, mean: NDArray[np.float64]) -> Any:  # noqa: ANN401
        torch, model = required("torch"), self._model
        value = torch.tensor(mean, dtype=model.network.dtype, device=model.device)

        def put(_module: object, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
            changed = inputs[0].clone()
            changed[..., head * len(value) : (head + 1) * len(value)] = value
            return (changed, *inputs[1:])

        return output_projection(model.blocks[layer]).register_forward_pre_hook(put)


def _forward(
    model: LanguageModel,
    ids: Tensor,
    mask: Tensor,
    positions: Tensor,
    *,
    cached: bool = False,
    past: object = None,
) -> Any:  # noqa: ANN401  # the library's output
    # transformers renames this argument in the course of version 5
    known = signature(model.network.forward).parameters
    given = {"cache" if "cache" in known else "past_key_values": past} if past is not None else {}
    with required("torch").inference_mode():
        return model.network(
            input_ids=ids, attention_mask=mask, position_ids=positions,
            use_cache=cached, logits_to_keep=1, **given,
        )  # fmt: skip


def _written(
    model: LanguageModel, means: NDArray[np.float64], layer: int, head: int, count: int
) -> NDArray[np.float64]:
    """Return what a head's mean output adds to the residual stream."""
    torch = required("torch")
    projection = output_projection(model.blocks[layer])
    only = np.zeros_like(means[layer])
    size = len(only) // count
    only[head * size : (head + 1) * size] = means[layer][head * size : (head + 1) * size]
    given = torch.tensor(only, dtype=model.network.dtype, device=model.device)
    with torch.inference_mode():
        without = projection(torch.zeros_like(given))
        result: NDArray[np.float64] = (projection(given) - without).double().cpu().numpy()
    return result


def read_function_vector(folder: Path) -> NDArray[np.float64] | None:
    """Return a session's function vector, None when none was extracted."""
    path = folder / _FILE
    if not path.exists():
        return None
    return np.asarray(read_tensor(path, "function_vector"), np.float64)


def write_function_vector(folder: Path, found: FunctionVector, *, pt: bool = False) -> None:
    """Write a function vector and its heads into its session's folder."""
    arrays = {"function_vector": found.vector.astype(np.float32)}
    write_tensors(folder / _FILE, arrays, {"heads": found.heads})
    if pt:
        export_pt((folder / _FILE).with_suffix(".pt"), arrays)
