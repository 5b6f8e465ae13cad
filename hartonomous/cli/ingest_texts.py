"""``hartonomous ingest sentences``, ``qa`` and ``next-token``: what models say of texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.ingest import Expires, KeepGoing, Method, Source, Subject, shown_stages
from hartonomous.cli.ingested import show_report
from hartonomous.cli.options import Dsn, Json, Operator, Reference

app = typer.Typer()

Threads = Annotated[
    int | None, typer.Option("--threads", help="Threads to use.  [default: one a core]")
]


@app.command()
def sentences(
    paths: Annotated[
        list[str], typer.Argument(help="A sentence a line, or JSON lines of text and subject.")
    ],
    model: Annotated[str, typer.Option("--model", help="A sentence encoder's folder or name.")],
    k: Annotated[int, typer.Option("--k", help="Neighbours of each sentence.")] = 10,
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    keep_going: KeepGoing = False,
    method: Annotated[
        Method, typer.Option("--method", help="How neighbours are searched.")
    ] = Method.auto,
    threads: Threads = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Relate sentences that an encoder finds near to each other."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_sentences(
            paths,
            model,
            k=k,
            source=source,
            subject=subject,
            expires=expires,
            keep_going=keep_going,
            method=method.value,
            threads=threads,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


@app.command()
def qa(
    paths: Annotated[
        list[str], typer.Argument(help="Lines of question and answer: TSV, CSV, JSON lines.")
    ],
    model: Annotated[
        str | None, typer.Option("--model", help="An encoder, which adds the nearest answers.")
    ] = None,
    k: Annotated[int, typer.Option("--k", help="How many of these.")] = 10,
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    keep_going: KeepGoing = False,
    method: Annotated[
        Method, typer.Option("--method", help="How neighbours are searched.")
    ] = Method.auto,
    threads: Threads = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Lead from questions to what answers them."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_qa(
            paths,
            model=model,
            k=k,
            source=source,
            subject=subject,
            expires=expires,
            keep_going=keep_going,
            method=method.value,
            threads=threads,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


@app.command()
def next_token(
    path: Annotated[str, typer.Argument(help="A causal model's folder, GGUF file or name.")],
    prompts: Annotated[
        Path, typer.Option("--prompts", help="A prompt a line, or JSON lines of text.")
    ],
    top: Annotated[int, typer.Option("--top", help="How many words it would go on with.")] = 20,
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    keep_going: KeepGoing = False,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Ask a causal language model what comes next; broken off, it goes on where it was."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_next_token(
            path,
            prompts,
            top=top,
            source=source,
            subject=subject,
            expires=expires,
            keep_going=keep_going,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)
