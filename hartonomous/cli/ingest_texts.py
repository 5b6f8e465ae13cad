"""``hartonomous ingest sentences``, ``qa`` and ``next-token``: what models say of texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.loading import KeepGoing, Method, SearchMethod, Threads, loading

if TYPE_CHECKING:
    from hartonomous.cli.loading import Said
    from hartonomous.ingest import IngestReport
    from hartonomous.substrate import Substrate

app = typer.Typer()


@app.command()
@loading
def sentences(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str], typer.Argument(help="A sentence a line, or JSON lines of text and subject.")
    ],
    model: Annotated[str, typer.Option("--model", help="A sentence encoder's folder or name.")],
    k: Annotated[int, typer.Option("--k", help="Neighbours of each sentence.")] = 10,
    keep_going: KeepGoing = False,
    method: SearchMethod = Method.auto,
    threads: Threads = None,
) -> IngestReport:
    """Relate sentences that an encoder finds near to each other."""
    return substrate.ingest_sentences(
        paths, model, k=k, keep_going=keep_going, method=method.value, threads=threads, **said
    )


@app.command()
@loading
def qa(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str], typer.Argument(help="Lines of question and answer: TSV, CSV, JSON lines.")
    ],
    model: Annotated[
        str | None, typer.Option("--model", help="An encoder, which adds the nearest answers.")
    ] = None,
    k: Annotated[int, typer.Option("--k", help="How many of these.")] = 10,
    keep_going: KeepGoing = False,
    method: SearchMethod = Method.auto,
    threads: Threads = None,
) -> IngestReport:
    """Lead from questions to what answers them."""
    return substrate.ingest_qa(
        paths, model=model, k=k, keep_going=keep_going, method=method.value, threads=threads, **said
    )


@app.command()
@loading
def next_token(
    substrate: Substrate,
    said: Said,
    path: Annotated[str, typer.Argument(help="A causal model's folder, GGUF file or name.")],
    prompts: Annotated[
        Path, typer.Option("--prompts", help="A prompt a line, or JSON lines of text.")
    ],
    top: Annotated[int, typer.Option("--top", help="How many words it would go on with.")] = 20,
    keep_going: KeepGoing = False,
) -> IngestReport:
    """Ask a causal language model what comes next; broken off, it goes on where it was."""
    return substrate.ingest_next_token(path, prompts, top=top, keep_going=keep_going, **said)
