"""How much of a skill arrived: post against pre and source, with an interval and a placebo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.vectors.encoders import open_encoder
from hartonomous.vectors.models import open_model
from hartonomous.vectors.statistics import Estimate, mean_estimate, recovery
from hartonomous.vectors.tasks.items import Item, read_items
from hartonomous.vectors.tasks.prompts import read_prompts
from hartonomous.vectors.tasks.scoring import score

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Least retention of each grade; below the last it is F.
GRADES = (("A", 0.9), ("B", 0.8), ("C", 0.7), ("D", 0.6))
UNDEFINED = "undefined"


@dataclass(frozen=True)
class SuiteScores:
    """What one model does on a suite.

    Parameters
    ----------
    correct
        float64, shape (items,): 1 where right.
    decisions
        What was answered, as far as it is known: the answer's number, or ``correct``.
    """

    correct: NDArray[np.float64]
    decisions: NDArray[np.float64]

    @property
    def score(self) -> float:
        """Share of items that are right."""
        return float(self.correct.mean())


@dataclass(frozen=True)
class Retention:
    """How much of a skill arrived in a target.

    Parameters
    ----------
    suite, items
        What was asked.
    source, pre, post
        Scores of the specialised model, and of the target before and after.
    retention
        (post - pre) / (source - pre); None where it is undefined.
    why_undefined
        In words; empty where it is defined.
    grade
        By the lower end of the interval, A to F, or ``undefined``.
    placebo
        The same of the target with shuffled deltas; None where none was given.
    other_skill
        The same of the target with another skill's deltas.
    behavioural_fidelity
        Share of items on which target and source decide alike.
    capability_delta
        post - pre.
    """

    suite: str
    items: int
    source: Estimate
    pre: Estimate
    post: Estimate
    retention: Estimate | None
    why_undefined: str
    grade: str
    placebo: Estimate | None
    other_skill: Estimate | None
    behavioural_fidelity: float
    capability_delta: Estimate


def evaluate_suite(suite: Path, model: str, *, samples: int | None = None) -> SuiteScores:
    """Run a model on the test split of a suite.

    Parameters
    ----------
    suite
        A CSV file of questions and answers for text encoders, which choose the answer whose vector
        is nearest to the question's; or a prompt configuration for causal models.
    model
        A model.
    samples
        At most so many items.

    Raises
    ------
    ParameterError
        The suite is malformed or has no test items.
    """
    if suite.suffix in (".yaml", ".yml"):
        prompts = read_prompts(suite)
        opened = open_model(model)
        scores = score(opened, prompts.encoded(opened, prompts.split("test", samples)))
        return SuiteScores(scores.correct, scores.correct)
    items = read_items(suite)
    return _nearest_answers(model, items, [i for i in items if i.split == "test"][:samples])


def _nearest_answers(model: str, items: tuple[Item, ...], asked: list[Item]) -> SuiteScores:
    if not asked:
        raise ParameterError("the suite has no test items")
    answers = sorted({item.answer for item in items})
    encoder = open_encoder(model)
    cosines = encoder.embed([i.question for i in asked]) @ encoder.embed(answers).T
    decisions = cosines.argmax(1)
    wanted = np.array([answers.index(item.answer) for item in asked])
    return SuiteScores((decisions == wanted).astype(float), decisions.astype(float))


def retention(
    suite: str,
    source: SuiteScores,
    pre: SuiteScores,
    post: SuiteScores,
    placebo: SuiteScores | None = None,
    other_skill: SuiteScores | None = None,
    *,
    seed: int = 0,
) -> Retention:
    """Hold scores against each other; undefined is said, not divided.

    Retention is undefined where the interval of source - pre holds 0: then the source is no better
    than the target was.
    """
    gain = mean_estimate(source.correct - pre.correct, seed=seed)
    undefined = gain.low <= 0
    share = None if undefined else recovery(pre.correct, post.correct, source.correct, seed=seed)
    controls = [
        None
        if undefined or given is None
        else recovery(pre.correct, given.correct, source.correct, seed=seed)
        for given in (placebo, other_skill)
    ]
    return Retention(
        suite=suite,
        items=len(source.correct),
        source=mean_estimate(source.correct, seed=seed),
        pre=mean_estimate(pre.correct, seed=seed),
        post=mean_estimate(post.correct, seed=seed),
        retention=share,
        why_undefined=f"source - pre is {gain}: no better than 0" if undefined else "",
        grade=UNDEFINED if share is None else grade(share.low),
        placebo=controls[0],
        other_skill=controls[1],
        behavioural_fidelity=float((post.decisions == source.decisions).mean()),
        capability_delta=mean_estimate(post.correct - pre.correct, seed=seed),
    )


def grade(lower_bound: float) -> str:
    """Return the grade of a retention whose interval begins there."""
    return next((name for name, least in GRADES if lower_bound >= least), "F")


def interference(suite: Path, target: str, injected: str, *, seed: int = 0) -> Estimate:
    """Return what an injection costs on another suite: score after minus score before."""
    before, after = (evaluate_suite(suite, model).correct for model in (target, injected))
    return mean_estimate(after - before, seed=seed)
