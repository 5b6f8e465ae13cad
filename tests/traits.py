"""A trait of the planted model: to answer in the way of its first task."""

from __future__ import annotations

import json
from dataclasses import replace

import tiny_models as tiny

from hartonomous.vectors.traits.definition import read_definition


def parts(**changes):
    """The JSON of the trait's definition."""

    def instruction(task, number):
        return " ".join(tiny.ANSWERS[task][4 * number : 4 * number + 4])

    return {
        "trait": "first",
        "instruction": [{"pos": instruction(0, n), "neg": instruction(1, n)} for n in range(5)],
        "questions": tiny.QUESTIONS[:20],
        "eval_prompt": "Question: {question} Answer: {answer} Score?",
        "lexical": {"pos": tiny.ANSWERS[0], "neg": tiny.ANSWERS[1]},
        **changes,
    }


def definition(folder, **changes):
    """Write the definition and read it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trait_definition.json").write_text(json.dumps(parts(**changes)))
    return read_definition(folder)


def without_words(definition):
    """The same without lists of words."""
    return replace(definition, lexical=((), ()))
