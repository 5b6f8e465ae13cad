"""The rows of an answer and how they look: in a terminal, in a pipe, in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, fields
from datetime import datetime
from html import escape
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from rich.table import Table

#: Rows that are shown of an answer where nobody asked for all, as in a Python shell.
MAX_SHOWN = 50


def shown(title: str) -> Mapping[str, str | None]:
    """Say how tables title a field."""
    return {"title": title}


def shown_if_any(title: str) -> Mapping[str, str | None]:
    """Say how tables title a field that they leave out where no row has it."""
    return {"title": title, "if any": "yes"}


def hidden(sql: str | None = None) -> Mapping[str, str | None]:
    """Say that a field is in JSON and CSV alone, and its SQL where that is no column's name."""
    return {"title": None, "sql": sql}


class Answer:
    """One row of an answer."""

    def _repr_html_(self) -> str:
        return Answers([self], type(self))._repr_html_()

    def __rich__(self) -> Table:
        return Answers([self], type(self)).__rich__()


Row = TypeVar("Row", bound=Answer, covariant=True)


class Answers(tuple[Row, ...]):
    """The rows of an answer: a tuple that shows itself as a table, in notebooks as well."""

    #: What the rows are.
    kind: type[Row]
    #: What the database said besides, such as words that it skipped.
    notes: tuple[str, ...]

    def __new__(
        cls, rows: Iterable[Row], kind: type[Row], notes: Iterable[str] = ()
    ) -> Answers[Row]:
        """Make an answer of its rows; without any, ``kind`` still says what its columns are."""
        made = super().__new__(cls, rows)
        made.kind = kind
        made.notes = tuple(notes)
        return made

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self), self.kind, self.notes

    def __repr__(self) -> str:
        text = aligned(self.titles(), self.cells(MAX_SHOWN))
        return text + (f"\n... {len(self) - MAX_SHOWN:,} more" if len(self) > MAX_SHOWN else "")

    def cells(self, max_rows: int | None = None) -> list[list[str]]:
        """Return what a table shows, row by row."""
        shown = [(f.name, f.metadata.get("parted by", " → ")) for f in self._shown()]
        return [[_cell(getattr(row, name), by) for name, by in shown] for row in self[:max_rows]]

    def titles(self) -> list[str]:
        """Return the titles of what a table shows."""
        return [str(f.metadata.get("title", f.name)) for f in self._shown()]

    def _shown(self) -> list[Field[Any]]:
        return [
            f for f in _titled(self.kind)
            if not f.metadata.get("if any") or any(getattr(row, f.name) is not None for row in self)
        ]  # fmt: skip

    def __rich__(self) -> Table:
        return rich_table(self.titles(), self.cells())

    def _repr_html_(self) -> str:
        more = f"<p>{len(self) - MAX_SHOWN:,} more</p>" if len(self) > MAX_SHOWN else ""
        return html(self.titles(), self.cells(MAX_SHOWN)) + more


def columns(kind: type[Answer]) -> str:
    """Return the columns that fill the fields of an answer, as a list in SQL."""
    return ", ".join(f.metadata.get("sql") or f.name for f in fields(kind))  # type: ignore[arg-type]


def field_names(kind: type[Answer]) -> list[str]:
    """Return the names of an answer's fields, in their order."""
    return [f.name for f in fields(kind)]  # type: ignore[arg-type]


def rich_table(
    titles: list[str], cells: list[list[str]], widths: Sequence[int] | None = None
) -> Table:
    """Return a table for a terminal; text is folded to its column's width where that is given."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, collapse_padding=True)
    rights = on_the_right(len(titles), cells)
    given: Sequence[int | None] = widths or [None] * len(titles)
    for title, right, width in zip(titles, rights, given, strict=True):
        table.add_column(title, justify="right" if right else "left", overflow="fold", width=width)
    for row in cells:
        table.add_row(*map(Text, row))  # Text, as [bold] may be a word
    return table


def records(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Return each row as lines of a title and its cell, for terminals too narrow for a table."""
    width = max(map(len, titles))
    return "\n\n".join(
        "\n".join(f"{title:<{width}}  {text}" for title, text in zip(titles, row, strict=True))
        for row in cells
    )


def _titled(kind: type[Answer]) -> list[Field[Any]]:
    return [f for f in fields(kind) if f.metadata.get("title", f.name)]  # type: ignore[arg-type]


def _cell(value: object, parted_by: str) -> str:
    if isinstance(value, tuple) and all(isinstance(one, (float, int, NoneType)) for one in value):
        return " ".join(map(_short, value))
    if isinstance(value, tuple):
        return parted_by.join(map(cell, value))
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else cell(value)


def _short(number: float | None) -> str:
    """Return one of several numbers: a share with two decimals, a rank or a rating with none."""
    if number is None:
        return "-"
    return f"{number:.2f}" if isinstance(number, float) and abs(number) < 10 else f"{number:.0f}"


def printable(text: str) -> str:
    """Return text as a terminal may see it: control characters, which a model may bring, shown."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def cell(value: object) -> str:
    """Return what a table shows of a value: three decimals, thousands parted, ``-`` for None."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
    if isinstance(value, int):
        return f"{value:,}"
    return printable(str(value))


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a count and what is counted: ``1 source``, ``2 sources``, ``0 sources``."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def is_number(column: Iterable[str]) -> bool:
    """Say whether a column's cells are all numbers, which stand on the right."""
    return all(text == "-" or text.replace(",", "").replace(".", "").isdigit() for text in column)


def on_the_right(width: int, cells: Sequence[Sequence[str]]) -> list[bool]:
    """Say of each of ``width`` columns whether it stands on the right."""
    return [is_number(column) for column in zip(*cells, strict=True)] or [False] * width


def aligned(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Return rows below their titles as lines of aligned columns."""
    rights = on_the_right(len(titles), cells)
    lines = [list(titles), *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(line, widths, rights) for line in lines)


def html(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Return the same as an HTML table, every cell escaped."""
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    rows = ("".join(f"<td>{escape(text)}</td>" for text in row) for row in cells)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(cells: Sequence[str], widths: Sequence[int], rights: Sequence[bool]) -> str:
    padded = (
        text.rjust(width) if right else text.ljust(width)
        for text, width, right in zip(cells, widths, rights, strict=True)
    )
    return "  ".join(padded).rstrip()
