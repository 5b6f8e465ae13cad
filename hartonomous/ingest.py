"""The one pipeline: reader -> miner -> store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.geometry.knn import Method
from hartonomous.geometry.rows import ChosenRows, Rows
from hartonomous.hashing import blake3
from hartonomous.miners.clean_tables import clean_table
from hartonomous.miners.cleaning import RAW, Cleaning, CleaningRecord
from hartonomous.miners.embeddings import mine_embedding
from hartonomous.observations import ConceptTable, Site, Source
from hartonomous.progress import Advance, Stage, Stages
from hartonomous.readers import EmbeddingTable, LeftOut, open_embeddings, usable
from hartonomous.store.load import is_loaded, load_source
from hartonomous.store.session import Connection


@dataclass(frozen=True)
class IngestReport:
    """What one ingest did."""

    source: str
    #: False when the same source was there already and nothing was changed.
    is_new: bool
    concepts: int
    observations: int
    #: Rows of the file that stand for no concept, by reason.
    left_out: LeftOut
    #: What the miner did; None when nothing was mined.
    site: Site | None
    stages: tuple[Stage, ...]
    #: What is suspicious about the source, for example that it floods the graph.
    flags: tuple[str, ...] = ()
    #: What was read otherwise than the files say.
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vectors:
    """A source's usable rows in the order of their concepts' ids."""

    concepts: ConceptTable
    rows: Rows
    concept_of_row: NDArray[np.int32]
    left_out: LeftOut


def ingest_embeddings(
    connection: Connection,
    path: str | Path,
    *,
    source: str | None = None,
    k: int = 50,
    raw: bool = False,
    tensor: str | None = None,
    vocabulary: str | Path | None = None,
    skip_invalid: bool = False,
    method: Method = "auto",
    threads: int | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Mine the token embedding of a model, or word vectors, into relations.

    Parameters
    ----------
    connection
        A session on the substrate; the load is one transaction of its own.
    path
        A model folder, a file of word vectors, or a model's name on the hub.
    source
        Name of the source; by default ``model:`` and the name of the folder or file.
    k
        Neighbours mined for each row, 1 to n - 1.
    raw
        Mine the vectors as they are, without taking mean and principal components away.
    tensor
        Name of the embedding tensor where it can't be found by the model's layout.
    vocabulary
        File with one word a line, for matrices that come without.
    skip_invalid
        Leave out rows with NaN or infinite values instead of refusing the file.
    method, threads
        As in :func:`hartonomous.geometry.join.join_blocks`.
    stages
        Shows and times what is done.

    Raises
    ------
    ModelFormatError, InvalidVectorsError
        The files are missing, malformed or hold vectors without a direction.
    ParameterError
        ``k`` is out of range.
    SourceTakenError
        Another source carries this name.
    StoreError
        The database refused or is gone; nothing of the source is left in it.
    """
    stages = stages or Stages()
    with stages.stage("read"):
        table = usable(
            open_embeddings(path, tensor=tensor, vocabulary=vocabulary), skip_invalid=skip_invalid
        )
        known_as = Source(source or f"model:{table.name}", "model", _fingerprint(table, k, raw=raw))
    if is_loaded(connection, known_as):
        return IngestReport(known_as.identifier, False, 0, 0, table.left_out, None, stages.finished)
    with stages.stage("clean"):
        vectors, record = prepare(table, raw=raw)
    with stages.stage("mine", 1.0) as advance:
        mined = mine_embedding(
            vectors.rows,
            vectors.concept_of_row,
            record,
            k=k,
            method=method,
            threads=threads,
            progress=_steps(advance),
        )
    with stages.stage("load", mined.expected) as advance:
        loaded = load_source(connection, known_as, vectors.concepts, [mined], advance)
    return IngestReport(
        source=loaded.source,
        is_new=loaded.is_new,
        concepts=loaded.concepts,
        observations=loaded.observations,
        left_out=vectors.left_out,
        site=mined.sites[0] if loaded.is_new else None,
        stages=stages.finished,
        flags=loaded.flags,
        notes=table.notes,
    )


def _fingerprint(table: EmbeddingTable, k: int, *, raw: bool) -> bytes:
    """Say what is read and how it is mined: the same file at another k is another source."""
    settings = f"k={k} raw={raw} left_out={table.left_out.total} ".encode()
    return blake3(settings + table.fingerprint())


def prepare(table: EmbeddingTable, *, raw: bool) -> tuple[Vectors, CleaningRecord]:
    """Read and clean the vectors, and order them as their concepts are ordered in the store."""
    table, cleaned, record = clean_table(table, RAW if raw else Cleaning())
    concepts, index = ConceptTable.of(table.vocabulary.concepts)
    concept_of_row = index[table.vocabulary.concept_of_row]
    order = np.argsort(concept_of_row, kind="stable")
    rows = Vectors(concepts, ChosenRows(cleaned, order), concept_of_row[order], table.left_out)
    return rows, record


def _steps(advance: Advance) -> Callable[[float], None]:
    """Turn reports of the share that is done into steps."""
    done = 0.0

    def report(share: float) -> None:
        nonlocal done
        advance(share - done)
        done = share

    return report
