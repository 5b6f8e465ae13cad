"""Does a task vector cause the task? Added to zero-shot prompts, beside its controls.

The vector of a layer is the mean stream of prompts with examples minus that of the same questions
without (Hendel et al. 2023 put the mean in place of the stream; adding the difference works better
here). The layer is chosen on validation items, all figures come from test items.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.positions import parse_position
from hartonomous.vectors.activations.tokens import Tokens
from hartonomous.vectors.fingerprints import texts_fingerprint
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.statistics import Estimate, mean_estimate, random_directions, recovery
from hartonomous.vectors.tasks.extraction import mean_streams
from hartonomous.vectors.tasks.function_vectors import read_function_vector
from hartonomous.vectors.tasks.prompts import Prompts, read_prompts
from hartonomous.vectors.tasks.scoring import Scores, score
from hartonomous.vectors.tasks.sessions import Session

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A task whose prompts with examples score less can't show what its vector does.
MEASURABLE = 0.5
#: Random directions of each random control; the one that recovers most is reported.
RANDOM = 5


@dataclass(frozen=True)
class Control:
    """What something that is not the task's vector recovers."""

    name: str
    recovery: Estimate


@dataclass(frozen=True)
class TaskCheck:
    """What one session's vectors do.

    Parameters
    ----------
    task, session
        Names.
    zero_shot, few_shot, shuffled
        Share of test items answered right: without examples, with, and with examples whose answers
        are shuffled. The last is no control: answers alone tell much of a task.
    measurable
        Whether the score with examples is high enough to compare with.
    layer
        The block that was chosen.
    curve
        Each layer's score on validation items.
    recovery
        (with the vector - zero shot) / (few shot - zero shot) on test items.
    controls
        The same of vectors as long as the task's own.
    function_vector
        What the session's function vector recovers, at the block chosen for it; None without one.
    items
        How many test items there were.
    seed
        Of random directions and intervals.
    """

    task: str
    session: str
    zero_shot: Estimate
    few_shot: Estimate
    shuffled: Estimate
    measurable: bool
    layer: int
    curve: tuple[tuple[int, float], ...]
    recovery: Estimate
    controls: tuple[Control, ...]
    function_vector: tuple[int, Estimate] | None
    items: int
    seed: int


@dataclass(frozen=True)
class Differences:
    """A session's vectors to add, by layer, each of shape (hidden,)."""

    task: str
    by_layer: dict[int, NDArray[np.float64]]


