"""Do words of running text lead to what they are about, rather than to function words?

The Lee background corpus, as one document and as one a line, weighed by count and by surprise.
Words are compared by the cosine of their rows of weights, and held against SimLex-999 and
WordSim-353 by Spearman's correlation, on the half of the pairs on which the formula was chosen and
on the other. Function words are the corpus's fifty most frequent; the queries are the 300 words
after these that have most neighbours.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal
from unittest import mock

import numpy as np
import psycopg
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.stats import spearmanr

from benchmarks.substrates import databases, open_database, zoo
from hartonomous.ingest import ingest
from hartonomous.miners.counts import count_sites
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.running_text import RunningText, split_words

FUNCTION_WORDS, QUERIES, FIRST = 50, 300, 10
TEN = (
    "israel", "palestinian", "fire", "australia", "police",
    "government", "cricket", "afghanistan", "court", "south",
)  # fmt: skip
Weighing = Literal["count", "surprise"]


def main() -> None:
    """Print agreement with people, function words, and neighbours of ten words."""
    folder = zoo("gensim-data")
    documents = (folder / "lee_background.cor").read_text().splitlines()
    gold = {name: pairs(folder / name) for name in ("wordsim353.tsv", "simlex999.txt")}
    frequent = Counter(word for word in split_words(documents) if word)
    function_words = {word for word, _ in frequent.most_common(FUNCTION_WORDS)}
    for parts in (["\n".join(documents)], documents):
        print(f"{len(parts)} source(s)" + " " * 13 + "WordSim, SimLex chosen on | other half")
        for weighing in ("count", "surprise"):
            words, weights = summed(parts, weighing)
            figures = " | ".join(agreements(words, weights, gold, half) for half in (0, 1))
            led = function_share(words, weights, function_words)
            print(f"  {weighing:<10} {figures}   function words in the first ten {led:.1%}")
    with tempfile.TemporaryDirectory() as scratch, databases() as fresh:
        for name, lines in written(Path(scratch), documents):
            for weighing in ("count", "surprise"):
                with open_database(next(fresh)) as connection:
                    show_neighbors(connection, lines, f"{name}, by {weighing}", weighing)


def pairs(path: Path) -> list[tuple[str, str, float]]:
    """Two words and how alike people find them, a line each."""
    rows = [line.split("\t") for line in path.read_text().splitlines() if line[:1] != "#"]
    found = [(row[0].lower(), row[1].lower(), float(row[2])) for row in rows if len(row) > 2]
    return [row for row in found if row[0] != row[1]]


def summed(texts: Sequence[str], weighing: Weighing) -> tuple[list[str], csr_matrix]:
    """All words, and the sum of the weights of all sources for each pair of them."""
    place: dict[str, int] = {}
    a, b, weight = [], [], []
    for text in texts:
        read = RunningText(lambda text=text: iter((text,)))
        sites = tuple(replace(site, weighing=weighing) for site in read.sites)
        observed = count_sites(sites)[0][1]
        labels = [concept.label for concept in read.concepts()]
        places = np.array([place.setdefault(label, len(place)) for label in labels], np.int64)
        if len(observed.a):
            a.append(places[observed.a])
            b.append(places[observed.b])
            weight.append(observed.weight / WEIGHT_UNIT)
    rows, columns, values = map(np.concatenate, (a, b, weight))
    matrix = csr_matrix((values, (rows, columns)), shape=(len(place), len(place)))
    return list(place), matrix


def agreements(
    words: list[str], weights: csr_matrix, gold: dict[str, list[tuple[str, str, float]]], half: int
) -> str:
    """Spearman's correlation with people, over one half of the pairs whose words are known."""
    place = {word: number for number, word in enumerate(words)}
    length = np.sqrt(np.asarray(weights.multiply(weights).sum(1))).ravel()
    said = []
    for rows in gold.values():
        known = [(place[a], place[b], alike) for a, b, alike in rows
                 if a in place and b in place and half_of(a, b) == half]  # fmt: skip
        a, b, alike = map(np.array, zip(*known, strict=True))
        cosine = np.asarray(weights[a].multiply(weights[b]).sum(1)).ravel() / length[a] / length[b]
        said.append(f"{spearmanr(cosine, alike).statistic:+.3f} (n = {len(known)})")
    return ", ".join(said)


def half_of(a: str, b: str) -> int:
    """Which half a pair belongs to, by its words alone."""
    return zlib.crc32(f"{min(a, b)} {max(a, b)}".encode()) & 1


def function_share(words: list[str], weights: csr_matrix, function_words: set[str]) -> float:
    """Which share of the first ten neighbours is function words."""
    by_neighbors = np.argsort(-np.diff(weights.indptr), kind="stable")
    asked = [n for n in by_neighbors if words[n] not in function_words][:QUERIES]
    shares = [
        sum(words[n] in function_words for n in strongest(weights, row)) / FIRST for row in asked
    ]
    return float(np.mean(shares))


def strongest(weights: csr_matrix, row: int) -> NDArray[np.int32]:
    """The strongest neighbours of a word."""
    found = weights[row]
    return found.indices[np.lexsort((found.indices, -found.data))[:FIRST]]


def written(folder: Path, documents: list[str]) -> list[tuple[str, Path]]:
    """The corpus as one document, and as one a line."""
    whole, lines = folder / "lee.txt", folder / "lee.jsonl"
    whole.write_text("\n".join(documents))
    records = [json.dumps({"id": n, "text": text}) for n, text in enumerate(documents)]
    lines.write_text("\n".join(records))
    return [("one document", whole), (f"{len(documents)} documents", lines)]


def show_neighbors(
    connection: psycopg.Connection, path: Path, title: str, weighing: Weighing
) -> None:
    """Load documents and print what ten words lead to."""
    own = RunningText.sites
    with mock.patch.object(
        RunningText,
        "sites",
        property(lambda text: tuple(replace(site, weighing=weighing) for site in own.fget(text))),
    ):
        ingest(connection, "text", [path])
    print(title)
    for word in TEN:
        rows = connection.execute("SELECT neighbor FROM neighbors(%s, %s)", [word, FIRST])
        print(f"  {word:<12} {', '.join(label for (label,) in rows)}")


if __name__ == "__main__":
    main()
