"""Small graphs whose spectra are known; each is (sources, targets, weights, n)."""

from __future__ import annotations

import numpy as np


def graph(pairs, n):
    """Every pair in both directions, weight 1."""
    a = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    both = np.vstack([a, a[:, ::-1]])
    return both[:, 0], both[:, 1], np.ones(len(both)), n


def ring(n):
    return graph([(i, (i + 1) % n) for i in range(n)], n)


def path(n):
    return graph([(i, i + 1) for i in range(n - 1)], n)


def grid(rows, columns):
    at = np.arange(rows * columns).reshape(rows, columns)
    across = np.stack([at[:, :-1], at[:, 1:]], -1).reshape(-1, 2)
    down = np.stack([at[:-1], at[1:]], -1).reshape(-1, 2)
    return graph(np.vstack([across, down]), rows * columns)


def clique(n, first=0):
    return [(first + i, first + j) for i in range(n) for j in range(i)]


def two_cliques(n):
    return graph([*clique(n), *clique(n, n), (0, n)], 2 * n)


def star(n):
    return graph([(0, i) for i in range(1, n)], n)


def union(*graphs):
    """The graphs side by side, in one numbering."""
    offsets = np.cumsum([0, *(g[3] for g in graphs)])
    parts = [(s + o, t + o, w) for (s, t, w, _), o in zip(graphs, offsets[:-1], strict=True)]
    return *(np.concatenate(column) for column in zip(*parts, strict=True)), int(offsets[-1])


def random_knn(n, k=8, d=6, seed=5):
    """The exact kNN graph of random points: cosines, directed."""
    x = np.random.default_rng(seed).standard_normal((n, d))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    similarity = x @ x.T
    np.fill_diagonal(similarity, -2)
    near = np.argsort(-similarity, axis=1)[:, :k]
    rows = np.repeat(np.arange(n), k)
    weights = np.clip(similarity[rows, near.ravel()], 0, 1)
    return rows.astype(np.int32), near.ravel().astype(np.int32), weights, n
