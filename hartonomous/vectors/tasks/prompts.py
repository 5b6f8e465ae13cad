"""Prompt configurations: one file says how questions become prompts, for every use of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.vectors.activations.tokens import Tokens, encode
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.settings import read_yaml, settings_from
from hartonomous.vectors.tasks.items import Item, read_items

#: Most examples in one prompt.
MAX_SHOTS = 100
_QUESTION, _ANSWER = "{question}", "{answer}"


@dataclass(frozen=True)
class PromptConfig:
    """How a question becomes a prompt.

    Parameters
    ----------
    dataset
        The CSV file of questions and answers, beside the configuration.
    task
        What the task is called.
    prompt_type
        A word for reports, for example ``5shot``.
    shots
        Examples before the question, drawn from the training split for each question anew.
    question, answer
        How they are written; ``{question}`` and ``{answer}`` stand for their texts. The answer
        begins with the space that the model would write.
    separator
        Between an example and what follows it.
    instruction
        What stands in front of all.
    chat
        The prompt is the user's turn of a chat.
    shuffled
        Examples carry each other's answers.
    seed
        Of drawing and shuffling examples.
    """

    dataset: str
    task: str = "task"
    prompt_type: str = "vanilla"
    shots: int = 0
    question: str = "Q: {question}\nA:"
    answer: str = " {answer}"
    separator: str = "\n\n"
    instruction: str = ""
    chat: bool = False
    shuffled: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Prompts:
    """A prompt configuration with its items."""

    config: PromptConfig
    items: tuple[Item, ...]
    #: The configuration's file
    file: Path

    def split(self, name: str, limit: int | None = None) -> tuple[Item, ...]:
        """Return the items of a split, at most ``limit``.

        Raises
        ------
        ParameterError
            There are none.
        """
        chosen = tuple(item for item in self.items if item.split == name)[:limit]
        if not chosen:
            raise ParameterError(f"{self.config.dataset}: has no items in the split {name!r:.40}")
        return chosen

    def but(self, **changes: object) -> Prompts:
        """Return the same items under a changed configuration."""
        return Prompts(replace(self.config, **changes), self.items, self.file)  # type: ignore[arg-type]

    def text(self, item: Item) -> str:
        """Return the prompt of an item, up to where its answer begins."""
        config = self.config
        parts = [config.instruction] if config.instruction else []
        for example, answer in self._examples(item):
            parts.append(_written(config, example.question) + _answered(config, answer))
        parts.append(_written(config, item.question))
        return config.separator.join(parts)

    def _examples(self, item: Item) -> list[tuple[Item, str]]:
        config = self.config
        if not config.shots:
            return []
        pool = [i for i in self.items if i.split == "train" and i.question != item.question]
        if len(pool) < config.shots:
            raise ParameterError(
                f"{config.dataset}: {config.shots} examples are asked for, "
                f"{len(pool)} other training items are there"
            )
        # Seeded by the question's text, so that a prompt doesn't depend on what else is asked.
        rng = random.Random(f"{config.seed} {item.question}")  # noqa: S311  # no secret
        examples = rng.sample(pool, config.shots)
        answers = [example.answer for example in examples]
        if config.shuffled:
            rng.shuffle(answers)
        return list(zip(examples, answers, strict=True))

    def encoded(self, model: LanguageModel, items: Sequence[Item]) -> list[Tokens]:
        """Return the tokens of each item's prompt and answer.

        Raises
        ------
        ParameterError
            A prompt is longer than the context, or the tokenizer has no chat template.
        """
        chat = self.config.chat
        texts = [self.text(item) for item in items]
        if chat:
            texts = [chat_text(model, text) for text in texts]
        return [
            encode(model, text, _answered(self.config, item.answer), chat=chat)
            for text, item in zip(texts, items, strict=True)
        ]


def read_prompts(path: Path) -> Prompts:
    """Read a prompt configuration and the items it names.

    Raises
    ------
    ParameterError
        A file is missing or malformed, or a key or value is not known.
    """
    config = settings_from(PromptConfig, read_yaml(path), str(path))
    if not 0 <= config.shots <= MAX_SHOTS:
        raise ParameterError(f"{path}: shots are from 0 to {MAX_SHOTS}, not {config.shots}")
    if _QUESTION not in config.question or _ANSWER not in config.answer:
        raise ParameterError(f"{path}: question and answer have to hold {_QUESTION} and {_ANSWER}")
    return Prompts(config, read_items(path.parent / config.dataset), path.resolve())


def chat_text(model: LanguageModel, user: str, system: str | None = None) -> str:
    """Return a user's turn in the model's own chat template, up to where the answer begins.

    Raises
    ------
    ParameterError
        The tokenizer has no chat template.
    """
    if not model.tokenizer.chat_template:
        raise ParameterError(f"{model.name}: its tokenizer has no chat template")
    messages = [{"role": "user", "content": user}]
    if system is not None:
        messages.insert(0, {"role": "system", "content": system})
    text: str = model.tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True
    )
    return text


def _written(config: PromptConfig, question: str) -> str:
    return config.question.replace(_QUESTION, question)


def _answered(config: PromptConfig, answer: str) -> str:
    return config.answer.replace(_ANSWER, answer)
