"""Traits of SmolLM2 by the command line: what monitoring and steering reach, beside their controls.

Four traits: 100 + 100 answers, every second block's vectors. Monitoring is told for the block that
separates training answers best; steering for the block that moves answers to training questions
furthest. Both are measured on questions that neither choice has seen.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.substrates import zoo
from benchmarks.vectors_tasks import hartonomous

TRAITS = ("sentiment", "french", "food", "sea")
#: Those whose monitoring counts, and what it has to reach.
MONITORED, AUROC, P = ("sentiment", "french"), 0.9, 0.01
#: How many traits have to be steered.
STEERED = 2
EXPERIMENTS = Path(__file__).parents[1] / "scripts" / "vectors" / "experiments"
EXAMPLES, TOKENS, BATCH = "100", "30", "50"
#: Blocks whose vectors are measured, and those that steering chooses from.
BLOCKS, TRIED = "8,10,12,14,16,18,20,22,24,26", (14, 18, 22)
#: Doses in units of the residual streams; where a model shows the trait anyway, only downwards.
DOSES = {"sentiment": "-0.4,-0.3,-0.2,-0.1,0"}
BOTH_WAYS = "-0.4,-0.2,0,0.2,0.4"
ANSWERS = ("--samples", "2", "--temperature", "0.7", "--max-new-tokens", "30")


def main() -> None:
    """Print what each trait reaches; names of traits as arguments limit it to these."""
    model, traits = str(zoo("smollm2")), sys.argv[1:] or TRAITS
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for trait in traits:
            _extract(root, trait, model)
        steered = sum(_steer(root, trait, traits, model) for trait in traits)
    print(f"  traits that are steered: {steered} (wanted {STEERED})")


def _extract(root: Path, trait: str, model: str) -> None:
    where = ("--experiment", "zoo", "--root", str(root), "--trait", trait)
    (root / "zoo").mkdir(exist_ok=True)
    shutil.copytree(EXPERIMENTS / trait, root / "zoo" / trait)
    started = perf_counter()
    hartonomous(
        "vectors", "trait", "responses", *where, "--gen-model", model, "--judge-model", "lexical",
        "--n-examples", EXAMPLES, "--max-new-tokens", TOKENS, "--batch-size", BATCH, as_json=False,
    )  # fmt: skip
    hartonomous("vectors", "trait", "activations", *where, "--gen-model", model, as_json=False)
    found = hartonomous("vectors", "trait", "vectors", *where, "--layers", BLOCKS)[trait]
    print(f"{trait}: the pipeline took {perf_counter() - started:.0f} s")
    for method in dict.fromkeys(quality["method"] for quality in found):
        _monitored(trait, [quality for quality in found if quality["method"] == method])


def _monitored(trait: str, found: list) -> None:
    """Print what one method is worth at the block that training answers choose."""
    best = max(found, key=lambda q: (round(q["train_auroc"], 3), q["contrast"]))
    auroc = best["auroc"]
    counted = sum(quality["counts"] for quality in found)
    wanted = f"  (wanted {AUROC}, p {P})" if trait in MONITORED else ""
    print(
        f"  monitored by {best['method']:9} block {best['layer']:2}  AUROC {auroc['value']:.2f} "
        f"[{auroc['low']:.2f}, {auroc['high']:.2f}]  random 95 % {best['random_95']:.3f}  "
        f"p {best['p']:.4f}  {'counts' if best['counts'] else 'does not count'}; "
        f"{counted} of {len(found)} blocks count{wanted}",
        flush=True,
    )


def _steer(root: Path, trait: str, traits: tuple[str, ...], model: str) -> bool:
    files = [root / "zoo" / trait / "vectors" / f"mean_diff_layer{n}.safetensors" for n in TRIED]
    others = [
        root / "zoo" / other / "vectors" / f"mean_diff_layer{TRIED[1]}.safetensors"
        for other in traits
        if other != trait
    ]
    found = hartonomous(
        "vectors", "steer", "--model", model, "--trait-folder", str(root / "zoo" / trait),
        *(word for file in files for word in ("--vector", str(file))),
        *(word for file in others for word in ("--other", str(file))),
        "--doses", DOSES.get(trait, BOTH_WAYS), *ANSWERS,
    )  # fmt: skip
    doses = found["doses"]
    reached = found["monotone"] and found["outside_random"] and all(d["coherent"] for d in doses)
    print(f"  {trait} steered in block {found['layer']}: {'reached' if reached else 'missed'}")
    for dose in doses:
        score = dose["trait"]
        print(
            f"    {dose['dose']:+.1f}  {score['value']:3.0f} [{score['low']:.0f}, "
            f"{score['high']:.0f}]  {dose['coherence_lost']:5.2f} nats lost  "
            f"{dose['distinct']:3.0f} % distinct  {dose['example'][:60]!r}"
        )
    print(
        f"    random directions {found['random_low']:.0f} to {found['random_high']:.0f}; others "
        + ", ".join(f"{name} {value:.0f}" for name, value in found["others"].items()),
        flush=True,
    )
    return bool(reached)


if __name__ == "__main__":
    main()
