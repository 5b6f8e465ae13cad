"""Files to embeddings: a matrix that stays on disk and the concepts that its rows stand for.

`open_embeddings` opens whatever a path holds; each format has a file of its own here, a line in
the table of `hartonomous.readers.formats`, and gives the same `EmbeddingTable`.
"""

from __future__ import annotations

from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.formats import open_place
from hartonomous.readers.hub import download_model, is_hub_name, not_found
from hartonomous.readers.model_folder import open_model
from hartonomous.readers.opening import Choice, Place
from hartonomous.readers.vocabulary import LeftOut, Vocabulary

__all__ = [
    "EmbeddingTable",
    "LeftOut",
    "Vocabulary",
    "open_embeddings",
    "open_model",
    "usable",
]


def open_embeddings(
    path: str | Path, *, tensor: str | None = None, vocabulary: str | Path | None = None
) -> EmbeddingTable:
    """Open embeddings of any kind: a model folder, word vectors, or a name on the hub.

    Parameters
    ----------
    path
        A Hugging Face or sentence-transformers folder, a file of word vectors in any format of
        `hartonomous.readers.formats`, or ``organisation/model`` on the hub, perhaps with
        ``@revision``, which is asked only when no such path exists.
    tensor
        Of a model, the tensor to read instead of its token embedding.
    vocabulary
        Of a model or a matrix, where its words are; by default they are looked for beside it.

    Returns
    -------
    EmbeddingTable
        The matrix, still on disk, and its vocabulary.

    Raises
    ------
    ModelFormatError
        When nothing is there, or it is malformed, refused (pickles) or of an unknown kind.
    ParameterError
        When ``tensor`` or ``vocabulary`` is given for a kind that has none.
    """
    place = Path(path).expanduser()
    choice = Choice(tensor, Path(vocabulary).expanduser() if vocabulary is not None else None)
    try:
        if not str(path):
            raise not_found("")
        if place.is_dir() or place.is_file():
            return open_place(Place.of(place), choice)
        if not place.exists() and not place.is_symlink() and is_hub_name(str(path)):
            return open_place(Place.of(download_model(str(path))), choice)
        raise not_found(str(path))
    except OSError as error:
        raise ModelFormatError(f"{path!s:.200}: {error.strerror or error}") from error
