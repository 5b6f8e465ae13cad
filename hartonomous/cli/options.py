"""Options that commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Dsn = Annotated[
    str | None,
    typer.Option(
        "--dsn",
        envvar="HARTONOMOUS_DSN",
        show_envvar=False,
        help="Use this PostgreSQL, 15 or newer, instead of the embedded one.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Type = Annotated[str, typer.Option("--type", help="The relations to follow.")]
