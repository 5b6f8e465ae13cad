"""What is to stay forgotten: persons who are let back in."""

from __future__ import annotations

from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection


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
