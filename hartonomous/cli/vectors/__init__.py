"""``hartonomous vectors``: task, trait and capability vectors; one file a kind."""

from __future__ import annotations

import typer

from hartonomous.cli.vectors import (
    catalog,
    check,
    packages,
    relate,
    steering,
    tasks,
    traits,
    transfer,
)

app = typer.Typer(help="Extract, check, move and inject vectors of models.", no_args_is_help=True)
tasks.register(app)
check.register(app)
packages.register(app)
transfer.register(app)
steering.register(app)
catalog.register(app)
relate.register(app)
app.add_typer(traits.app, name="trait")
