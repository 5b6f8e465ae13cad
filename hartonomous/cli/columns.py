"""Answers whose tables are of another shape: sources side by side, and who sees each."""

from __future__ import annotations

from hartonomous.answers import Answers, SourceNeighbor, SourceSummary


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


class WhoSees(Answers[SourceSummary]):
    """The same rows; as a table, each source and who may see it."""

    def titles(self) -> list[str]:
        """Return what the two columns are."""
        return ["source", "seen by"]

    def cells(self, max_rows: int | None = None) -> list[list[str]]:
        """Return a row a source."""
        return [[row.source_identifier, _viewers(row.viewers)] for row in self[:max_rows]]


def _viewers(roles: tuple[str, ...] | None) -> str:
    return "everybody" if roles is None else ", ".join((*roles, "editors"))


def _word(row: SourceNeighbor | None) -> str:
    if row is None:
        return ""
    return f"{row.neighbor}{'*' * (row.held_by > 1)}"
