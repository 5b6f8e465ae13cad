"""How long does a whole ingest take, and does its memory grow with what it mines?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from benchmarks.substrates import databases, zoo

RUNS = 3


def main() -> None:
    """Print time and peak memory of the ingest of MiniLM as a process of its own."""
    model = zoo("minilm-l6")
    print(f"hartonomous ingest embeddings, MiniLM, server running, medians of {RUNS}")
    with databases() as fresh:
        for k in (50, 200):
            runs = [_run(next(fresh), model, k) for _ in range(RUNS if k == 50 else 1)]
            seconds, megabytes = (median(column) for column in zip(*runs, strict=True))
            wanted = "(at most 15 s, 600 MB)" if k == 50 else "(four times the observations)"
            print(f"  k = {k:3}  {seconds:6.2f} s  {megabytes:5.0f} MB  {wanted}")


def _run(dsn: str, model: Path, k: int) -> tuple[float, float]:
    program = str(Path(sys.executable).parent / "hartonomous")
    command = [program, "ingest", "embeddings", str(model), "--k", str(k), "--json"]
    started = perf_counter()
    child = os.posix_spawn(
        program,
        command,
        {**os.environ, "HARTONOMOUS_DSN": dsn},
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return perf_counter() - started, usage.ru_maxrss / 1000


if __name__ == "__main__":
    main()
