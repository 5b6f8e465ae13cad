"""The sources of evidence that were loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_SOURCES = """
SELECT
    source_identifier, kind, state, subject_key, site_count, evidence_count, fingerprint, created_at
FROM hartonomous.source
ORDER BY created_at, source_identifier
"""


@dataclass(frozen=True)
class SourceSummary:
    """One source as the database holds it."""

    name: str
    #: What it is: model, document, image, code, feedback or evidence.
    kind: str
    #: ``live``, or ``quarantined``: kept, but out of every answer.
    state: str
    #: Whose data it is, where it is a person's.
    subject: str | None
    site_count: int
    evidence_count: int
    #: Hexadecimal digest of what was read and how it was mined.
    fingerprint: str
    created_at: datetime


def sources(connection: Connection) -> tuple[SourceSummary, ...]:
    """Return all sources, those loaded first in front.

    Raises
    ------
    StoreError
        The database is gone.
    """
    return fetch(connection, SourceSummary, _SOURCES)
