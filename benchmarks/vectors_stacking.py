"""Two planted skills in one model: how much of each is left beside the other, by the command line.

Both are made-up words with their categories, learnt by MiniLM-L6's token table apart from each
other; their word pieces overlap, and there they pull the same rows. The second goes in additively
on top of the first, whole and trimmed as TIES does, in both orders.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.skills import nonce_words, teach, write_suite
from benchmarks.substrates import zoo
from benchmarks.vectors_tasks import hartonomous

#: What each skill has to keep, and what shares of the second's deltas are tried.
WANTED, DENSITIES = 0.8, ("1", "0.2")
SEEDS = {"first": 1, "second": 2}


@dataclass(frozen=True)
class Skill:
    """A skill: what it is asked, who has learnt it, and its package."""

    name: str
    suite: str
    taught: str
    package: str


def main() -> None:
    """Print each skill's retention alone and beside the other."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, base = Path(scratch), zoo("minilm-l6")
        first, second = (_skill(folder, base, name) for name in SEEDS)
        for below, above in ((first, second), (second, first)):
            alone = _inject(folder / f"{below.name}-alone", base, below)
            other = ("--package", below.package, "--other-package", above.package)
            print(f"{below.name} alone: {_kept(below, base, alone, *other)}", flush=True)
            for density in DENSITIES:
                _stack(folder, base, below, above, alone, density)


def _skill(folder: Path, base: Path, name: str) -> Skill:
    words = nonce_words(SEEDS[name])
    taught = teach(base, folder / name, words)
    suite = write_suite(folder / f"{name}.csv", words)
    package = str(folder / f"{name}.awv")
    hartonomous("vectors", "extract", str(base), str(taught), "--out", package,
                "--significance-threshold", "0")  # fmt: skip
    return Skill(name, str(suite), str(taught), package)


def _inject(out: Path, target: Path, skill: Skill, *options: str) -> Path:
    hartonomous("vectors", "inject", skill.package, "--target", str(target), "--out", str(out),
                *options)  # fmt: skip
    return out


def _kept(skill: Skill, base: Path, model: Path, *placebos: str) -> str:
    found = hartonomous(
        "vectors", "retention", "--suite", skill.suite, "--source", skill.taught,
        "--target", str(base), "--injected", str(model), *placebos,
    )["retention"]  # fmt: skip
    share = found["retention"]
    said = f"retention {share['value']:.2f} [{share['low']:.2f}, {share['high']:.2f}]"
    controls = {"shuffled": found["placebo"], "the other skill's deltas": found["other_skill"]}
    return said + "".join(f", {n} {e['value']:.2f}" for n, e in controls.items() if e)


def _stack(folder: Path, base: Path, below: Skill, above: Skill, alone: Path, density: str) -> None:
    out = folder / f"{above.name}-on-{below.name}-{density}"
    options = ("--mode", "additive", "--density", density)
    done = hartonomous("vectors", "inject", above.package, "--target", str(alone), "--out",
                       str(out), *options)["injection"]["conflicts"]  # fmt: skip
    lost = hartonomous("vectors", "retention", "--suite", above.suite, "--source", above.taught,
                       "--target", str(alone), "--injected", str(out), "--other-suite",
                       below.suite)["interference"][below.name]  # fmt: skip
    print(
        f"  {above.name} on it, density {density}: {above.name} {_kept(above, base, out)}, "
        f"{below.name} {_kept(below, base, out)} (wanted {WANTED} each); interference on "
        f"{below.name} {lost['value']:+.2f} [{lost['low']:+.2f}, {lost['high']:+.2f}]; "
        f"{done['opposite'] / max(1, done['both']):.2f} of {done['both']:,} shared numbers apart",
        flush=True,
    )


if __name__ == "__main__":
    main()
