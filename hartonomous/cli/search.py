"""``hartonomous code find``: questions in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import MaxResults, asking

if TYPE_CHECKING:
    from hartonomous.answers import Answer, Answers
    from hartonomous.substrate import Substrate

Words = Annotated[str, typer.Argument(metavar="WORDS", help="What is looked for.")]


def find(substrate: Substrate, words: Words, max_results: MaxResults = 10) -> Answers[Answer]:
    """Find the functions that words are about, with patterns, file and line."""
    return substrate.intent_to_code(words, max_results)


def register(code: typer.Typer) -> None:
    """Put the commands into their groups."""
    code.command()(asking(find))
