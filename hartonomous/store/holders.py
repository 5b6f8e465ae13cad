"""Who keeps deleted rows alive: whatever may still want to see the database as it was.

A row that a deletion took away stays for as long as a snapshot of before is held: by a session in
a transaction, by a prepared transaction, or by a replication slot.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

_POLL_SECONDS = 0.1
#: How many of them a report names.
_MOST_NAMED = 20

#: age() counts transactions back from now, so what is older has the greater age. Snapshots of other
#: databases see none of our rows, but those of a standby may be of any; whoever rewrites a table
#: keeps what a transaction that writes, in any database, might still have to see.
_HOLDERS = """
SELECT format('session %%s of %%s%%s, %%s since %%s', s.pid, coalesce(s.usename, s.backend_type),
    coalesce(' (' || nullif(left(s.application_name, 80), '') || ')', ''),
    coalesce(s.state, s.backend_type),
    to_char(coalesce(s.xact_start, s.backend_start), 'HH24:MI:SS')),
    format('let it end, or SELECT pg_terminate_backend(%%s)', s.pid)
FROM pg_stat_activity AS s
WHERE s.pid <> pg_backend_pid()
    AND greatest(
        CASE WHEN s.datname = current_database() OR s.backend_type = 'walsender'
            THEN age(s.backend_xmin) END,
        age(s.backend_xid)
    ) >= age(%(mark)s::text::xid)
UNION ALL
SELECT format('prepared transaction %%L of %%s since %%s', left(p.gid, 80), p.owner,
    p.prepared::timestamptz(0)),
    format('COMMIT PREPARED or ROLLBACK PREPARED %%L', left(p.gid, 200))
FROM pg_prepared_xacts AS p
WHERE age(p.transaction) >= age(%(mark)s::text::xid)
UNION ALL
SELECT format('replication slot %%s', r.slot_name),
    format('let its consumer catch up, or SELECT pg_drop_replication_slot(%%L)', r.slot_name)
FROM pg_replication_slots AS r
WHERE greatest(age(r.xmin), age(r.catalog_xmin)) >= age(%(mark)s::text::xid)
ORDER BY 1
LIMIT %(most)s
"""
#: Whoever has a lock on a table may have one that a rewriting waits for.
_LOCKERS = """
SELECT DISTINCT format('session %%s of %%s, %%s since %%s',
    s.pid, coalesce(s.usename, s.backend_type), coalesce(s.state, s.backend_type),
    to_char(coalesce(s.xact_start, s.backend_start), 'HH24:MI:SS')),
    format('let its transaction end, or SELECT pg_terminate_backend(%%s)', s.pid)
FROM pg_locks AS l
INNER JOIN pg_stat_activity AS s ON s.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND s.pid <> pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database())
ORDER BY 1
LIMIT %(most)s
"""
#: Where the one whose lock was waited for has just gone.
_SOMEBODY = "another session, which has ended", "try again"


@dataclass(frozen=True)
class Holder:
    """What keeps deleted rows alive."""

    #: What it is, and whose.
    who: str
    #: How it ends.
    way_on: str

    def __str__(self) -> str:
        return f"{self.who}: {self.way_on}"


def mark_now(session: Connection) -> int:
    """Return the number of a transaction that is younger than all that was committed so far."""
    with store_errors():
        (mark,) = session.execute("SELECT pg_current_xact_id()::xid::text::bigint").fetchone() or (
            0,
        )
    return int(mark)


def holders(session: Connection, mark: int) -> tuple[Holder, ...]:
    """Return who may still see the database as it was when ``mark`` was made."""
    with store_errors():
        # what a transaction once saw of other sessions it goes on seeing
        session.execute("SELECT pg_stat_clear_snapshot()")
        found = session.execute(_HOLDERS, {"mark": mark, "most": _MOST_NAMED}).fetchall()
    return tuple(Holder(*row) for row in found)


def wait_for_holders(session: Connection, mark: int, seconds: float) -> tuple[Holder, ...]:
    """Wait until nobody sees the database as it was, and return who still does in the end."""
    deadline = time.monotonic() + seconds
    while (found := holders(session, mark)) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return found


def lock_holders(session: Connection) -> tuple[Holder, ...]:
    """Return who holds a lock on a table, after one could not be had."""
    found = session.execute(_LOCKERS, {"most": _MOST_NAMED}).fetchall() or [_SOMEBODY]
    return tuple(Holder(*row) for row in found)
