"""The token tables of two models, the tokens that they share, and the map between them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import read_bytes, read_json_object
from hartonomous.readers.safetensors import Tensor
from hartonomous.vectors.fingerprints import model_fingerprint, settings_fingerprint
from hartonomous.vectors.packages.checkpoint import Checkpoint, blocks, read_block, widened
from hartonomous.vectors.packages.maps import LinearMap, fit_map, read_map, write_map

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Endings of names that token tables have.
_TABLES = ("word_embeddings.weight", "embed_tokens.weight", "wte.weight")
#: Fewest tokens that two models have to share.
_LEAST_SHARED = 200
#: Most shared tokens that a map is fitted on.
_FITTED = 20_000


def token_map(
    source: Checkpoint, target: Checkpoint, *, passes: int = 3, cache: Path | None = None
) -> LinearMap:
    """Return the map between two models' token tables, from the cache where it is there."""
    where = _cached(source, target, passes, cache)
    if where and where.is_file():
        return read_map(where)
    ours, theirs = shared_tokens(source, target)
    chosen = np.random.default_rng(0).permutation(len(ours))[:_FITTED]
    x, y = token_table(source), token_table(target)
    linear = fit_map(_rows(x, ours[chosen]), _rows(y, theirs[chosen]), passes=passes)
    if where:
        write_map(where, linear)
    return linear


def shared_tokens(
    source: Checkpoint, target: Checkpoint
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of the tokens that two models have in common, in both tables.

    Raises
    ------
    ModelFormatError
        A vocabulary is missing, or they share fewer than 200 tokens.
    """
    ours, theirs = vocabulary(source.folder), vocabulary(target.folder)
    shared = sorted(ours.keys() & theirs.keys())
    if len(shared) < _LEAST_SHARED:
        raise ModelFormatError(
            f"the models share {len(shared)} tokens; a map needs {_LEAST_SHARED} at least"
        )
    rows = np.array([(ours[token], theirs[token]) for token in shared], np.intp)
    limits = token_table(source).shape[0], token_table(target).shape[0]
    rows = rows[(rows < limits).all(1)]
    return rows[:, 0], rows[:, 1]


def vocabulary(folder: Path) -> dict[str, int]:
    """Return a model's tokens and their rows, from vocab.txt or tokenizer.json.

    Raises
    ------
    ModelFormatError
        Neither is there, or one is malformed.
    """
    if (folder / "vocab.txt").is_file():
        text = read_bytes(folder / "vocab.txt").decode("utf-8", "replace")
        return {token: row for row, token in enumerate(text.splitlines())}
    model = read_json_object(folder / "tokenizer.json").get("model")
    listed = model.get("vocab") if isinstance(model, dict) else None
    if not isinstance(listed, dict) or not all(
        type(row) is int and row >= 0 for row in listed.values()
    ):
        raise ModelFormatError(f"{folder}: its tokenizer.json lists no tokens")
    return listed


def token_table(checkpoint: Checkpoint) -> Tensor:
    """Return a model's token table; a ModelFormatError says that none was found."""
    for name, tensor in checkpoint.weights.items():
        if name.endswith(_TABLES) and len(tensor.shape) == 2:
            return tensor
    raise ModelFormatError(f"{checkpoint.folder}: no token table found")


def table_spread(checkpoint: Checkpoint, rows: NDArray[np.intp]) -> float:
    """Return the root mean square distance of a token table's rows from their mean."""
    table = _rows(token_table(checkpoint), rows)
    return float(np.sqrt(((table - table.mean(0)) ** 2).sum(1).mean())) or 1.0


def _rows(table: Tensor, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    whole = np.empty(int(np.prod(table.shape)), np.float32)
    for start, stop in blocks(table.shape):
        whole[start:stop] = widened(read_block(table, start, stop), table.dtype)
    return whole.reshape(table.shape)[rows].astype(np.float64)


def _cached(source: Checkpoint, target: Checkpoint, passes: int, cache: Path | None) -> Path | None:
    if cache is None:
        return None
    pair = [model_fingerprint(c.folder) for c in (source, target)]
    return cache / f"{settings_fingerprint([*pair, passes])[:32]}.wmatrix"
