"""How sources come into a `Substrate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hartonomous.substrate.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from hartonomous.geometry.knn import Method
    from hartonomous.ingest import IngestReport
    from hartonomous.ingest_text import TextReport
    from hartonomous.progress import Stages


class Ingesting(Session):
    """One verb for each kind of source."""

    def ingest_embeddings(
        self,
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

        Parameters and errors are those of `hartonomous.ingest.ingest_embeddings`.
        """
        from hartonomous.ingest import ingest_embeddings

        return self._change(
            lambda session: ingest_embeddings(
                session,
                path,
                source=source,
                k=k,
                raw=raw,
                tensor=tensor,
                vocabulary=vocabulary,
                skip_invalid=skip_invalid,
                method=method,
                threads=threads,
                stages=stages,
            )
        )

    def ingest_text(
        self,
        paths: Sequence[str | Path],
        *,
        subject: str | None = None,
        source: str | None = None,
        window: int = 5,
        stages: Stages | None = None,
    ) -> TextReport:
        """Turn documents into relations, one source a document.

        Parameters and errors are those of `hartonomous.ingest_text.ingest_text`.
        """
        from hartonomous.ingest_text import ingest_text

        return self._change(
            lambda session: ingest_text(
                session, paths, subject=subject, source=source, window=window, stages=stages
            )
        )
