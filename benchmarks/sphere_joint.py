"""How do three real models lie on one sphere, from their files to words that lie near a word?

``python -m benchmarks.sphere_joint [--words 30000]``: MiniLM-L6, SPLADE-tiny and GloVe's first
words are mined into a fresh database and laid out together, then with their own charts.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

import hartonomous
from benchmarks.substrates import databases, zoo

WORDS = (
    "king", "violin", "python", "monday", "doctor", "paris", "red", "seven", "physics", "bank",
)  # fmt: skip
FIRST = 8


def main(arguments: list[str] | None = None) -> None:
    """Print what each stage took, what is kept of each model, and ten words with their nearest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=30_000, help="Of GloVe, at most 400,000.")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        databases() as fresh,
        hartonomous.open(next(fresh)) as substrate,
    ):
        first_words(zoo("glove-50d"), options.words, Path(folder))
        for name in ("minilm-l6", "splade-tiny"):
            substrate.ingest_embeddings(zoo(name), source=f"model:{name}")
        substrate.ingest_embeddings(folder, source="model:glove")
        wall, cpu = perf_counter(), process_time()
        report = substrate.align()
        print(f"laid out in {perf_counter() - wall:.1f} s, {process_time() - cpu:.1f} CPU s")
        for stage in report.stages:
            print(f"    {stage.name:28}{stage.seconds:7.2f} s")
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"  at most {kilobytes / 2**20 * (1 if sys.platform != 'darwin' else 2**-10):.1f} GB")
        for word in WORDS:
            near = " ".join(each.neighbor for each in substrate.near(word, FIRST))
            agreed = " ".join(each.neighbor for each in substrate.neighbors(word, FIRST))
            print(f"  {word}: near {near}; neighbors {agreed}")
        substrate.align(charts=True)
        for each in substrate.alignments():
            print(
                f"  {each.source_identifier}: {each.concepts:,} concepts, {each.anchors:,} shared, "
                f"trustworthiness {each.trustworthiness:.2f}, continuity {each.continuity:.2f}, "
                f"own chart {each.residual:.2f} away (rms chord; chance 1.41)"
            )


def first_words(vectors: Path, count: int, to: Path) -> None:
    """Write the first of word vectors, the commonest words."""
    np.save(to / "vectors.npy", np.load(vectors / "vectors.npy", mmap_mode="r")[:count])
    words = (vectors / "vectors.txt").read_text(encoding="utf-8").split("\n")[:count]
    (to / "vectors.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
