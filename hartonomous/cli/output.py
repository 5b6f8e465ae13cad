"""What commands print: tables for people, plain columns for pipes, JSON and CSV for machines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import typer

from hartonomous.cli.options import Form
from hartonomous.tables import (
    Answer,
    Answers,
    aligned,
    cell,
    counted,
    field_names,
    printable,
    records,
    rich_table,
)

__all__ = ["counted", "note", "printable", "say", "show", "show_json", "show_table"]


class _Voice:
    """Whether notes and reports are printed."""

    is_quiet = False


def be_quiet() -> None:
    """Print answers and errors alone from now on."""
    _Voice.is_quiet = True


def is_quiet() -> bool:
    """Say whether only answers and errors are printed."""
    return _Voice.is_quiet


def say(text: str) -> None:
    """Print what a change did."""
    if not _Voice.is_quiet:
        typer.echo(text)


def note(text: str) -> None:
    """Print, on standard error, what a person may want to know besides an answer."""
    if not _Voice.is_quiet:
        typer.echo(printable(text), err=True)


def show(answer: object, form: Form) -> None:
    """Print an answer of the door: rows, one row, a number, or None for nothing."""
    # an empty list says it all to a program
    if isinstance(answer, Answers) and (answer or form is not Form.json):
        for text in answer.notes:
            note(text)
    if form is Form.json:
        show_json(answer)
    elif isinstance(answer, Answer):
        show(Answers([answer], type(answer)), form)
    elif isinstance(answer, Answers) and form is Form.table:
        show_table(answer.titles(), answer.cells())
    elif isinstance(answer, Answers):
        _show_separated(answer, "," if form is Form.csv else "\t")
    elif answer is not None:
        typer.echo(f"{answer:.6f}" if isinstance(answer, float) else str(answer))


def show_json(answer: object) -> None:
    """Print an answer as JSON: dataclasses as objects, what JSON lacks as text."""
    import json

    typer.echo(json.dumps(answer, default=_plain, ensure_ascii=False))


def show_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their titles, columns aligned; numbers stand on the right.

    Rows that a terminal is too narrow for are printed a field a line.
    """
    cells = [[cell(value) for value in row] for row in rows]
    if not sys.stdout.isatty():
        typer.echo(aligned(titles, cells))
        return
    from rich.console import Console

    from hartonomous.cli.widths import fits, widths

    console = Console(highlight=False)
    if fits(titles, cells, console.width):
        console.print(rich_table(list(titles), cells, widths(titles, cells, console.width)))
    else:
        typer.echo(records(titles, cells) if cells else aligned(titles, cells))


def _show_separated(answer: Answers[Answer], delimiter: str) -> None:
    import csv

    names = field_names(answer.kind)
    writer = csv.writer(sys.stdout, delimiter=delimiter, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_separable(getattr(row, name)) for name in names] for row in answer)


def _separable(value: object) -> object:
    if isinstance(value, (tuple, dict)):
        import json

        return json.dumps(value, ensure_ascii=False)
    return value


def _plain(value: object) -> object:
    from dataclasses import asdict, is_dataclass

    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
