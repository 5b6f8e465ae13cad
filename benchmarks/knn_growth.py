"""How does the time of a whole kNN graph grow with rows and with dimensions, beside hnswlib?

``python -m benchmarks.knn_growth ROWS.npy --out FILE.svg [--sizes N...] [--widths D...]``: the
first rows of a matrix, then its first 20,000 rows turned into more dimensions with noise. CPU
seconds of all threads, which a busy machine changes less than what the clock shows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.knn_tools import hnswlib_hnsw
from hartonomous.geometry.blocks import block_join
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.unit_rows import unit_rows
from hartonomous.hashing import available_cores

K = 50
SIZES = (10_000, 20_000, 40_000, 80_000)
WIDTHS = (50, 200, 800)
ROWS_OF_WIDTHS = 20_000

Rows = NDArray[np.float32]


def main(arguments: list[str] | None = None) -> None:
    """Print a table and draw it, both axes logarithmic."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("matrix", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--widths", type=int, nargs="*", default=WIDTHS)
    options = parser.parse_args(arguments)
    rows = unit_rows(np.load(options.matrix)[: max(options.sizes)].astype(np.float32))
    by_size = _measure({n: np.ascontiguousarray(rows[:n]) for n in options.sizes}, "rows")
    by_width = _measure({d: _widened(rows[:ROWS_OF_WIDTHS], d) for d in options.widths}, "columns")
    _draw(options.out, by_size, by_width, rows.shape[1])


def _tools() -> dict[str, Callable[[Rows], object]]:
    threads = available_cores()
    return {
        "exact": lambda rows: knn_self_join(rows, K, space="ip", method="exact"),
        "blocks, recall .95": lambda rows: block_join(rows, K, threads),
        "hnswlib, ef 110": lambda rows: hnswlib_hnsw(rows, K, threads),
    }


def _measure(matrices: dict[int, Rows], what: str) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {name: {} for name in _tools()}
    for size, rows in matrices.items():
        for name, tool in _tools().items():
            started = process_time()
            tool(rows)
            found[name][size] = process_time() - started
            print(f"  {size:8,} {what:8} {name:20} {found[name][size]:9.2f} CPU s", flush=True)
    return found


def _widened(rows: Rows, columns: int) -> Rows:
    """Turn rows into more dimensions at random and add a tenth of their length as noise."""
    rng = np.random.default_rng(0)
    turned = rows @ rng.standard_normal((rows.shape[1], columns)).astype(np.float32)
    turned /= np.linalg.norm(turned, axis=1, keepdims=True)
    noise = rng.standard_normal(turned.shape).astype(np.float32)
    return unit_rows(turned + noise * np.float32(0.1 / np.sqrt(columns)))


def _draw(path: Path, by_size, by_width, columns: int) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.4), layout="constrained")
    titles = (f"rows, {columns} columns", f"columns, {ROWS_OF_WIDTHS:,} rows")
    for axes, title, found in zip(figure.subplots(1, 2), titles, (by_size, by_width), strict=True):
        for name, seconds in found.items():
            axes.loglog(list(seconds), list(seconds.values()), marker="o", label=name)
        axes.set_xlabel(title)
        axes.set_ylabel("CPU seconds")
        axes.grid(visible=True, which="both", alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
