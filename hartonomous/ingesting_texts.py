"""The verbs that bring in what models say of texts; errors are those of `ingest.ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.errors import ParameterError
from hartonomous.ingesting import day_of, listed_paths, path_of

if TYPE_CHECKING:
    from hartonomous.geometry.knn import Method
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages
    from hartonomous.readers.opening import Request
    from hartonomous.store.session import Connection


def ingest_sentences(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    model: str | Path,
    *,
    k: int = 10,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    keep_going: bool = False,
    method: Method = "auto",
    threads: int | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Relate sentences that a sentence encoder finds near to each other.

    Parameters
    ----------
    paths
        Files with a sentence a line, or JSON lines with ``text`` and perhaps ``subject``.
    model
        The encoder: a folder of sentence-transformers or transformers, or its name on the hub.
    k
        Neighbours of each sentence.
    source
        Name of the source, or what stands before those of persons and files.
    subject
        Whose they are, where lines don't say it; each person's are a source of their own.
    expires, keep_going, method, threads, stages
        As for `ingest_embeddings` and `ingest_text`.
    """
    from hartonomous.ingest import ingest

    return ingest(
        connection,
        "sentences",
        listed_paths(paths),
        _asked(model, k, source, subject, expires),
        method=method,
        threads=threads,
        keep_going=keep_going,
        stages=stages,
    )


def ingest_qa(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    model: str | Path | None = None,
    k: int = 10,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    keep_going: bool = False,
    method: Method = "auto",
    threads: int | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Turn questions and answers into ``answers``, from a question to what answers it.

    Parameters
    ----------
    paths
        Tables or JSON lines with ``question`` and ``answer``.
    model
        An encoder, which adds the answers that are nearest to each question.
    k
        How many of these.
    source, subject, expires, keep_going, method, threads, stages
        As for `ingest_embeddings` and `ingest_text`.
    """
    from hartonomous.ingest import ingest

    return ingest(
        connection,
        "qa",
        listed_paths(paths),
        _asked(model, k, source, subject, expires),
        method=method,
        threads=threads,
        keep_going=keep_going,
        stages=stages,
    )


def ingest_next_token(
    connection: Connection,
    path: str | Path,
    prompts: str | Path,
    *,
    top: int = 20,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    keep_going: bool = False,
    stages: Stages | None = None,
) -> IngestReport:
    """Ask a causal language model what comes next: ``precedes``, with its probabilities.

    A run that is broken off goes on where it was when the same is asked again.

    Parameters
    ----------
    path
        A model's folder, its GGUF file, or its name on the hub.
    prompts
        A file with a prompt a line, or JSON lines with ``text``.
    top
        How many of the words that it would go on with, 1 to 1,000.
    source, subject, expires, keep_going, stages
        As for `ingest_text`.
    """
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request

    asked = Request(source, subject, expires=day_of(expires), prompts=path_of(prompts), top=top)
    return ingest(connection, "next-token", [path], asked, keep_going=keep_going, stages=stages)


def _asked(
    model: str | Path | None,
    k: int,
    source: str | None,
    subject: str | None,
    expires: date | str | None,
) -> Request:
    from hartonomous.readers.opening import Request
    from hartonomous.sites import JoinSettings

    if k < 1:
        raise ParameterError(f"k must be at least 1, not {k}")
    join = JoinSettings(k, raw=True)
    return Request(source, subject, join, expires=day_of(expires), model=path_of(model))
