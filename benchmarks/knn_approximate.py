"""How fast is a whole graph of nearest neighbours, approximately, beside other tools?

``python -m benchmarks.knn_approximate [MATRIX.npy] [--runs 1] [--rows N] [--cpu] [--only NAME]``;
without a matrix it is the token embedding of all-MiniLM-L6-v2, cleaned. Recall is that of 1,000
rows; ties count.
"""

from __future__ import annotations

import argparse
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from numpy.typing import NDArray

from benchmarks.knn_tools import TOOLS, Tool, hnswlib_index
from benchmarks.timing import Line, Timing, interleaved, print_table, ratio
from hartonomous.geometry.blocks import block_join
from hartonomous.geometry.hnsw import HnswIndex
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.recall import exact_lists, sample_rows
from hartonomous.geometry.unit_rows import unit_rows
from hartonomous.hashing import available_cores

K = 50
OURS = "hartonomous blocks, .95"
TARGETS = (0.95, 0.99)
WIDTHS = (64, 128, 256, 512)


def main(arguments: list[str] | None = None) -> None:
    """Print seconds, ratios to ours, and recall at 10 and 50."""
    options = _options(arguments)
    rows = unit_rows(np.load(options.matrix)) if options.matrix else _minilm()
    rows = np.ascontiguousarray(rows[: options.rows])
    sample = sample_rows(len(rows))
    truth = exact_lists(rows, sample, K, available_cores())
    clock = process_time if options.cpu else perf_counter
    for tool in _tools(options.only):
        tool.search(rows[:2000], K, available_cores())  # compiles and loads what it needs
    timings = interleaved(_contenders(rows, options.only), options.runs, clock)
    n, d = rows.shape
    title = (
        f"whole kNN graph, {n:,} x {d}, k = {K}, {available_cores()} threads, medians of"
        f" {options.runs}{', CPU seconds' if options.cpu else ''}; x: times {OURS}"
    )
    print_table(
        title, [_line(name, t, timings, rows, sample, truth) for name, t in timings.items()]
    )
    _print_single_queries(rows, sample, truth)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("matrix", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--cpu", action="store_true", help="CPU seconds of all threads")
    parser.add_argument("--only", nargs="*", help="parts of the names of other tools that run")
    return parser.parse_args(arguments)


def _minilm() -> NDArray[np.float32]:
    from benchmarks.substrates import zoo
    from hartonomous.miners.cleaning import clean
    from hartonomous.readers import open_embeddings

    matrix = open_embeddings(zoo("minilm-l6")).matrix
    return unit_rows(clean(matrix.rows(0, matrix.shape[0]))[0])


def _contenders(rows: NDArray[np.float32], only: list[str] | None) -> dict:
    threads = available_cores()
    ours = {
        f"hartonomous blocks, {str(target)[1:]}": partial(
            block_join, rows, K, threads, target_recall=target
        )
        for target in TARGETS
    }
    others = {tool.name: partial(tool.search, rows, K, threads) for tool in _tools(only)}
    return {
        **ours,
        "hartonomous exact": partial(knn_self_join, rows, K, space="ip", method="exact"),
        **others,
    }


def _tools(only: list[str] | None) -> list[Tool]:
    return [
        tool
        for tool in TOOLS
        if tool.installed() and (only is None or any(part in tool.name for part in only))
    ]


def _line(name, timing: Timing, timings, rows, sample, truth) -> Line:
    found = getattr(timing.result, "indices", timing.result)[sample]
    at = [recall(rows, sample, found, truth, k) for k in (10, K)]
    remarks = f"recall@10 {at[0]:.3f}, @50 {at[1]:.3f}"
    return Line(name, timing.median, ratio(timing, timings[OURS]), remarks)


def recall(rows, sample, found, truth, k: int) -> float:
    """Share of the k nearest among what was found; as near as the k-th counts."""
    hits = []
    for own, near, last in zip(sample, found, truth[1][:, k - 1], strict=True):
        near = near[(near >= 0) & (near != own)]
        scores = np.sort(rows[near] @ rows[own])[::-1][:k]
        hits.append((scores >= last - 1e-6).sum() / k)
    return float(np.mean(hits))


def _print_single_queries(rows, sample, truth) -> None:
    """Build the index from known lists and ask one query at a time, beside hnswlib; CPU seconds."""
    print("  single queries, CPU time:", flush=True)
    started = process_time()
    lists = block_join(rows, K, available_cores()).indices
    joined = process_time()
    index = HnswIndex(rows, lists, threads=available_cores())
    built = process_time()
    print(f"    hartonomous: lists {joined - started:.2f} s, index {built - joined:.2f} s more")
    _ask(rows, sample, truth, lambda query, ef: index.search(query, K + 1, ef=ef)[0][0])
    if find_spec("hnswlib"):
        started = process_time()
        other = hnswlib_index(rows, available_cores())
        print(f"    hnswlib: index {process_time() - started:.2f} s")
        _ask(rows, sample, truth, partial(_hnswlib_query, other))


def _hnswlib_query(index, query, ef: int):
    index.set_ef(ef)
    return index.knn_query(query, K + 1, num_threads=1)[0][0].astype(np.int64)


def _ask(rows, sample, truth, search) -> None:
    for ef in WIDTHS:
        started = process_time()
        found = [search(rows[i : i + 1], ef) for i in sample]
        each = (process_time() - started) / len(sample)
        at = [recall(rows, sample, found, truth, k) for k in (10, K)]
        print(f"      ef {ef:4}  {1000 * each:6.3f} ms  recall@10 {at[0]:.3f}, @50 {at[1]:.3f}")


if __name__ == "__main__":
    main()
