"""What do places on S3 keep of a model's neighbourhoods, and how long do they take?

``python -m benchmarks.places [--sample 1000] [--umap]``: all-MiniLM-L6-v2's token embedding,
cleaned, k = 50.
"""

from __future__ import annotations

import argparse
from time import perf_counter

import numpy as np

from benchmarks.eigenmaps import minilm_graph
from hartonomous.geometry.eigenmaps import eigenmaps
from hartonomous.geometry.places import places
from hartonomous.geometry.sphere import geodesic, normalise
from hartonomous.geometry.trustworthiness import agreement, euclidean, principal_components

PAIRS = 100_000


def main(arguments: list[str] | None = None) -> None:
    """Print one line a placement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=1000)
    parser.add_argument("--umap", action="store_true", help="umap-learn too; it has to be there")
    options = parser.parse_args(arguments)
    rows, graph = minilm_graph()
    unit = rows.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    source = euclidean(unit)
    print(f"places of {graph[3]:,} concepts; ten nearest of {options.sample} sampled ones")
    print(f"  {'':34}{'seconds':>8} {'kept':>6} {'trust':>6} {'cont':>6} {'order':>6}")
    started = perf_counter()
    start = eigenmaps(*graph).positions
    _print("eigenmaps", perf_counter() - started, start, start, source, options.sample)
    _print(
        "PCA-4 on S3", 0, normalise(principal_components(unit, 4)), start, source, options.sample
    )
    for steps in (50, 100, 200, 400):
        started = perf_counter()
        found = places(*graph, steps=steps).positions
        _print(
            f"places, {steps} steps", perf_counter() - started, found, start, source, options.sample
        )
    if options.umap:
        _umap(unit, start, source, options.sample)
    shuffled = start[np.random.default_rng(1).permutation(len(start))]
    _print("chance: eigenmaps shuffled", 0, shuffled, start, source, options.sample)


def _umap(unit, start, source, sample) -> None:
    from umap import UMAP

    for dimensions in (3, 4):
        started = perf_counter()
        found = UMAP(n_components=dimensions, metric="cosine", random_state=0).fit_transform(unit)
        seconds = perf_counter() - started
        _print(
            f"umap-learn, R{dimensions}", seconds, found.astype(np.float64), start, source, sample
        )


def _print(name, seconds, points, start, source, sample) -> None:
    kept = agreement(source, euclidean(points), len(points), k=10, sample=sample)
    random = np.random.default_rng(0)
    i, j = random.integers(0, len(points), (2, PAIRS))
    there = geodesic(start[i], start[j])
    here = np.linalg.norm(points[i] - points[j], axis=1)
    order = np.corrcoef(there.argsort().argsort(), here.argsort().argsort())[0, 1]
    print(
        f"  {name:34}{seconds:8.2f} {kept.recall:6.3f} {kept.trustworthiness:6.3f}"
        f" {kept.continuity:6.3f} {order:6.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
