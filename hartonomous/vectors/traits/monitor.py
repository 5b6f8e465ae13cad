"""A trait while a model writes: projections by token, velocity, acceleration, commitment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.vectors.activations.hooks import residuals
from hartonomous.vectors.activations.tokens import Tokens, encode, pad
from hartonomous.vectors.extras import required
from hartonomous.vectors.generation import decode, generate
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.statistics import unit
from hartonomous.vectors.traits.responses import has_chat, prompt_text
from hartonomous.vectors.traits.vectors import TraitVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Tokens that a projection is averaged over before it is said to be on one side.
WINDOW = 3


@dataclass(frozen=True)
class Trajectory:
    """One generation as a trait vector sees it.

    Parameters
    ----------
    trait, method, layer
        Of the vector.
    tokens
        What was written.
    projections
        Of each token, at the vector's length 1, so that 0 is the mean projection of training
        examples without the trait and 1 that of those with it.
    velocity, acceleration
        First and second differences, each one token shorter.
    commitment
        The first token from which the running mean of three stays on one side of .5 to the end.
    shows
        Whether that side is the trait's.
    """

    trait: str
    method: str
    layer: int
    tokens: tuple[str, ...]
    projections: tuple[float, ...]
    velocity: tuple[float, ...]
    acceleration: tuple[float, ...]
    commitment: int
    shows: bool


def monitor(
    model: LanguageModel,
    vector: TraitVector,
    prompt: str,
    *,
    instruction: str = "",
    max_new_tokens: int = 60,
    response: str | None = None,
) -> Trajectory:
    """Let a model answer and project each token it writes on a trait's direction.

    Parameters
    ----------
    model, vector
        Who writes, and what is looked for; both of one model.
    prompt, instruction
        What is asked.
    max_new_tokens
        Length of the answer at most.
    response
        Looked at instead of what the model would write.

    Raises
    ------
    ModelFormatError
        The vector is of another model.
    ParameterError
        The prompt is too long.
    """
    check_model(model, vector)
    text = prompt_text(model, prompt, instruction)
    asked = encode(model, text, response, chat=has_chat(model))
    if response is None:
        (written,) = generate(model, [asked], max_new_tokens=max_new_tokens)
        asked = Tokens(asked.prompt, written)
    raw = _projections(model, vector, asked)
    along = (raw - vector.negative) / (vector.positive - vector.negative)
    commitment, shows = committed(along)
    return Trajectory(
        vector.trait,
        vector.method,
        vector.layer,
        tuple(decode(model, [token]) for token in asked.response),
        tuple(map(float, along)),
        tuple(map(float, np.diff(along))),
        tuple(map(float, np.diff(along, n=2))) if len(along) > 1 else (),
        commitment,
        shows,
    )


def check_model(model: LanguageModel, vector: TraitVector) -> None:
    """Raise a ModelFormatError unless a vector is of this model and tells its examples apart."""
    if not vector.positive > vector.negative:
        raise ModelFormatError(f"the vector of {vector.trait} does not tell its examples apart")
    if vector.model_fingerprint != model.fingerprint or len(vector.vector) != model.hidden_size:
        raise ModelFormatError(f"the vector of {vector.trait} is not from {model.name}")


def committed(along: NDArray[np.float64]) -> tuple[int, bool]:
    """Return the first token from which the smoothed projection keeps its side, and which."""
    if not len(along):
        return 0, False
    smooth = [along[max(0, n - WINDOW + 1) : n + 1].mean() for n in range(len(along))]
    above = np.array(smooth) > 0.5
    other = np.flatnonzero(above != above[-1])
    return (int(other[-1]) + 1 if len(other) else 0), bool(above[-1])


def _projections(model: LanguageModel, vector: TraitVector, row: Tokens) -> NDArray[np.float64]:
    if not row.response:
        return np.empty(0)
    batch = pad(model, [row])
    kept = residuals(model, batch, [vector.layer], lambda out: out[0, len(row.prompt) :])
    streams = kept[vector.layer].double().cpu().numpy()
    return np.asarray(streams @ unit(vector.vector))


def plot_trajectory(found: Trajectory, path: Path) -> None:
    """Draw projections and velocity by token, the commitment marked, and write a PNG."""
    figure = required("matplotlib.figure").Figure(figsize=(9, 5), layout="constrained")
    top, bottom = figure.subplots(2, sharex=True)
    top.plot(found.projections, marker="o", markersize=3)
    top.axhline(0.5, color="grey", linestyle=":")
    top.axvline(found.commitment, color="tab:red", linestyle="--", label="commitment")
    top.set(ylabel=f"{found.trait}, block {found.layer}")
    top.legend()
    bottom.plot(range(1, len(found.velocity) + 1), found.velocity, label="velocity")
    start = range(2, len(found.acceleration) + 2)
    bottom.plot(start, found.acceleration, label="acceleration", alpha=0.6)
    bottom.set(xlabel="token")
    bottom.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="png", dpi=120)
