"""Lists of several sources side by side, a column each."""

from __future__ import annotations

from hartonomous.answers import Answers, SourceNeighbor


class SideBySide(Answers[SourceNeighbor]):
    """The same rows; as a table, a column for each source, what several list marked with ``*``."""

    def titles(self) -> list[str]:
        """Return rank, and the sources' names."""
        return ["rank", *self._sources()]

    def cells(self, max_rows: int | None = None) -> list[list[str]]:
        """Return a row a rank."""
        places = {(row.source_identifier, row.rank): row for row in self}
        ranks = sorted({row.rank for row in self})[:max_rows]
        return [
            [str(rank), *(_word(places.get((source, rank))) for source in self._sources())]
            for rank in ranks
        ]

    def _sources(self) -> list[str]:
        return list(dict.fromkeys(row.source_identifier for row in self))


def _word(row: SourceNeighbor | None) -> str:
    if row is None:
        return ""
    return f"{row.neighbor}{'*' * (row.held_by > 1)}"
