"""Loads many small sources at a time, a batch a transaction; large ones one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from psycopg import sql
from psycopg.types.json import Jsonb

from hartonomous.concepts import Concept
from hartonomous.observations import (
    ConceptTable,
    MinedSite,
    MinedSource,
    Observations,
    RelationType,
    Source,
)
from hartonomous.store import copy
from hartonomous.store.batch_columns import Columns, SiteRows, together
from hartonomous.store.failures import store_errors
from hartonomous.store.flags import DegreeCount
from hartonomous.store.lists import ListWriter
from hartonomous.store.load import LoadReport, Progress, load_source, not_loaded
from hartonomous.store.session import Connection
from hartonomous.store.streams import binary_copy, number_concepts, relation_type_id

#: A transaction ends when so many sources, or so many observations, have come together.
BATCH_SOURCES = 256
_BATCH_OBSERVATIONS = 250_000
#: A source of so many observations is loaded by itself: it may get a partition of its own.
LARGE = 100_000

_LISTS = sql.Identifier("pg_temp", "incoming_list")


def known_sources(connection: Connection, sources: Sequence[Source]) -> set[str]:
    """Return the names of those sources that are there already, just as they are.

    Raises
    ------
    SourceTakenError
        Another content carries one of the names, or the same as another person's.
    """
    with store_errors(), connection.transaction():
        rows = connection.execute(
            "SELECT s.name"
            " FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::text[])"
            "     AS s (name, kind, digest, subject)"
            " CROSS JOIN LATERAL hartonomous_internal.require_source_of(s.name, s.subject)"
            " WHERE hartonomous.is_loaded(s.name, s.kind, s.digest)",
            [
                [source.identifier for source in sources],
                [source.kind for source in sources],
                [source.fingerprint for source in sources],
                [source.subject for source in sources],
            ],
        ).fetchall()
    return {name for (name,) in rows}


def load_sources(
    connection: Connection,
    sources: Iterable[MinedSource],
    progress: Progress = lambda _count: None,
) -> list[LoadReport]:
    """Load sources, the small ones together; nothing of a batch stays when anything fails.

    Parameters
    ----------
    sources
        They are taken one by one, as they are loaded.
    progress
        Called with the number of observations copied since the last call.

    Raises
    ------
    SourceTakenError
        Another content carries the name of one of them.
    """
    reports: list[LoadReport] = []
    waiting: list[_Small] = []
    held = 0
    for mined in sources:
        is_plain = not mined.screened and not any(site.length for site in mined.sites)
        if mined.expected >= LARGE or not is_plain:
            reports.append(load_source(connection, mined, progress))
            continue
        waiting.append(_Small.of(mined))
        held += waiting[-1].observations
        if held > _BATCH_OBSERVATIONS or len(waiting) == BATCH_SOURCES:
            reports += _load_batch(connection, waiting, progress)
            waiting, held = [], 0
    return reports + (_load_batch(connection, waiting, progress) if waiting else [])


@dataclass(frozen=True, eq=False)
class _Small:
    """A source whose observations are held in memory."""

    source: Source
    concepts: ConceptTable
    sites: tuple[MinedSite, ...]
    #: Those of each site.
    observed: tuple[Observations, ...]

    @classmethod
    def of(cls, mined: MinedSource) -> _Small:
        """Read its batches."""
        observed = tuple(together(list(site.batches)) for site in mined.sites)
        return cls(mined.source, mined.concepts, mined.sites, observed)

    @property
    def observations(self) -> int:
        """How many it has."""
        return sum(map(len, self.observed))


@dataclass(frozen=True)
class _Opened:
    """A source that the database takes, and the numbers of its sites."""

    small: _Small
    content_id: int
    site_ids: list[int]


def _load_batch(
    connection: Connection, batch: Sequence[_Small], progress: Progress
) -> list[LoadReport]:
    new: dict[int, LoadReport] = {}
    with store_errors(), connection.transaction():
        opened, left_out = _open(connection, batch)
        if opened:
            known = _copy_batch(connection, opened)
            new = {id(each.small): _report(connection, each, known) for each in opened}
            connection.execute("SELECT hartonomous.close_sources()")
    progress(sum(each.small.observations for each in opened))
    return [
        new.get(id(small)) or not_loaded(small.source.identifier, int(id(small) not in left_out))
        for small in batch
    ]


def _report(connection: Connection, opened: _Opened, known: Set[Concept]) -> LoadReport:
    """Say what was loaded of a source, and record what is suspicious about it."""
    small = opened.small
    stays = np.array([concept in known for concept in small.concepts.concepts], dtype=bool)
    named = np.zeros(len(stays), dtype=bool)
    observations = 0
    for seen in small.observed:
        named[seen.a] = named[seen.b] = True
        observations += int(np.count_nonzero(stays[seen.a] & stays[seen.b]))
    return LoadReport(
        small.source.identifier,
        is_new=True,
        content_id=opened.content_id,
        concepts=int(np.count_nonzero(named & stays)),
        observations=observations,
        flags=_flag(connection, opened),
    )


def _open(connection: Connection, batch: Sequence[_Small]) -> tuple[list[_Opened], set[int]]:
    """Open the sources that are not there already, and add their sites.

    Also return which are left out, by ``id``, because their persons are to stay forgotten.
    """
    rows = connection.execute(
        "SELECT d.place - 1, o.content_id, CASE WHEN o.is_new THEN array("
        "     SELECT hartonomous.add_site(o.content_id, s.position, s.class, s.settings)"
        "     FROM jsonb_to_recordset(d.sites) AS s (position text, class text, settings jsonb)"
        " ) END"
        " FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::text[], %s::date[], %s::jsonb[])"
        "     WITH ORDINALITY AS d (name, kind, fingerprint, subject, expires, sites, place)"
        " CROSS JOIN LATERAL hartonomous.open_source("
        "     d.name, d.kind, d.fingerprint, d.subject, 0, d.expires"
        " ) AS o"
        " WHERE o.is_new OR o.content_id IS NULL ORDER BY d.place",
        [
            [small.source.identifier for small in batch],
            [small.source.kind for small in batch],
            [small.source.fingerprint for small in batch],
            [small.source.subject for small in batch],
            [small.source.expires for small in batch],
            [Jsonb([_as_json(site) for site in small.sites]) for small in batch],
        ],
    ).fetchall()
    opened = [_Opened(batch[place], number, sites) for place, number, sites in rows if number]
    return opened, {id(batch[place]) for place, number, _ in rows if number is None}


def _as_json(mined: MinedSite) -> dict[str, object]:
    (site,) = mined.sites
    return {"position": site.position, "class": site.class_name, "settings": site.settings}


def _copy_batch(connection: Connection, opened: Sequence[_Opened]) -> Set[Concept]:
    """Copy the lists of all sources; return the concepts that are not to stay forgotten."""
    distinct = list(
        dict.fromkeys(chain.from_iterable(each.small.concepts.concepts for each in opened))
    )
    concepts, index = ConceptTable.of(distinct)
    place = dict(zip(distinct, index.tolist(), strict=True))
    numbers = number_concepts(connection, concepts)
    writer = ListWriter(numbers)
    for relation_type, rows in _by_type(opened, place, numbers).items():
        type_id = relation_type_id(connection, relation_type)
        with binary_copy(connection, _LISTS, copy.LIST_COLUMNS) as write:
            for is_ranked in (False, True):
                lists = Columns.of([each for each in rows if each.is_ranked == is_ranked])
                for part in writer.rows(
                    lists.observed, lists.content, lists.site, type_id, ranked=is_ranked
                ):
                    write(part.data)
            empty = Columns.of([each.rowless for each in rows if each.is_first])
            write(writer.empty_rows(empty.observed.a, empty.content, empty.site, type_id).data)
    return {concepts.concepts[place] for place in np.flatnonzero(numbers)}


def _by_type(
    opened: Sequence[_Opened], place: dict[Concept, int], numbers: NDArray[np.int32]
) -> dict[RelationType, list[SiteRows]]:
    found: dict[RelationType, list[SiteRows]] = {}
    for each in opened:
        small = each.small
        index: NDArray[np.int32] = np.array(
            [place[concept] for concept in small.concepts.concepts], dtype=np.int32
        )
        without_list: NDArray[np.int32] | None = index[_without_list(small, numbers[index] > 0)]
        for site, site_id, seen in zip(small.sites, each.site_ids, small.observed, strict=True):
            named = Observations(index[seen.a], index[seen.b], seen.weight)
            rows = SiteRows(each.content_id, site_id, named, site.is_ranked, without_list)
            found.setdefault(site.relation_type, []).append(rows)
            without_list = None
    return found


def _without_list(small: _Small, is_kept: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the concepts that are in lists and have none, by what doesn't stay forgotten."""
    listing = np.concatenate([seen.a for seen in small.observed])
    listed = np.concatenate([seen.b for seen in small.observed])
    is_kept = np.append(is_kept, False)  # NOBODY is the last of them
    is_seen = is_kept[listing] & is_kept[listed]
    return np.setdiff1d(listed[is_seen], listing[is_seen]).astype(np.int32)


def _flag(connection: Connection, opened: _Opened) -> tuple[str, ...]:
    """Record on a source what is suspicious about it."""
    small = opened.small
    degrees = DegreeCount(len(small.concepts))
    for site, observed in zip(small.sites, small.observed, strict=True):
        if site.relation_type.is_symmetric:
            degrees.add(observed)
    if degrees.flags:
        connection.execute(
            "SELECT hartonomous.flag_source(%s, %s)", [opened.content_id, degrees.flags]
        )
    return tuple(degrees.flags)
