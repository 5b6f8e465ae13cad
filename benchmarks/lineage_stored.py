"""How far do stored lists of kin and of strangers agree, and what does comparing them cost?

Tables of real models as a load would list them, so no database is needed: a test holds that both
are the same. Kin are a fine-tune, MiniLM-L3 beside MiniLM-L6 (of one ancestor), and roundings, a
pruning and cuts of two of them; strangers are all others, and random vectors of one vocabulary.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from time import perf_counter

from benchmarks.consensus import most_frequent
from benchmarks.lineage_models import (
    REQUANTISED,
    Made,
    opened,
    opened_l3,
    pruned,
    rounded,
    untrained,
    vocabulary_cut,
)
from benchmarks.substrates import zoo
from hartonomous.lineage.kinds import KIN
from hartonomous.lineage.kinship import Kinship, kinship
from hartonomous.lineage.sketch import Sketch
from hartonomous.lineage.stored import sketch_table


def main() -> None:
    """Print what pairs share, the strangers that share most and the kin that share least."""
    sketches = dict(looked_at())
    pairs = [kinship(*pair) for pair in combinations(sketches.values(), 2)]
    families = {sketch.name: family for family, sketch in named(sketches)}
    kin = [pair for pair in pairs if families[pair.a] == families[pair.b]]
    strangers = [pair for pair in pairs if families[pair.a] != families[pair.b]]
    wrong = [pair for pair in kin if pair.kind not in KIN]
    called = [pair for pair in strangers if pair.kind in KIN]
    print(f"{len(kin)} pairs of kin, {len(wrong)} not called so; {len(strangers)} of strangers,"
          f" {len(called)} called kin")  # fmt: skip
    for pair in sorted(strangers, key=share)[-3:] + sorted(kin, key=share)[:3]:
        print(f"  {pair.a} | {pair.b}: {pair.overlap:.3f}"
              f" [{pair.overlap_low:.3f}, {pair.overlap_high:.3f}], {pair.kind}")  # fmt: skip
    started = perf_counter()
    for pair in combinations(list(sketches.values())[:8], 2):
        kinship(*pair)
    print(f"all pairs of eight: {perf_counter() - started:.1f} s (wanted 20)")


def share(pair: Kinship) -> float:
    """Return what a pair shares."""
    return pair.overlap or 0.0


def named(sketches: dict[str, Sketch]) -> list[tuple[str, Sketch]]:
    """Return each sketch with its family, which is its key's first word."""
    return [(key.split()[0], sketch) for key, sketch in sketches.items()]


def looked_at() -> list[tuple[str, Sketch]]:
    """Sketch all models, one after the other."""
    found = [(f"minilm {made.name}", look(made)) for made in minilms()]
    found += [(f"splade {made.name}", look(made)) for made in splades()]
    l6, splade = opened(zoo("minilm-l6"), "l6", "minilm"), opened(zoo("splade-tiny"), "s", "splade")
    found += [("random-l6", look(untrained(l6, 0))), ("random-splade", look(untrained(splade, 1)))]
    (file,) = zoo("smollm2").glob("*.gguf")
    found.append(("smollm2", sketch_table(file)))
    with tempfile.TemporaryDirectory() as folder:
        found.append(("glove", sketch_table(most_frequent(zoo("glove-50d"), Path(folder)))))
    return found


def minilms() -> list[Made]:
    """Return kin of MiniLM-L6."""
    l6 = opened(zoo("minilm-l6"), "minilm-l6", "minilm")
    return [*changed(l6), opened(zoo("minilm-sre"), "minilm-sre", "minilm"),
            opened_l3(zoo("minilm-l3"))]  # fmt: skip


def splades() -> list[Made]:
    """Return kin of SPLADE-tiny."""
    return changed(opened(zoo("splade-tiny"), "splade-tiny", "splade-tiny"))


def changed(made: Made) -> list[Made]:
    """Return a model, and what is made of it without training."""
    return [
        made,
        made.mapped("int8", REQUANTISED, rounded(8, 0)),
        made.mapped("4 bit", REQUANTISED, rounded(4, 32)),
        made.mapped("pruned", REQUANTISED, pruned),
        vocabulary_cut(made, 2),
    ]


def look(made: Made) -> Sketch:
    """Sketch a model as a load of it would list."""
    with tempfile.TemporaryDirectory() as folder:
        return replace(sketch_table(made.write(Path(folder) / "model")), name=made.name)


if __name__ == "__main__":
    main()
