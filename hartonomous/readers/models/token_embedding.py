"""Which tensor of a model is its token embedding."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.readers.matrix import blocks
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.vocabulary import MOST_PADDING

#: The last parts of the token embedding's name; the first that a model has is taken.
EMBEDDING_NAMES = (
    "embeddings.word_embeddings.weight",  # BERT, RoBERTa, DistilBERT, MPNet
    "text_model.embeddings.token_embedding.weight",  # CLIP's text tower
    "shared.weight",  # T5: encoder and decoder share it
    "embed_tokens.weight",  # Llama, Mistral, Qwen, Gemma
    "embed_in.weight",  # GPT-NeoX
    "wte.weight",  # GPT-2
    "wte.embedding",  # Molmo
    "word_embeddings.weight",  # BLOOM, Falcon
    "word_embedding.weight",  # XLNet
    "tok_embeddings.weight",  # ModernBERT, Llama as Meta wrote it
    "token_embedding.weight",  # CLIP as OpenAI wrote it
    "token_embeddings.weight",
    "embed_token.weight",
    "word_embed.weight",
    "tokens_embed.weight",  # GPT
    "input_embedding.weight",  # CPM-Ant
    "emb_layer.weight",  # sentence-transformers WordEmbeddings
    "embedding.weight",  # sentence-transformers StaticEmbedding
    "embeddings.weight",  # Mamba, Nemotron-H, XLM
    "token_embd.weight",  # GGUF
    "embeddings",  # model2vec
)

#: Heads that give a score to each token; a tied one is the token embedding.
_HEADS = (
    "lm_head.weight",
    "embed_out.weight",
    "output.weight",
    "predictions.decoder.weight",
    "lm_head.decoder.weight",
    "head.weight",
)

#: Tables of other things than tokens, which may have as many rows as there are tokens.
_NO_TOKENS = re.compile(
    r"posit|\bwpe\b|type|segment|time|patch|vision|visual|image|audio|video|speech|speaker|layer_?norm"
    r"|relative|rotary|bias|\bnorm\b|codebook|mlm|entity|class|duration|lang_emb|q_?former"
)
#: Parts of a model whose table it is where several differ, the surest first.
_PREFERRED = tuple(map(re.compile, (r"(?:^|\.)(?:language|text)_model\.", r"(?:^|\.)encoder\.")))
#: A layer of the model: what is inside one is a copy, or something else.
_IN_A_LAYER = re.compile(r"(?:^|\.)(?:layers?|blocks?|h|mtp)\.\d+\.")


@dataclass(frozen=True)
class Clues:
    """What else a model's files say about its token embedding.

    Parameters
    ----------
    sizes
        The vocabulary sizes that config.json names.
    tokens
        How many rows the tokens fill.
    untied
        Whether config.json says that the head is not the embedding.
    """

    sizes: Set[int]
    tokens: int
    untied: bool = False

    def fit(self, rows: int) -> bool:
        """Say whether a table of tokens may have so many rows."""
        if self.sizes:
            return rows in self.sizes
        return self.tokens <= rows <= self.tokens / (1 - MOST_PADDING)


def find_embedding(checkpoint: Checkpoint, folder: Path, clues: Clues) -> StoredTensor:
    """Return the token embedding by its name, or by its rows where the name isn't known.

    Raises
    ------
    ModelFormatError
        When there is none, when it is in a shard that isn't there, or when several fit.
    """
    matrices = [t for t in checkpoint.tensors.values() if len(t.shape) == 2 and 0 not in t.shape]
    of_tokens = [tensor for tensor in matrices if not _NO_TOKENS.search(tensor.name.lower())]
    for ending in EMBEDDING_NAMES:
        found = [tensor for tensor in of_tokens if _ends(tensor.name, ending)]
        if found:
            return _only(_likely(found, clues), folder)
        _refuse_missing(ending, checkpoint, folder)
    found = _by_rows(of_tokens, clues) or _by_rows(matrices, clues)
    if found:
        return _only(found, folder)
    said = "".join(f"; {note}" for note in checkpoint.notes)
    raise ModelFormatError(
        f"{folder}: no token embedding of a known layout{said}; {candidates(matrices, clues.sizes)}"
    )


def candidates(tensors: Sequence[StoredTensor], sizes: Set[int]) -> str:
    """Name the matrices that --tensor could mean, those with as many rows as words first."""
    matrices = sorted(tensors, key=lambda t: (t.shape[0] not in sizes, -t.shape[0], t.name))
    return (
        f"name one with --tensor, such as {_listed(matrices)}" if matrices else "no matrix at all"
    )


def _ends(name: str, ending: str) -> bool:
    return name == ending or name.endswith(f".{ending}")


def _likely(found: list[StoredTensor], clues: Clues) -> list[StoredTensor]:
    """Narrow down tensors of one name: by their rows, then to those outside of layers."""
    for narrower in (
        [t for t in found if t.shape[0] in clues.sizes or t.shape[0] == clues.tokens],
        [t for t in found if t.shape[0] >= clues.tokens],
    ):
        found = narrower or found
    return [t for t in found if not _IN_A_LAYER.search(t.name)] or found


def _by_rows(matrices: list[StoredTensor], clues: Clues) -> list[StoredTensor]:
    """Return what may be the embedding though its name isn't known, by its rows and its name."""
    fitting = [tensor for tensor in matrices if clues.fit(tensor.shape[0])]
    heads = [t for t in fitting if any(_ends(t.name, head) for head in _HEADS)]
    tables = [t for t in fitting if t not in heads and re.search(r"emb|tok|wte", t.name.lower())]
    if tables:
        return _likely(tables, clues)
    others = [tensor for tensor in fitting if tensor not in heads]
    return others[:1] if len(others) == 1 else [] if clues.untied else heads