def check_task(
    model: LanguageModel,
    session: Session,
    others: Sequence[Session] = (),
    *,
    items: int = 64,
    batch_size: int = 32,
    seed: int = 0,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> TaskCheck:
    """Add a session's vectors to zero-shot prompts and compare with what examples do.

    Parameters
    ----------
    model
        The one that the session came from.
    session
        Whose vectors are checked; its prompts need ``shots`` and the position ``last``.
    others
        Sessions of other tasks, for the controls.
    items
        At most so many validation items, and as many test items.
    batch_size, seed
        Prompts at once; of random directions and intervals.
    advance, remark
        Told of progress, one a layer and control, and of batches that had to be halved.

    Raises
    ------
    ModelFormatError
        A session is of another model, or of prompts that have changed since.
    ParameterError
        The prompts hold no examples, or a split is empty.
    """
    prompts = session_prompts(model, session)
    if not prompts.config.shots:
        raise ParameterError(f"{session.folder}: its prompts have no examples to compare with")
    trial = _Trial(model, prompts, items, batch_size, advance, remark)
    own = differences(model, session, batch_size=batch_size)
    layer, curve = _best_layer(trial, own.by_layer)
    rest = [differences(model, other, batch_size=batch_size) for other in others]
    zero, full = trial.on("test"), trial.on("test", shots=prompts.config.shots)
    shuffled = trial.on("test", shots=prompts.config.shots, shuffled=True)
    treated = trial.on("test", (layer, own.by_layer[layer]))
    rated = _Rating(trial, zero, full, layer, seed)
    return TaskCheck(
        task=prompts.config.task,
        session=session.folder.name,
        zero_shot=mean_estimate(zero.correct, seed=seed),
        few_shot=mean_estimate(full.correct, seed=seed),
        shuffled=mean_estimate(shuffled.correct, seed=seed),
        measurable=bool(full.correct.mean() >= MEASURABLE and full.correct.mean() > 0),
        layer=layer,
        curve=tuple((n, float(scores.correct.mean())) for n, scores in curve.items()),
        recovery=rated.rate(treated),
        controls=tuple(_controls(rated, own.by_layer[layer], rest)),
        function_vector=_function_vector(rated, session),
        items=len(zero.correct),
        seed=seed,
    )


def session_prompts(model: LanguageModel, session: Session) -> Prompts:
    """Return the prompts that a session was extracted from.

    Raises
    ------
    ModelFormatError
        The session is of another model, or its prompts have changed since.
    """
    if session.metadata.get("model_fingerprint") != model.fingerprint:
        raise ModelFormatError(f"{session.folder}: it is not from {model.name}")
    prompts = read_prompts(Path(str(session.metadata.get("prompt_file"))))
    facts = session.metadata
    asked = prompts.split(str(facts.get("split")), facts.get("n_samples"))
    if texts_fingerprint(map(prompts.text, asked)) != facts.get("prompts_fingerprint"):
        raise ModelFormatError(f"{session.folder}: {prompts.file} has changed since")
    return prompts


def differences(model: LanguageModel, session: Session, *, batch_size: int = 32) -> Differences:
    """Return a session's means minus those of the same questions without examples."""
    prompts = session_prompts(model, session)
    asked = prompts.split(str(session.metadata["split"]), session.metadata["n_samples"])
    plain = mean_streams(
        model, prompts.but(shots=0), asked, session.layers, (parse_position("last"),),
        batch_size=batch_size,
    ).mean[:, 0]  # fmt: skip
    by_layer = {
        layer: session.vector(layer).astype(np.float64) - plain[row]
        for row, layer in enumerate(session.layers)
    }
    return Differences(prompts.config.task, by_layer)


class _Trial:
    """Scores prompts of one task, with and without examples and vectors."""

    def __init__(
        self,
        model: LanguageModel,
        prompts: Prompts,
        items: int,
        batch_size: int,
        advance: Advance | None,
        remark: Callable[[str], None] | None,
    ) -> None:
        self._model, self._prompts, self._items = model, prompts, items
        self._batch_size, self._advance, self._remark = batch_size, advance, remark

    def on(
        self,
        split: str,
        added: tuple[int, NDArray[np.floating]] | None = None,
        *,
        shots: int = 0,
        shuffled: bool = False,
    ) -> Scores:
        """Score a split."""
        prompts = self._prompts.but(shots=shots, shuffled=shuffled)
        rows: list[Tokens] = prompts.encoded(self._model, prompts.split(split, self._items))
        scores = score(
            self._model, rows, batch_size=self._batch_size, added=added, remark=self._remark
        )
        if self._advance:
            self._advance(1)
        return scores


@dataclass(frozen=True)
class _Rating:
    """Turns scores on test items into recovery."""

    trial: _Trial
    zero: Scores
    full: Scores
    layer: int
    seed: int

    def rate(self, treated: Scores) -> Estimate:
        return recovery(self.zero.correct, treated.correct, self.full.correct, seed=self.seed)

    def of(self, name: str, vectors: Sequence[NDArray[np.float64]]) -> Control:
        """Return the control of that name: the vector of these that recovers most."""
        rated = [self.rate(self.trial.on("test", (self.layer, v))) for v in vectors]
        return Control(name, max(rated, key=lambda estimate: estimate.value))


def _best_layer(
    trial: _Trial, vectors: dict[int, NDArray[np.float64]]
) -> tuple[int, dict[int, Scores]]:
    curve = {layer: trial.on("validation", (layer, v)) for layer, v in vectors.items()}
    best = max(curve, key=lambda n: (curve[n].correct.mean(), curve[n].log_probability.mean()))
    return best, curve


def _function_vector(rating: _Rating, session: Session) -> tuple[int, Estimate] | None:
    vector = read_function_vector(session.folder)
    if vector is None:
        return None
    layer, _ = _best_layer(rating.trial, dict.fromkeys(session.layers, vector))
    return layer, rating.rate(rating.trial.on("test", (layer, vector)))


def _controls(
    rating: _Rating, own: NDArray[np.float64], others: Sequence[Differences]
) -> list[Control]:
    length = float(np.linalg.norm(own))
    drawn = random_directions(RANDOM, len(own), seed=rating.seed)
    controls = [rating.of("random", list(length * drawn))]
    found = [o.by_layer[rating.layer] for o in others if rating.layer in o.by_layer]
    if found:
        common = np.mean(found, axis=0)
        left = float(np.linalg.norm(own - common))
        controls.append(rating.of("mean + random", list(common + left * drawn)))
        scaled = [other * (length / np.linalg.norm(other)) for other in found]
        controls.append(rating.of("other task", scaled))
    return controls
