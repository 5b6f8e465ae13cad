"""How fast is the exact self-join, beside sgemm and beside other tools at their recall?

``python -m benchmarks.knn_join [MATRIX.npy] [--runs 3] [--json FILE]``; without a matrix it is the
token embedding of all-MiniLM-L6-v2.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.knn_tools import TOOLS, Tool
from benchmarks.timing import Line, Timing, interleaved, print_table, ratio, write_json
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.unit_rows import unit_rows
from hartonomous.hashing import available_cores

K = 50
SAMPLE_ROWS = 1000
SGEMM_ROWS = 2048
SGEMM_TILES = 32

PEAK_MEMORY = """
import sys
import numpy as np
from hartonomous.geometry.knn import knn_self_join
def status(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith(field))
rows = np.load(sys.argv[1])
before = status("VmRSS")
knn_self_join(rows, int(sys.argv[2]), method="exact")
print(before * 1024, status("VmHWM") * 1024)
"""


def main(arguments: list[str] | None = None) -> None:
    """Print medians and ratios of one run."""
    options = _options(arguments)
    rows = np.load(options.matrix) if options.matrix else _minilm()
    unit = unit_rows(rows)
    tools = [tool for tool in TOOLS if tool.installed()]
    contenders = {
        "hartonomous exact": partial(knn_self_join, rows, K, method="exact"),
        "sgemm alone": partial(_sgemm, unit),
        **{tool.name: partial(tool.search, unit, K, available_cores()) for tool in tools},
    }
    for tool in tools:
        tool.search(unit[:2000], K, available_cores())  # compiles and loads what it needs
    timings = interleaved(contenders, options.runs)
    lines = _lines(rows, timings, tools)
    title = _title(rows, options.runs)
    print_table(title, lines)
    _print_memory(rows)
    _print_kernels()
    if options.json:
        write_json(options.json, title, lines)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("matrix", nargs="?", type=Path, help="float32 rows as .npy")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    return parser.parse_args(arguments)


def _minilm() -> NDArray[np.float32]:
    from benchmarks.substrates import zoo
    from hartonomous.readers import open_embeddings

    matrix = open_embeddings(zoo("minilm-l6")).matrix
    return matrix.rows(0, matrix.shape[0])


def _title(rows: NDArray[np.float32], runs: int) -> str:
    n, d = rows.shape
    return (
        f"kNN self-join, {n:,} x {d}, k = {K}, cosine, {available_cores()} threads,"
        f" medians of {runs}; x: times ours"
    )


def _lines(rows: NDArray[np.float32], timings: dict[str, Timing], tools: list[Tool]) -> list[Line]:
    ours, sgemm = timings["hartonomous exact"], timings["sgemm alone"]
    n, d = rows.shape
    sgemm_rate = 2 * SGEMM_TILES * min(n, SGEMM_ROWS) ** 2 * d / sgemm.median
    rate = n * n * d / ours.median
    share = f"{rate / 1e9:.0f} GFLOP/s counting n n d, {rate / sgemm_rate:.0%} of sgemm"
    lines = [
        Line("hartonomous exact", ours.median, 1.0, f"recall 1, {share}"),
        Line(
            "sgemm, n n d operations",
            n * n * d / sgemm_rate,
            rate / sgemm_rate,
            f"{sgemm_rate / 1e9:.0f} GFLOP/s",
        ),
    ]
    sample = np.linspace(0, n - 1, min(n, SAMPLE_ROWS), dtype=np.int64)
    for tool in tools:
        timing = timings[tool.name]
        recall = _recall(timing.result[sample], ours.result.indices[sample])
        lines.append(Line(tool.name, timing.median, ratio(timing, ours), f"recall {recall:.3f}"))
    return lines


def _sgemm(unit: NDArray[np.float32]) -> None:
    """Multiply tiles large enough for full speed, into memory that is there already."""
    left = np.ascontiguousarray(unit[:SGEMM_ROWS])
    right = np.ascontiguousarray(unit[-SGEMM_ROWS:]).T
    out = np.empty((len(left), right.shape[1]), np.float32)
    for _ in range(SGEMM_TILES):
        np.matmul(left, right, out=out)


def _recall(found: NDArray[np.integer], truth: NDArray[np.int32]) -> float:
    return float((truth[:, :, np.newaxis] == found[:, np.newaxis, :]).any(axis=2).mean())


def _print_memory(rows: NDArray[np.float32]) -> None:
    """Measure in a process of its own, which holds the matrix and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.npy"
        np.save(path, rows)
        command = [sys.executable, "-c", PEAK_MEMORY, str(path), str(K)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    before, peak = (int(number) / 2**20 for number in printed.split())
    print(f"  peak memory of ours: {peak:.0f} MiB, of which {before:.0f} MiB before the join")


def _print_kernels() -> None:
    """Say so when the environment keeps OpenBLAS, ours and that of others, from choosing."""
    pinned = os.environ.get("OPENBLAS_CORETYPE")
    if pinned:
        print(f"  OpenBLAS kernels are pinned by OPENBLAS_CORETYPE={pinned}")


if __name__ == "__main__":
    main()
