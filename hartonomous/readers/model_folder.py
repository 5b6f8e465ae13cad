"""A Hugging Face model folder: its token embedding and vocabulary, without torch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from hartonomous.concepts import is_storable
from hartonomous.errors import ModelFormatError
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.files import parse_json, read_bytes, read_json_object, shown
from hartonomous.readers.safetensors import Tensor, read_checkpoint
from hartonomous.readers.token_files import find_vocabulary, read_tokens
from hartonomous.readers.vocabulary import build_vocabulary

#: The last parts of the token embedding's name; the first that a model has is taken.
EMBEDDING_NAMES = (
    "embeddings.word_embeddings.weight",  # BERT, RoBERTa, DistilBERT, MPNet
    "text_model.embeddings.token_embedding.weight",  # CLIP's text tower
    "shared.weight",  # T5: encoder and decoder share it
    "embed_tokens.weight",  # Llama, Mistral, Qwen, Gemma
    "embed_in.weight",  # GPT-NeoX
    "wte.weight",  # GPT-2
    "word_embeddings.weight",  # BLOOM, Falcon
    "tok_embeddings.weight",  # ModernBERT, Llama as Meta wrote it
    "token_embedding.weight",  # CLIP as OpenAI wrote it
    "embedding.weight",  # sentence-transformers StaticEmbedding
    "embeddings",  # model2vec
)

_PICKLES = ("*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")


def open_model(path: Path, *, tensor: str | None = None) -> EmbeddingTable:
    """Open the token embedding of a Hugging Face or sentence-transformers folder.

    Parameters
    ----------
    path
        The folder.
    tensor
        The name of the tensor to read; by default the token embedding is looked for.

    Raises
    ------
    ModelFormatError
        When a file is missing or malformed, the weights are pickled, the embedding can't be
        told, or vocabulary and matrix don't belong together.
    """
    folder = transformer_folder(path)
    tensors = read_checkpoint(folder)
    if not tensors:
        raise ModelFormatError(_no_tensors(folder))
    sizes = _vocabulary_sizes(folder)
    chosen = _named(tensors, tensor, folder) if tensor else _find_embedding(tensors, folder, sizes)
    matrix = chosen.open_matrix()
    vocabulary_file = find_vocabulary(folder)
    return EmbeddingTable(
        name=_source_name(path),
        tensor_name=chosen.name,
        matrix=matrix,
        vocabulary=build_vocabulary(
            read_tokens(vocabulary_file), matrix.shape[0], padded=matrix.shape[0] in sizes
        ),
        vocabulary_digest=hashlib.sha256(read_bytes(vocabulary_file)).digest(),
    )


def transformer_folder(path: Path) -> Path:
    """Return the folder that holds the weights: a sentence-transformers model may nest it.

    Raises
    ------
    ModelFormatError
        When the folder is missing or empty, or ``modules.json`` leads out of it.
    """
    if not path.is_dir() or not any(path.iterdir()):
        raise ModelFormatError(f"{path}: no such folder, or an empty one")
    modules = path / "modules.json"
    if not modules.exists():
        return path
    listed = parse_json(read_bytes(modules), modules)
    first = listed[0] if isinstance(listed, list) and listed else None
    inner = first.get("path") if isinstance(first, dict) else None
    if not isinstance(inner, str) or not _stays_inside(inner):
        raise ModelFormatError(f"{modules}: does not say in which folder its first module is")
    return path / inner


def _stays_inside(inner: str) -> bool:
    """Say whether a relative path leads nowhere but further in; an empty one stays."""
    leads_out = PurePosixPath(inner).is_absolute() or ".." in PurePosixPath(inner).parts
    return not inner or (is_storable(inner) and not leads_out)


def _source_name(path: Path) -> str:
    """Return the folder's name, or the model's for a folder inside the hub's cache."""
    folder = path.resolve()
    in_cache = folder.parent.name == "snapshots" and folder.parent.parent.name.split("--", 1)
    if in_cache and in_cache[0] == "models":
        return in_cache[-1].replace("--", "/")
    return folder.name


def _no_tensors(folder: Path) -> str:
    pickles = sorted(file.name for pattern in _PICKLES for file in folder.glob(pattern))
    if pickles:
        return (
            f"{folder}: only a pickle checkpoint ({pickles[0]}), which could run code when opened "
            "and is refused; convert it to safetensors"
        )
    return f"{folder}: holds no model.safetensors"


def _vocabulary_sizes(folder: Path) -> set[int]:
    """Return the vocabulary sizes that config.json names; a model of text and images nests them."""
    path = folder / "config.json"
    if not path.exists():
        return set()
    config = read_json_object(path)
    nested = [part for part in config.values() if isinstance(part, dict)]
    sizes = [part.get("vocab_size") for part in (config, *nested)]
    return {size for size in sizes if type(size) is int}


def _named(tensors: Mapping[str, Tensor], name: str, folder: Path) -> Tensor:
    if name not in tensors:
        raise ModelFormatError(
            f"{folder}: has no tensor {shown(name)}; {_candidates(tensors, set())}"
        )
    return tensors[name]


def _find_embedding(tensors: Mapping[str, Tensor], folder: Path, sizes: set[int]) -> Tensor:
    """Return the token embedding by the names that the known architectures give it."""
    for ending in EMBEDDING_NAMES:
        found = [
            tensor
            for name, tensor in sorted(tensors.items())
            if len(tensor.shape) == 2 and (name == ending or name.endswith(f".{ending}"))
        ]
        fitting = [tensor for tensor in found if tensor.shape[0] in sizes] or found
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise ModelFormatError(
                f"{folder}: several token embeddings ({_listed(fitting)}); choose with --tensor"
            )
    raise ModelFormatError(
        f"{folder}: no token embedding of a known layout; {_candidates(tensors, sizes)}"
    )


def _candidates(tensors: Mapping[str, Tensor], sizes: set[int]) -> str:
    """Name the matrices that --tensor could mean, those with as many rows as words first."""
    matrices = [tensor for tensor in tensors.values() if len(tensor.shape) == 2]
    matrices.sort(key=lambda t: (t.shape[0] not in sizes, -t.shape[0], t.name))
    return (
        f"name one with --tensor, such as {_listed(matrices)}" if matrices else "no matrix at all"
    )


def _listed(tensors: list[Tensor]) -> str:
    return ", ".join(f"{shown(t.name)} {t.shape[0]}x{t.shape[1]}" for t in tensors[:5])
