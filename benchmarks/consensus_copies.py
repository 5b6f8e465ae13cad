"""What do copies of strong sources change: the best one again, MiniLM-L6 again and in int8?"""

from __future__ import annotations

import numpy as np
import psycopg

from benchmarks import consensus
from benchmarks.substrates import zoo
from hartonomous.editing.deletion import delete_source
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings


def strong_copies(connection: psycopg.Connection, words: list[str]) -> None:
    """Print, for each copy by itself, how many places of the first ten it changes."""
    before = consensus.asked(connection, words)
    vocabulary = zoo("minilm-l6") / "vocab.txt"
    for title, request, name in (
        ("SmolLM2, a second time", Request("model:again"), "smollm2"),
        ("MiniLM-L6, a second time", Request("model:again"), "minilm-l6"),
        ("MiniLM-L6 in int8", Request("model:again", vocabulary=vocabulary), "minilm-l6-int8"),
    ):
        path = consensus.model(name) if name == "smollm2" else zoo(name)
        chosen = Request(request.source, vocabulary=request.vocabulary, join=JoinSettings(50))
        ingest(connection, "embeddings", [path], chosen)
        after = consensus.asked(connection, words)
        changed = [len(set(a[:10]) - set(b[:10])) / 10 for a, b in zip(before, after, strict=True)]
        draw = np.random.default_rng(0).integers(0, len(words), (2000, len(words)))
        low, high = np.quantile(np.array(changed)[draw].mean(axis=1), [0.025, 0.975])
        print(f"  {title}: changes {np.mean(changed):.2%} [{low:.2%}, {high:.2%}] of the places")
        delete_source(connection, "model:again")
