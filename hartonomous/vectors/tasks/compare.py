"""How alike two sessions' task vectors are, layer by layer, and the picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.vectors.extras import required
from hartonomous.vectors.tasks.sessions import Session

if TYPE_CHECKING:
    from pathlib import Path

#: Cosine of two random directions of d numbers stays below this over sqrt(d), 95 times in 100.
_CHANCE = 1.96


@dataclass(frozen=True)
class LayerSimilarity:
    """One layer and token position of two sessions.

    Parameters
    ----------
    layer, position
        Which.
    cosine
        Of the two means. Means of prompts share most of their direction whatever is asked.
    cosine_without_base
        Of the two means minus the base session's; None without one.
    chance
        What the absolute cosine of random directions exceeds once in twenty.
    """

    layer: int
    position: str
    cosine: float
    cosine_without_base: float | None
    chance: float


def compare_sessions(
    a: Session, b: Session, base: Session | None = None
) -> tuple[LayerSimilarity, ...]:
    """Return cosines by layer and position of what two sessions share.

    Parameters
    ----------
    a, b
        Sessions of one model.
    base
        A session to take away from both, for example of prompts without examples.

    Raises
    ------
    ModelFormatError
        They are of different models, or share no layer and position.
    """
    sessions = [a, b, *([base] if base else [])]
    if len({s.metadata.get("model_fingerprint") for s in sessions}) > 1:
        raise ModelFormatError("the sessions are of different models: their spaces don't compare")
    names = set.intersection(*(set(s.vectors) for s in sessions))
    found = []
    for layer in a.layers:
        for position in a.metadata["token_positions"]:
            if f"layer_{layer}_pos_{position}" in names:
                found.append(_similarity(a, b, base, layer, str(position)))  # noqa: PERF401
    if not found:
        raise ModelFormatError("the sessions share no layer and token position")
    return tuple(found)


def _similarity(
    a: Session, b: Session, base: Session | None, layer: int, position: str
) -> LayerSimilarity:
    left, right = (s.vector(layer, position).astype(np.float64) for s in (a, b))
    without = None
    if base:
        common = base.vector(layer, position)
        without = cosine(left - common, right - common)
    chance = _CHANCE / float(np.sqrt(len(left)))
    return LayerSimilarity(layer, position, cosine(left, right), without, chance)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Return the cosine of two vectors; NaN where one is zero."""
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / lengths if lengths else float("nan")


def plot_similarities(found: tuple[LayerSimilarity, ...], path: Path, title: str) -> None:
    """Draw cosines by layer, one line a position, and write a PNG."""
    figure_module = required("matplotlib.figure")
    figure = figure_module.Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for position in dict.fromkeys(s.position for s in found):
        part = [s for s in found if s.position == position]
        layers = [s.layer for s in part]
        axes.plot(layers, [s.cosine for s in part], marker="o", label=position)
        if part[0].cosine_without_base is not None:
            values = [s.cosine_without_base for s in part]
            axes.plot(layers, values, marker="s", label=f"{position}, base taken away")
    axes.axhline(found[0].chance, color="grey", linestyle=":", label="chance, 95 %")
    axes.set(xlabel="Layer", ylabel="Cosine similarity", title=title)
    axes.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=120)
