"""What is a calibrated rating worth, and what do copies and noise change?

Six sources as in `consensus`. WordNet labels the first 40 neighbours of 200 words; all else is
measured on other words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks import consensus
from benchmarks.substrates import zoo
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request

LABELLED, ASKED = 200, 600
#: Neighbours of a word that are labelled.
CANDIDATES = 40
#: Bounds of the predicted probabilities that are held against what is so.
BANDS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.01)
ANSWER = """
SELECT neighbor, consensus_elo, elo_score, source_count, mean_weight
FROM neighbors(%s, %s, rating => 'consensus') WHERE consensus_elo IS NOT NULL
"""


@dataclass(frozen=True)
class Answered:
    """What the graph says of a word, best first."""

    word: str
    neighbors: list[str]
    #: (n, 4): consensus_elo, elo_score, sources, mean weight.
    figures: NDArray[np.float64]


def main() -> None:
    """Load six real sources, calibrate, and print what comes out."""
    related = consensus.wordnet(zoo("wordnet") / "dict")
    with consensus.six_sources() as (connection, folder):
        words = consensus.known_to_all(connection, related)
        labelled = [asked(connection, word) for word in words[:LABELLED]]
        held_out = [asked(connection, word) for word in words[LABELLED:][:ASKED]]
        calibrate(connection, labelled, related, folder)
        reliability(connection, held_out, related)
        consensus.strangers_and_copies(connection, words[:ASKED], folder)


def asked(connection: psycopg.Connection, word: str) -> Answered:
    """Ask for a word's neighbours."""
    rows = connection.execute(ANSWER, [word, CANDIDATES]).fetchall()
    figures = np.array([row[1:] for row in rows], float).reshape(len(rows), 4)
    return Answered(word, [row[0] for row in rows], figures)


def is_related(answer: Answered, related: dict[str, set[str]]) -> NDArray[np.bool_]:
    """Say which neighbours WordNet relates to the word, as `consensus` counts them."""
    folded = [label.removeprefix("##").lower() for label in answer.neighbors]
    return np.array([near in related[answer.word] for near in folded], bool)


def calibrate(
    connection: psycopg.Connection,
    labelled: Sequence[Answered],
    related: dict[str, set[str]],
    folder: Path,
) -> None:
    """Load the labels as a lexicon, and print the bands."""
    lines = [
        f"{answer.word}\t{near}\t{int(hit)}"
        for answer in labelled
        for near, hit in zip(answer.neighbors, is_related(answer, related), strict=True)
    ]
    path = folder / "labels.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    ingest(connection, "lexicon", [path], Request())
    for row in connection.execute("SELECT * FROM calibration(20)"):
        low, high, pairs, agreed, share, least, most, predicted = (each or 0 for each in row)
        print(
            f"  elo {low:6.0f} to {high:6.0f}: {agreed:,} of {pairs:,}, {share:.1%}"
            f" [{least:.1%}, {most:.1%}], predicted {predicted:.1%}"
        )


def reliability(
    connection: psycopg.Connection, held_out: Sequence[Answered], related: dict[str, set[str]]
) -> None:
    """Print how often what other words' labels predict is so."""
    bands = connection.execute(
        "SELECT elo_low, probability FROM calibration(20) WHERE elo_low IS NOT NULL"
    ).fetchall()
    bounds, shares = (np.array(column) for column in zip(*bands, strict=True))
    elo = np.concatenate([answer.figures[:, 0] for answer in held_out])
    hit = np.concatenate([is_related(answer, related) for answer in held_out])
    predicted = shares[np.maximum(0, np.searchsorted(bounds, elo, "right") - 1)]
    for low, high in pairwise(BANDS):
        inside = (predicted >= low) & (predicted < high)
        if inside.any():
            print(
                f"  predicted {low:.0%} to {min(high, 1):.0%}: {predicted[inside].mean():.1%},"
                f" so {hit[inside].mean():.1%} of {inside.sum():,} pairs of other words"
            )


if __name__ == "__main__":
    main()
