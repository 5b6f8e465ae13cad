"""What do places keep of a large vocabulary, from its common words to its rare ones?

``python -m benchmarks.places_rare [--sample 300]``: GloVe's 400,000 words, the commonest first,
cleaned, k = 50, and its first 30,000 alone.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from time import process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.substrates import zoo
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.places import places
from hartonomous.miners.cleaning import clean
from hartonomous.readers import open_embeddings

K = 50
FIRST = 10
ALONE = 30_000
BANDS = (0, 10_000, 30_000, 100_000, 400_000)


def main(arguments: list[str] | None = None) -> None:
    """Print the share of the ten nearest kept, by how common the words are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300)
    options = parser.parse_args(arguments)
    matrix = open_embeddings(zoo("glove-50d")).matrix
    rows = clean(matrix.rows(0, matrix.shape[0]))[0]
    for some in (rows[:ALONE], rows):
        print(f"GloVe's first {len(some):,} words; {options.sample} of each band", flush=True)
        started = process_time()
        found = knn_self_join(some, K)
        sources = np.repeat(np.arange(len(some)), K)
        weights = np.clip(found.scores.ravel().astype(np.float64), 0, 1)
        joined = process_time()
        placed = places(sources, found.indices.ravel(), weights, len(some))
        print(f"  join {joined - started:.0f}, places {process_time() - joined:.0f} CPU s")
        points = np.full((len(some), 4), np.nan)
        points[placed.concepts] = placed.positions
        bands = [band for band in pairwise(BANDS) if band[1] <= len(some)]
        for low, high in [*bands, (0, len(some))]:
            sample = np.linspace(low, high - 1, options.sample, dtype=np.int64)
            kept = _kept(some.astype(np.float64), points, sample)
            print(f"  words {low + 1:,} to {high:,}: {kept:.3f} kept", flush=True)


def _kept(rows: NDArray[np.float64], points: NDArray[np.float64], sample) -> float:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    shares = [
        np.isin(_nearest(unit, own), _nearest(points, own)).mean()
        for own in sample
        if not np.isnan(points[own, 0])
    ]
    return float(np.mean(shares))


def _nearest(points: NDArray[np.float64], own: int) -> NDArray[np.int64]:
    """Ten nearest by the squared chord, whose differences don't cancel as products of units do."""
    apart = np.nan_to_num(np.square(points - points[own]).sum(axis=1), nan=np.inf)
    apart[own] = np.inf
    return np.argpartition(apart, FIRST)[:FIRST]


if __name__ == "__main__":
    main()