def _only(found: list[StoredTensor], folder: Path) -> StoredTensor:
    """Return the one tensor of a list, of equal copies the one with the shortest name.

    Of several that differ, it is that of the language model within a larger one, and of an encoder
    and a decoder with tables of their own the encoder's, which reads words.
    """
    first, *others = sorted(found, key=lambda t: (t.name.count("."), t.name))
    if all(_are_equal(first, other) for other in others):
        return first
    for mark in _PREFERRED:
        chosen = [tensor for tensor in found if mark.search(tensor.name)]
        if len(chosen) == 1:
            return chosen[0]
    raise ModelFormatError(
        f"{folder}: several token embeddings ({_listed(found)}); choose with --tensor"
    )


def _are_equal(a: StoredTensor, b: StoredTensor) -> bool:
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return False
    one, other = a.open_matrix(), b.open_matrix()
    return all(
        np.array_equal(one.stored[block], other.stored[block], equal_nan=True)
        for block in blocks(*one.shape)
    )


def _refuse_missing(ending: str, checkpoint: Checkpoint, folder: Path) -> None:
    for name, shard in checkpoint.missing.items():
        if _ends(name, ending) and not _IN_A_LAYER.search(name):
            table = f"the token embedding ({shown(name)})"
            raise ModelFormatError(
                f"{folder / shard}: is without {table}, though the index says that it is there"
                if (folder / shard).exists()
                else f"{folder / shard}: no such file, and {table} is in it"
            )


def _listed(tensors: Sequence[StoredTensor]) -> str:
    return ", ".join(f"{shown(t.name)} {t.shape[0]}x{t.shape[1]}" for t in tensors[:5])


def named_tensor(tensors: Mapping[str, StoredTensor], name: str, folder: Path) -> StoredTensor:
    """Return the tensor that a user named.

    Raises
    ------
    ModelFormatError
        When there is none of that name.
    """
    if name not in tensors:
        matrices = [tensor for tensor in tensors.values() if len(tensor.shape) == 2]
        raise ModelFormatError(
            f"{folder}: has no tensor {shown(name)}; {candidates(matrices, set())}"
        )
    return tensors[name]
