"""Can who may only ask tell a database that forgot a person from one that never had them?

Pairs of databases get the same documents; one of each had a person's besides and deleted them. They
are looked at right away, and others after both were written anew by `db scrub`. An observer asks
both the same questions, among them for words that the person alone used, compares the answers and
the times, learns from one half of the pairs which is which and guesses the other half.
hnswlib, which marks vectors as deleted, and chroma, a vector store, go through the same.
``python -m benchmarks.observer SECONDS`` gives the databases more time than usual.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic, perf_counter

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks.intervals import wilson
from benchmarks.substrates import databases, open_database
from hartonomous.editing.deletion import delete_subject
from hartonomous.miners.mining import mine
from hartonomous.observations import Source
from hartonomous.progress import Stages
from hartonomous.readers.running_text import RunningText
from hartonomous.sites import OpenedSource
from hartonomous.store.load_batch import load_sources
from hartonomous.store.scrub import scrub

PAIRS = 300
#: Pairs of indexes, and of a vector store's collections, which take longer to fill.
INDEXES, COLLECTIONS = 100, 40
#: Nobody waits longer than this for the pairs of databases.
SECONDS = 270.0
OTHERS, OF_PERSON, WORDS, LENGTH = 12, 3, 100, 40
#: How often each question is asked; the quickest counts.
ROUNDS = 4
#: What is compared answer by answer, and what is timed as well.
TIMED = (
    "SELECT * FROM neighbors('word1')",
    "SELECT * FROM neighbors('person1')",
    "SELECT * FROM explain('word1', 'word2')",
    "SELECT * FROM strongest(10)",
    "SELECT count_relations()",
)
ASKED = (
    "SELECT * FROM neighbors('word9')",
    "SELECT * FROM neighbors('word3', 10, towards => true)",
    "SELECT * FROM traverse('word4 word5')",
    "SELECT substrate_fingerprint()",
    "SELECT source_identifier, kind, evidence_count FROM source ORDER BY 1",
    "SELECT * FROM relation_rating ORDER BY relation_id::text LIMIT 50",
)
KEY = "SELECT set_config('hartonomous.forgetting_key', repeat('0', 64), false)"
DIMENSIONS, VECTORS, OF_PERSON_VECTORS = 32, 2000, 400


@dataclass(frozen=True)
class Seen:
    """What one look at a pair gave: whether answers differ, and how much longer each took."""

    differs: bool
    features: NDArray[np.float64]


def main() -> None:
    """Print how often the observer was right, with Wilson's 95 % interval."""
    seconds = float(sys.argv[1] if sys.argv[1:] else SECONDS) / 2
    report("hartonomous", list(hartonomous_pairs(seconds)))
    report("hartonomous, after db scrub", list(hartonomous_pairs(seconds, is_scrubbed=True)))
    report_peer("hnswlib", hnswlib_pairs)
    report_peer("chromadb", chroma_pairs)


def report_peer(name: str, pairs: Callable[[], Iterator[Seen]]) -> None:
    """Print the same of a peer, if it is installed."""
    try:
        report(name, list(pairs()))
    except ImportError:
        sys.stdout.write(f"{name} is not installed: pip install {name}\n")


def report(name: str, pairs: list[Seen]) -> None:
    """Print what the observer made of the pairs; the first database of each forgot somebody."""
    right, guesses = guessed(np.array([pair.features for pair in pairs]))
    low, high = wilson(right, guesses)
    print(
        f"{name}: {len(pairs)} pairs, answers differ in {sum(p.differs for p in pairs)}; "
        f"{right} of {guesses} guesses were right, {right / guesses:.2f} [{low:.2f}, {high:.2f}]"
    )


def guessed(features: NDArray[np.float64]) -> tuple[int, int]:
    """Return right guesses and guesses: each half is guessed by what the other half taught.

    Features are of the first database against the second, so that a pair seen from the other side
    has them with the other sign: a linear rule without a constant, by ridge regression.
    """
    order = np.random.default_rng(0).permutation(len(features))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    right = 0
    for learned, asked in (halves, halves[::-1]):
        scale = features[learned].std(axis=0) + 1e-12
        x = features[learned] / scale
        rule = np.linalg.solve(x.T @ x + len(x) * np.eye(x.shape[1]), x.sum(axis=0))
        scores = (features[asked] / scale) @ rule
        right += int(np.count_nonzero(scores > 0)) + int(np.count_nonzero(scores == 0)) // 2
    return right, len(order)


def hartonomous_pairs(seconds: float, *, is_scrubbed: bool = False) -> Iterator[Seen]:
    """Give looks at pairs of databases, as many as the time allows."""
    until = monotonic() + seconds
    with databases() as fresh:
        template = next(fresh)
        for seed in range(PAIRS):
            if monotonic() > until:
                return
            pair = [_copied(template, f"{name}_{seed}") for name in ("forgot", "never")]
            first = seed % 2  # neither is always made, or asked, before the other
            for number in (first, 1 - first):
                _fill(pair[number], seed, has_person=number == 0)
                if is_scrubbed:
                    scrub(pair[number])
            yield _look(pair, seed)
            for dsn in pair:
                _drop(template, dsn)


def _copied(template: str, name: str) -> str:
    with _admin(template) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {_name(template)}")
    return template.replace(f"/{_name(template)}", f"/{name}")


def _drop(template: str, dsn: str) -> None:
    with _admin(template) as admin:
        admin.execute(f"DROP DATABASE {_name(dsn)} WITH (FORCE)")


