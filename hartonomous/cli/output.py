"""What commands print: tables for people, plain columns for pipes, JSON for machines."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import typer


def show_json(answer: object) -> None:
    """Print an answer as JSON: dataclasses as objects, what JSON lacks as text."""
    import json

    typer.echo(json.dumps(answer, default=_plain, ensure_ascii=False))


def show_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their titles, columns aligned; numbers stand on the right."""
    cells = [[_text(value) for value in row] for row in rows]
    rights = [_is_number(column) for column in zip(*cells, strict=True)] or [False] * len(titles)
    if sys.stdout.isatty():
        _show_rich(titles, cells, rights)
    else:
        typer.echo("\n".join(_aligned([list(titles), *cells], rights)))


def printable(text: str) -> str:
    """Return text as a terminal may see it: control characters, which a model may bring, shown."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
    if isinstance(value, int):
        return f"{value:,}"
    return printable(str(value))


def _is_number(column: Iterable[str]) -> bool:
    return all(text == "-" or text.replace(",", "").replace(".", "").isdigit() for text in column)


def _aligned(lines: list[list[str]], rights: Sequence[bool]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, rights, strict=True)
        padded = [cell.rjust(width) if right else cell.ljust(width) for cell, width, right in cells]
        yield "  ".join(padded).rstrip()


def _show_rich(titles: Sequence[str], rows: list[list[str]], rights: Sequence[bool]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for title, right in zip(titles, rights, strict=True):
        table.add_column(title, justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))  # Text, as [bold] may be a word
    Console(highlight=False).print(table)


def _plain(value: object) -> object:
    from dataclasses import asdict, is_dataclass

    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
