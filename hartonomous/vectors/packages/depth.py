"""Which layer of one model corresponds to which of another, by what they make of the same texts.

Layers are compared by linear CKA (Kornblith et al. 2019) of pooled hidden states, matched so that
deeper layers go with deeper ones, and held against a matching by relative depth alone and against
texts that are shuffled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.encoders import Encoder
from hartonomous.vectors.extras import required

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

#: Fewest texts, and texts at once. With few texts every two layers look alike.
LEAST_TEXTS, BATCH = 32, 32


@dataclass(frozen=True)
class Depth:
    """How the layers of two models correspond.

    Parameters
    ----------
    pairs
        Source layer, target layer and their similarity, from 0 to 1; one for each target layer.
    mean
        Mean similarity of the pairs.
    by_depth
        The same of layers of equal relative depth.
    shuffled
        The same of the best pairs after one model's texts were shuffled.
    """

    pairs: tuple[tuple[int, int, float], ...]
    mean: float
    by_depth: float
    shuffled: float


def compare_depth(
    source: Encoder, target: Encoder, texts: Sequence[str], *, seed: int = 0
) -> Depth:
    """Match the layers of two text encoders.

    Parameters
    ----------
    source, target
        The encoders; outputs of their blocks are compared, averaged over a text's tokens.
    texts
        What both read.
    seed
        Of the shuffling.

    Raises
    ------
    ParameterError
        There are fewer than 32 texts.
    """
    if len(texts) < LEAST_TEXTS:
        raise ParameterError(f"layers are compared on {LEAST_TEXTS} texts at least")
    ours, theirs = layer_states(source, texts), layer_states(target, texts)
    alike = _all_pairs(ours, theirs)
    chosen = monotone(alike)
    order = np.random.default_rng(seed).permutation(len(texts))
    mixed = _all_pairs(ours, theirs[:, order])
    layers = range(len(theirs))
    straight = [round(n * (len(ours) - 1) / max(1, len(theirs) - 1)) for n in layers]
    return Depth(
        tuple((a, b, float(alike[a, b])) for b, a in enumerate(chosen)),
        float(alike[chosen, layers].mean()),
        float(alike[straight, layers].mean()),
        float(mixed[monotone(mixed), layers].mean()),
    )


def layer_states(encoder: Encoder, texts: Sequence[str]) -> Array:
    """Return what each block puts out, averaged over tokens, shape (blocks, texts, hidden)."""
    torch = required("torch")

    def work(part: Sequence[str]) -> NDArray[np.float32]:
        inputs = encoder.inputs(part)
        mask = inputs["attention_mask"][..., None].float()
        with torch.inference_mode():
            states = encoder.network(**inputs, output_hidden_states=True).hidden_states[1:]
            pooled = torch.stack([(s.float() * mask).sum(1) / mask.sum(1) for s in states])
        return np.asarray(pooled.numpy(), np.float32)

    return np.concatenate(list(in_batches(texts, BATCH, work)), axis=1).astype(np.float64)


def linear_cka(a: Array, b: Array) -> float:
    """Return the linear CKA of two representations of the same things, shapes (n, d) and (n, e).

    0 for what has nothing in common, 1 for what a rotation and a scale make equal.
    """
    a, b = a - a.mean(0), b - b.mean(0)
    across = float(np.square(a.T @ b).sum())
    within = float(np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b))
    return across / within if within else 0.0


def _all_pairs(ours: Array, theirs: Array) -> Array:
    return np.array([[linear_cka(a, b) for b in theirs] for a in ours])


def monotone(alike: Array) -> list[int]:
    """Return a row for each column, never falling, so that the sum of what they share is greatest.

    Parameters
    ----------
    alike
        float64, shape (source layers, target layers).
    """
    best, came = alike[:, 0].copy(), []
    for column in alike.T[1:]:
        before = np.maximum.accumulate(best)
        first = [int(np.argmax(best[: row + 1])) for row in range(len(best))]
        came.append(first)
        best = before + column
    rows = [int(np.argmax(best))]
    for first in reversed(came):
        rows.append(first[rows[-1]])
    return rows[::-1]