def _admin(dsn: str) -> psycopg.Connection:
    return psycopg.connect(dsn.replace(f"/{_name(dsn)}", "/postgres"), autocommit=True)


def _name(dsn: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])


def _fill(dsn: str, seed: int, *, has_person: bool) -> None:
    """Load others' documents, and a person's among them, who is then deleted and to stay out."""
    drawn = np.random.default_rng(seed)
    notes = [_note(drawn, number, None) for number in range(OTHERS)]
    persons = [_note(drawn, number, "person") for number in range(OF_PERSON)]
    with open_database(dsn) as connection:
        connection.execute(KEY)
        half = OTHERS // 2
        for part in (notes[:half], persons if has_person else [], notes[half:]):
            load_sources(connection, (mine(note, Stages()).source for note in part))
        if has_person:
            delete_subject(connection, "person", forget=True)


def _note(drawn: np.random.Generator, number: int, subject: str | None) -> OpenedSource:
    words = [f"word{int(place)}" for place in drawn.zipf(1.3, LENGTH) % WORDS]
    if subject:
        words[::9] = [f"person{place}" for place in range(len(words[::9]))]
    text = RunningText(lambda: [" ".join(words)], 5)
    name = f"{subject or 'note'}{number}"
    source = Source(name, "document", bytes([number, subject is None]) * 16, subject)
    return OpenedSource(source, text.concepts, text.sites)


def _look(pair: list[str], seed: int) -> Seen:
    sessions = [_reader(dsn) for dsn in pair]
    try:
        order = (0, 1) if seed % 4 < 2 else (1, 0)
        seen = _compared([lambda q, s=s: _answer(s, q) for s in sessions], TIMED, order)
        differs = any(_answer(sessions[0], q) != _answer(sessions[1], q) for q in ASKED)
        return Seen(seen.differs or differs, seen.features)
    finally:
        for session in sessions:
            session.close()


def _reader(dsn: str) -> psycopg.Connection:
    session = psycopg.connect(dsn, autocommit=True, options="-c search_path=hartonomous,public")
    session.execute("SET ROLE hartonomous_reader")
    return session


def _answer(session: psycopg.Connection, question: str) -> object:
    try:
        return session.execute(question.encode()).fetchall()
    except psycopg.Error as error:
        return error.diag.message_primary


def _compared(
    asked: list[Callable[[str], object]], questions: tuple[str, ...], order: tuple[int, int]
) -> Seen:
    differs, features = False, []
    for question in questions:
        quickest, answers = [math.inf, math.inf], [None, None]
        for _ in range(ROUNDS):
            for number in order:
                started = perf_counter()
                answers[number] = asked[number](question)
                quickest[number] = min(quickest[number], perf_counter() - started)
            order = order[::-1]
        differs |= answers[0] != answers[1]
        features.append(math.log(quickest[0] / quickest[1]))
    return Seen(differs, np.array(features))


def _vectors(seed: int, *, has_person: bool) -> tuple[NDArray[np.float64], ...]:
    """Return vectors, the rows that come in and those that go again."""
    vectors = np.random.default_rng(seed).standard_normal((VECTORS, DIMENSIONS))
    rows = np.arange(VECTORS)
    gone = rows[VECTORS // 2 :][:OF_PERSON_VECTORS]
    return vectors, rows if has_person else np.setdiff1d(rows, gone), gone


def hnswlib_pairs() -> Iterator[Seen]:
    """Give looks at pairs of indexes."""
    import hnswlib

    def index(seed: int, *, has_person: bool) -> object:
        vectors, kept, gone = _vectors(seed, has_person=has_person)
        made = hnswlib.Index(space="l2", dim=DIMENSIONS)
        made.init_index(max_elements=VECTORS, ef_construction=100, M=16, random_seed=seed)
        made.add_items(vectors[kept], kept, num_threads=1)
        if has_person:
            for row in gone:
                made.mark_deleted(row)
        made.set_ef(50)
        return made

    for seed in range(INDEXES):
        yield _looked(seed, [index(seed, has_person=who) for who in (True, False)], _nearest)


def chroma_pairs() -> Iterator[Seen]:
    """Give looks at pairs of a vector store's collections, in memory."""
    import chromadb

    client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))

    def collection(seed: int, *, has_person: bool) -> object:
        vectors, kept, gone = _vectors(seed, has_person=has_person)
        made = client.create_collection(f"pair-{seed}-{has_person}", embedding_function=None)
        made.add(ids=[str(row) for row in kept], embeddings=vectors[kept])
        if has_person:
            made.delete(ids=[str(row) for row in gone])
        return made

    for seed in range(COLLECTIONS):
        yield _looked(seed, [collection(seed, has_person=who) for who in (True, False)], _stored)


def _looked(seed: int, pair: list[object], nearest: Callable[[object, object], object]) -> Seen:
    queries = np.random.default_rng((seed, 1)).standard_normal((20, DIMENSIONS))
    asked = [lambda q, p=p: nearest(p, queries[int(q)]) for p in pair]
    return _compared(asked, tuple(map(str, range(20))), (0, 1) if seed % 2 else (1, 0))


def _stored(collection: object, query: NDArray[np.float64]) -> object:
    found = collection.query(query_embeddings=[query], n_results=10)
    return found["ids"], found["distances"]


def _nearest(index: object, query: NDArray[np.float64]) -> object:
    labels, distances = index.knn_query(query, k=10, num_threads=1)
    return labels.tolist(), distances.tolist()


if __name__ == "__main__":
    main()
