"""Whether what is stored hangs together, and how it is made right."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.editing.deletion import Deletion, call_deletion
from hartonomous.store.calls import call
from hartonomous.store.session import Connection


@dataclass(frozen=True)
class Inconsistency:
    """What does not hang together in what is stored."""

    problem: str
    #: The concept or site, and the source, where there is one.
    label: str | None
    source: str | None
    occurrences: int


def verify_ratings(connection: Connection) -> tuple[Inconsistency, ...]:
    """Return where what is stored does not hang together; nothing when all is right."""
    return call(
        connection,
        Inconsistency,
        "SELECT problem, label, source_identifier, occurrences FROM hartonomous.verify_ratings()",
    )


def refresh_ratings(connection: Connection) -> Deletion:
    """Take away what `verify_ratings` finds."""
    return call_deletion(connection, "refresh_ratings()")
