"""Which model comes from which? Pairs of models that are made of real ones, and their kinds.

The bounds between kinds are chosen on one half of the pairs, and reported on the other. Beside them
stand signals that others published, each with the best bound for kin against strangers on the same
half. The models are copies, roundings, trainings, merges and cuts of the zoo's, students of one,
and strangers: others with the same tokenizer, random weights of the same configuration, and the
same architecture trained from another seed.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import combinations
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.lineage_bases import permuted, rotated
from benchmarks.lineage_models import (
    FINE_TUNED,
    IDENTICAL,
    REQUANTISED,
    Made,
    averaged,
    half,
    opened,
    opened_l3,
    opened_smollm2,
    pruned,
    rounded,
    truth,
    untrained,
    vocabulary_cut,
    vocabulary_extended,
    without_layers,
)
from benchmarks.lineage_signals import Features, features, signals
from benchmarks.substrates import zoo
from hartonomous.lineage.kinds import BOUNDS, KIN, KINDS, Bounds, Signs, kind_of
from hartonomous.lineage.kinship import compare, measured
from hartonomous.lineage.overlap import Common
from hartonomous.lineage.sketch import Sketch
from hartonomous.lineage.sketch_file import write_sketch
from hartonomous.lineage.sketching import sketch_model

#: Values of each bound that are tried.
_STEPS = 40


@dataclass(frozen=True, eq=False)
class Seen:
    """What is kept of a model."""

    made: Made
    sketch: Sketch
    features: Features
    seconds: float
    bytes: int


@dataclass(frozen=True)
class Pair:
    """A pair of models, and what each method reads of it."""

    names: tuple[str, str]
    #: What may be said of it.
    kinds: tuple[str, ...]
    signs: Signs
    others: dict[str, float]

    @property
    def kind(self) -> str:
        """What is said of it first."""
        return self.kinds[0]


def main() -> None:
    """Print how many pairs are told right, and which are not."""
    seen = [look(made) for made in models()]
    pairs = [pair(a, b) for a, b in combinations(seen, 2)]
    chosen, other = halves(pairs)
    print(f"{len(seen)} models, {len(pairs)} pairs: {counted(each.kind for each in pairs)}")
    report("as it is, all pairs", pairs, BOUNDS)
    bounds = tuned(chosen)
    print(f"bounds chosen on {len(chosen)} pairs: {bounds}")
    report(f"those bounds on the other {len(other)} pairs", other, bounds)
    published(chosen, other)
    strangers(pairs)
    costs(seen)


def look(made: Made) -> Seen:
    """Sketch a model as a user does, and read what the other signals read."""
    with tempfile.TemporaryDirectory() as folder:
        path = made.write(Path(folder) / "model")
        started = perf_counter()
        sketch = sketch_model(path, made.name)
        seconds = perf_counter() - started
        size = write_sketch(sketch, Path(folder) / "sketch.json")
    print(f"  {made.name}: sketched in {seconds:.1f} s", flush=True)
    light = replace(made, tensors={})
    return Seen(light, sketch, features(made), seconds, size)


def models() -> Iterator[Made]:
    """Make all models, one after the other."""
    l6 = opened(zoo("minilm-l6"), "minilm-l6", "minilm")
    sre = opened(zoo("minilm-sre"), "minilm-sre", "minilm", FINE_TUNED)
    splade = opened(zoo("splade-tiny"), "splade-tiny", "splade-tiny")
    smollm2 = opened_smollm2(zoo("smollm2"), layers=4)
    yield from family(l6)
    yield l6.mapped("half", IDENTICAL, half)
    yield from (sre, averaged(l6, sre), without_layers(l6, (0, 2, 4)))
    yield opened_l3(zoo("minilm-l3"))
    yield from family(splade)
    yield from (smollm2, rotated(smollm2, 1))
    yield smollm2.mapped("int8", REQUANTISED, rounded(8, 0))
    yield from (untrained(l6, 0), untrained(splade, 1))
    yield from trained(l6, splade)


def family(made: Made) -> Iterator[Made]:
    """Yield a BERT and what is made of it without training."""
    yield made
    yield made.mapped("int8", REQUANTISED, rounded(8, 0))
    yield made.mapped("4 bit", REQUANTISED, rounded(4, 32))
    yield made.mapped("pruned", REQUANTISED, pruned)
    yield permuted(made, 1)
    yield vocabulary_cut(made, 2)
    yield vocabulary_extended(made, 3)


def trained(l6: Made, splade: Made) -> Iterator[Made]:
    """Yield what is trained here."""
    from benchmarks import lineage_training as training

    tokenizer = zoo("minilm-l6") / "tokenizer.json"
    texts = training.token_rows(tokenizer, training.glosses(zoo("wordnet"))[::2])
    yield training.trained_on(splade, "tuned lightly", texts, 5e-5, 40)
    yield training.trained_on(splade, "tuned heavily", texts, 1e-3, 80)
    yield training.with_adapters(splade, texts, 8, 5e-3, 40)
    yield from (training.distilled(l6, width) for width in (128, 256))
    yield training.trained_on(l6, "tuned lightly", texts, 2e-5, 4)
    yield training.trained_on(l6, "tuned heavily", texts, 1e-3, 8)
    yield training.with_adapters(l6, texts, 8, 5e-3, 5)
    yield from (training.from_nothing(splade, texts, seed, 50) for seed in (1, 2))


def pair(a: Seen, b: Seen) -> Pair:
    """Read all signs of a pair."""
    signs, _ = measured(a.sketch, b.sketch, Common.of(a.sketch, b.sketch))
    names = a.made.name, b.made.name
    return Pair(names, truth(a.made, b.made), signs, signals(a.features, b.features))


def halves(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Part pairs at random, each kind by itself."""
    random = np.random.default_rng(0)
    parts: tuple[list[Pair], list[Pair]] = ([], [])
    for kind in KINDS:
        own = [each for each in pairs if each.kind == kind]
        for place, number in enumerate(random.permutation(len(own))):
            parts[place % 2].append(own[number])
    return parts


