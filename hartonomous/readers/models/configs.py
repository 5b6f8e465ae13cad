"""What configurations say, whatever file holds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hartonomous.readers.files import read_json_object

#: The names under which config.json says how many rows there are.
_SIZES = ("vocab_size", "padded_vocab_size", "n_vocab", "n_words", "num_embeddings")
#: How deep config.json nests the configurations of a model's parts.
_MOST_NESTED = 4


def folder_config(folder: Path) -> dict[str, Any]:
    """Return a folder's config.json, nothing where there is none.

    Raises
    ------
    ModelFormatError
        When it is malformed.
    """
    path = folder / "config.json"
    return read_json_object(path) if path.exists() else {}


def vocabulary_sizes(config: dict[str, Any], nested: int = 0) -> Iterator[int]:
    """Yield the vocabulary sizes that a configuration names; those of its parts are inside it."""
    yield from (config[name] for name in _SIZES if type(config.get(name)) is int)
    if nested < _MOST_NESTED:
        for part in config.values():
            if isinstance(part, dict):
                yield from vocabulary_sizes(part, nested + 1)
