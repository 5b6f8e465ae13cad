"""What live sources list for some concepts, for sites that are held against it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.miners.screening import LENGTH, SAMPLE, Reference, sampling_order
from hartonomous.observations import ConceptTable
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection

#: Concepts that are asked for at a time, until enough of them are known.
_ASKED = 2 * SAMPLE


def sources_reference(connection: Connection, concepts: Sequence[Concept]) -> Reference | None:
    """Return what live sources list for a sample of concepts, None where none votes.

    Raises
    ------
    ParameterError
        Sources vote, and know too few of the concepts.
    StoreError
        The database refused or is gone.
    """
    table, index = ConceptTable.of(concepts)
    order = sampling_order(index)
    ids = [digest.tobytes() for digest in table.ids]
    places = dict(zip(ids, order.tolist(), strict=True))
    pairs: list[tuple[int, int]] = []
    known: set[int] = set()
    with store_errors(), connection.transaction():
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM hartonomous.consensus_weights())"
        ).fetchone()
        if not row or not row[0]:
            return None
        for start in range(0, len(order), _ASKED):
            asked = [UUID(bytes=each) for each in ids[start : start + _ASKED]]
            rows = connection.execute(
                "SELECT a, b FROM hartonomous.reference_lists(%s, %s)", [asked, LENGTH]
            )
            for a, b in rows:
                if b.bytes in places:
                    pairs.append((places[a.bytes], places[b.bytes]))
                    known.add(places[a.bytes])
            if len(known) >= SAMPLE:
                break
    a, b = _columns(pairs)
    return Reference.of("sources", a, b, order)


def _columns(pairs: list[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return columns[:, 0], columns[:, 1]
