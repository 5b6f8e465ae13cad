"""A trait vector added while a model writes: dose and response, random directions, coherence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.statistics import Estimate, random_directions, unit
from hartonomous.vectors.traits.definition import HELD_OUT_QUESTIONS, TraitDefinition
from hartonomous.vectors.traits.judges import Judge
from hartonomous.vectors.traits.monitor import check_model
from hartonomous.vectors.traits.steered_texts import SteeredTexts, Trial, Writing
from hartonomous.vectors.traits.vectors import TraitVector

#: Doses in units of the residual streams' mean norm.
DOSES = (-0.4, -0.2, 0.0, 0.2, 0.4)
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
    """A dose-response with its controls.

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
        Whether the vector's scores lie outside at that dose, at both ends where both signs have it.
    others
        Mean trait scores of other traits' vectors at that dose, by name.
    """

    trait: str
    method: str
    layer: int
    doses: tuple[Dose, ...]
    monotone: bool
    random_low: float
    random_high: float
    outside_random: bool
    others: dict[str, float]


@dataclass(frozen=True)
class Spread:
    """How far a vector moved answers to the questions that it was extracted from.

    Parameters
    ----------
    vector
        Which.
    dose
        What was added and taken away.
    spread
        The trait's mean score with it less that without; None where texts were not coherent.
    """

    vector: TraitVector
    dose: float
    spread: float | None


def steer(
    model: LanguageModel,
    vector: TraitVector,
    definition: TraitDefinition,
    judge: Judge,
    *,
    doses: Sequence[float] = DOSES,
    random: int = RANDOM,
    others: Sequence[TraitVector] = (),
    writing: Writing | None = None,
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
    random
        How many random directions are tried at the largest coherent dose.
    others
        Other traits' vectors, as a further control at that dose.
    writing
        How answers are written.
    seed
        Of random directions and intervals.
    advance
        Told of each dose and each direction.

    Raises
    ------
    ModelFormatError
        A vector is of another model.
    ParameterError
        A dose is out of range.
    """
    for given in (vector, *others):
        check_model(model, given)
    ordered = _checked(doses)
    questions = definition.questions[-HELD_OUT_QUESTIONS:]
    trial = Trial(model, definition, judge, questions, writing or Writing(), seed)
    plain = trial.plain()
    steps = [dose * vector.residual_norm * unit(vector.vector) for dose in ordered]
    found = [
        _dose(*pair, plain) for pair in zip(ordered, trial.write(vector.layer, steps), strict=True)
    ]
    if advance:
        advance(len(found))
    fine = [dose for dose in found if dose.coherent]
    size = max((abs(dose.dose) for dose in fine), default=abs(found[0].dose))
    length = size * vector.residual_norm
    drawn = list(length * random_directions(random, model.hidden_size, seed=seed))
    scores = [texts.trait.value for texts in trial.write(vector.layer, drawn, likelihood=False)]
    if advance:
        advance(random)
    low, high = min(scores, default=0.0), max(scores, default=100.0)
    ends = [dose for dose in fine if abs(dose.dose) == size]
    return Steering(
        vector.trait,
        vector.method,
        vector.layer,
        tuple(found),
        all(a.trait.value <= b.trait.value for a, b in pairwise(fine)) and len(fine) > 1,
        low,
        high,
        # of incoherent text nothing is claimed
        bool(ends) and all(_outside(dose, low, high) for dose in ends),
        _others(trial, vector.layer, others, length),
    )


def steers_best(
    model: LanguageModel,
    vectors: Sequence[TraitVector],
    definition: TraitDefinition,
    judge: Judge,
    *,
    doses: Sequence[float] = (0.2, 0.4),
    writing: Writing | None = None,
    seed: int = 0,
    advance: Advance | None = None,
) -> tuple[Spread, tuple[Spread, ...]]:
    """Return which vector and dose move answers furthest, by questions that nothing is reported on.

    Parameters
    ----------
    model, vectors, definition, judge, writing, seed
        As `steer` takes them; the questions are those that the vectors were extracted from.
    doses
        Sizes that are tried, each added and taken away.
    advance
        Told of each vector.

    Returns
    -------
    tuple
        The best whose texts were coherent, of the smallest dose where none was; and all.
    """
    for vector in vectors:
        check_model(model, vector)
    sizes = [dose for dose in _checked(doses) if dose > 0]
    if not sizes or not vectors:
        raise ParameterError("a choice needs a vector and a dose above 0")
    questions = definition.questions[:-HELD_OUT_QUESTIONS]
    trial = Trial(model, definition, judge, questions, writing or Writing(), seed)
    plain, found = trial.plain(), []
    for vector in vectors:
        found += _spreads(trial, vector, sizes, plain)
        if advance:
            advance(1)
    best = max(found, key=lambda s: (-np.inf if s.spread is None else s.spread, -s.dose))
    return best, tuple(found)


def _spreads(
    trial: Trial, vector: TraitVector, sizes: Sequence[float], plain: SteeredTexts
) -> list[Spread]:
    doses = [sign * size for size in sizes for sign in (1, -1)]
    steps = [dose * vector.residual_norm * unit(vector.vector) for dose in doses]
    texts = trial.write(vector.layer, steps)
    rated = [_dose(dose, text, plain) for dose, text in zip(doses, texts, strict=True)]
    found = []
    for up, down in zip(rated[::2], rated[1::2], strict=True):
        spread = up.trait.value - down.trait.value if up.coherent and down.coherent else None
        found.append(Spread(vector, up.dose, spread))
    return found


def _checked(doses: Sequence[float]) -> list[float]:
    ordered = sorted({float(dose) for dose in doses})
    if not 1 <= len(ordered) <= MAX_DOSES or any(not abs(d) <= MAX_DOSE for d in ordered):
        raise ParameterError(f"from 1 to {MAX_DOSES} doses, each from -{MAX_DOSE} to {MAX_DOSE}")
    return ordered


def _dose(dose: float, texts: SteeredTexts, plain: SteeredTexts) -> Dose:
    lost = plain.likelihood - texts.likelihood
    coherent = lost <= COHERENT and texts.distinct >= DISTINCT
    return Dose(dose, texts.trait, lost, texts.distinct, coherent, texts.example)


def _outside(dose: Dose, low: float, high: float) -> bool:
    return dose.trait.value > high if dose.dose > 0 else dose.trait.value < low


def _others(
    trial: Trial, layer: int, others: Sequence[TraitVector], length: float
) -> dict[str, float]:
    steps = [length * unit(other.vector) for other in others]
    texts = trial.write(layer, steps, likelihood=False)
    return {o.trait: t.trait.value for o, t in zip(others, texts, strict=True)}
