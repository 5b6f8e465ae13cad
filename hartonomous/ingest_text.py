"""Documents become evidence: read, mined and loaded in batches of bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.hashing import blake3
from hartonomous.miners.text import WINDOW, mine_text
from hartonomous.observations import Source
from hartonomous.progress import Advance, Stages
from hartonomous.readers.documents import Document, read_documents
from hartonomous.store.load_documents import (
    BatchReport,
    MinedDocument,
    known_documents,
    load_documents,
    load_large_document,
)
from hartonomous.store.session import Connection

#: A transaction ends when so many documents, or so many observations, have come together.
_BATCH_DOCUMENTS = 256
_BATCH_OBSERVATIONS = 250_000
#: A document of so many observations is loaded by itself: it may get a partition of its own.
_LARGE_DOCUMENT = 100_000
#: Characters of JSON lines that are kept in memory at a time.
_BATCH_CHARACTERS = 32 << 20


@dataclass(frozen=True)
class TextReport:
    """What one ingest of documents did."""

    documents: int
    #: Documents that were not there already.
    new: int
    observations: int
    #: Name and what is suspicious, for each document that is.
    flagged: tuple[tuple[str, tuple[str, ...]], ...]


def ingest_text(
    connection: Connection,
    paths: Sequence[str | Path],
    *,
    subject: str | None = None,
    source: str | None = None,
    window: int = WINDOW,
    stages: Stages | None = None,
) -> TextReport:
    """Turn documents into ``related`` and ``precedes`` relations, one source a document.

    Parameters
    ----------
    paths
        Plain text, Markdown, or JSON lines; see `hartonomous.readers.documents`.
    subject
        The person whose documents they are: `delete_subject` takes them all away.
    source
        Name of the source where there is one document, else what stands before each name. By
        default documents are named after the subject and their file or ``id``.
    window
        The largest distance at which words count as seen together, 1 to 20.
    stages
        Shows and times what is done.

    Raises
    ------
    DocumentFormatError
        A file is missing, not UTF-8, or has a line that is no document. The documents of earlier
        batches are loaded; running it again goes on after them.
    ParameterError
        ``window`` is out of range, a document is too varied to be counted, or nothing was named.
    SourceTakenError
        Another content carries the name of a document.
    """
    if not paths:
        raise ParameterError("name at least one file")
    stages = stages or Stages()
    with stages.stage("read and load") as advance:
        documents = _named(paths, subject, source)
        reports = [
            _ingest_batch(connection, batch, subject, window, advance)
            for batch in _batches(documents)
        ]
    return TextReport(
        documents=sum(count for count, _ in reports),
        new=sum(report.new for _, report in reports),
        observations=sum(report.observations for _, report in reports),
        flagged=tuple(flag for _, report in reports for flag in report.flagged),
    )


def _named(
    paths: Sequence[str | Path], subject: str | None, source: str | None
) -> Iterator[tuple[str, Document]]:
    single = source is not None and len(paths) == 1
    for path in map(Path, paths):
        for document in read_documents(path):
            if single and document.name == path.name:
                yield source or "", document
            else:
                prefix = source or subject
                yield f"{prefix}:{document.name}" if prefix else document.name, document


def _batches(documents: Iterable[tuple[str, Document]]) -> Iterator[list[tuple[str, Document]]]:
    batch: list[tuple[str, Document]] = []
    held = 0
    for name, document in documents:
        batch.append((name, document))
        held += document.held
        if len(batch) == _BATCH_DOCUMENTS or held > _BATCH_CHARACTERS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _ingest_batch(
    connection: Connection,
    batch: Sequence[tuple[str, Document]],
    subject: str | None,
    window: int,
    advance: Advance,
) -> tuple[int, BatchReport]:
    sources = [
        Source(name, "document", _fingerprint(document, subject, window), subject)
        for name, document in batch
    ]
    known = known_documents(connection, sources)
    positions = (f"window{window}", "order")
    waiting: list[MinedDocument] = []
    reports = []
    observations = 0
    for source, (name, document) in zip(sources, batch, strict=True):
        if name not in known:
            mined = MinedDocument(source, mine_text(document.blocks(), window))
            if mined.observations >= _LARGE_DOCUMENT:
                reports.append(load_large_document(connection, mined, positions))
            else:
                waiting.append(mined)
                observations += mined.observations
        if observations > _BATCH_OBSERVATIONS:
            reports.append(load_documents(connection, waiting, subject, positions))
            waiting, observations = [], 0
        advance(1)
    if waiting:
        reports.append(load_documents(connection, waiting, subject, positions))
    return len(batch), BatchReport(
        new=sum(report.new for report in reports),
        observations=sum(report.observations for report in reports),
        flagged=tuple(flag for report in reports for flag in report.flagged),
    )


def _fingerprint(document: Document, subject: str | None, window: int) -> bytes:
    """Say what is read, whose it is and how it is mined."""
    whose = "" if subject is None else f"subject={subject}"
    return blake3(f"window={window} {whose}\0".encode() + document.digest)
