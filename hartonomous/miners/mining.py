"""From an opened source to observations: each class of site has its miner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.knn import Method
from hartonomous.miners.clean_tables import clean_rows
from hartonomous.miners.cleaning import RAW, Cleaning
from hartonomous.miners.counts import count_sites, mined_site
from hartonomous.miners.embeddings import mine_embedding
from hartonomous.observations import ConceptTable, MinedSite, MinedSource
from hartonomous.progress import Advance, Stages
from hartonomous.sites import CountedSite, OpenedSource, VectorSite


@dataclass(frozen=True, eq=False)
class Mined:
    """What was mined of a source, and how many rows had no direction of their own."""

    source: MinedSource
    directionless: int = 0


def mine(
    opened: OpenedSource, stages: Stages, method: Method = "auto", threads: int | None = None
) -> Mined:
    """Mine every site of a source.

    Parameters
    ----------
    method, threads
        How vector sites are joined, as in :func:`hartonomous.geometry.knn.knn_self_join`.

    Raises
    ------
    ParameterError
        A setting is out of range, or a site has too many pairs to be counted.
    InvalidVectorsError
        No row of a site has a direction of its own.
    """
    counted = count_sites([site for site in opened.sites if isinstance(site, CountedSite)])
    concepts, index = ConceptTable.of(opened.concepts())
    mined = [mined_site(site, observed, index) for site, observed in counted]
    directionless = 0
    for site in opened.sites:
        if isinstance(site, VectorSite):
            joined, gone = _join(site, index, stages, method, threads)
            mined.append(joined)
            directionless += gone
    return Mined(MinedSource(opened.source, concepts, tuple(mined)), directionless)


def _join(
    site: VectorSite,
    index: NDArray[np.int32],
    stages: Stages,
    method: Method,
    threads: int | None,
) -> tuple[MinedSite, int]:
    """Clean and join one site, its rows in the order of their concepts in the store."""
    cleaning = RAW if site.settings.raw else Cleaning()
    with stages.stage("clean"):
        rows, record, gone = clean_rows(site.queries, cleaning)
        concept_of_row = np.delete(index[site.concept_of_query], gone)
        order = np.argsort(concept_of_row, kind="stable")
        rows = np.delete(rows, gone, axis=0)[order] if len(gone) else rows[order]
    with stages.stage("mine", 1.0) as advance:
        joined = mine_embedding(
            rows,
            concept_of_row[order],
            record,
            k=site.settings.k,
            position=site.position,
            method=method,
            threads=threads,
            progress=_steps(advance),
        )
    return joined, len(gone)


def _steps(advance: Advance) -> Callable[[float], None]:
    """Turn reports of the share that is done into steps."""
    done = 0.0

    def report(share: float) -> None:
        nonlocal done
        advance(share - done)
        done = share

    return report
