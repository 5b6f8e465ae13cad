"""Is a table that is larger than memory allows mined exactly, and in how much of it?

A model of 128,256 x 4,096 numbers in bfloat16 is written and read in a process of its own, up to
the first block of queries: those that follow take the same memory, and half an hour together.
``python -m benchmarks.stream [--rows N] [--width D] [--blocks B]``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Line, interleaved, print_table, ratio
from hartonomous.geometry.knn import knn_self_join
from hartonomous.geometry.knn_cost import Join, choose_tiling, is_held
from hartonomous.geometry.rows import HeldRows
from hartonomous.geometry.tiles import TiledJoin
from hartonomous.hashing import available_cores
from hartonomous.miners.embeddings import mine_embedding
from hartonomous.miners.mining import cleaned_rows
from hartonomous.observations import ConceptTable
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request

ROWS, WIDTH, K = 128_256, 4096, 50
RANK = 64
#: Rows that are made at a time.
MADE_ROWS = 4096
#: Queries whose lists are held against all cosines.
SAMPLE = 16
#: Of the table that is joined both ways: as wide, and of several tiles.
SMALL_ROWS = 16_384
WANTED_MB = 1200


def main() -> None:
    """Print memory and seconds of each step, and what tiles cost where memory would do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--blocks", type=int, default=1)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        mine(options.child, options.blocks)
        return
    sizes = Join(options.rows, options.rows, options.width, K, symmetric=True)
    blocks = -(-options.rows // choose_tiling(sizes).queries)
    print(
        f"{options.rows:,} x {options.width:,} in bfloat16, {sizes.row_bytes / 1e6:,.0f} MB in "
        f"float32, k = {K}, the first {options.blocks} of {blocks} blocks of queries"
    )
    with tempfile.TemporaryDirectory() as folder:
        write_model(Path(folder), options.rows, options.width)
        arguments = ["--child", folder, "--blocks", str(options.blocks)]
        subprocess.run([sys.executable, "-m", "benchmarks.stream", *arguments], check=True)
    beside_memory(options.width)


def mine(folder: Path, blocks: int) -> None:
    """Mine a model up to some blocks of queries; print the most memory that it took so far."""
    said(0.0, "imported")
    started = perf_counter()
    (opened,) = open_sources([folder], "embeddings", Request())
    (site,) = opened.sites
    _, index = ConceptTable.of(opened.concepts())
    said(perf_counter() - started, "read: fingerprint, faults")
    started = perf_counter()
    vectors = cleaned_rows(site, index)
    said(perf_counter() - started, "cleaned")
    rows, width = vectors.rows.shape
    tiling = choose_tiling(Join(rows, rows, width, K, symmetric=True))
    wanted = min(rows, blocks * tiling.queries) * K
    started = perf_counter()
    mined = mine_embedding(vectors.rows, vectors.concept_of_row, vectors.record, k=K)
    lists, count = [], 0
    for batch in mined.batches:
        lists.append((batch.a[:: K * 1000], batch.b.reshape(-1, K)[::1000]))
        count += len(batch)
        if count >= wanted:
            break
    said(perf_counter() - started, f"joined, {mined.sites[0].method}", f"(at most {WANTED_MB} MB)")
    print(f"  sample of lists that all cosines give too: {agreement(vectors.rows, lists):.4f}")


def said(seconds: float, step: str, wanted: str = "") -> None:
    """Print a line of the child's."""
    lines = Path("/proc/self/status").read_text().splitlines()  # ru_maxrss is the parent's too
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    print(f"  {step:28} {seconds:7.1f} s  {peak:6.0f} MB {wanted}".rstrip(), flush=True)


def agreement(rows, lists) -> float:
    """Return the share of the sampled lists' entries that a plain product of all rows gives."""
    queries = np.concatenate([a for a, _ in lists])[:SAMPLE]
    found = np.concatenate([b for _, b in lists])[:SAMPLE]
    left = unit(rows.take(queries.astype(np.int64)))
    blocks = [
        left @ unit(rows.rows(first, first + MADE_ROWS)).T
        for first in range(0, rows.shape[0], MADE_ROWS)
    ]
    cosines = np.concatenate(blocks, axis=1)
    cosines[np.arange(len(queries)), queries] = -2
    truth = np.argsort(-cosines, axis=1)[:, :K]
    return float(np.mean([np.isin(f, t).mean() for f, t in zip(found, truth, strict=True)]))


def unit(rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Scale rows to unit length, in double."""
    wide = rows.astype(np.float64)
    return wide / np.linalg.norm(wide, axis=1, keepdims=True)


def beside_memory(width: int) -> None:
    """Join a table that fits both ways; tiles score each pair twice, memory once."""
    rows = np.concatenate(list(blocks_of(SMALL_ROWS, width)))
    sizes = Join(SMALL_ROWS, SMALL_ROWS, width, K, symmetric=True)
    tiled = TiledJoin(
        HeldRows(rows), HeldRows(rows), K, "cosine", choose_tiling(sizes), True, available_cores()
    )
    timings = interleaved(
        {
            "in memory": partial(knn_self_join, rows, K),
            "by tiles": lambda: [lists for _, lists in tiled.lists(abs)],
        },
        1,
    )
    memory, tiles = timings["in memory"], timings["by tiles"]
    same = "the same to the last bit" if all(
        np.array_equal(np.concatenate([getattr(part, name) for part in tiles.result]),
                       getattr(memory.result, name))
        for name in ("indices", "scores")
    ) else "DIFFERS"  # fmt: skip
    held = "would be held" if is_held(sizes) else "would not be held"
    print_table(
        f"{SMALL_ROWS:,} x {width:,}, k = {K}, which {held}",
        [
            Line("in memory", memory.median, 1.0, ""),
            Line("by tiles", tiles.median, ratio(tiles, memory), same),
        ],
    )


def write_model(folder: Path, rows: int, width: int) -> None:
    """Write a model folder with one table in bfloat16 and words that a number tells apart."""
    header = {"wte.weight": {"dtype": "BF16", "shape": [rows, width],
                             "data_offsets": [0, 2 * rows * width]}}  # fmt: skip
    content = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(content).to_bytes(8, "little") + content)
        for block in blocks_of(rows, width):
            file.write(((block.view("<u4") + 0x8000) >> 16).astype("<u2").tobytes())
    (folder / "config.json").write_text(json.dumps({"vocab_size": rows}))
    (folder / "vocab.json").write_text(json.dumps({f"Ġword{i}": i for i in range(rows)}))


def blocks_of(rows: int, width: int) -> Iterator[NDArray[np.float32]]:
    """Yield rows of low rank under noise, around a mean, as token tables are."""
    random = np.random.default_rng(0)
    basis = random.standard_normal((RANK, width), np.float32)
    mean = random.standard_normal(width, np.float32)
    for start in range(0, rows, MADE_ROWS):
        count = min(MADE_ROWS, rows - start)
        weights = random.standard_normal((count, RANK), np.float32)
        noise = random.standard_normal((count, width), np.float32)
        yield ((weights @ basis / RANK**0.5 + noise / 2 + mean) / 64).astype("<f4")


if __name__ == "__main__":
    main()
