"""Files to embeddings: a memory-mapped matrix and the concepts that its rows stand for."""

from __future__ import annotations

from pathlib import Path

from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.model_folder import open_model

__all__ = ["EmbeddingTable", "open_embeddings", "usable"]


def open_embeddings(path: str | Path, *, tensor: str | None = None) -> EmbeddingTable:
    """Open the embeddings at ``path``."""
    return open_model(Path(path), tensor=tensor)
