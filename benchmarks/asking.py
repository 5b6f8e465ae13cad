"""What is to c as b is to a, and what has to do with both: how often right, how long does it take?

Google's analogies (Mikolov et al. 2013) by section, of words that every source knows, and of all
words that any knows, beside 3CosAdd over the cleaned tokens of one member, which can be right only
where it has all four words. Of both answers pieces and the question's own words are passed over.
Latencies are of words at random. A database that is there is taken by
``python -m benchmarks.asking DSN``; else six models are loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import numpy as np
import psycopg

from benchmarks.consensus import given_database
from benchmarks.intervals import wilson
from benchmarks.substrates import zoo
from hartonomous.miners.cleaning import clean
from hartonomous.readers import open_embeddings

EACH = 40
ASKED = 200
QUESTIONS = {
    "combine": ("SELECT * FROM combine(ARRAY[%s, %s])", 2, "20 ms wanted"),
    "analogy": ("SELECT * FROM analogy(%s, %s, %s)", 3, "30 ms wanted"),
    "known": ("SELECT * FROM known(%s)", 1, "2 ms wanted"),
    "surprise": ("SELECT surprise(%s, %s)", 2, ""),
    "gaps": ("SELECT * FROM gaps(%s)", 1, ""),
    "strongest_path": ("SELECT * FROM strongest_path(%s, %s)", 2, ""),
    "paths, 5": ("SELECT * FROM paths(%s, %s)", 2, "3x strongest_path wanted"),
    "relatedness": ("SELECT relatedness(%s, %s)", 2, "5 ms wanted"),
    "rank_candidates, 20": (
        "SELECT * FROM rank_candidates(ARRAY[%s], (SELECT array_agg(label) FROM ("
        "SELECT label FROM composition WHERE label ~ '^[a-z]{4,}$' LIMIT 20) AS x))",
        1,
        "",
    ),
}
KNOWN = """
SELECT count(*) FROM relation_list AS l
INNER JOIN consensus_weights() AS w ON w.content_id = l.content_id AND w.site_id = l.site_id
WHERE l.composition_number = hartonomous_internal.find_composition_number(%s)
"""


def main() -> None:
    """Print shares and latencies."""
    with given_database() as connection:
        measure(connection)


def measure(connection: psycopg.Connection) -> None:
    """Print what a substrate answers, and how long it takes."""
    (members,) = connection.execute("SELECT count(*) FROM consensus_weights()").fetchone()
    print(f"{members} sources vote")
    tokens = Tokens(zoo("minilm-l6"))
    for least in (members, 1):
        print(f"questions of words that {least} sources or more know")
        compare(connection, tokens, least)
    latencies(connection)


def compare(connection: psycopg.Connection, tokens: Tokens, least: int) -> None:
    """Print how often lists and vectors are right."""
    right = {"lists": [0, 0], "vectors": [0, 0]}
    for section, questions in analogies(zoo("gensim-data") / "questions-words.txt"):
        asked = [q for q in questions if all(knowing(connection, w) >= least for w in q)]
        chosen = [asked[place] for place in spread(len(asked))]
        own = [tokens.analogy(*q[:3]) == q[3] for q in chosen]
        lists = [first_word(connection, *q[:3]) == q[3] for q in chosen]
        for name, hits in (("lists", lists), ("vectors", own)):
            right[name][0] += sum(hits)
            right[name][1] += len(hits)
        print(
            f"  {section:30} {sum(lists):3} of {len(chosen):3}; 3CosAdd of MiniLM-L6 {sum(own):3}"
        )
    for name, (hits, of) in right.items():
        low, high = wilson(hits, of)
        print(f"  {name}: {hits / max(of, 1):.3f} [{low:.3f}, {high:.3f}] of {of}")


def latencies(connection: psycopg.Connection) -> None:
    """Print how long questions of words at random take."""
    words = connection.execute(
        "SELECT label FROM composition WHERE label ~ '^[a-z]{4,}$'"
        " ORDER BY composition_id LIMIT %s",
        [3 * ASKED],
    ).fetchall()
    for name, (question, labels, wanted) in QUESTIONS.items():
        times = []
        for number in range(ASKED):
            arguments = [words[number + ASKED * place][0] for place in range(labels)]
            started = perf_counter()
            connection.execute(question, arguments).fetchall()
            times.append(1000 * (perf_counter() - started))
        cuts = quantiles(times, n=100)
        print(f"  {name:22} p50 {cuts[49]:6.1f} ms  p99 {cuts[98]:6.1f} ms  {wanted}")


def analogies(path: Path) -> Iterator[tuple[str, list[tuple[str, ...]]]]:
    """Yield each section with its questions, in lower case."""
    for part in path.read_text(encoding="utf-8").lower().split(": ")[1:]:
        section, *lines = part.splitlines()
        yield section, [tuple(line.split()) for line in lines if line.strip()]


def spread(count: int) -> list[int]:
    """Return so many places at most, evenly over all."""
    return sorted({int(place) for place in np.linspace(0, count - 1, min(count, EACH))})


@cache
def knowing(connection: psycopg.Connection, word: str) -> int:
    """Return how many sources that vote know a word."""
    return int(connection.execute(KNOWN, [word]).fetchone()[0])


def first_word(connection: psycopg.Connection, a: str, b: str, c: str) -> str | None:
    """Return the first answer that isn't a piece or one of the three in another case."""
    rows = connection.execute("SELECT neighbor FROM analogy(%s, %s, %s, 10)", [a, b, c]).fetchall()
    words = (row[0].lower() for row in rows if not row[0].startswith("##"))
    return next((word for word in words if word not in {a, b, c}), None)


class Tokens:
    """The cleaned token vectors of a model, of unit length."""

    def __init__(self, folder: Path) -> None:
        table = open_embeddings(folder)
        vectors, _ = clean(table.vectors())
        self._labels = [concept.label for concept in table.vocabulary.concepts]
        rows = np.zeros((len(self._labels), vectors.shape[1]), dtype=np.float32)
        rows[table.vocabulary.concept_of_row] = vectors
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        self._rows, self._place = rows, {label: n for n, label in enumerate(self._labels)}
        self._pieces = np.array([label.startswith("##") for label in self._labels])

    def analogy(self, a: str, b: str, c: str) -> str | None:
        """Return the word nearest to b - a + c that is none of them."""
        if not {a, b, c} <= self._place.keys():
            return None
        x, y, z = (self._rows[self._place[word]] for word in (a, b, c))
        scores = self._rows @ (y - x + z)
        scores[self._pieces] = -9
        scores[[self._place[word] for word in (a, b, c)]] = -9
        return self._labels[int(scores.argmax())]


if __name__ == "__main__":
    main()
