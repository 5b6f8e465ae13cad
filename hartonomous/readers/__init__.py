"""Files to sources: each format has a file of its own here and a line in a table.

`openers` is the table of everything that can be ingested, `formats` that of vectors' formats.
"""

from __future__ import annotations

from hartonomous.readers.embedding_table import EmbeddingTable, usable
from hartonomous.readers.embeddings import open_embeddings
from hartonomous.readers.model_folder import open_model
from hartonomous.readers.vocabulary import LeftOut, Vocabulary

__all__ = [
    "EmbeddingTable",
    "LeftOut",
    "Vocabulary",
    "open_embeddings",
    "open_model",
    "usable",
]
