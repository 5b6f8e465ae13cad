"""How far deletions went, noted beside the database: a backup of before is known by it.

The file has a line for each database: what names it in all its backups, then the row of the audit
of its last deletion with that row's hash.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import ParameterError, StoreError
from hartonomous.postgres.home import find_home
from hartonomous.store.connection import chosen_dsn
from hartonomous.store.failures import store_errors
from hartonomous.store.forgetting_key import make_private
from hartonomous.store.session import Connection

#: Databases that one file keeps, the latest, and bytes that are read of it.
_MOST = 1000
_MAX_BYTES = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64}) ([0-9]{1,18}) ([0-9a-f]{64})")

BEHIND = (
    "this database is older than what was deleted from it, as a backup is, and answers nothing: "
    "`hartonomous forgotten replay FILE` deletes that again"
)


@dataclass(frozen=True)
class Mark:
    """A database and its last deletion."""

    database: str
    audit_id: int
    hash: str


def mark_file(dsn: str | None, key_file: Path | None) -> Path | None:
    """Return where marks are kept: in the embedded server's home, else beside the key."""
    if chosen_dsn(dsn) is None:
        return find_home().server / "deletions.mark"
    return key_file.with_name(f"{key_file.name}.mark") if key_file else None


def is_behind(connection: Connection, path: Path | None) -> bool:
    """Return whether a database is older than its last deletion; then it answers nothing any more.

    Raises
    ------
    ParameterError
        The file is not as it was written.
    """
    if path is None or not path.exists():
        return False
    with store_errors(), connection.transaction():
        mark = _behind_mark(connection, _read(path))
    if mark is None:
        return False
    _withhold(connection, mark)
    return True


def advance(connection: Connection, path: Path | None) -> None:
    """Note a database's last deletion, if this session may know it; not while it is behind.

    Raises
    ------
    ParameterError
        The file is not as it was written.
    """
    if path is None:
        return
    with store_errors(), connection.transaction():
        if _last_deletion(connection) in (None, *_read(path)):
            return
    with _alone(path), store_errors(), connection.transaction():
        last, marks = _last_deletion(connection), _read(path)
        if last and last not in marks and not _behind_mark(connection, marks):
            _write(path, [*_others(path, last.database), last])


def _behind_mark(connection: Connection, marks: list[Mark]) -> Mark | None:
    """Return the database's own mark if it is older than that."""
    row = connection.execute(
        "SELECT hartonomous_internal.behind_mark(%s::text[], %s::bigint[], %s::bytea[])",
        [
            [mark.database for mark in marks],
            [mark.audit_id for mark in marks],
            [bytes.fromhex(mark.hash) for mark in marks],
        ],
    ).fetchone()
    return marks[row[0]] if row and row[0] is not None else None


def _last_deletion(connection: Connection) -> Mark | None:
    row = connection.execute(
        "SELECT database, audit_id, encode(hash, 'hex') FROM hartonomous.database_mark()"
    ).fetchone()
    return Mark(*row) if row else None


def _withhold(connection: Connection, mark: Mark) -> None:
    """Let SQL answer nothing either, where this role may say so."""
    try:
        with store_errors(), connection.transaction():
            connection.execute(
                "SELECT hartonomous.withhold_answers(%s, %s)",
                [mark.audit_id, bytes.fromhex(mark.hash)],
            )
    except StoreError as error:
        if getattr(error.__cause__, "sqlstate", None) not in ("42501", "25006"):
            raise


def _read(path: Path) -> list[Mark]:
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return []
    except PermissionError:  # who may not read it is told by the one who may
        return []
    lines = text.decode("ascii", "replace").splitlines()
    found = [_LINE.fullmatch(line) for line in lines]
    if len(text) > _MAX_BYTES or not all(found):
        raise ParameterError(
            f"{path} is not as it was written: without it nobody knows whether the database is "
            "older than what was deleted from it; put it back, or move it away"
        )
    return [Mark(each[1], int(each[2]), each[3]) for each in found if each]


def _others(path: Path, database: str) -> list[Mark]:
    return [mark for mark in _read(path) if mark.database != database][1 - _MOST :]


def _write(path: Path, marks: list[Mark]) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{mark.database} {mark.audit_id} {mark.hash}\n" for mark in marks)
            file.flush()
            os.fsync(file.fileno())
        make_private(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process writes the file; the kernel lets go when one dies."""
    lock = path.with_name(f"{path.name}.lock")
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            make_private(lock)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
