"""A Hugging Face model folder: its token embedding and vocabulary, without torch."""

from __future__ import annotations

from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.models import adapter
from hartonomous.readers.models.checkpoint import Checkpoint, read_checkpoint
from hartonomous.readers.models.configs import folder_config
from hartonomous.readers.models.folders import adapter_base, no_weights
from hartonomous.readers.models.modules import transformer_folder
from hartonomous.readers.models.token_table import ModelParts, token_table
from hartonomous.readers.token_files import find_vocabulary, read_tokens
from hartonomous.readers.vocabulary import TokenList

__all__ = ["open_model", "transformer_folder"]


def open_model(
    path: Path,
    *,
    tensor: str | None = None,
    vocabulary: Path | None = None,
    base: Path | None = None,
) -> EmbeddingTable:
    """Open the token embedding of a Hugging Face or sentence-transformers folder.

    Parameters
    ----------
    path
        The folder, of a model or of a LoRA adapter.
    tensor
        The name of the tensor to read; by default the token embedding is looked for.
    vocabulary
        The file with its words; by default the tokeniser's in the folder, then the base's.
    base
        Of an adapter, the folder of the model that it changes; by default the one that it names.

    Raises
    ------
    ModelFormatError
        When a file is missing or malformed, the weights are pickled, the embedding can't be
        told, or vocabulary and matrix don't belong together.
    """
    folder = transformer_folder(path)
    whole = base_of(folder, base)
    checkpoint = folder_weights(folder, whole)
    listed = _words(folder, checkpoint, vocabulary, whole)
    config = folder_config(transformer_folder(whole) if whole else folder)
    parts = ModelParts(folder, _source_name(path), checkpoint, config, listed)
    try:
        return token_table(parts, tensor)
    except ModelFormatError as error:
        said = None if whole or tensor else adapter_base(folder)
        if said:
            raise ModelFormatError(f"{folder}: {said}") from error
        raise


def base_of(folder: Path, given: Path | None) -> Path | None:
    """Return the folder of an adapter's base; None of a model, and where the base isn't here.

    Raises
    ------
    ModelFormatError
        When a base is given of what is no adapter, or isn't there.
    """
    if adapter.is_adapter(folder):
        return adapter.find_base(folder, given)
    if given is not None:
        raise ModelFormatError(f"{folder}: no adapter, which alone has a base")
    return None


def folder_weights(folder: Path, base: Path | None) -> Checkpoint:
    """Return the tensors of a folder, those of an adapter merged into its base's.

    Raises
    ------
    ModelFormatError
        When there are none, or a file is malformed.
    """
    checkpoint = read_checkpoint(folder)
    if not checkpoint.tensors:
        raise no_weights(folder)
    if base is None:
        return checkpoint
    inner = transformer_folder(base)
    if adapter.is_adapter(inner):
        raise ModelFormatError(f"{base}: an adapter too; give the model that they change")
    return adapter.merged(checkpoint.tensors, folder, folder_weights(inner, None))


def _words(
    folder: Path, checkpoint: Checkpoint, vocabulary: Path | None, base: Path | None
) -> TokenList:
    """Read the words; an adapter without any is named for what it is, or has its base's."""
    try:
        found = vocabulary or find_vocabulary(folder)
    except ModelFormatError as error:
        if base:
            return read_tokens(find_vocabulary(transformer_folder(base)))
        said = adapter_base(folder)
        if said and all(".lora_" in name for name in checkpoint.tensors):
            raise ModelFormatError(f"{folder}: {said}") from error
        raise
    return read_tokens(found)


def _source_name(path: Path) -> str:
    """Return the folder's name, or the model's for a folder inside the hub's cache."""
    folder = path.resolve()
    in_cache = folder.parent.name == "snapshots" and folder.parent.parent.name.split("--", 1)
    if in_cache and in_cache[0] == "models":
        return in_cache[-1].replace("--", "/")
    return folder.name
