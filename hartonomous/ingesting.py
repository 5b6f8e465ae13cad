"""The verbs that bring sources in, one for each family; errors are those of `ingest.ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.concepts import names
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

    asked = Request(
        source,
        subject,
        JoinSettings(k, raw),
        tensor,
        path_of(vocabulary),
        skip_invalid,
        expires=day_of(expires),
        base=path_of(base),
    )
    return ingest(
        connection,
        "embeddings",
        listed_paths(paths),
        asked,
        method=method,
        threads=threads,
        stages=stages,
    )


def ingest_model(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    sites: str | Sequence[str] = "embedding,attention",
    layers: str = "all",
    heads: str = "all",
    k: int = 10,
    min_signal: float | str | None = None,
    lexicon: str | Path | None = None,
    layout: str | Path | None = None,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    vocabulary: str | Path | None = None,
    base: str | Path | None = None,
    method: Method = "auto",
    threads: int | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Mine the sites of transformers from their weights: attention heads, neurons, experts.

    Parameters
    ----------
    paths
        Model folders, GGUF and ONNX files, adapters, or models' names on the hub.
    sites
        Some of ``embedding``, ``unembedding``, ``attention`` and ``mlp``; text parts them by
        commas.
    layers, heads
        Numbers and ranges such as ``0-5,8``, or ``all``.
    k
        Neighbours of each concept at heads, neurons and experts; the embedding has 50.
    min_signal
        How far above its nulls a head must stand on a sample, in shares of a list's places; ``all``
        mines all without asking, and by default the interval has to be above 0.
    lexicon
        Related words, by which heads are screened instead of by the other sources.
    layout
        A file with the names of its tensors, for architectures that are not known.
    source, subject, expires, vocabulary, base, method, threads, stages
        As for `ingest_embeddings`.
    """
    from hartonomous.ingest import ingest
    from hartonomous.miners.screening import Screening
    from hartonomous.readers.opening import Request
    from hartonomous.readers.transformer.choice import SiteChoice

    choice = SiteChoice(_kinds(sites), layers, heads, k, path_of(layout))
    screening = Screening.asked(min_signal, path_of(lexicon))
    asked = Request(
        source,
        subject,
        vocabulary=path_of(vocabulary),
        base=path_of(base),
        expires=day_of(expires),
        sites=choice,
        screening=str(screening),
    )
    return ingest(
        connection,
        "model",
        listed_paths(paths),
        asked,
        method=method,
        threads=threads,
        screening=screening,
        stages=stages,
    )


def ingest_dictionary(
    connection: Connection,
    path: str | Path,
    model: str | Path,
    *,
    layer: int | None = None,
    k: int = 10,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    method: Method = "auto",
    threads: int | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Mine what the features of a dictionary over a model's residual stream answer to and write.

    Parameters
    ----------
    path
        A safetensors file with a decoder, such as a sparse autoencoder's, and perhaps an encoder.
    model
        The folder of the model.
    layer
        Before which layer it reads the stream; by default after the last.
    k
        Neighbours of each concept.
    source, subject, expires, method, threads, stages
        As for `ingest_embeddings`.
    """
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request
    from hartonomous.readers.transformer.choice import SiteChoice

    asked = Request(
        source,
        subject,
        expires=day_of(expires),
        sites=SiteChoice(layers="all" if layer is None else str(layer), k=k),
        model=path_of(model),
    )
    return ingest(
        connection, "dictionary", [path], asked, method=method, threads=threads, stages=stages
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

    asked = Request(source, subject, window=window, expires=day_of(expires))
    return ingest(
        connection, "text", listed_paths(paths), asked, keep_going=keep_going, stages=stages
    )


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
        listed_paths(paths),
        Request(source, subject, expires=day_of(expires)),
        keep_going=keep_going,
        stages=stages,
    )


def ingest_lexicon(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Load what people judged of pairs of words, by which `calibration` turns ratings into odds.

    Parameters
    ----------
    paths
        Lexicons such as SimLex-999: two words and a score a line; half the highest score and more
        counts as agreement that the two are related.
    source, subject, expires, stages
        As for `ingest_text`.
    """
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request

    asked = Request(source, subject, expires=day_of(expires))
    return ingest(connection, "lexicon", listed_paths(paths), asked, stages=stages)


def day_of(given: date | str | None) -> date | None:
    """Return the day that is meant, which isn't past; text is YYYY-MM-DD."""
    try:
        day = date.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise ParameterError(f"{str(given)[:80]!r} is no day: write YYYY-MM-DD") from None
    if day is not None and day < datetime.now(timezone.utc).date():
        raise ParameterError(f"{day} is past: what is loaded now cannot have expired")
    return day


def _kinds(given: str | Sequence[str]) -> tuple[str, ...]:
    listed = given.split(",") if isinstance(given, str) else names(given)
    return tuple(kind.strip() for kind in listed)


def path_of(given: str | Path | None) -> Path | None:
    """Return a path, with the user's own folder filled in."""
    return None if given is None else Path(given).expanduser()


def listed_paths(paths: str | Path | Sequence[str | Path]) -> Sequence[str | Path]:
    """Take one path as it is: its characters are none."""
    return [paths] if isinstance(paths, (str, Path)) else paths
