"""Medians of interleaved runs, so that what slows the machine for a while slows every contender."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Timing:
    """The runs of one contender and what the last one returned."""

    seconds: tuple[float, ...]
    result: Any

    @property
    def median(self) -> float:
        return median(self.seconds)


def interleaved(
    contenders: Mapping[str, Callable[[], Any]],
    runs: int,
    clock: Callable[[], float] = perf_counter,
) -> dict[str, Timing]:
    """Run every contender once a round, ``runs`` rounds; ``process_time`` counts CPU seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    results: dict[str, Any] = {}
    for _ in range(runs):
        for name, contender in contenders.items():
            started = clock()
            results[name] = contender()
            seconds[name].append(clock() - started)
    return {name: Timing(tuple(seconds[name]), results[name]) for name in contenders}


def ratio(slower: Timing, faster: Timing) -> float:
    """How many times as long the first took, as the median over the rounds."""
    return median(s / f for s, f in zip(slower.seconds, faster.seconds, strict=True))


@dataclass(frozen=True)
class Line:
    """One line of a table: what was measured, its seconds, how many times ours, and remarks."""

    name: str
    seconds: float
    ratio: float
    remarks: str = ""


def print_table(title: str, lines: Sequence[Line]) -> None:
    width = max(len(line.name) for line in lines)
    print(title)
    for line in lines:
        row = f"  {line.name:{width}}  {line.seconds:8.3f} s  {line.ratio:7.2f}x  {line.remarks}"
        print(row.rstrip())


def write_json(path: Path, title: str, lines: Sequence[Line]) -> None:
    """Write the table and the machine it was measured on."""
    content = {
        "title": title,
        "machine": processor(),
        "lines": [asdict(line) for line in lines],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")


def processor() -> str:
    """The processor's name where Linux tells it."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()
