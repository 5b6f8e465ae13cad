"""Embeddings as sources: each is one vector site, a model's token embedding or word vectors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import Source
from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.formats import FOLDERS, open_place
from hartonomous.readers.hub import download_model, is_hub_name, not_found
from hartonomous.readers.matrix import SelectedRows
from hartonomous.readers.opening import Format, Opener, Place, Request
from hartonomous.sites import JoinSettings, OpenedSource, VectorSite


def open_embeddings(
    path: str | Path,
    *,
    tensor: str | None = None,
    vocabulary: str | Path | None = None,
    base: str | Path | None = None,
) -> EmbeddingTable:
    """Open embeddings of any kind: a model folder, word vectors, or a name on the hub.

    Parameters
    ----------
    path
        A Hugging Face or sentence-transformers folder, a model or word vectors in any format of
        `hartonomous.readers.formats`, or ``organisation/model`` on the hub, perhaps with
        ``@revision``, which is asked only when no such path exists.
    tensor
        Of a model, the tensor to read instead of its token embedding.
    vocabulary
        Of a model or a matrix, where its words are; by default they are looked for beside it.
    base
        Of a LoRA adapter, the folder of its base; by default the path that it names.

    Returns
    -------
    EmbeddingTable
        The matrix, still on disk, and its vocabulary.

    Raises
    ------
    ModelFormatError
        When nothing is there, or it is malformed, refused (pickles) or of an unknown kind.
    ParameterError
        When ``tensor``, ``vocabulary`` or ``base`` is given for a kind that has none.
    """
    words = Path(vocabulary).expanduser() if vocabulary is not None else None
    whole = Path(base).expanduser() if base is not None else None
    return _open_path(str(path), Request(tensor=tensor, vocabulary=words, base=whole))


def _open_path(path: str, request: Request) -> EmbeddingTable:
    place = Path(path).expanduser()
    try:
        if not path:
            raise not_found("")
        if place.is_dir() or place.is_file():
            return open_place(Place.of(place), request)
        if not place.exists() and not place.is_symlink() and is_hub_name(path):
            return open_place(Place.of(download_model(path)), request)
        raise not_found(path)
    except OSError as error:
        raise ModelFormatError(f"{path!s:.200}: {error.strerror or error}") from error


def opener(known: Format) -> Opener:
    """Return what opens vectors of one format as a source."""

    def recognise(place: Place) -> bool:
        is_there = place.path.exists() or place.path.is_symlink()  # else it may name a hub's model
        return is_there and place.is_folder == (known in FOLDERS) and known.recognise(place)

    def open_format(place: Place, request: Request) -> Iterator[OpenedSource]:
        yield _as_source(known.open_checked(place, request), request)

    return Opener(known.name, "embeddings", recognise, open_format)


def is_hub_model(place: Place) -> bool:
    """Say whether nothing lies at a path that could be a model's name on the hub."""
    path = place.path
    return not path.exists() and not path.is_symlink() and is_hub_name(str(path))


def open_hub_model(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Download a model and open it."""
    downloaded = Place.of(download_model(str(place.path)))
    yield _as_source(open_place(downloaded, request), request)


def _as_source(table: EmbeddingTable, request: Request) -> OpenedSource:
    """Make embeddings the one source that they are; the matrix is read once."""
    table = usable(table, skip_invalid=request.skip_invalid)
    words = table.vocabulary
    site = VectorSite(
        "embedding", SelectedRows(table.matrix, words.rows), words.concept_of_row, request.join
    )
    return OpenedSource(
        Source(
            request.name_for(f"model:{table.name}"),
            "model",
            _fingerprint(table, request.join),
            request.subject,
        ),
        lambda: words.concepts,
        (site,),
        {reason: count for reason, count in vars(table.left_out).items() if count},
        table.notes,
    )


def _fingerprint(table: EmbeddingTable, join: JoinSettings) -> bytes:
    """Say what is read and how it is mined: the same file at another k is another source."""
    settings = f"k={join.k} raw={join.raw} left_out={table.left_out.total} ".encode()
    return blake3(settings + table.fingerprint())
