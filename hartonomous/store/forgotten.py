"""What loads leave out because it is to stay forgotten: persons' documents, and concepts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hartonomous.concepts import Concept
from hartonomous.observations import ConceptTable
from hartonomous.sites import OpenedSource
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

#: Concepts that one statement is asked about.
_BATCH = 50_000
#: Concepts that are remembered as lacking.
_MOST_LACKING = 1000


class LeftOut:
    """Leaves out what is to stay forgotten, and keeps count."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lacking: dict[str, None] = {}
        #: Sources that were left out because their persons are to stay forgotten.
        self.sources = 0

    @property
    def concepts(self) -> tuple[str, ...]:
        """Labels of concepts of the files that loads leave out, at most 1,000."""
        return tuple(self._lacking)

    def kept(self, batch: Sequence[OpenedSource]) -> list[OpenedSource]:
        """Return the sources that are nobody's who is to stay forgotten.

        Raises
        ------
        StoreError
            Somebody is, and this session lacks the key under which they were forgotten.
        """
        persons = {each.source.subject for each in batch if each.source.subject is not None}
        gone = _forgotten_subjects(self._connection, persons) if persons else set()
        kept = [opened for opened in batch if opened.source.subject not in gone]
        self.sources += len(batch) - len(kept)
        return kept

    def note_lacking(self, sources: Iterable[OpenedSource]) -> None:
        """Note which concepts of some sources loads leave out."""
        if not _forgets_concepts(self._connection):
            return
        for opened in sources:
            table, _ = ConceptTable.of(opened.all_concepts())
            for start in range(0, len(table), _BATCH):
                part = ConceptTable(
                    table.concepts[start : start + _BATCH], table.hashes[start : start + _BATCH]
                )
                self._note(_forgotten_concepts(self._connection, part))

    def _note(self, concepts: Iterable[Concept]) -> None:
        for concept in concepts:
            if len(self._lacking) < _MOST_LACKING:
                self._lacking[concept.label] = None


def _forgotten_subjects(connection: Connection, subjects: Iterable[str]) -> set[str]:
    with store_errors(), connection.transaction():
        rows = connection.execute(
            "SELECT s.subject_key FROM unnest(%s::text[]) AS s (subject_key)"
            " WHERE hartonomous.is_forgotten(s.subject_key)",
            [list(subjects)],
        ).fetchall()
    return {key for (key,) in rows}


def _forgets_concepts(connection: Connection) -> bool:
    with store_errors(), connection.transaction():
        row = connection.execute("SELECT hartonomous.forgets_concepts()").fetchone()
    return row == (True,)


def _forgotten_concepts(connection: Connection, table: ConceptTable) -> list[Concept]:
    with store_errors(), connection.transaction():
        row = connection.execute(
            "SELECT hartonomous.forgotten_places(%s::bytea[], %s::text[], %s::text[])",
            [
                [digest.tobytes() for digest in table.hashes],
                [concept.label for concept in table.concepts],
                [concept.kind for concept in table.concepts],
            ],
        ).fetchone()
    return [table.concepts[place - 1] for place in (row[0] if row else ())]
