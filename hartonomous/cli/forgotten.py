"""``hartonomous forgotten``: what is to stay forgotten, also when a backup comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import hartonomous
from hartonomous.cli.options import Dsn, Operator, Reference
from hartonomous.cli.output import say

app = typer.Typer(
    help="Keep what was forgotten out, also after a backup was restored.", no_args_is_help=True
)


@app.command("lift")
def lift_forgotten(
    subject: Annotated[str, typer.Argument(help="The person's key, matched exactly.")],
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
) -> None:
    """Let a person who was to stay forgotten come back with later loads; the audit says so."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        left = substrate.lift_forgotten(subject)
    say(f"lifted; {left:,} {'person is' if left == 1 else 'persons are'} still to stay forgotten")


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="New file to write, which its owner may read.")],
) -> None:
    """Make a key for forgetting persons on a server of your own; the embedded one has its own."""
    from hartonomous.store.forgetting_key import create_key

    create_key(file)
    say(f"wrote {file}: keep it beside the database, and in no backup of it")
