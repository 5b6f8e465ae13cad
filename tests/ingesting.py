"""The pipeline on a connection that a test holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hartonomous.geometry.knn import Method
from hartonomous.ingest import IngestReport, ingest
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings
from hartonomous.store.session import Connection


def ingest_text(
    connection: Connection,
    paths: Sequence[str | Path],
    *,
    subject: str | None = None,
    source: str | None = None,
    window: int = 5,
    keep_going: bool = False,
) -> IngestReport:
    """Load documents."""
    asked = Request(source, subject, window=window)
    return ingest(connection, "text", paths, asked, keep_going=keep_going)


def ingest_embeddings(
    connection: Connection,
    path: str | Path,
    *,
    source: str | None = None,
    k: int = 50,
    raw: bool = False,
    method: Method = "auto",
) -> IngestReport:
    """Load vectors."""
    asked = Request(source, join=JoinSettings(k, raw))
    return ingest(connection, "embeddings", [path], asked, method=method)


def ingest_relations(
    connection: Connection,
    paths: Sequence[str | Path],
    *,
    subject: str | None = None,
    source: str | None = None,
    keep_going: bool = False,
) -> IngestReport:
    """Load written relations."""
    asked = Request(source, subject)
    return ingest(connection, "relations", paths, asked, keep_going=keep_going)
