"""The load path: concepts get their numbers, then lists stream by binary COPY to where they stay.

One transaction a source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from psycopg import sql
from psycopg.types.json import Jsonb

from hartonomous.observations import MinedSite, MinedSource, ScreenedSite, Source
from hartonomous.store import copy
from hartonomous.store.failures import store_errors
from hartonomous.store.flags import DegreeCount
from hartonomous.store.lists import ListWriter
from hartonomous.store.session import Connection
from hartonomous.store.streams import binary_copy, integer, number_concepts, relation_type_id

Progress = Callable[[float], None]


@dataclass(frozen=True)
class LoadReport:
    """What one load did."""

    source: str
    #: False when the same source was there already and nothing was changed.
    is_new: bool
    content_id: int
    concepts: int = 0
    observations: int = 0
    #: What is suspicious about the source.
    flags: tuple[str, ...] = ()
    #: Whether it was left out because its person is to stay forgotten.
    is_forgotten: bool = False


class SiteNumbers(NamedTuple):
    """Local numbers of a site and of the type of its relations."""

    site_id: int
    relation_type_id: int


@dataclass(frozen=True)
class _Target:
    content_id: int
    table: sql.Identifier


def load_source(
    connection: Connection, mined: MinedSource, progress: Progress = lambda _count: None
) -> LoadReport:
    """Load a source in one transaction: all of it, or nothing when anything fails.

    Parameters
    ----------
    progress
        Called with the number of observations copied since the last call.

    Raises
    ------
    SourceTakenError
        Another content carries this name.
    """
    with store_errors(), connection.transaction():
        target = _open_source(connection, mined.source, mined.expected)
        if isinstance(target, int):
            return not_loaded(mined.source.identifier, target)
        _add_screened(connection, target.content_id, mined.screened)
        writer = ListWriter(number_concepts(connection, mined.concepts))
        degrees = DegreeCount(len(mined.concepts))
        first = [
            _copy_site(connection, target, site, writer, degrees, progress) for site in mined.sites
        ]
        if first:
            _copy_rowless(connection, target, first, writer)
        connection.execute(
            "SELECT hartonomous.flag_source(%s, %s)", [target.content_id, degrees.flags]
        )
        connection.execute("SELECT hartonomous.close_sources()")
    return LoadReport(
        source=mined.source.identifier,
        is_new=True,
        content_id=target.content_id,
        concepts=writer.named,
        observations=writer.observations,
        flags=tuple(degrees.flags),
    )


def _open_source(connection: Connection, source: Source, expected: int) -> _Target | int:
    row = connection.execute(
        "SELECT content_id, is_new, list_table"
        " FROM hartonomous.open_source(%s, %s, %s, %s, %s, %s)",
        [
            source.identifier,
            source.kind,
            source.fingerprint,
            source.subject,
            expected,
            source.expires,
        ],
    ).fetchone()
    content_id, is_new, table = row or (0, False, "")
    return _Target(content_id, sql.Identifier(*table.split("."))) if is_new else content_id or 0


def not_loaded(source: str, content_id: int) -> LoadReport:
    """Report a source that is there already or, without a number, a forgotten person's."""
    return LoadReport(source, is_new=False, content_id=content_id, is_forgotten=content_id == 0)


def _copy_site(
    connection: Connection,
    target: _Target,
    mined: MinedSite,
    writer: ListWriter,
    degrees: DegreeCount,
    progress: Progress,
) -> SiteNumbers:
    """Copy the lists of a site or group; return its number and that of its relation type."""
    numbers = SiteNumbers(
        _add_sites(connection, target.content_id, mined),
        relation_type_id(connection, mined.relation_type),
    )
    before = writer.observations
    with binary_copy(connection, target.table, copy.LIST_COLUMNS) as write:
        for batch in mined.batches:
            for rows in writer.rows(
                batch,
                target.content_id,
                numbers.site_id,
                numbers.relation_type_id,
                ranked=mined.is_ranked,
                sites=len(mined.sites),
            ):
                write(rows.data)
            degrees.add(batch)
            progress(len(batch))
    degrees.close_site(mined.sites, writer.observations - before, mined.expected)
    return numbers


def _add_sites(connection: Connection, content_id: int, mined: MinedSite) -> int:
    """Add the sites of a group and return the number of the first."""
    first = None
    for place, site in enumerate(mined.sites):
        row = connection.execute(
            "SELECT hartonomous.add_site(%s, %s, %s, %s, %s, %s, %s)",
            [
                content_id,
                site.position,
                site.class_name,
                Jsonb(site.settings),
                first,
                place,
                mined.length,
            ],
        ).fetchone()
        first = integer(row) if first is None else first
    return first or 0


def _add_screened(
    connection: Connection, content_id: int, screened: Sequence[ScreenedSite]
) -> None:
    if screened:
        connection.execute(
            "SELECT hartonomous.add_screened_sites(%s, %s, %s)",
            [
                content_id,
                [site.position for site in screened],
                [Jsonb(asdict(site.signal)) for site in screened],
            ],
        )


def _copy_rowless(
    connection: Connection, target: _Target, sites: Sequence[SiteNumbers], writer: ListWriter
) -> None:
    """Give each concept that is in others' lists alone an empty row, at the source's first site."""
    rows = writer.empty_rows(writer.rowless, target.content_id, *sites[0])
    if not len(rows):
        return
    with binary_copy(connection, target.table, copy.LIST_COLUMNS) as write:
        write(rows.data)
