"""``hartonomous ingest code``: repositories as relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.loading import loading

if TYPE_CHECKING:
    from hartonomous.cli.loading import Said
    from hartonomous.ingest import IngestReport
    from hartonomous.substrate import Substrate

app = typer.Typer()


@app.command()
@loading
def code(
    substrate: Substrate,
    said: Said,
    paths: Annotated[list[str], typer.Argument(help="Folders of code, or files of it.")],
    history: Annotated[
        int,
        typer.Option("--history", help="Commits to look at for what fixes replaced by what."),
    ] = 0,
    processes: Annotated[int, typer.Option("--processes", help="Processes that read.")] = 1,
) -> IngestReport:
    """Relate functions, interfaces, patterns and words of code, one source a file."""
    return substrate.ingest_code(paths, history=history, processes=processes, **said)
