"""``hartonomous ingest text``: documents as evidence, and whose they are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import note, say, show_json


def register(app: typer.Typer) -> None:
    """Add the command to ``hartonomous ingest``."""
    app.command()(text)


def text(
    files: Annotated[
        list[Path], typer.Argument(help="Plain text, Markdown, or JSON lines of id and text.")
    ],
    subject: Annotated[
        str | None,
        typer.Option("--subject", help="Whose documents they are: `delete subject` takes them."),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="Name of the source, or what stands before each name."),
    ] = None,
    window: Annotated[
        int, typer.Option("--window", help="Words this near to each other are related.")
    ] = 5,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Count which words of documents follow each other and which occur together."""
    import hartonomous
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    with hartonomous.open(dsn) as substrate:
        report = substrate.ingest_text(
            files,
            subject=subject,
            source=source,
            window=window,
            stages=Stages(display_for(quiet=as_json)),
        )
    if as_json:
        show_json(report)
        return
    say(
        f"{report.new:,} of {report.documents:,} documents are new: "
        f"{report.observations:,} observations"
    )
    for name, flags in report.flagged:
        note(f"look at {name}: {', '.join(flags)}")
