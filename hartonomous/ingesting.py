"""The verbs that bring sources in, one for each family; errors are those of `ingest.ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from hartonomous.geometry.knn import Method
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages
    from hartonomous.store.session import Connection


def ingest_embeddings(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    k: int = 50,
    raw: bool = False,
    tensor: str | None = None,
    vocabulary: str | Path | None = None,
    base: str | Path | None = None,
    skip_invalid: bool = False,
    method: Method = "auto",
    threads: int | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Mine the token embeddings of models, or word vectors.

    Parameters
    ----------
    paths
        Model folders, GGUF and ONNX files, files of word vectors, or models' names on the hub.
    source
        Name of the source; by default ``model:`` and the name of the folder or file.
    subject
        Whose it is: `delete_subject` takes it away.
    expires
        The day, in UTC, from which `forget_expired` takes it away; text is YYYY-MM-DD.
    k
        Neighbours mined for each row, 1 to n - 1.
    raw
        Mine the vectors as they are, without taking mean and principal components away.
    tensor
        Name of the embedding tensor where it can't be found by the model's layout.
    vocabulary
        File with one word a line, for matrices that come without.
    base
        Of a LoRA adapter, the folder of its base where that isn't the path that it names.
    skip_invalid
        Leave out rows with NaN or infinite values instead of refusing the file.
    method, threads
        As in :func:`hartonomous.geometry.join.join_blocks`.
    stages
        Shows and times what is done.
    """
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request
    from hartonomous.sites import JoinSettings

    words = Path(vocabulary).expanduser() if vocabulary is not None else None
    asked = Request(
        source,
        subject,
        JoinSettings(k, raw),
        tensor,
        words,
        skip_invalid,
        expires=_day(expires),
        base=Path(base).expanduser() if base is not None else None,
    )
    return ingest(
        connection,
        "embeddings",
        _listed(paths),
        asked,
        method=method,
        threads=threads,
        stages=stages,
    )


def ingest_text(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    window: int = 5,
    keep_going: bool = False,
    stages: Stages | None = None,
) -> IngestReport:
    """Turn documents into ``related`` and ``precedes`` relations, one source a document.

    Parameters
    ----------
    paths
        Plain text, Markdown, or JSON lines; see `hartonomous.readers.documents`.
    source
        Name of the source where there is one document, else what stands before each name. By
        default documents are named after the subject and their file or ``id``.
    subject
        The person whose documents they are: `delete_subject` takes them all away.
    expires
        As for `ingest_embeddings`.
    window
        The largest distance at which words count as seen together, 1 to 20.
    keep_going
        Leave out malformed lines; without, all documents are loaded or none.
    stages
        Shows and times what is done.
    """
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request

    asked = Request(source, subject, window=window, expires=_day(expires))
    return ingest(connection, "text", _listed(paths), asked, keep_going=keep_going, stages=stages)


def ingest_relations(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    keep_going: bool = False,
    stages: Stages | None = None,
) -> IngestReport:
    """Load relations that somebody wrote down, each line a, b, type, weight and source.

    Parameters
    ----------
    paths
        Tables, JSON lines, parquet, or ConceptNet's dump; see `hartonomous.readers.relations`.
    source
        Name of the source, or what stands before those that lines name.
    subject, expires, keep_going, stages
        As for `ingest_text`.
    """
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request

    return ingest(
        connection,
        "relations",
        _listed(paths),
        Request(source, subject, expires=_day(expires)),
        keep_going=keep_going,
        stages=stages,
    )


def _day(given: date | str | None) -> date | None:
    try:
        day = date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise ParameterError(f"{str(given)[:80]!r} is no day: write YYYY-MM-DD") from None
    if day is not None and day < datetime.now(timezone.utc).date():
        raise ParameterError(f"{day} is past: what is loaded now cannot have expired")
    return day


def _listed(paths: str | Path | Sequence[str | Path]) -> Sequence[str | Path]:
    """Take one path as it is: its characters are none."""
    return [paths] if isinstance(paths, (str, Path)) else paths
