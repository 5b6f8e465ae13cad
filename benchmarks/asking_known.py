"""Is nothing answered of rows that were never learnt, and something of common words?

To each model's token table 1,000 rows are added: real rows with their numbers shuffled, fresh rows
of the table's own spread, and rows as a model is initialised with (normal, .02), which cleaning
puts into one clump. Common words are GloVe's first 1,000 of letters alone that the model has. A
concept counts as known where `known` says so of the one source.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.consensus import model, most_frequent
from benchmarks.intervals import wilson
from benchmarks.substrates import databases, open_database, zoo
from hartonomous.editing.deletion import delete_source
from hartonomous.ingest import ingest
from hartonomous.readers.embeddings import open_embeddings
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings

ADDED = 1000
MODELS = ("minilm-l6", "minilm-l3", "splade-tiny", "smollm2", "glove")
IS_KNOWN = "SELECT is_known FROM known(%s)"


def main() -> None:
    """Print both shares for each model and kind of row, and how long the question takes."""
    common = common_words()
    with databases() as fresh, open_database(next(fresh)) as connection:
        for name in MODELS:
            for kind in ("shuffled", "fresh", "initial"):
                measure(connection, name, kind, common)


def measure(connection: psycopg.Connection, name: str, kind: str, common: list[str]) -> None:
    """Load a model with rows of one kind added, ask, and take it out again."""
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        ingest(
            connection, "embeddings", [mixed(name, kind, folder)], Request(join=JoinSettings(50))
        )
        noise = [answered(connection, f"zznoise{number}") for number in range(ADDED)]
        started = [(perf_counter(), answered(connection, word), perf_counter()) for word in common]
        words = [found for _, found, _ in started if found is not None]
        cuts = quantiles([1000 * (end - begin) for begin, _, end in started], n=100)
        low, high = wilson(sum(map(bool, noise)), len(noise))
        print(
            f"  {name:<12} {kind:<9} common words known {np.mean(words):.3f} of {len(words)};"
            f" added rows {np.mean([bool(n) for n in noise]):.3f} [{low:.3f}, {high:.3f}];"
            f" p50 {cuts[49]:.1f} ms",
            flush=True,
        )
        (source,) = connection.execute("SELECT source_identifier FROM content").fetchone()
        delete_source(connection, source)


def answered(connection: psycopg.Connection, word: str) -> bool | None:
    """Return whether the one source knows a word; None where it doesn't have it."""
    row = connection.execute(IS_KNOWN, [word]).fetchone()
    return row[0] if row else None


def mixed(name: str, kind: str, folder: Path) -> Path:
    """Write a model's rows with others behind them, and what they are called."""
    path = most_frequent(zoo("glove-50d"), folder) if name == "glove" else model(name)
    table = open_embeddings(str(path))
    rows = table.matrix.rows(0, table.matrix.shape[0])[table.vocabulary.rows]
    names = [" ".join(concept.label.split()) for concept in table.vocabulary.concepts]
    kept = [place for place, label in enumerate(names) if label and " " not in label]
    labels = [names[place] for place in kept] + [f"zznoise{number}" for number in range(ADDED)]
    np.save(folder / "mixed.npy", np.concatenate([rows[kept], added(rows, kind)]))
    (folder / "mixed.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder / "mixed.npy"


def added(rows: NDArray[np.float32], kind: str) -> NDArray[np.float32]:
    """Return rows that nothing was learnt for."""
    rng = np.random.default_rng(5)
    if kind == "shuffled":
        return rng.permuted(rows[rng.choice(len(rows), ADDED, replace=False)], axis=1)
    spread = float(rows.std()) if kind == "fresh" else 0.02
    return rng.normal(0, spread, (ADDED, rows.shape[1])).astype(np.float32)


def common_words() -> list[str]:
    """Return the first thousand words of letters alone."""
    lines = (zoo("glove-50d") / "vectors.txt").read_text(encoding="utf-8").splitlines()
    return [word for word in lines[:3000] if word.isalpha()][:ADDED]


if __name__ == "__main__":
    main()
