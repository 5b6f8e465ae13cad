"""A trait vector added while a model writes: dose and response, random directions, coherence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.tokens import Tokens, encode
from hartonomous.vectors.generation import decode, generate
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.statistics import Estimate, mean_estimate, random_directions, unit
from hartonomous.vectors.tasks.scoring import score
from hartonomous.vectors.traits.definition import HELD_OUT_QUESTIONS, TraitDefinition
from hartonomous.vectors.traits.judges import Judge, coherence
from hartonomous.vectors.traits.monitor import check_model
from hartonomous.vectors.traits.responses import has_chat, prompt_text
from hartonomous.vectors.traits.vectors import TraitVector

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Doses in units of the residual streams' mean norm.
DOSES = (-0.2, -0.1, 0.0, 0.1, 0.2)
#: Random directions beside the largest dose.
RANDOM = 20
#: What a text may lose of its likelihood, in nats a token, and still count as coherent.
COHERENT = 2.0
#: Least share of word pairs that have to be distinct, 0 to 100.
DISTINCT = 50.0
#: Largest dose, and most doses.
MAX_DOSE, MAX_DOSES = 10.0, 50


@dataclass(frozen=True)
class Dose:
    """What one dose does.

    Parameters
    ----------
    dose
        Length of what is added, in units of the residual streams' mean norm.
    trait
        The judge's scores, 0 to 100.
    coherence_lost
        Nats a token: how much less likely the unsteered model finds the text than its own.
    distinct
        Share of a text's word pairs that are there once, 0 to 100; a model finds repetition likely.
    coherent
        Whether both are within their bounds.
    example
        The first text.
    """

    dose: float
    trait: Estimate
    coherence_lost: float
    distinct: float
    coherent: bool
    example: str


@dataclass(frozen=True)
class Steering:
    """A dose-response with its control.

    Parameters
    ----------
    trait, method, layer
        Of the vector.
    doses
        In ascending order.
    monotone
        Whether no coherent dose shows less of the trait than a smaller one.
    random_low, random_high
        Least and largest mean trait score of random directions at the largest coherent dose.
    outside_random
        Whether the vector's score at that dose lies outside.
    """

    trait: str
    method: str
    layer: int
    doses: tuple[Dose, ...]
    monotone: bool
    random_low: float
    random_high: float
    outside_random: bool


def steer(
    model: LanguageModel,
    vector: TraitVector,
    definition: TraitDefinition,
    judge: Judge,
    *,
    doses: Sequence[float] = DOSES,
    max_new_tokens: int = 40,
    random: int = RANDOM,
    batch_size: int = 8,
    seed: int = 0,
    advance: Advance | None = None,
) -> Steering:
    """Answer held-out questions, without instructions, under each dose of a vector.

    Parameters
    ----------
    model, vector, definition, judge
        Who writes, what is added, what is asked, who scores.
    doses
        In units of the residual streams' mean norm in the vector's layer.
    max_new_tokens, batch_size, seed
        Of generation; of random directions and intervals.
    random
        How many random directions are tried at the largest coherent dose.
    advance
        Told of each dose and each direction.

    Raises
    ------
    ModelFormatError
        The vector is of another model.
    ParameterError
        A dose is out of range.
    """
    check_model(model, vector)
    ordered = sorted({float(dose) for dose in doses})
    if not 1 <= len(ordered) <= MAX_DOSES or any(not abs(d) <= MAX_DOSE for d in ordered):
        raise ParameterError(f"from 1 to {MAX_DOSES} doses, each from -{MAX_DOSE} to {MAX_DOSE}")
    trial = _Trial(model, vector, definition, judge, max_new_tokens, batch_size, seed, advance)
    plain = trial.likelihood(trial.write(None))
    found = [trial.dose(unit(vector.vector), dose, plain) for dose in ordered]
    fine = [dose for dose in found if dose.coherent]
    largest = max(fine, key=lambda dose: abs(dose.dose), default=found[0])
    drawn = random_directions(random, model.hidden_size, seed=seed)
    scores = [trial.dose(way, largest.dose, plain).trait.value for way in drawn]
    low, high = min(scores, default=0.0), max(scores, default=100.0)
    value = largest.trait.value
    return Steering(
        vector.trait,
        vector.method,
        vector.layer,
        tuple(found),
        all(a.trait.value <= b.trait.value for a, b in pairwise(fine)) and len(fine) > 1,
        low,
        high,
        # of incoherent text nothing is claimed
        bool(fine) and (value > high if largest.dose > 0 else value < low),
    )


@dataclass(frozen=True)
class _Trial:
    """Writes, judges and rates answers to the held-out questions."""

    model: LanguageModel
    vector: TraitVector
    definition: TraitDefinition
    judge: Judge
    max_new_tokens: int
    batch_size: int
    seed: int
    advance: Advance | None

    def write(self, added: NDArray[np.float64] | None) -> list[Tokens]:
        """Return questions with the answers that the model writes."""
        questions = self.definition.questions[-HELD_OUT_QUESTIONS:]
        prompts = [
            encode(self.model, prompt_text(self.model, q, ""), chat=has_chat(self.model))
            for q in questions
        ]
        written = generate(
            self.model, prompts, max_new_tokens=self.max_new_tokens, batch_size=self.batch_size,
            seed=self.seed, steering=None if added is None else (self.vector.layer, added),
        )  # fmt: skip
        return [Tokens(p.prompt, w) for p, w in zip(prompts, written, strict=True)]

    def likelihood(self, rows: Sequence[Tokens]) -> float:
        """Return what the unsteered model finds of texts: mean log-probability a token."""
        full = [row for row in rows if row.response]
        if not full:
            return float("-inf")
        nats = score(self.model, full, batch_size=self.batch_size).log_probability
        return float(nats.sum() / sum(len(row.response) for row in full))

    def dose(self, direction: NDArray[np.float64], dose: float, plain: float) -> Dose:
        """Write and judge under one dose of a direction at length 1."""
        rows = self.write(dose * self.vector.residual_norm * direction if dose else None)
        texts = [decode(self.model, row.response).strip() for row in rows]
        questions = self.definition.questions[-HELD_OUT_QUESTIONS:]
        scores = [
            self.judge.judge(self.definition, question, text).trait
            for question, text in zip(questions, texts, strict=True)
        ]
        lost = plain - self.likelihood(rows)
        if self.advance:
            self.advance(1)
        trait = mean_estimate(np.array(scores), seed=self.seed)
        distinct = float(np.mean([coherence(text) for text in texts]))
        coherent = lost <= COHERENT and distinct >= DISTINCT
        return Dose(dose, trait, lost, distinct, coherent, texts[0])
