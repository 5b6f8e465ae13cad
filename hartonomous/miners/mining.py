"""From an opened source to observations: each class of site has its miner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.knn import Method
from hartonomous.geometry.rows import ChosenRows, Rows
from hartonomous.miners.clean_tables import clean_site
from hartonomous.miners.cleaning import RAW, Cleaning, CleaningRecord
from hartonomous.miners.counts import count_sites, mined_site
from hartonomous.miners.embeddings import mine_embedding
from hartonomous.miners.groups import grouped, mine_group
from hartonomous.observations import ConceptTable, MinedSite, MinedSource
from hartonomous.progress import Stages, steps
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
        How vector sites are joined, as in :func:`hartonomous.geometry.join.join_blocks`.

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
    vectors = [site for site in opened.sites if isinstance(site, VectorSite)]
    for group in grouped(vectors, len(concepts)):
        if not group[0].group:
            joined, gone = _join(group[0], index, stages, method, threads)
            mined.append(joined)
            directionless += gone
        else:
            with stages.stage(
                "mine heads and neurons", len(group), does=f"join {group[0].group}"
            ) as advance:
                mined.append(mine_group(group, index, method, threads, advance))
    return Mined(MinedSource(opened.source, concepts, tuple(mined), opened.screened), directionless)


def _join(
    site: VectorSite,
    index: NDArray[np.int32],
    stages: Stages,
    method: Method,
    threads: int | None,
) -> tuple[MinedSite, int]:
    with stages.stage("clean", does=f"clean the vectors of {site.position}"):
        cleaned = cleaned_rows(site, index)
    with stages.stage(
        "mine", 1.0, does=f"find neighbours in {site.position}", then="put them into lists"
    ) as advance:
        joined = mine_embedding(
            cleaned.rows,
            cleaned.concept_of_row,
            cleaned.record,
            k=site.settings.k,
            position=site.position,
            method=method,
            threads=threads,
            progress=steps(advance),
        )
    return joined, site.queries.shape[0] - len(cleaned.concept_of_row)


@dataclass(frozen=True, eq=False)
class CleanedRows:
    """The rows of a site that have a direction of their own."""

    #: In the order of their concepts in the store.
    rows: Rows
    #: (m,) int32, ascending.
    concept_of_row: NDArray[np.int32]
    record: CleaningRecord


def cleaned_rows(site: VectorSite, index: NDArray[np.int32]) -> CleanedRows:
    """Read and clean the queries of a site.

    Parameters
    ----------
    index : (n,) int32
        The place of each of the source's concepts in its concept table.
    """
    rows, record, gone = clean_site(site.queries, RAW if site.settings.raw else Cleaning())
    kept = np.delete(np.arange(rows.shape[0]), gone)
    concept_of_row = index[site.concept_of_query[kept]]
    order = np.argsort(concept_of_row, kind="stable")
    return CleanedRows(ChosenRows(rows, kept[order]), concept_of_row[order], record)
