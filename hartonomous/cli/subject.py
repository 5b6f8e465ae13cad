"""``hartonomous subject``: whose data are held, what they are, and all of them for a request."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import hartonomous
from hartonomous.cli.options import (
    Csv,
    Dsn,
    Form,
    Json,
    MaxResults,
    Operator,
    Reference,
    Tsv,
    asking,
    form_of,
)
from hartonomous.cli.output import counted, say, show

if TYPE_CHECKING:
    from hartonomous.answers import Answer, Answers
    from hartonomous.substrate import Substrate

app = typer.Typer(help="Say what is held of a person, and hand it out.", no_args_is_help=True)

Key = Annotated[str, typer.Argument(help="The person's key, matched exactly.")]


def list_subjects(substrate: Substrate, max_results: MaxResults = 1000) -> Answers[Answer]:
    """List the persons of whom something is held, with how much it is and when it expires."""
    return substrate.list_subjects(max_results)


def show_subject(substrate: Substrate, subject: Key) -> Answers[Answer]:
    """Show the sources that are held of a person, quarantined ones too."""
    return substrate.show_subject(subject)


@app.command("export")
def export_subject(
    subject: Key,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="New file to write, which its owner alone may read."),
    ] = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
    as_csv: Csv = False,
    as_tsv: Tsv = False,
) -> None:
    """Export all that is held of a person, to answer a request for access; the audit says so."""
    form = form_of(as_json, as_csv, as_tsv)
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        if out is None:
            show(substrate.export_subject(subject), form)
            return
        with _new_file(out):
            held = substrate.export_subject(subject)
            show(held, Form.json if form is Form.table else form)
    say(f"wrote {counted(len(held), 'record')} to {out}")


@contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """Print into a file that was not there; it goes again when anything fails."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file, redirect_stdout(file):
            yield
    except BaseException:
        path.unlink()
        raise


for _name, _question in (("list", list_subjects), ("show", show_subject)):
    app.command(_name)(asking(_question))
