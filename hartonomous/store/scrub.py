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
from hartonomous.store.failures import first_line, store_errors
from hartonomous.store.session import Connection

#: What no client of a server can reach.
_ELSEWHERE = (
    "write-ahead log that the server keeps, reuses or archives",
    "the server's own log",
    "backups, replicas and other copies",
)


@dataclass(frozen=True)
class ScrubReport:
    """What was written anew, and what was not."""

    done: tuple[str, ...]
    not_done: tuple[str, ...]


def scrub(dsn: str | None = None) -> ScrubReport:
    """Write everything anew that may still hold deleted rows; sessions wait meanwhile.

    On the embedded server that is the database with its indexes and statistics, the write-ahead
    log and the server's log. On a server named by a DSN it is what the role may do in SQL.

    Raises
    ------
    StoreError
        The server can't be reached, or refused to rewrite the tables.
    """
    with connections.connect(dsn) as session:
        session.autocommit = True
        done = _rewrite_tables(session)
        if connections.chosen_dsn(dsn):
            return _finish_elsewhere(session, done)
        _renew_log_segments(session)
    _empty_server_log(connections.attach().home.log)
    return ScrubReport(
        (*done, "write-ahead log", "server log"), ("backups and other copies of the files",)
    )


def _rewrite_tables(session: Connection) -> tuple[str, ...]:
    """Rewrite all tables and indexes, then the statistics, which quote frequent values."""
    with store_errors():
        session.execute("SET maintenance_work_mem = '256MB'")
        session.execute("SET statement_timeout = 0")  # a role's limit is made for questions
        session.execute("VACUUM (FULL, ANALYZE)")
        if _is_superuser(session):
            # ANALYZE has left the statistics of before as dead rows
            session.execute("VACUUM (FULL) pg_catalog.pg_statistic")
            session.execute("VACUUM (FULL) pg_catalog.pg_statistic_ext_data")
            session.execute("CHECKPOINT")
    return ("tables and indexes", "statistics")


def _is_superuser(session: Connection) -> bool:
    return session.info.parameter_status("is_superuser") == "on"


def _finish_elsewhere(session: Connection, done: tuple[str, ...]) -> ScrubReport:
    for step, statement in (
        ("checkpoint", "CHECKPOINT"),
        ("switch to a new segment of write-ahead log", "SELECT pg_switch_wal()"),
    ):
        try:
            session.execute(statement)
        except psycopg.Error as error:
            return ScrubReport(done, (f"{step} ({first_line(error)})", *_ELSEWHERE))
        done = (*done, step)
    return ScrubReport(done, _ELSEWHERE)


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
