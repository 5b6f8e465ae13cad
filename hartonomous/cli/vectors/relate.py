"""``vectors relate``: vectors as sources of the substrate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.loading import loading
from hartonomous.cli.vectors.options import Model

if TYPE_CHECKING:
    from hartonomous.cli.loading import Said
    from hartonomous.ingest import IngestReport
    from hartonomous.substrate import Substrate


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(loading(relate))


def relate(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str], typer.Argument(help="Sessions, traits' vectors, or packages, of one model.")
    ],
    model: Model,
    layers: Annotated[str, typer.Option("--layers", help="Such as 26-29, or all.")] = "all",
    k: Annotated[int, typer.Option("--k", help="Words of each vector and layer, at most.")] = 20,
    everything: Annotated[
        bool, typer.Option("--everything", help="Keep lists that chance reaches as well.")
    ] = False,
) -> IngestReport:
    """Mine what vectors promote and are like, or whose neighbours deltas change, above chance."""
    return substrate.ingest_vectors(paths, model, layers=layers, k=k, everything=everything, **said)
