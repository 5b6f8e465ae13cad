"""How fast is code read? Lines a second over Python's own library, beside tree-sitter alone.

Time is that of the processor, of all processes together, so that what else runs on the machine
changes little; lines a second on two cores is twice the rate of one.
"""

from __future__ import annotations

import resource
import shutil
import sysconfig
import tempfile
import tracemalloc
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from hartonomous.readers.code import CodeFile, LeftOut, read_code
from hartonomous.readers.code.grammar import grammar_of
from hartonomous.readers.code.languages import language_of

ROUNDS = 2
#: Tests, and what was installed beside the library.
TESTS = shutil.ignore_patterns("test", "tests", "idle_test", "site-packages", "*.pyc", "*.so")
WANTED_LINES_A_SECOND = 100_000


@dataclass(frozen=True)
class Run:
    """One reading: processor and wall seconds, and how many lines."""

    cpu: float
    wall: float
    lines: int

    @property
    def rate(self) -> float:
        return self.lines / self.cpu


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=TESTS)
        measure(library)


def measure(library: Path) -> None:
    print(f"Python's library without its tests, best of {ROUNDS} by processor time")
    files = describe(library)
    parsing, one, two = [], [], []
    for _ in range(ROUNDS):
        parsing.append(measured(lambda: parse_alone(library, files)))
        one.append(measured(lambda: read_all(library, 1)))
        two.append(measured(lambda: read_all(library, 2)))
    parse, alone, both = (min(runs, key=lambda run: run.cpu) for runs in (parsing, one, two))
    show("tree-sitter alone", parse, parse)
    show("all relations, one process", alone, parse)
    show("all relations, two processes", both, parse)
    on_two = 2 * both.rate
    print(
        f"  two cores: {on_two:,.0f} lines a second of processor time, "
        f"{both.lines / both.wall:,.0f} by the clock (wanted {WANTED_LINES_A_SECOND:,})"
    )
    memory(library)


def describe(library: Path) -> list[str]:
    """Print what the library holds; return the files that are read."""
    left, found, pairs = Counter(), Counter(), Counter()
    files, errors, functions = [], 0, 0
    for record in read_code(library):
        if isinstance(record, LeftOut):
            left[record.reason] += record.files
            continue
        files.append(record.path)
        errors += record.syntax_errors > 0
        functions += len(record.functions)
        found.update(one.pattern for one in record.patterns)
        pairs.update({one.relation_type: len(one) for one in record.pairs})
    print(f"  {len(files):,} files, {functions:,} functions, {errors} files with syntax errors")
    print(f"  patterns: {counts(found)}")
    print(f"  pairs: {counts(pairs)}")
    print(f"  left out: {counts(left)}")
    return files


def counts(counter: Counter[str]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counter.most_common())


def parse_alone(library: Path, files: list[str]) -> int:
    lines = 0
    for name in files:
        source = (library / name).read_bytes()
        language = language_of(Path(name).suffix, source)
        grammar_of(language).parse(source)
        lines += source.count(b"\n")
    return lines


def read_all(library: Path, processes: int) -> int:
    records = read_code(library, processes=processes)
    return sum(record.lines for record in records if isinstance(record, CodeFile))


def measured(work) -> Run:
    cpu, wall = processor(), perf_counter()
    lines = work()
    return Run(processor() - cpu, perf_counter() - wall, lines)


def processor() -> float:
    """Seconds of processor time of this process and those that it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def show(name: str, run: Run, base: Run) -> None:
    print(
        f"  {name:30} {run.cpu:6.2f} s of processor, {run.wall:6.2f} s by the clock, "
        f"{run.rate:9,.0f} lines a second a core, {run.cpu / base.cpu:5.2f}x parsing"
    )


def memory(library: Path) -> None:
    """Print the peak of Python's own memory while the library is read."""
    tracemalloc.start()
    read_all(library, 1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  memory: {peak >> 20} MiB of Python objects, {resident >> 10} MiB resident at most")


if __name__ == "__main__":
    main()
