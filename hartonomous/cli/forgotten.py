"""``hartonomous forgotten``: what is to stay forgotten, also when a backup comes back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

import hartonomous
from hartonomous.cli.options import Dsn, Json, Operator, Reference
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


@app.command("export")
def export_forgotten(
    file: Annotated[Path, typer.Argument(help="New file to write, which its owner may read.")],
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
) -> None:
    """Write what was deleted, without names: for the day on which an older backup is restored."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        deletions = substrate.export_forgotten()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(deletions)
    say(f"wrote {file}: keep it where backups are kept")


@app.command("replay")
def replay_forgotten(
    file: Annotated[Path, typer.Argument(help="The latest file of `forgotten export`.")],
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete again what was deleted since a backup that was restored; then it answers again."""
    from hartonomous.cli.delete import show_deletion
    from hartonomous.editing.forgotten import read_deletions

    deletions = read_deletions(file)
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        show_deletion(substrate.replay_forgotten(deletions), "gone", as_json)


@app.command("override")
def override_forgotten(
    reason: Annotated[str, typer.Option("--reason", help="Why, in one line, for the audit.")],
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
) -> None:
    """Let a restored backup answer as it is, with all that was deleted since."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        row = substrate.override_forgotten(reason)
    say(f"it answers again, with what was deleted since; row {row} of the audit says why")


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help="New file to write, which its owner may read.")],
) -> None:
    """Make a key for forgetting persons on a server of your own; the embedded one has its own."""
    from hartonomous.store.forgetting_key import create_key

    create_key(file)
    say(f"wrote {file}: keep it beside the database, and in no backup of it")
