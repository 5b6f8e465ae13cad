"""Signals that others published for telling which model comes from which, for comparison alone.

Five of them read weights as they lie: how anchors' embeddings lie to each other, how long
embeddings are, the energy of layers, and statistics of weights, as provenance tools combine them;
and the spectra of W_Q W_K^T and W_V W_O, which keep when a residual stream is turned (GhostSpec,
arXiv 2511.06390).
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from benchmarks.lineage_models import Array, Made, made_embedding

#: Tokens whose similarities are compared, and singular values of a product.
_ANCHORS, _VALUES = 200, 64
#: One of so many tokens is kept, the same in every model.
_ONE_OF = 8
NAMES = ("embedding anchors", "embedding norms", "layer energies", "weight statistics", "spectra")

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Features:
    """What the signals read of a model.

    Parameters
    ----------
    tokens
        Where each token's row is, of those that are kept.
    embedding : shape (n, D)
        The vectors of these tokens.
    energies, statistics, spectra
        Of each layer, shape (layers, ...).
    """

    tokens: dict[str, int]
    embedding: Array
    energies: Numbers
    statistics: Numbers
    spectra: Numbers


def features(made: Made) -> Features:
    """Read what the signals compare."""
    layers = _layers(made)
    energies = np.array([[float(np.linalg.norm(each)) for each in layer] for layer in layers])
    statistics = np.array([_statistics(layer) for layer in layers])
    spectra = np.array([_spectra(layer) for layer in layers])
    rows = [row for row, token in enumerate(made.tokens) if crc32(token.encode()) % _ONE_OF == 0]
    tokens = {made.tokens[row]: place for place, row in enumerate(rows)}
    return Features(tokens, made_embedding(made)[rows], energies, statistics, spectra)


def _layers(made: Made) -> list[list[Array]]:
    """Return W_Q, W_K, W_V, W_O, the MLP's way in and its way out of each layer."""
    bert = ("attention.self.query", "attention.self.key", "attention.self.value",
            "attention.output.dense", "intermediate.dense", "output.dense")  # fmt: skip
    llama = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
             "mlp.up_proj", "mlp.down_proj")  # fmt: skip
    found: list[list[Array]] = []
    for stem, parts in (("encoder.layer", bert), ("model.layers", llama)):
        while f"{stem}.{len(found)}.{parts[0]}.weight" in made.tensors:
            names = (f"{stem}.{len(found)}.{part}.weight" for part in parts)
            found.append([made.tensors[name] for name in names])
    return found


def _statistics(layer: list[Array]) -> list[float]:
    found = []
    for each in layer:
        spread = float(each.std())
        fourth = float(((each - each.mean()) ** 4).mean()) / spread**4
        found += [float(each.mean()) / spread, np.log(spread), fourth]
    return found


def _spectra(layer: list[Array]) -> Numbers:
    query, key, value, output = layer[:4]
    if len(query) != len(key):  # grouped heads: keys and values count several times
        key, value = (np.repeat(each, len(query) // len(each), axis=0) for each in (key, value))
    products = (query.T @ key, output @ value)
    return np.concatenate([_spectrum(each) for each in products])


def _spectrum(matrix: Array) -> Numbers:
    values = np.sqrt(np.maximum(np.linalg.eigvalsh((matrix @ matrix.T).astype(np.float64)), 0))
    first = values[::-1][:_VALUES]
    return np.asarray(np.log(first / first[0] + 1e-6))


def signals(a: Features, b: Features) -> dict[str, float]:
    """Return how alike two models are by each signal, -1 to 1."""
    common = sorted(a.tokens.keys() & b.tokens.keys())
    random = np.random.default_rng(0)
    anchors = [common[n] for n in random.permutation(len(common))[:_ANCHORS]]
    rows = [[each.tokens[token] for token in anchors] for each in (a, b)]
    left, right = a.embedding[rows[0]], b.embedding[rows[1]]
    upper = np.triu_indices(len(anchors), 1)
    similar = [(_unit(each) @ _unit(each).T)[upper] for each in (left, right)]
    lengths = [np.linalg.norm(each, axis=1) for each in (left, right)]
    return dict(
        zip(
            NAMES,
            (
                _correlation(*similar),
                _correlation(*lengths),
                _of_layers(a.energies, b.energies),
                _of_layers(a.statistics, b.statistics),
                _of_layers(a.spectra, b.spectra),
            ),
            strict=True,
        )
    )


def _unit(rows: Array) -> Array:
    unit: Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _correlation(left: NDArray[np.floating], right: NDArray[np.floating]) -> float:
    return float(np.corrcoef(np.ravel(left), np.ravel(right))[0, 1])


def _of_layers(left: Numbers, right: Numbers) -> float:
    """Return minus how far layers are apart, stretched to the shallower model's number of them."""
    count = min(len(left), len(right))
    if not count:
        return -1.0
    chosen = [
        each[np.round(np.linspace(0, len(each) - 1, count)).astype(int)] for each in (left, right)
    ]
    width = min(chosen[0].shape[1], chosen[1].shape[1])
    apart = np.abs(chosen[0][:, :width] - chosen[1][:, :width])
    scale = np.abs(chosen[0][:, :width]) + np.abs(chosen[1][:, :width]) + 1e-9
    return 1 - float((apart / scale).mean())
