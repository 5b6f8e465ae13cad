"""Does it help a search to add what its words are related to?

Documents of the Lee corpus, without their first sentences, are looked for by these sentences: by
PostgreSQL's full-text search with the two queries of ``expand_query``, and by ``search``. Beside
them one flat query of words and neighbours, and, as the null, another sentence's neighbours.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg

from benchmarks.intervals import bootstrapped
from benchmarks.substrates import databases, open_database, zoo
from hartonomous.ingesting import ingest_embeddings, ingest_text

MODELS = ("minilm-l6", "splade-tiny")
K, SHARE = 20, 0.3
_SEED = 1
_SENTENCE = re.compile(r"(?<=[.!?])\s")
_LEAST_WORDS = 5
#: How each ranks documents l for a question q; 1 makes long documents count less.
_RANKED = {
    "words alone": "ts_rank(l.d, q.w, 1)",
    "words and .3 of neighbours": f"ts_rank(l.d, q.w, 1) + {SHARE} * ts_rank(l.d, q.near, 1)",
    "one flat query of both": "ts_rank(l.d, q.w || q.near, 1)",
    "null: another's neighbours": f"ts_rank(l.d, q.w, 1) + {SHARE} * ts_rank(l.d, q.other, 1)",
}


def main() -> None:
    """Print nDCG at 10 of each way, and what the expansion changes."""
    pairs = list(documents())
    with tempfile.TemporaryDirectory() as folder, databases() as fresh:
        path = Path(folder) / "lee.jsonl"
        rows = ({"id": str(n), "text": rest} for n, (_, rest) in enumerate(pairs))
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        with open_database(next(fresh)) as connection:
            ingest_embeddings(connection, [zoo(name) for name in MODELS], k=K)
            ingest_text(connection, path)
            print(f"  {len(pairs)} documents; neighbours by {' and '.join(MODELS)}")
            full_text(connection, pairs)
            searched(connection, [first for first, _ in pairs])


def documents():
    """Give the first sentence and the rest of each document."""
    for name in ("lee.cor", "lee_background.cor"):
        text = (zoo("gensim-data") / name).read_text(encoding="utf-8", errors="replace")
        for line in filter(str.strip, text.splitlines()):
            first, *rest = _SENTENCE.split(line.strip(), maxsplit=1)
            if rest and len(first.split()) >= _LEAST_WORDS:
                yield first, rest[0]


def full_text(connection: psycopg.Connection, pairs: Sequence[tuple[str, str]]) -> None:
    connection.execute(
        "CREATE TABLE pg_temp.lee (n integer, d tsvector, w tsquery, near tsquery, other tsquery)"
    )
    started = perf_counter()
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO pg_temp.lee SELECT %s, to_tsvector('english', %s), word_query,"
            " neighbor_query FROM hartonomous.expand_query(%s)",
            [(n, rest, first) for n, (first, rest) in enumerate(pairs)],
        )
    took = (perf_counter() - started) / len(pairs) * 1000
    print(f"  one question expanded in {took:.0f} ms (mean)")
    other = list(range(len(pairs)))
    random.Random(_SEED).shuffle(other)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE pg_temp.lee SET other = (SELECT l.near FROM pg_temp.lee AS l WHERE l.n = %s)"
            " WHERE n = %s",
            list(zip(other, range(len(pairs)), strict=True)),
        )
    plain = show("words alone", ranked(connection, "words alone"))
    for name in list(_RANKED)[1:]:
        change(show(name, ranked(connection, name)), plain)


def ranked(connection: psycopg.Connection, name: str) -> np.ndarray:
    """Return the gain of each document's own question."""
    rows = connection.execute(
        f"SELECT q.n, array(SELECT l.n FROM pg_temp.lee AS l ORDER BY {_RANKED[name]} DESC, l.n"
        " LIMIT 10) FROM pg_temp.lee AS q ORDER BY q.n"
    ).fetchall()
    return np.array([gain(found, n) for n, found in rows])


def searched(connection: psycopg.Connection, sentences: Sequence[str]) -> None:
    found = {}
    for expand in (False, True):
        gains, seconds = [], []
        for number, sentence in enumerate(sentences):
            started = perf_counter()
            rows = connection.execute(
                "SELECT source_identifier FROM hartonomous.search(%s, 10, %s)", [sentence, expand]
            ).fetchall()
            seconds.append(perf_counter() - started)
            gains.append(gain([int(name) for (name,) in rows], number))
        found[expand] = show(f"search{', expanded' * expand}", np.array(gains), seconds)
    change(found[True], found[False])


def gain(found: Sequence[int], wanted: int) -> float:
    """Return nDCG at 10 where one document is right: 1 / log2(1 + its rank)."""
    return float(1 / np.log2(2 + found.index(wanted))) if wanted in found else 0.0


def show(name: str, gains: np.ndarray, seconds: Sequence[float] = ()) -> np.ndarray:
    low, high = bootstrapped(gains)
    took = f"; p50 {np.median(seconds) * 1000:.0f} ms" if seconds else ""
    print(f"  {name:28} nDCG@10 {gains.mean():.3f} [{low:.3f}, {high:.3f}]{took}", flush=True)
    return gains


def change(gains: np.ndarray, plain: np.ndarray) -> None:
    low, high = bootstrapped(gains - plain)
    print(f"  {'':28} change  {(gains - plain).mean():+.3f} [{low:+.3f}, {high:+.3f}]")


if __name__ == "__main__":
    main()
