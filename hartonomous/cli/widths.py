"""How wide a table's columns are on a terminal: what people compare stays whole, text is folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from hartonomous.tables import on_the_right

#: Columns to which words are folded at the least.
_FOLDED = 16


def fits(titles: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> bool:
    """Say whether a table can be read on so many columns: only text need be folded for it."""
    return sum(_least_widths(titles, cells)) + _between(titles) <= room


def widths(titles: Sequence[str], cells: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the widths of columns that together have room, taken from those that can give most."""
    found = [max(map(cell_len, column)) for column in zip(titles, *cells, strict=True)]
    least = _least_widths(titles, cells)
    for _ in range(sum(found) + _between(titles) - room):
        most = max(range(len(found)), key=lambda i: found[i] - least[i])
        found[most] -= 1
    return found


def _between(titles: Sequence[str]) -> int:
    """Columns of a terminal that stand between those of a table, and beside them."""
    return 2 * len(titles)


def _least_widths(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """Return how narrow columns may get: numbers and titles stay whole, text may be folded."""
    rights = on_the_right(len(titles), cells)
    columns = zip(*cells, strict=True) if cells else ((),) * len(titles)
    return [
        max(
            cell_len(title),
            max(map(cell_len, column)) if right else min(_longest_word(column), _FOLDED),
        )
        for title, column, right in zip(titles, columns, rights, strict=True)
    ]


def _longest_word(column: Iterable[str]) -> int:
    return max((cell_len(word) for text in column for word in text.split()), default=0)
