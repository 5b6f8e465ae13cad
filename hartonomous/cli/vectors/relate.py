"""``vectors relate``: vectors as sources of the substrate."""

from __future__ import annotations

from typing import Annotated

import typer

from hartonomous.cli.ingest import Expires, Source, Subject
from hartonomous.cli.ingested import show_report
from hartonomous.cli.options import Dsn, Json, Operator, Reference
from hartonomous.cli.vectors.options import Model


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(relate)


def relate(
    paths: Annotated[
        list[str], typer.Argument(help="Sessions' folders and traits' vectors of one model.")
    ],
    model: Model,
    layers: Annotated[str, typer.Option("--layers", help="Such as 26-29, or all.")] = "all",
    k: Annotated[int, typer.Option("--k", help="Words of each vector and layer, at most.")] = 20,
    everything: Annotated[
        bool, typer.Option("--everything", help="Keep lists that chance reaches as well.")
    ] = False,
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Mine the words that vectors promote, and the vectors they are like, above chance."""
    import hartonomous
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_vectors(
            paths,
            model,
            layers=layers,
            k=k,
            everything=everything,
            source=source,
            subject=subject,
            expires=expires,
            stages=Stages(display_for(quiet=as_json)),
        )
    show_report(report, as_json=as_json)
