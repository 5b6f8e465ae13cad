"""Are answers over several sources better than any of them alone, and what do they cost?

Precision of the first ten against WordNet: a pair counts as related when the words share a synset,
or one's synset points to the other's. Words are those that all sources know. Intervals are
bootstrapped over words. WordNet knows no case: words that differ by case alone, or by being a
piece, are one, and the word itself doesn't count.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg

from benchmarks.intervals import bootstrapped
from benchmarks.substrates import databases, open_database, zoo
from hartonomous.editing.deletion import delete_source
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.sites import JoinSettings
from hartonomous.store.scope import Scope, enter_scope

WORDS = 1500
GLOVE_WORDS = 40_000
MODELS = ("minilm-l6", "minilm-l3", "splade-tiny", "minilm-sre", "smollm2")
#: Places that are looked at for ten words that differ by more than case.
LISTED = 40
#: Of these words each subset of sources is asked.
SUBSET_WORDS = 400
VOTES = "SELECT content_ids, site_ids FROM hartonomous_internal.live_votes()"
OWN_LIST = """
SELECT array(
    SELECT b.label FROM unnest(l.neighbours) WITH ORDINALITY AS n (b, place)
    JOIN composition AS b ON b.composition_number = n.b ORDER BY n.place
)
FROM relation_list AS l
WHERE l.composition_number = hartonomous_internal.find_composition_number(%s)
    AND l.content_id = %s AND l.site_id = %s
"""


def main() -> None:
    """Load four real sources and print precision and time."""
    related = wordnet(zoo("wordnet") / "dict")
    with six_sources() as (connection, folder):
        words = known_to_all(connection, related)
        print(f"{len(words):,} words known to {len(MODELS) + 1} sources and WordNet")
        compare(connection, words, related)
        subsets(connection, words[:SUBSET_WORDS], related)
        strangers_and_copies(connection, words[:SUBSET_WORDS], folder)


@contextmanager
def six_sources() -> Iterator[tuple[psycopg.Connection, Path]]:
    """Give a session on five models and GloVe's first words, and a folder for what comes beside."""
    with (
        databases() as fresh,
        open_database(next(fresh)) as connection,
        tempfile.TemporaryDirectory() as folder,
    ):
        for name in MODELS:
            load(connection, model(name))
        load(connection, most_frequent(zoo("glove-50d"), Path(folder)))
        yield connection, Path(folder)


@contextmanager
def given_database() -> Iterator[psycopg.Connection]:
    """Give a session on the database that the command line names; else on six sources."""
    if sys.argv[1:]:
        with psycopg.connect(sys.argv[1], autocommit=True) as connection:
            yield connection
        return
    with six_sources() as (connection, _):
        yield connection


def model(name: str) -> Path:
    """Return the folder of a model, or its only file."""
    files = list(zoo(name).glob("*.gguf"))
    return files[0] if files else zoo(name)


def load(connection: psycopg.Connection, path: Path) -> None:
    """Load one model, cleaned, with 50 neighbours."""
    started = perf_counter()
    report = ingest(connection, "embeddings", [path], Request(join=JoinSettings(50)))
    seconds = next(stage.seconds for stage in report.stages if stage.name == "load")
    print(f"  {path.name:<14} load {seconds:5.1f} s of {perf_counter() - started:5.1f} s")


