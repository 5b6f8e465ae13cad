"""Is an order learnt from 200 labelled words better, where it sees what each source says by itself?

Six sources as in `consensus`; WordNet labels the first 40 answers for 200 words, of which those
that differ by case alone count once and the word itself not at all. A logistic regression sees of
each source both directions of its evidence and ranks, beside the figures that `neighbors` answers
with, and orders the answers for other words. Beside it stands the regression without them, and one
whose labels were permuted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import psycopg
from numpy.typing import NDArray

from benchmarks import consensus
from benchmarks.consensus_calibration import (
    ANSWER,
    CANDIDATES,
    LABELLED,
    Answered,
    is_related,
)
from benchmarks.intervals import bootstrapped
from benchmarks.substrates import zoo

#: Words on which it is measured, beside those that are labelled.
MEASURED = 1000
#: Answers that are looked at for so many that differ by more than case.
LISTED = 100
#: Pulls the weights of the logistic regression to 0, and steps of Newton's method.
RIDGE, STEPS = 1.0, 25
#: Of one word: each candidate's place, and what each source says of the two in both directions.
EVIDENCE = """
WITH word AS (SELECT hartonomous_internal.find_composition_number(%(word)s) AS n),
candidate AS (
    SELECT hartonomous_internal.find_composition_number(u.label) AS n, u.place
    FROM unnest(%(labels)s::text[]) WITH ORDINALITY AS u (label, place)
),
vote AS (
    SELECT u.c, u.s, row_number() OVER (ORDER BY u.c) AS source
    FROM (SELECT content_ids, site_ids FROM hartonomous_internal.live_votes()) AS v
    CROSS JOIN LATERAL unnest(v.content_ids, v.site_ids) AS u (c, s)
)
SELECT d.place, v.source, d.direction, n.rank, hartonomous_internal.list_evidence(n.weight, l.cut)
FROM (
    SELECT c.place, w.n AS a, c.n AS b, 0 AS direction FROM candidate AS c, word AS w
    UNION ALL
    SELECT c.place, c.n, w.n, 1 FROM candidate AS c, word AS w
) AS d
CROSS JOIN vote AS v
JOIN hartonomous.relation_list AS l
    ON l.composition_number = d.a AND l.content_id = v.c AND l.site_id = v.s
CROSS JOIN LATERAL unnest(l.neighbours, l.weights) WITH ORDINALITY AS n (b, weight, rank)
WHERE n.b = d.b
"""
#: What is said of a word's candidates, (n, f).
Features = NDArray[np.float64]


def main() -> None:
    """Load six sources, learn, and print what it is worth."""
    related = consensus.wordnet(zoo("wordnet") / "dict")
    with consensus.six_sources() as (connection, _):
        words = consensus.known_to_all(connection, related)[: LABELLED + MEASURED]
        answers = [differing(connection, word) for word in words]
        own = [evidence(connection, answer) for answer in answers]
        plain = [features(answer) for answer in answers]
        both = [np.hstack(pair) for pair in zip(plain, own, strict=True)]
        best = best_member(connection, words, related)
        for name, seen in (("figures alone", plain), ("each source's own too", both)):
            worth(name, answers, seen, related, best, list)
        draw = np.random.default_rng(0)
        worth("labels permuted", answers, both, related, best, draw.permutation)


def differing(connection: psycopg.Connection, word: str) -> Answered:
    """Ask for neighbours that differ by more than case, from each other and from the word."""
    rows = connection.execute(ANSWER, [word, LISTED]).fetchall()
    first = {row[0].removeprefix("##").lower(): row for row in reversed(rows)}
    kept = [row for row in rows if first[row[0].removeprefix("##").lower()] is row]
    kept = [row for row in kept if row[0].removeprefix("##").lower() != word][:CANDIDATES]
    figures = np.array([row[1:] for row in kept], float).reshape(len(kept), 4)
    return Answered(word, [row[0] for row in kept], figures)


def evidence(connection: psycopg.Connection, answer: Answered) -> Features:
    """Return each source's evidence and rank of each candidate, both directions."""
    seen = np.zeros((len(answer.neighbors), len(consensus.MODELS) + 1, 2, 2))
    for place, source, direction, rank, weight in connection.execute(
        EVIDENCE, {"word": answer.word, "labels": answer.neighbors}
    ):
        seen[place - 1, source - 1, direction] = np.log1p(weight), 1 / (5 + rank)
    return np.hstack([seen.reshape(len(seen), -1), (seen[..., 1] > 0).sum(axis=1)])


def features(answer: Answered) -> NDArray[np.float64]:
    """Return what a neighbour is ordered by: figures, their ranks, and how it is written."""
    places = np.arange(len(answer.neighbors))[:, None]
    ranks = np.log1p(np.argsort(np.argsort(-answer.figures, axis=0), axis=0))
    shape = [[label.startswith("##"), not label.islower()] for label in answer.neighbors]
    return np.hstack([answer.figures, ranks, np.log1p(places), np.array(shape, float)])


def logistic(x: NDArray[np.float64], y: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Fit a logistic regression by Newton's method."""
    weights = np.zeros(x.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (y - chance) - RIDGE * weights
        curve = (x.T * (chance * (1 - chance))) @ x + RIDGE * np.eye(x.shape[1])
        weights = weights + np.linalg.solve(curve, slope)
    return weights


def best_member(
    connection: psycopg.Connection, words: list[str], related: dict[str, set[str]]
) -> NDArray[np.float64]:
    """Return the precision, word by word, of the source whose own list is best."""
    contents, sites = connection.execute(consensus.VOTES).fetchone()
    found = []
    for content, site in zip(contents, sites, strict=True):
        lists = [
            connection.execute(consensus.OWN_LIST, [word, content, site]).fetchone()[0]
            for word in words
        ]
        found.append(consensus.precision(words, lists, related))
    return max(found, key=lambda each: each.mean())


def worth(
    name: str,
    answers: Sequence[Answered],
    seen: Sequence[Features],
    related: dict[str, set[str]],
    best: NDArray[np.float64],
    labels: Callable[..., Sequence[bool]],
) -> None:
    """Print what the order is worth on words that were not labelled, with 95 % intervals."""
    x = np.vstack(seen[:LABELLED])
    hits = np.concatenate([is_related(answer, related) for answer in answers[:LABELLED]])
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    weights = logistic(
        np.hstack([(x - mean) / spread, np.ones((len(x), 1))]), np.asarray(labels(hits), bool)
    )
    rest = answers[LABELLED:]
    before = [answer.neighbors for answer in rest]
    after = [
        [answer.neighbors[place] for place in order(each, mean, spread, weights)]
        for answer, each in zip(rest, seen[LABELLED:], strict=True)
    ]
    words = [answer.word for answer in rest]
    found, consensus_alone = (consensus.precision(words, each, related) for each in (after, before))
    print(f"  {name}: {100 * found.mean():.1f} %")
    for against, other in (("consensus", consensus_alone), ("best member", best[LABELLED:])):
        gain = 100 * (found - other)
        low, high = bootstrapped(gain)
        print(f"    against {against}: {gain.mean():+.1f} points [{low:+.1f}, {high:+.1f}]")


def order(seen: Features, mean: Features, spread: Features, weights: Features) -> NDArray[np.int64]:
    """Return candidates' places, the likeliest first."""
    return np.argsort(-((seen - mean) / spread @ weights[:-1]), kind="stable")


if __name__ == "__main__":
    main()