def tuned(pairs: list[Pair]) -> Bounds:
    """Choose the bounds, one after the other and again, that tell most pairs right."""
    bounds = BOUNDS
    for _ in range(3):
        for field in fields(Bounds):
            now = getattr(bounds, field.name)
            tried = [replace(bounds, **{field.name: now * 1.05**step})
                     for step in range(-_STEPS // 2, _STEPS // 2)]  # fmt: skip
            scores = [_score(pairs, each) for each in tried]
            best = [place for place, score in enumerate(scores) if score == max(scores)]
            bounds = tried[best[len(best) // 2]]  # the middle of those that are as good
    return bounds


def _score(pairs: list[Pair], bounds: Bounds) -> int:
    """Count pairs that are told right; a stranger that is called kin costs five."""
    told = [(each.kinds, kind_of(each.signs, bounds)) for each in pairs]
    right = sum(found in kinds for kinds, found in told)
    return right - 5 * sum(kinds[0] not in KIN and found in KIN for kinds, found in told)


def report(title: str, pairs: list[Pair], bounds: Bounds) -> None:
    """Print how many are right, and those that aren't."""
    told = [(each, kind_of(each.signs, bounds)) for each in pairs]
    right = sum(found in each.kinds for each, found in told)
    first = sum(found == each.kind for each, found in told)
    kin = sum((each.kind in KIN) == (found in KIN) for each, found in told)
    called = sum(each.kind not in KIN and found in KIN for each, found in told)
    print(f"{title}: kind right {share(right, pairs)}, kin or not {share(kin, pairs)}, strangers "
          f"called kin {called}; {share(first, pairs)} where a pair of a rounded and a trained "
          "one has to be called fine-tuned")  # fmt: skip
    for each, found in told:
        if found not in each.kinds:
            print(f"  {each.names[0]} | {each.names[1]}: {each.kind}, called {found}")


def share(count: int, pairs: list[Pair]) -> str:
    """Show a count as a share."""
    return f"{100 * count / len(pairs):.1f} % ({count} of {len(pairs)})"


def published(chosen: list[Pair], other: list[Pair]) -> None:
    """Print how well each published signal tells kin from strangers."""
    for name in chosen[0].others:
        bound = max(
            (each.others[name] for each in chosen),
            key=lambda at: sum((each.others[name] >= at) == (each.kind in KIN) for each in chosen),
        )
        right = sum((each.others[name] >= bound) == (each.kind in KIN) for each in other)
        called = sum(each.others[name] >= bound and each.kind not in KIN for each in other)
        of_strangers = sum(each.kind not in KIN for each in other)
        print(f"  {name:<18} kin or not {100 * right / len(other):5.1f} %, "
              f"{called} of {of_strangers} strangers called kin")  # fmt: skip


def strangers(pairs: list[Pair]) -> None:
    """Print the most that strangers have in common, and the least that kin have."""
    for name in ("embedding", "residual", "qk", "ov"):
        far = [getattr(each.signs, name) for each in pairs if each.kind not in KIN]
        near = [getattr(each.signs, name) for each in pairs if each.kind in KIN]
        print(f"  {name:<10} strangers at most {np.nanmax(far):.3f}, kin at least "
              f"{np.nanmin(near):.3f}")  # fmt: skip


def costs(seen: list[Seen]) -> None:
    """Print what sketches cost, and comparing eight of them."""
    print(f"a sketch: {max(each.seconds for each in seen):.1f} s at most (wanted 10), "
          f"{max(each.bytes for each in seen):,} bytes at most (wanted 200,000)")  # fmt: skip
    started = perf_counter()
    compare([each.sketch for each in seen[:8]])
    print(f"all pairs of eight sketches: {perf_counter() - started:.1f} s (wanted 20)")


def counted(kinds: Iterator[str]) -> str:
    """Say how many there are of each."""
    return ", ".join(f"{count} {kind}" for kind, count in Counter(kinds).items())


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    main()
