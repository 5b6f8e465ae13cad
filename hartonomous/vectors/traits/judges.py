"""Judges of responses: an OpenAI-compatible server, a local model's rubric, or lists of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from typing import Protocol

from hartonomous.errors import HartonomousError, ParameterError
from hartonomous.vectors.activations.tokens import Tokens, encode
from hartonomous.vectors.models import open_model
from hartonomous.vectors.tasks.prompts import chat_text
from hartonomous.vectors.tasks.scoring import score
from hartonomous.vectors.traits.definition import TraitDefinition

#: A trait's words are this share of a text that shows it completely.
_DENSITY = 0.15
LOCAL, LEXICAL = "local:", "lexical"
DEFAULT_JUDGE = "gpt-5-mini"


class JudgeError(HartonomousError):
    """A judge gave no usable answer; what it judged before is kept."""


@dataclass(frozen=True)
class Verdict:
    """Scores from 0 to 100: how much of the trait a response shows, and how coherent it is."""

    trait: float
    coherence: float


class Judge(Protocol):
    """Scores responses."""

    def judge(self, definition: TraitDefinition, question: str, response: str) -> Verdict:
        """Return the verdict on one response.

        Raises
        ------
        JudgeError
            There is none to be had.
        """


@dataclass(frozen=True)
class LexicalJudge:
    """Counts the definition's words; knows nothing else."""

    def judge(self, definition: TraitDefinition, question: str, response: str) -> Verdict:  # noqa: ARG002
        """Score by words of the trait, against words of its opposite where there are any."""
        pos, neg = (frozenset(word.lower() for word in side) for side in definition.lexical)
        if not pos:
            raise ParameterError(f"{definition.trait}: its definition lists no words to judge by")
        words = re.findall(r"\w+", response.lower())
        hits, against = (sum(word in side for word in words) for side in (pos, neg))
        if neg:
            trait = 50 + 50 * (hits - against) / (hits + against) if hits + against else 50.0
        else:
            trait = 100 * min(1.0, hits / (_DENSITY * len(words))) if words else 0.0
        return Verdict(trait, coherence(response))


def coherence(response: str) -> float:
    """Return how far a text does not repeat itself: 100 x the share of distinct word pairs."""
    words = response.lower().split()
    pairs = list(pairwise(words))
    if not pairs:
        return 100.0 if words else 0.0
    return 100.0 * len(set(pairs)) / len(pairs)


class RubricJudge:
    """Asks a local model yes or no and compares the two answers' probabilities."""

    def __init__(self, model: str) -> None:
        self._model = open_model(model)

    def judge(self, definition: TraitDefinition, question: str, response: str) -> Verdict:
        """Score by P(yes) / (P(yes) + P(no)) after the definition's eval prompt."""
        text = rubric(definition, question, response) + "\nAnswer yes or no."
        if self._model.tokenizer.chat_template:
            prompt = encode(self._model, chat_text(self._model, text), chat=True)
        else:
            prompt = encode(self._model, text)
        rows = [Tokens(prompt.ids, encode(self._model, "x", word).response) for word in _YES_NO]
        yes, no = score(self._model, rows).log_probability
        return Verdict(100 / (1 + exp(min(700.0, no - yes))), coherence(response))


_YES_NO = ("Yes", "No")


def rubric(definition: TraitDefinition, question: str, response: str) -> str:
    """Return the eval prompt with its texts in place; neither can bring in the other."""
    parts = re.split(r"(\{question\}|\{answer\})", definition.eval_prompt)
    texts = {"{question}": question, "{answer}": response}
    return "".join(texts.get(part, part) for part in parts)


def parse_score(reply: str) -> float:
    """Return the number from 0 to 100 that a judge wrote.

    Raises
    ------
    JudgeError
        It wrote none, or several.
    """
    numbers = re.findall(r"(?<![\w.])\d{1,3}(?:\.\d+)?(?![\w])", reply[:2000])
    if len(numbers) != 1 or not 0 <= float(numbers[0]) <= 100:
        raise JudgeError(f"the judge did not answer with a number from 0 to 100: {reply!r:.80}")
    return float(numbers[0])


def open_judge(name: str, *, url: str | None = None, timeout: float = 30.0) -> Judge:
    """Return the judge of that name.

    Parameters
    ----------
    name
        ``lexical``; ``local:`` and a model; else a model of an OpenAI-compatible server.
    url
        The server, ``OPENAI_BASE_URL`` by default.
    timeout
        Seconds that one answer may take.

    Raises
    ------
    ParameterError
        The server is not named by http or https.
    """
    from hartonomous.vectors.traits.remote_judge import RemoteJudge

    if name == LEXICAL:
        return LexicalJudge()
    if name.startswith(LOCAL):
        return RubricJudge(name.removeprefix(LOCAL))
    return RemoteJudge(name, url, timeout)


def estimated_tokens(definition: TraitDefinition, responses: Sequence[tuple[str, str]]) -> int:
    """Return about how many tokens judging will send: a token is four letters."""
    return sum(len(rubric(definition, q, r)) // 4 + 8 for q, r in responses)
