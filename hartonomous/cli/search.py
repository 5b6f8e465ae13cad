"""``hartonomous search``, ``expand-query`` and ``code find``: questions in words."""

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


def search(
    substrate: Substrate,
    words: Words,
    max_results: MaxResults = 10,
    expand: Annotated[
        bool, typer.Option("--expand/--plain", help="Add what the words are related to, or not.")
    ] = True,
) -> Answers[Answer]:
    """Find documents and functions of code by words, and show what their neighbours found."""
    return substrate.search(words, max_results, expand)


def expand_query(
    substrate: Substrate,
    words: Words,
    max_neighbors: Annotated[
        int, typer.Option("--max-neighbors", "-n", help="Neighbours of each word.")
    ] = 3,
) -> Answers[Answer]:
    """Make queries for PostgreSQL's full-text search: of words, and of their neighbours."""
    return substrate.expand_query(words, max_neighbors)


def register(group: typer.Typer, code: typer.Typer) -> None:
    """Put the commands into their groups."""
    group.command()(asking(search))
    group.command("expand-query")(asking(expand_query))
    code.command()(asking(find))
