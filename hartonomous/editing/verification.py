"""Whether what is stored hangs together, and how it is made right."""

from __future__ import annotations

from hartonomous.answers import Answers, Deletion, Inconsistency
from hartonomous.editing.deletion import call_deletion
from hartonomous.editing.rows import rows_of
from hartonomous.store.session import Connection


def verify_ratings(connection: Connection) -> Answers[Inconsistency]:
    """Return where what is stored does not hang together; nothing when all is right."""
    return rows_of(connection, Inconsistency, "verify_ratings()")


def refresh_ratings(connection: Connection) -> Deletion:
    """Take away what `verify_ratings` finds."""
    return call_deletion(connection, "refresh_ratings()")