def most_frequent(glove: Path, folder: Path) -> Path:
    """GloVe's first words as a matrix of their own."""
    np.save(folder / "glove.npy", np.load(glove / "vectors.npy", mmap_mode="r")[:GLOVE_WORDS])
    lines = (glove / "vectors.txt").read_text(encoding="utf-8").splitlines()[:GLOVE_WORDS]
    (folder / "glove.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "glove.npy"


def wordnet(folder: Path) -> dict[str, set[str]]:
    """Words that each word is related to."""
    members, targets = {}, defaultdict(list)
    for part, file in (("n", "noun"), ("v", "verb"), ("a", "adj"), ("r", "adv")):
        for line in (folder / f"data.{file}").read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue
            fields = line.partition(" | ")[0].split()
            count = int(fields[3], 16)
            key = (part, fields[0])
            members[key] = {fields[4 + 2 * i].split("(")[0].lower() for i in range(count)}
            rest = fields[4 + 2 * count :]
            for i in range(int(rest[0])):
                _, offset, kind, _ = rest[1 + 4 * i : 5 + 4 * i]
                targets[key].append((kind.replace("s", "a"), offset))
    related: dict[str, set[str]] = defaultdict(set)
    pointed: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key, found in targets.items():
        for target in found:
            pointed[target] |= members[key]
    for key, words in members.items():
        near = set(words)
        for target in targets[key]:
            near |= members.get(target, set()) | pointed[target]
        for word in words:
            related[word] |= near
    return related


def known_to_all(connection: psycopg.Connection, related: dict[str, set[str]]) -> list[str]:
    """Words by their hash, which is no order of meaning."""
    rows = connection.execute(
        "SELECT c.label FROM composition AS c JOIN relation_list AS l USING (composition_number)"
        " WHERE c.label ~ '^[a-z]{3,}$' GROUP BY c.label, c.hash"
        " HAVING count(DISTINCT l.content_id) = %s"
        " ORDER BY c.hash",
        [len(MODELS) + 1],
    )
    return [word for (word,) in rows if len(related.get(word, ())) > 10][:WORDS]


def compare(connection: psycopg.Connection, words: list[str], related: dict[str, set[str]]) -> None:
    """Print the precision of each member's own list and of both ratings."""
    found: dict[str, list[list[str]]] = {}
    contents, sites = connection.execute(VOTES).fetchone()
    for content, site in zip(contents, sites, strict=True):
        (name,) = connection.execute(
            "SELECT source_identifier FROM content WHERE content_id = %s", [content]
        ).fetchone()
        found[name] = [
            connection.execute(OWN_LIST, [word, content, site]).fetchone()[0] for word in words
        ]
    for rating in ("elo", "consensus"):
        times, lists = [], []
        for word in words:
            started = perf_counter()
            rows = connection.execute(
                "SELECT neighbor FROM neighbors(%s, 10, rating => %s)", [word, rating]
            ).fetchall()
            times.append(1000 * (perf_counter() - started))
            rows = connection.execute(
                "SELECT neighbor FROM neighbors(%s, %s, rating => %s)", [word, LISTED, rating]
            ).fetchall()
            lists.append([label for (label,) in rows])
        found[f"rated by {rating}"] = lists
        print(f"  {rating}: p50 {np.median(times):.2f} ms, p99 {np.quantile(times, 0.99):.2f} ms")
    hits = {name: precision(words, lists, related) for name, lists in found.items()}
    best = max((name for name in hits if name.startswith("model:")), key=lambda n: hits[n].mean())
    for name, each in hits.items():
        low, high = bootstrapped(each - hits[best])
        print(
            f"  {name:<20} {100 * each.mean():5.1f} %, against {best}"
            f" {100 * (each - hits[best]).mean():+5.1f} [{100 * low:+.1f}, {100 * high:+.1f}]"
        )


def asked(connection: psycopg.Connection, words: list[str]) -> list[list[str]]:
    """Return the first ten of each word by consensus."""
    return [
        [
            label
            for (label,) in connection.execute(
                "SELECT neighbor FROM neighbors(%s, %s, rating => 'consensus')", [word, LISTED]
            )
        ]
        for word in words
    ]


def subsets(connection: psycopg.Connection, words: list[str], related: dict[str, set[str]]) -> None:
    """Print, for each number of sources, how often consensus beats the best of its members."""
    contents, sites = connection.execute(VOTES).fetchone()
    own: dict[str, np.ndarray] = {}
    for content, site in zip(contents, sites, strict=True):
        (name,) = connection.execute(
            "SELECT source_identifier FROM content WHERE content_id = %s", [content]
        ).fetchone()
        lists = [connection.execute(OWN_LIST, [w, content, site]).fetchone()[0] for w in words]
        own[name] = precision(words, lists, related)
    for size in range(2, len(own) + 1):
        gains = []
        for chosen in combinations(sorted(own), size):
            enter_scope(connection, Scope(chosen))
            found = precision(words, asked(connection, words), related).mean()
            gains.append(100 * (found - max(own[name].mean() for name in chosen)))
        connection.execute("RESET hartonomous.sources")
        above = sum(gain > 0 for gain in gains)
        print(
            f"  {size} sources: {above} of {len(gains)} subsets above their best member,"
            f" by {np.mean(gains):+.1f} points on average, {min(gains):+.1f} to {max(gains):+.1f}"
        )


def strangers_and_copies(connection: psycopg.Connection, words: list[str], folder: Path) -> None:
    """Print how many places of the first ten copies of a source, and noise, change."""
    before = asked(connection, words)
    rows = np.load(folder / "glove.npy", mmap_mode="r")
    noise = np.random.default_rng(1).standard_normal(rows.shape).astype(np.float32)
    copies = (rows, rows + np.float32(1e-3) * noise)
    for name, made in (("copies of GloVe", copies), ("sources of noise", (noise, noise[::-1]))):
        for number, matrix in enumerate(made):
            path = folder / f"{name.split()[0]}{number}.npy"
            np.save(path, matrix)
            path.with_suffix(".txt").write_bytes((folder / "glove.txt").read_bytes())
            load(connection, path)
        after = asked(connection, words)
        changed = sum(len(set(a[:10]) - set(b[:10])) for a, b in zip(before, after, strict=True))
        print(f"  two {name} change {changed / (10 * len(words)):.2%} of the first ten's places")
        for number in range(2):
            path = folder / f"{name.split()[0]}{number}.npy"
            delete_source(connection, f"model:{path.stem}")


def precision(words: list[str], lists: list[list[str]], related: dict[str, set[str]]) -> np.ndarray:
    """Share of each word's first ten that are related to it."""
    return np.array(
        [
            sum(near in related[word] for near in first_ten(word, found)) / 10
            for word, found in zip(words, lists, strict=True)
        ]
    )


def first_ten(word: str, found: list[str]) -> list[str]:
    """Return ten words that differ by more than case, without the word itself."""
    folded = dict.fromkeys(label.removeprefix("##").lower() for label in found)
    return [label for label in folded if label != word][:10]


if __name__ == "__main__":
    main()
