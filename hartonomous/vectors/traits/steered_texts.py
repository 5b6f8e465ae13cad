"""What a model answers while vectors are added, and what a judge and the model itself say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.vectors.activations.tokens import Tokens, encode
from hartonomous.vectors.generation import decode, generate
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.statistics import Estimate, mean_estimate
from hartonomous.vectors.tasks.scoring import score
from hartonomous.vectors.traits.definition import TraitDefinition
from hartonomous.vectors.traits.judges import Judge, coherence
from hartonomous.vectors.traits.responses import has_chat, prompt_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Most answers to one question, and texts whose likelihood is taken at once.
MAX_SAMPLES, SCORED = 100, 32


@dataclass(frozen=True)
class Writing:
    """How steered answers are written.

    Parameters
    ----------
    max_new_tokens, batch_size
        Length at most, and answers at once.
    samples, temperature
        Answers to each question, drawn at that temperature; 0 takes the most likely tokens. Under
        every vector the same is drawn.
    every
        Whether the vector is added at the prompt's tokens as well, and not only at those written.
    """

    max_new_tokens: int = 40
    batch_size: int = 64
    samples: int = 1
    temperature: float = 0.0
    every: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.samples <= MAX_SAMPLES:
            raise ParameterError(f"samples are from 1 to {MAX_SAMPLES}, not {self.samples}")
        if self.samples > 1 and not self.temperature > 0:
            raise ParameterError("several samples need a temperature above 0")


@dataclass(frozen=True)
class SteeredTexts:
    """Answers under one vector.

    Parameters
    ----------
    trait
        The judge's scores, 0 to 100, each question's mean counting once.
    likelihood
        Mean log-probability a token that the model gives them unsteered, nats; NaN where nobody
        asked for it.
    distinct
        Share of a text's word pairs that are there once, 0 to 100, on average.
    example
        The first.
    """

    trait: Estimate
    likelihood: float
    distinct: float
    example: str


@dataclass(frozen=True)
class Trial:
    """Writes, judges and rates answers to questions."""

    model: LanguageModel
    definition: TraitDefinition
    judge: Judge
    questions: tuple[str, ...]
    writing: Writing
    seed: int

    def plain(self) -> SteeredTexts:
        """Return the answers without any vector."""
        (texts,) = self.write(0, [np.zeros(self.model.hidden_size)])
        return texts

    def write(
        self, layer: int, steps: Sequence[NDArray[np.float64]], *, likelihood: bool = True
    ) -> list[SteeredTexts]:
        """Return the answers under each of some vectors that are added in a layer."""
        if not steps:
            return []
        how, asked = self.writing, self._prompts()
        written = generate(
            self.model, asked * len(steps), max_new_tokens=how.max_new_tokens,
            temperature=how.temperature, batch_size=how.batch_size, seed=self.seed,
            numbers=[*range(len(asked))] * len(steps), every=how.every,
            steering=(layer, np.repeat(np.stack(steps), len(asked), axis=0)),
        )  # fmt: skip
        starts = range(0, len(written), len(asked))
        return [self._rated(asked, written[n : n + len(asked)], likelihood) for n in starts]

    def _prompts(self) -> list[Tokens]:
        """Return each question as often as it is answered, one after the other."""
        texts = [prompt_text(self.model, question, "") for question in self.questions]
        prompts = [encode(self.model, text, chat=has_chat(self.model)) for text in texts]
        return [prompt for prompt in prompts for _ in range(self.writing.samples)]

    def _rated(
        self, asked: Sequence[Tokens], written: Sequence[tuple[int, ...]], likelihood: bool
    ) -> SteeredTexts:
        texts = [decode(self.model, ids).strip() for ids in written]
        scores = [
            self.judge.judge(self.definition, self.questions[n // self.writing.samples], text).trait
            for n, text in enumerate(texts)
        ]
        by_question = np.array(scores).reshape(len(self.questions), -1).mean(1)
        rows = [Tokens(p.prompt, w) for p, w in zip(asked, written, strict=True)]
        distinct = float(np.mean([coherence(text) for text in texts]))
        trait = mean_estimate(by_question, seed=self.seed)
        nats = self._likelihood(rows) if likelihood else float("nan")
        return SteeredTexts(trait, nats, distinct, texts[0])

    def _likelihood(self, rows: Sequence[Tokens]) -> float:
        full = [row for row in rows if row.response]
        if not full:
            return float("-inf")
        nats = score(self.model, full, batch_size=SCORED).log_probability
        return float(nats.sum() / sum(len(row.response) for row in full))
