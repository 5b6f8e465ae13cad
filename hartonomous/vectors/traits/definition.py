"""What a trait is: five pairs of instructions, twenty neutral questions, how to judge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.files import read_json_object
from hartonomous.vectors.extras import required
from hartonomous.vectors.tensor_files import write_json

_SCHEMA = Path(__file__).with_name("trait_definition.json")
DEFINITION = "trait_definition.json"
#: What a template's texts begin with until somebody fills them in.
_UNFILLED = "TODO"
#: What of the pairs and of the questions is held out for the evaluation, from the end.
HELD_OUT_PAIRS, HELD_OUT_QUESTIONS = 2, 7
POLARITIES = ("pos", "neg")


@dataclass(frozen=True)
class TraitDefinition:
    """A trait.

    Parameters
    ----------
    trait
        Its name.
    instruction
        Pairs of what makes a model show it and what makes it show its opposite.
    questions
        What is asked; neutral.
    eval_prompt
        What a judge is asked; ``{question}`` and ``{answer}`` stand for the texts.
    lexical
        Words of the trait and of its opposite, for the lexical judge; may be empty.
    """

    trait: str
    instruction: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]
    eval_prompt: str
    lexical: tuple[tuple[str, ...], tuple[str, ...]]

    def is_held_out(self, question: str, instruction: str) -> bool | None:
        """Say whether an example is for the evaluation; None where it is for neither part.

        Only examples whose question and instruction both are held out are evaluated, and none of
        those is trained on.
        """
        pairs = [instruction in pair for pair in self.instruction]
        late_question = self.questions.index(question) >= len(self.questions) - HELD_OUT_QUESTIONS
        late_pair = pairs.index(True) >= len(self.instruction) - HELD_OUT_PAIRS
        return late_pair if late_pair == late_question else None

    def asked(self, polarity: str, count: int) -> list[tuple[str, str]]:
        """Return ``count`` pairs of question and instruction, every question first once."""
        side = POLARITIES.index(polarity)
        everything = [
            (question, self.instruction[(number + turn) % len(self.instruction)][side])
            for turn in range(len(self.instruction))
            for number, question in enumerate(self.questions)
        ]
        return [everything[n % len(everything)] for n in range(count)]


def read_definition(folder: Path) -> TraitDefinition:
    """Read and check a trait's definition.

    Raises
    ------
    ModelFormatError
        It is missing or malformed, has not five pairs and twenty questions, or is a template of
        which something is not filled in.
    """
    path = folder / DEFINITION
    parsed = read_json_object(path)
    schema = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    error = next(required("jsonschema").Draft202012Validator(schema).iter_errors(parsed), None)
    if error is not None:
        place = error.json_path[1:].lstrip(".") or "definition"
        raise ModelFormatError(f"{path}: {place}: {_said(error)}")
    lexical = parsed.get("lexical", {"pos": [], "neg": []})
    pairs = [text for pair in parsed["instruction"] for text in (pair["pos"], pair["neg"])]
    texts = [*pairs, *parsed["questions"], parsed["eval_prompt"], *lexical["pos"], *lexical["neg"]]
    unfilled = sum(text.lstrip().startswith(_UNFILLED) for text in texts)
    if unfilled:
        raise ModelFormatError(
            f"{path}: {unfilled} of its texts still say {_UNFILLED}: fill them in"
        )
    return TraitDefinition(
        parsed["trait"],
        tuple((pair["pos"], pair["neg"]) for pair in parsed["instruction"]),
        tuple(parsed["questions"]),
        parsed["eval_prompt"],
        (tuple(lexical["pos"]), tuple(lexical["neg"])),
    )


def _said(error: object) -> str:
    kind = getattr(error, "validator", "")
    listed = getattr(error, "instance", ())
    if kind in ("minItems", "maxItems") and isinstance(listed, list):
        return f"has {len(listed)} entries, {getattr(error, 'validator_value', '')} are needed"
    return str(getattr(error, "message", error))[:150]


def new_definition(folder: Path, trait: str) -> Path:
    """Write a template to be filled in, and return it.

    Raises
    ------
    ParameterError
        There is a definition already.
    """
    path = folder / DEFINITION
    if path.exists():
        raise ParameterError(f"{path}: is there already")
    pair = {
        "pos": f"{_UNFILLED}: how to show {trait}",
        "neg": f"{_UNFILLED}: how to show the opposite of {trait}",
    }
    template = {
        "trait": trait,
        "description": "",
        "instruction": [pair] * 5,
        "questions": [f"{_UNFILLED}: neutral question {n}" for n in range(1, 21)],
        "eval_prompt": (
            f"Does the answer show {trait}? Question: {{question}} Answer: {{answer}} "
            "Reply with one number from 0, not at all, to 100, completely."
        ),
        "lexical": {"pos": [_UNFILLED], "neg": []},
    }
    write_json(path, template)
    return path
