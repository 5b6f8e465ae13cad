"""What is to stay forgotten: lifted, kept for backups, and deleted again after one comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hartonomous.answers import Deletion
from hartonomous.editing.deletion import call_deletion
from hartonomous.editing.small_files import read_small
from hartonomous.errors import ParameterError
from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection

#: A million deleted sources are 40 MB.
_MAX_BYTES = 256 << 20


def lift_forgotten(connection: Connection, subject: str) -> int:
    """Let a person come back with later loads; return how many are still to stay forgotten.

    Raises
    ------
    UnknownNameError
        No such person is to stay forgotten.
    StoreError
        The session lacks the key under which they were forgotten.
    """
    return call_one(connection, int, "SELECT hartonomous.lift_forgotten(%s)", [subject])


def export_forgotten(connection: Connection) -> str:
    """Return all that was deleted as JSON, for `replay_forgotten`; without names and content.

    Raises
    ------
    StoreError
        This role may not know, or the database is older than what was deleted from it.
    """
    fields: dict[str, Any] = call_one(connection, dict, "SELECT hartonomous.export_forgotten()")
    return json.dumps(fields, indent=1, sort_keys=True)


def replay_forgotten(connection: Connection, deletions: str) -> Deletion:
    """Delete again what `export_forgotten` said was deleted, after a backup was restored.

    It is one transaction: all of it, or nothing when anything fails. Persons and concepts go onto
    the lists of what is to stay forgotten.

    Raises
    ------
    ParameterError
        The text is none of `export_forgotten`, was changed, is another database's, or ends before
        the last deletion that is known of.
    UnknownNameError
        All of it was deleted already.
    """
    try:
        json.loads(deletions)
    except (ValueError, RecursionError):
        raise ParameterError("this is no file of deletions: it is not JSON") from None
    if "\\u0000" in deletions:
        raise ParameterError("this is no file of deletions of hartonomous")
    return call_deletion(connection, "replay_forgotten(%s::jsonb)", [deletions])


def override_forgotten(connection: Connection, reason: str) -> int:
    """Let a database answer that is older than what was deleted from it; return the audit's row.

    Parameters
    ----------
    reason
        Why, in one line of at most 200 characters; it goes into the audit.

    Raises
    ------
    ParameterError
        There is no reason, or nothing is withheld.
    """
    return call_one(connection, int, "SELECT hartonomous.override_forgotten(%s)", [reason])


def read_deletions(path: Path) -> str:
    """Return the text of a file of deletions.

    Raises
    ------
    ParameterError
        The file is missing, not UTF-8, or larger than 256 MiB.
    """
    try:
        return read_small(path, _MAX_BYTES).decode()
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: this is no file of deletions") from None
