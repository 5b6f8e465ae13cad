"""What do copies of strong sources change: the best one again, MiniLM-L6 again and in int8?

Six sources as in `consensus`, which has copies of the weakest and noise.
"""

from __future__ import annotations

import numpy as np
import psycopg

from benchmarks import consensus
from benchmarks.intervals import bootstrapped
from benchmarks.substrates import zoo
from hartonomous.editing.deletion import delete_source
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings

#: Words whose first ten are looked at.
WORDS = 600


def main() -> None:
    """Load six real sources, and print what each copy changes."""
    related = consensus.wordnet(zoo("wordnet") / "dict")
    with consensus.six_sources() as (connection, _):
        strong_copies(connection, consensus.known_to_all(connection, related)[:WORDS])


def strong_copies(connection: psycopg.Connection, words: list[str]) -> None:
    """Print, for each copy by itself, how many places of the first ten it changes."""
    before = consensus.asked(connection, words)
    vocabulary = zoo("minilm-l6") / "vocab.txt"
    for title, request, name in (
        ("SmolLM2, a second time", Request("model:again"), "smollm2"),
        ("MiniLM-L6, a second time", Request("model:again"), "minilm-l6"),
        ("MiniLM-L6 in int8", Request("model:again", vocabulary=vocabulary), "minilm-l6-int8"),
    ):
        path = zoo(name) / "model.onnx" if "int8" in name else consensus.model(name)
        chosen = Request(request.source, vocabulary=request.vocabulary, join=JoinSettings(50))
        ingest(connection, "embeddings", [path], chosen)
        after = consensus.asked(connection, words)
        changed = [len(set(a[:10]) - set(b[:10])) / 10 for a, b in zip(before, after, strict=True)]
        low, high = bootstrapped(changed)
        print(f"  {title}: changes {np.mean(changed):.2%} [{low:.2%}, {high:.2%}] of the places")
        delete_source(connection, "model:again")


if __name__ == "__main__":
    main()
