"""A source's state and flags: quarantine, restore, and what comparing it with others says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hartonomous.concepts import names
from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection

if TYPE_CHECKING:
    from hartonomous.evaluation.comparison import Comparison

LOWERS_QUALITY = "lowers quality"


def quarantine_source(connection: Connection, source: str) -> bool:
    """Take a source out of every answer at once; return False when it is out already.

    Raises
    ------
    UnknownNameError
        There is no such source (any more); the message names near matches.
    """
    return call_one(connection, bool, "SELECT hartonomous.quarantine_source(%s)", [source])


def restore_source(connection: Connection, source: str) -> bool:
    """Bring a quarantined source back exactly as it was; return False when it is live.

    Raises
    ------
    UnknownNameError
        There is no such source; what was deleted can't be restored.
    """
    return call_one(connection, bool, "SELECT hartonomous.restore_source(%s)", [source])


def restrict_source(connection: Connection, source: str, roles: str | Sequence[str] = ()) -> bool:
    """Let only the members of some roles, and editors, see a source; False when it is so already.

    Raises
    ------
    UnknownNameError
        There is no such source, or no such role on the server; nothing was changed.
    """
    return call_one(
        connection,
        bool,
        "SELECT hartonomous.restrict_source(%s, VARIADIC %s)",
        [source, list(names(roles))],
    )


def open_source_to_all(connection: Connection, source: str) -> bool:
    """Let everybody see a source who may ask; return False when they do already.

    Raises
    ------
    UnknownNameError
        There is no such source (any more); the message names near matches.
    """
    return call_one(connection, bool, "SELECT hartonomous.open_source_to_all(%s)", [source])


def flag_quality(connection: Connection, source: str, comparison: Comparison) -> bool:
    """Flag a source that makes the answers worse, and take the flag off one that doesn't."""
    worse = comparison.effect == "worse"
    call_one(
        connection,
        bool,
        "SELECT hartonomous.mark_source(%s, %s, %s)",
        [source, LOWERS_QUALITY, worse],
    )
    return worse
