"""Files that no table names: what a killed backend leaves of tables that it had not committed.

PostgreSQL never looks for them again, so they stay in the data directory until somebody does.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

#: A relation's files: its number, perhaps a fork and a segment; temporary ones the server removes.
_FILE = re.compile(r"(?P<number>[1-9][0-9]*)(_(fsm|vm|init))?(\.[0-9]+)?")

#: Mapped catalogues have their number in a file of their own, which this function reads.
_KNOWN = """
SELECT pg_relation_filenode(c.oid) FROM pg_catalog.pg_class AS c
WHERE pg_relation_filenode(c.oid) IS NOT NULL
"""


def orphan_files(session: Connection, data: Path) -> frozenset[Path]:
    """Return the files of the session's database that no table or index names.

    Some may be of transactions that run at the moment.
    """
    with store_errors():
        # what was dropped goes at a checkpoint
        session.execute("CHECKPOINT")
        folder = data / _folder_of(session)
        listed = {path: _number(path.name) for path in folder.iterdir()}
        known = {number for (number,) in session.execute(_KNOWN).fetchall()}
    return frozenset(path for path, number in listed.items() if number and number not in known)


def remove_orphans(session: Connection, data: Path, candidates: frozenset[Path]) -> int:
    """Remove those of some orphan files that are orphans still; return how many.

    Every transaction that ran when the candidates were found has to have ended: then what has no
    table now will never have one.
    """
    gone = 0
    for path in orphan_files(session, data) & candidates:
        with suppress(FileNotFoundError):
            path.unlink()
            gone += 1
    return gone


def _folder_of(session: Connection) -> str:
    (folder,) = session.execute(
        "SELECT format('base/%s', d.oid) FROM pg_database AS d WHERE d.datname = current_database()"
    ).fetchone() or ("",)
    return str(folder)


def _number(name: str) -> int | None:
    found = _FILE.fullmatch(name)
    return int(found["number"]) if found else None
