"""What does one layout of several sources keep of each, beside a layout of their consensus?

``python -m benchmarks.places_joint [--sample 1000]``: the token embeddings of MiniLM-L6, MiniLM-L3
and SPLADE-tiny, which share one vocabulary, cleaned, k = 50. CPU seconds of all threads.
"""

from __future__ import annotations

import argparse
from time import process_time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from benchmarks.substrates import zoo
from hartonomous.geometry.consensus import consensus_graph, source_shares
from hartonomous.geometry.eigenmaps import Placement, eigenmaps
from hartonomous.geometry.joint import own_places, substrate_places
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.places import joint_places
from hartonomous.miners.cleaning import clean
from hartonomous.readers import open_embeddings

K = 50
FIRST = 10
SOURCES = ("minilm-l6", "minilm-l3", "splade-tiny")
WORDS = ("king", "violin", "python", "monday", "doctor")


def main(arguments: list[str] | None = None) -> None:
    """Print the share of each source's ten nearest that are among the ten nearest places."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1000)
    options = parser.parse_args(arguments)
    graphs = [_graph(name) for name in SOURCES]
    n = int(graphs[0][0][-1]) + 1
    shares = source_shares(graphs, n)
    agreed = consensus_graph(graphs, n, shares=shares)
    lists = {name: _first(g, n) for name, g in zip(SOURCES, graphs, strict=True)}
    lists["consensus"] = _first(agreed, n)
    print(f"joint places of {n:,} concepts, shares {shares}; ten nearest kept of")
    print(f"  {'':34}{'CPU s':>7}" + "".join(f"{name:>13}" for name in lists))
    layouts = {
        "eigenmaps of the first": lambda: eigenmaps(*graphs[0], n),
        "all graphs": lambda: joint_places(graphs, n),
        "consensus": lambda: substrate_places(graphs, n),
        "consensus without the last": lambda: substrate_places(graphs[:-1], n),
        "consensus without the first": lambda: substrate_places(graphs[1:], n),
    }
    sample = np.unique(np.linspace(0, n - 1, options.sample, dtype=np.int64))
    found = {}
    for name, layout in layouts.items():
        started = process_time()
        placement = layout()
        seconds = process_time() - started
        points = np.full((n, 4), np.nan)
        points[placement.concepts] = placement.positions
        found[name] = points
        shown = "".join(f"{_kept(points, of, sample):13.3f}" for of in lists.values())
        print(f"  {name:34}{seconds:7.1f}{shown}", flush=True)
    for name, graph in zip(SOURCES, graphs, strict=True):
        points = own_chart(graph, n, found["consensus"])
        shown = "".join(f"{_kept(points, of, sample):13.3f}" for of in lists.values())
        apart = np.sqrt(np.nanmean(np.square(points - found["consensus"]).sum(axis=1)))
        print(f"  {f'own chart of {name}':34}{apart:7.2f}{shown}  (first: rms chord)")
    _print_changes(found)
    _print_words(found["consensus"])


def own_chart(graph, n: int, common: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where one source's graph alone takes its concepts from common places."""
    placed = np.flatnonzero(~np.isnan(common[:, 0]))
    nothing = np.zeros(len(placed), np.int64)
    start = Placement(placed, common[placed], nothing, np.zeros(4), 0.0)
    concepts, moved = own_places(graph, n, start)
    points = np.full((n, 4), np.nan)
    points[concepts] = moved
    return points


def _graph(name: str):
    matrix = open_embeddings(zoo(name)).matrix
    found = knn_self_join(clean(matrix.rows(0, matrix.shape[0]))[0], K)
    sources = np.repeat(np.arange(len(found.indices)), K)
    return sources, found.indices.ravel(), np.clip(found.scores.ravel().astype(np.float64), 0, 1)


def _first(graph, n: int) -> csr_array:
    """Return who is among whose first ten."""
    sources, targets, weights = graph
    order = np.lexsort((targets, -weights, sources))
    rows, columns = sources[order], targets[order]
    starts = np.searchsorted(rows, rows)
    first = np.arange(len(rows)) - starts < FIRST
    ones = np.ones(int(first.sum()), np.int64)
    return csr_array((ones, (rows[first], columns[first])), shape=(n, n))


def _kept(points: NDArray[np.float64], lists: csr_array, sample: NDArray[np.int64]) -> float:
    shares = []
    placed = sample[~np.isnan(points[sample, 0]) & (np.diff(lists.indptr)[sample] > 0)]
    for own in placed:
        wanted = lists.indices[lists.indptr[own] : lists.indptr[own + 1]]
        shares.append(np.isin(wanted, _nearest(points, own, len(wanted))).mean())
    return float(np.mean(shares))


def _nearest(points: NDArray[np.float64], own: int, count: int) -> NDArray[np.int64]:
    near = np.nan_to_num(points @ points[own], nan=-2.0)
    near[own] = -2.0
    best = np.argpartition(-near, count)[:count]
    return best[np.argsort(-near[best])]


def _print_changes(found: dict[str, NDArray[np.float64]]) -> None:
    base = found["consensus"]
    for name in list(found)[3:]:
        apart = np.linalg.norm(found[name] - base, axis=1)
        print(f"  {name}: moved {np.sqrt(np.nanmean(apart**2)):.3f} (rms chord; chance 1.41)")


def _print_words(points: NDArray[np.float64]) -> None:
    labels = (zoo(SOURCES[0]) / "vocab.txt").read_text(encoding="utf-8").splitlines()
    for word in WORDS:
        near = _nearest(points, labels.index(word), 6)
        print(f"  {word}: {' '.join(labels[i] for i in near)}")


if __name__ == "__main__":
    main()
