"""What does the graph cost when a model brings all its sites?

144 sites of 10 neighbours for each concept of MiniLM, 42.5 million observations; then 3,000 sites
of few concepts; then growth. The sites are planted: half of each list is drawn from the concept's
real 50 neighbours, the other half at random, so that sites agree in part, as heads do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.load_path import raw_copy
from benchmarks.substrates import databases, observations, open_database, zoo
from hartonomous.concepts import Concept
from hartonomous.observations import (
    WEIGHT_UNIT,
    ConceptTable,
    JoinRecord,
    MinedSite,
    MinedSource,
    Observations,
    SiteRecord,
    Source,
)
from hartonomous.store.load import load_source

LAYERS, HEADS, K = 12, 12, 10
#: Concepts of one batch, so that memory is bounded.
BATCH = 2000
QUESTIONS = 60


def main() -> None:
    """Print what loading, asking and deleting cost."""
    concepts, mined, embedding = observations(zoo("minilm-l6"))
    known = np.concatenate([batch.b for batch in embedding]).reshape(len(concepts), -1)
    with databases() as fresh:
        with open_database(next(fresh)) as connection:
            raw = raw_copy(connection, concepts, embedding) / known.size
            all_sites(connection, concepts, known, raw)
            more_on_top(connection, concepts, mined, embedding)
            seconds = timed(lambda: connection.execute("SELECT delete_model('model:heads')"))
            row("delete the 144 sites", f"{seconds:.2f} s")
        with open_database(next(fresh)) as connection:
            hubs(connection)
        for layers in (1, 4, 12, 36):
            with open_database(next(fresh)) as connection:
                grow(connection, concepts, known, layers)


def all_sites(connection, concepts: ConceptTable, known: np.ndarray, raw: float) -> None:
    """Load 144 sites and ask, without summaries and with them."""
    words = plain_words(concepts)
    heads = [held(layer(known, number)) for number in range(LAYERS)]
    count = sum(site.expected for site in heads)
    empty = size(connection)
    seconds = timed(lambda: load(connection, "model:heads", concepts, heads))
    print(f"{count:,} observations at {LAYERS * HEADS} sites")
    row("load", f"{seconds:.1f} s, {seconds / raw / count:.2f}x raw COPY (at most 0.4x)")
    row("on disk", f"{(size(connection) - empty) / count:.1f} bytes each (at most 10)")
    ask(connection, words, "without summaries")
    seconds = timed(lambda: connection.execute("SELECT summarise_relations()"))
    (added,) = connection.execute("SELECT pg_total_relation_size('relation_summary')").fetchone()
    row("summarise", f"{seconds:.1f} s, {added / count:.1f} bytes each more")
    ask(connection, words, "with summaries")


def more_on_top(connection, concepts, mined: MinedSite, embedding: list[Observations]) -> None:
    """Load and delete 1.5 million observations more."""
    again = replace(mined, batches=iter(embedding))
    seconds = timed(lambda: load(connection, "model:more", concepts, [again]))
    row(f"{mined.expected:,} more on top", f"{seconds:.2f} s")
    seconds = timed(lambda: connection.execute("SELECT delete_model('model:more')"))
    row("delete those", f"{seconds:.2f} s")


def hubs(connection, sites: int = 3000, concepts: int = 300) -> None:
    """Ask for concepts with 30,000 observations."""
    table, _ = ConceptTable.of([Concept("text", f"word{i}") for i in range(concepts)])
    random = np.random.default_rng(1)
    known = np.argsort(random.random((concepts, concepts)), axis=1)[:, :50].astype(np.int32)
    load(connection, "model:many", table, [layer(known, n, 100) for n in range(sites // 100)])
    asked = [(concept.label,) for concept in table.concepts[:QUESTIONS]]
    print(f"{sites:,} sites, {sites * K:,} observations a concept")
    for title, most in (("no summary", 25), ("summary", 2)):
        milliseconds = p50(connection, "SELECT * FROM neighbors(%s)", asked)
        row(f"neighbors p50, {title}", f"{milliseconds:.2f} ms (at most {most})")
        connection.execute("SELECT summarise_relations()")


def grow(connection, concepts: ConceptTable, known: np.ndarray, layers: int) -> None:
    """Print what one observation costs among so many."""
    sites = [held(layer(known, number)) for number in range(layers)]
    count = sum(site.expected for site in sites)
    empty = size(connection)
    loaded = timed(lambda: load(connection, "model:heads", concepts, sites))
    bytes_each = (size(connection) - empty) / count
    asked = [(word,) for word in plain_words(concepts)]
    milliseconds = p50(connection, "SELECT * FROM neighbors(%s)", asked)
    deleted = timed(lambda: connection.execute("SELECT delete_model('model:heads')"))
    row(
        f"growth, {count / 1e6:.1f} M",
        f"load {1e6 * loaded / count:.3f} us, delete {1e6 * deleted / count:.4f} us,"
        f" {bytes_each:.1f} bytes each; neighbors {milliseconds:.2f} ms",
    )


def ask(connection, words: list[str], title: str) -> None:
    """Print the median time of each question."""
    pairs = list(zip(words, words[1:] + words[:1], strict=True))
    for name, statement, asked in (
        ("neighbors", "SELECT * FROM neighbors(%s)", [(word,) for word in words]),
        ("traverse", "SELECT * FROM traverse_relations(%s)", [(word,) for word in words]),
        ("strongest path", "SELECT * FROM strongest_path(%s, %s)", pairs[:20]),
        ("explain", "SELECT * FROM explain_relation(%s, %s)", pairs),
    ):
        row(f"{name} p50, {title}", f"{p50(connection, statement, asked):.2f} ms")


def layer(known: np.ndarray, number: int, heads: int = HEADS) -> MinedSite:
    """The planted sites of one layer, stored as a group."""
    sites = tuple(
        SiteRecord(f"layer{number}-head{head}-qk", JoinRecord(K, "ip", "exact", 1.0))
        for head in range(heads)
    )
    return MinedSite(sites, lists(known, number, heads), length=K, expected=len(known) * heads * K)


def lists(known: np.ndarray, seed: int, heads: int) -> Iterator[Observations]:
    """Lists of every concept at every head, (n * heads * K,)."""
    random = np.random.default_rng(seed)
    for start in range(0, len(known), BATCH):
        rows = known[start : start + BATCH]
        drawn = random.integers(0, rows.shape[1] // 5, (len(rows), heads, K // 2))
        places = drawn + np.arange(5) * (rows.shape[1] // 5)
        real = np.take_along_axis(np.repeat(rows[:, None], heads, axis=1), places, axis=2)
        other = random.integers(0, len(known), (len(rows), heads, K - K // 2))
        b = without_twins(np.concatenate([real, other], axis=2).astype(np.int32))
        weight = -np.sort(-random.integers(1, WEIGHT_UNIT, b.shape, dtype=np.int32), axis=2)
        a = np.repeat(np.arange(start, start + len(rows), dtype=np.int32), heads * K)
        yield Observations(a, b.ravel(), weight.ravel())


def without_twins(lists: np.ndarray) -> np.ndarray:
    """Empty the place of whom a list names twice."""
    order = np.argsort(lists, axis=2, kind="stable")
    ordered = np.take_along_axis(lists, order, axis=2)
    ordered[:, :, 1:][ordered[:, :, 1:] == ordered[:, :, :-1]] = -1
    result = np.empty_like(lists)
    np.put_along_axis(result, order, ordered, axis=2)
    return result


def held(site: MinedSite) -> MinedSite:
    """The same site with its observations in memory, so that a load is timed without them."""
    return replace(site, batches=iter(list(site.batches)))


def plain_words(concepts: ConceptTable) -> list[str]:
    """Some words, the same each time."""
    labels = [c.label for c in concepts.concepts if c.kind == "text" and c.label.isalpha()]
    chosen = np.random.default_rng(7).choice(len(labels), QUESTIONS, replace=False)
    return [labels[i] for i in chosen]


def load(connection, name: str, concepts: ConceptTable, sites: list[MinedSite]) -> None:
    load_source(connection, MinedSource(Source(name, "model", bytes(32)), concepts, tuple(sites)))


def p50(connection, statement: str, asked: list[tuple[str, ...]]) -> float:
    """Median milliseconds of a question."""
    seconds = [timed(lambda a=a: connection.execute(statement, a).fetchall()) for a in asked]
    return 1000 * median(seconds)


def timed(action) -> float:
    started = perf_counter()
    action()
    return perf_counter() - started


def size(connection) -> int:
    connection.execute("CHECKPOINT")
    return connection.execute("SELECT pg_database_size(current_database())").fetchone()[0]


def row(name: str, text: str) -> None:
    print(f"  {name:36} {text}", flush=True)


if __name__ == "__main__":
    main()
