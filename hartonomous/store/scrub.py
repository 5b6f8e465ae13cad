"""Erasure on disk: what was deleted leaves the data files, the statistics and the log too.

A row that is deleted stays in its page until the page is written anew, and in the write-ahead log
(WAL) until its segment is overwritten; PostgreSQL reuses segments without emptying them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.store import connection as connections
from hartonomous.store.behalf import act_for
from hartonomous.store.failures import first_line, store_errors
from hartonomous.store.holders import (
    Holder,
    holders,
    lock_holders,
    mark_now,
    wait_for_holders,
)
from hartonomous.store.orphans import orphan_files, remove_orphans
from hartonomous.store.session import Connection, require_direct

#: What no client of a server can reach.
_ELSEWHERE = (
    "write-ahead log that the server keeps, reuses or archives",
    "the server's own log",
    "backups, replicas and other copies",
    "files of crashed loads",
)
#: How long those who may still see what was deleted are waited for.
WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class ScrubReport:
    """What was written anew, and what was not."""

    done: tuple[str, ...]
    not_done: tuple[str, ...]
    #: Who kept deleted rows alive, so that they are there still; nobody when all are gone.
    held_by: tuple[Holder, ...] = ()
    #: The row of the audit that says so.
    audit_id: int | None = None

    @property
    def is_done(self) -> bool:
        """Whether all that is within reach was written anew without the deleted rows."""
        return not self.held_by


class _Scrub:
    """The steps, with what each reached."""

    def __init__(self, session: Connection, wait: float) -> None:
        self._session, self._wait = session, wait
        self._mark = mark_now(session)
        self.done: list[str] = []
        self.not_done: list[str] = []

    def rewrite(self) -> tuple[Holder, ...]:
        """Rewrite all tables, unless somebody may still see what was deleted; return who may."""
        _require_owner(self._session)
        held = wait_for_holders(self._session, self._mark, self._wait) or self._rewrite_tables()
        # who came meanwhile may have a snapshot that somebody of before had handed on
        return held or holders(self._session, self._mark)

    def _rewrite_tables(self) -> tuple[Holder, ...]:
        """Rewrite tables and indexes, then the statistics, which quote frequent values."""
        self._session.execute("SET maintenance_work_mem = '256MB'")
        self._session.execute("SET statement_timeout = 0")  # a role's limit is made for questions
        milliseconds = max(1, round(self._wait * 1000))
        self._session.execute("SELECT set_config('lock_timeout', %s, false)", [str(milliseconds)])
        try:
            self._session.execute("VACUUM (FULL, ANALYZE)")
            if _is_superuser(self._session):
                # ANALYZE has left the statistics of before as dead rows
                self._session.execute("VACUUM (FULL) pg_catalog.pg_statistic")
                self._session.execute("VACUUM (FULL) pg_catalog.pg_statistic_ext_data")
        except psycopg.errors.LockNotAvailable:
            return lock_holders(self._session)
        finally:
            self._session.execute("RESET lock_timeout")
        self.done += ["tables and indexes", "statistics"]
        return ()

    def remove_orphans(self, data: Path) -> None:
        """Remove the files that killed loads and deletions left."""
        found = orphan_files(self._session, data)
        if wait_for_holders(self._session, mark_now(self._session), self._wait):
            self.not_done.append("files of crashed loads, while transactions are open")
            return
        count = remove_orphans(self._session, data, found)
        self.done.append(f"files of crashed loads ({count} removed)")

    def report(self, held_by: tuple[Holder, ...] = ()) -> ScrubReport:
        """Write down what was reached, in the audit too."""
        left = [*self.not_done, *(["deleted rows that others may still see"] if held_by else [])]
        (row,) = self._session.execute(
            "SELECT hartonomous.record_scrub(%s, %s)", [self.done, left]
        ).fetchone() or (None,)
        return ScrubReport(tuple(self.done), tuple(self.not_done), held_by, row)


def scrub(
    dsn: str | None = None,
    *,
    operator: str | None = None,
    reference: str | None = None,
    wait: float = WAIT_SECONDS,
) -> ScrubReport:
    """Write everything anew that may still hold deleted rows; sessions wait meanwhile.

    On the embedded server that is the database with its indexes and statistics, the write-ahead
    log, the server's log, and files that killed loads left. On a server named by a DSN it is what
    the role may do in SQL. Rows that somebody may still see can't go: nothing is rewritten then.

    Parameters
    ----------
    operator, reference
        Who does it and what for, as the audit is to say.
    wait
        Seconds to wait for those who may still see what was deleted, and for locks.

    Raises
    ------
    StoreError
        The server can't be reached, or the tables belong to another role.
    """
    with connections.connect(dsn) as session, store_errors():
        session.autocommit = True
        require_direct(session)
        act_for(session, operator, reference)
        steps = _Scrub(session, wait)
        if held := steps.rewrite():
            return steps.report(held)
        if connections.chosen_dsn(dsn):
            _finish_elsewhere(session, steps)
            return steps.report()
        home = connections.attach().home
        steps.remove_orphans(home.data)
        _renew_log_segments(session)
        _empty_server_log(home.log)
        steps.done += ["write-ahead log", "server log"]
        steps.not_done.append("backups and other copies of the files")
        return steps.report()


def _require_owner(session: Connection) -> None:
    """Refuse a role whose VACUUM would leave tables out with a warning alone."""
    (strangers,) = session.execute(
        "SELECT count(*) FROM pg_class AS c WHERE c.relnamespace = 'hartonomous'::regnamespace"
        " AND c.relkind IN ('r', 'm') AND NOT pg_has_role(c.relowner, 'USAGE')"
    ).fetchone() or (0,)
    if strangers:
        raise StoreError(
            "this role may not rewrite the tables: scrub as their owner; nothing was changed"
        )


def _is_superuser(session: Connection) -> bool:
    return session.info.parameter_status("is_superuser") == "on"


def _finish_elsewhere(session: Connection, steps: _Scrub) -> None:
    steps.not_done += _ELSEWHERE
    for step, statement in (
        ("checkpoint", "CHECKPOINT"),
        ("switch to a new segment of write-ahead log", "SELECT pg_switch_wal()"),
    ):
        try:
            session.execute(statement)
        except psycopg.Error as error:
            steps.not_done.insert(0, f"{step} ({first_line(error)})")
            return
        steps.done.append(step)


def _renew_log_segments(session: Connection) -> None:
    """Leave every segment behind once, while the server removes segments instead of reusing."""
    with store_errors(), _without_recycling(session):
        (segments,) = session.execute("SELECT count(*) FROM pg_ls_waldir()").fetchone() or (0,)
        for _ in range(segments + 1):
            # a segment is left only when something is written to it
            session.execute("SELECT pg_switch_wal(), pg_current_xact_id()")
            session.execute("CHECKPOINT")


@contextmanager
def _without_recycling(session: Connection) -> Iterator[None]:
    setting = sql.Identifier("wal_recycle")
    session.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(setting))
    session.execute("SELECT pg_reload_conf()")
    try:
        _wait_for(session, "off")
        yield
    finally:
        with suppress(psycopg.Error):
            session.execute(sql.SQL("ALTER SYSTEM RESET {}").format(setting))
            session.execute("SELECT pg_reload_conf()")


def _wait_for(session: Connection, wanted: str) -> None:
    """Wait until the server has read its settings again."""
    for _ in range(500):
        if session.execute("SHOW wal_recycle").fetchone() == (wanted,):
            # the checkpointer reads them between checkpoints
            session.execute("CHECKPOINT")
            return
        session.execute("SELECT pg_sleep(0.01)")
    raise StoreError("the server does not read its settings again: try once more")


def _empty_server_log(path: Path) -> None:
    """Empty the log; the server appends to it, so it goes on at the front."""
    with suppress(FileNotFoundError):
        os.truncate(path, 0)
