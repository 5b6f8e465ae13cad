"""The Python API: a `Substrate` answers the same questions as SQL and the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hartonomous.errors import StoreError
from hartonomous.query import evidence, neighbors, paths, sources
from hartonomous.query.rows import fetch
from hartonomous.store.connection import connect
from hartonomous.store.failures import store_errors

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from hartonomous.geometry.knn import Method
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages
    from hartonomous.store.session import Connection

Answer = TypeVar("Answer")


class Substrate:
    """A session on the database of concepts, relations and evidence.

    Use it as a context manager. One thread at a time may use it; open one for each thread. When
    the server is restarted between two questions, the next one opens a new session.

    Parameters
    ----------
    dsn
        As in `hartonomous.open`.

    Raises
    ------
    StoreError
        The database cannot be reached, or this version cannot work with it as it is.
    """

    def __init__(self, dsn: str | None = None) -> None:
        self._dsn = dsn
        self._connection = _connect(dsn)

    def close(self) -> None:
        """End the session; a later question opens a new one."""
        self._connection.close()

    def __enter__(self) -> Substrate:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ingest_embeddings(
        self,
        path: str | FilePath,
        *,
        source: str | None = None,
        k: int = 50,
        raw: bool = False,
        tensor: str | None = None,
        vocabulary: str | FilePath | None = None,
        skip_invalid: bool = False,
        method: Method = "auto",
        threads: int | None = None,
        stages: Stages | None = None,
    ) -> IngestReport:
        """Mine the token embedding of a model, or word vectors, into relations.

        Parameters and errors are those of `hartonomous.ingest.ingest_embeddings`.
        """
        from hartonomous.ingest import ingest_embeddings

        self._ask(_is_alive)  # a session that died since the last question is replaced here
        with store_errors():
            return ingest_embeddings(
                self._connection,
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

    def sources(self) -> tuple[sources.SourceSummary, ...]:
        """Return all sources; see `hartonomous.query.sources.sources`."""
        return self._ask(sources.sources)

    def neighbors(
        self, label: str, max_results: int = 10, relation_type: str = "related"
    ) -> tuple[neighbors.Neighbor, ...]:
        """Return what a concept is most strongly related to.

        Parameters and errors are those of `hartonomous.query.neighbors.neighbors`.
        """
        return self._ask(
            lambda session: neighbors.neighbors(session, label, max_results, relation_type)
        )

    def traverse(
        self,
        prompt: str,
        max_depth: int = 3,
        beam: int = 16,
        relation_type: str = "related",
    ) -> paths.Traversal:
        """Search along the best rated relations from the words of a prompt.

        Parameters and errors are those of `hartonomous.query.paths.traverse`.
        """
        return self._ask(
            lambda session: paths.traverse(session, prompt, max_depth, beam, relation_type)
        )

    def path(
        self,
        a: str,
        b: str,
        max_depth: int = 6,
        beam: int = 256,
        relation_type: str = "related",
    ) -> paths.Path | None:
        """Return the strongest path between two concepts, None where there is none.

        Parameters and errors are those of `hartonomous.query.paths.strongest_path`.
        """
        return self._ask(
            lambda session: paths.strongest_path(session, a, b, max_depth, beam, relation_type)
        )

    def explain(self, a: str, b: str) -> tuple[evidence.Evidence, ...]:
        """Return all evidence for the relations between two concepts.

        Errors are those of `hartonomous.query.evidence.explain`.
        """
        return self._ask(lambda session: evidence.explain(session, a, b))

    def _ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Ask a question, once more in a new session when the old one turns out to be dead."""
        if self._connection.closed:
            self._connection = _connect(self._dsn)
        try:
            return question(self._connection)
        except StoreError:
            if not self._connection.closed:
                raise
        self._connection = _connect(self._dsn)
        return question(self._connection)


def _is_alive(connection: Connection) -> bool:
    return fetch(connection, bool, "SELECT true")[0]


def _connect(dsn: str | None) -> Connection:
    connection = connect(dsn)
    # No transaction stays open between questions, where it would hold up a load or a deletion.
    connection.autocommit = True
    return connection
