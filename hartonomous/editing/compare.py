"""Does a source make the answers better? Its effect on a held-out lexicon, and snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hartonomous.answers import Answers, RatingChange
from hartonomous.errors import ParameterError
from hartonomous.readers.lexicon import RatedPair
from hartonomous.store.calls import call, call_one
from hartonomous.store.session import Connection

Effect = Literal["better", "worse", "no clear difference"]

LOWERS_QUALITY = "lowers quality"
RESAMPLES = 2000
_CONFIDENCE = 95
#: The same resamples every time: the same question gets the same answer.
_RANDOM_STATE = 353


@dataclass(frozen=True)
class Comparison:
    """How well answers agree with people with some sources in, and with some sources out."""

    #: Pairs of the lexicon of which both words are known.
    pairs: int
    #: Pairs of the lexicon that were left out.
    unknown_pairs: int
    #: Spearman's rank correlation with people's scores; unrelated pairs come last.
    with_sources: float
    without_sources: float
    #: Pairs that a relation holds together.
    related_with: int
    related_without: int
    #: with_sources - without_sources, and its 95 % confidence interval by paired bootstrap.
    difference: float
    low: float
    high: float

    @property
    def effect(self) -> Effect:
        """What the sources do to the answers, where the interval leaves no doubt."""
        if self.low > 0:
            return "better"
        return "worse" if self.high < 0 else "no clear difference"


def compare_sources(
    connection: Connection,
    lexicon: Sequence[RatedPair],
    *,
    included: Sequence[str] = (),
    excluded: Sequence[str] = (),
    resamples: int = RESAMPLES,
) -> Comparison:
    """Compare answers with ``included`` sources to answers without ``excluded`` ones.

    Both sides hold all live sources besides. Nothing is changed in the database.

    Parameters
    ----------
    lexicon
        Pairs that people rated.
    included
        Sources of the first side, also where they are quarantined.
    excluded
        Sources that the second side lacks; usually the same.
    resamples
        Of the bootstrap, at least 100.

    Raises
    ------
    UnknownNameError
        A source is not there; the message names near matches.
    ParameterError
        Fewer than three pairs of the lexicon are known, or there are too few resamples.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13: percentile interval.
    """
    if resamples < 100:
        raise ParameterError(f"the bootstrap needs at least 100 resamples, not {resamples}")
    known = _known(connection, lexicon)
    if len(known) < 3:
        raise ParameterError(f"only {len(known)} of {len(lexicon)} pairs are of known words")
    people = np.array([pair.score for pair in known])
    having = _ratings(connection, known, included, ())
    lacking = _ratings(connection, known, (), excluded)
    differences = _bootstrap(people, having, lacking, resamples)
    tail = (100 - _CONFIDENCE) / 2
    low, high = np.percentile(differences, [tail, 100 - tail])
    first, second = float(spearman(people, having)[0]), float(spearman(people, lacking)[0])
    return Comparison(
        pairs=len(known),
        unknown_pairs=len(lexicon) - len(known),
        with_sources=first,
        without_sources=second,
        related_with=int(np.count_nonzero(having)),
        related_without=int(np.count_nonzero(lacking)),
        difference=first - second,
        low=float(low),
        high=float(high),
    )


def flag_quality(connection: Connection, source: str, comparison: Comparison) -> bool:
    """Flag a source that makes the answers worse, and take the flag off one that doesn't."""
    worse = comparison.effect == "worse"
    call_one(
        connection,
        bool,
        "SELECT hartonomous.mark_source(%s, %s, %s)",
        [source, LOWERS_QUALITY, worse],
    )
    return worse


def snapshot_ratings(connection: Connection, name: str) -> int:
    """Keep, under a name, which sources are live now and return how many.

    Raises
    ------
    StoreError
        The name is taken.
    """
    return call_one(connection, int, "SELECT hartonomous.snapshot_ratings(%s)", [name])


def compare_snapshots(
    connection: Connection, a: str, b: str, max_results: int = 20
) -> Answers[RatingChange]:
    """Return the relations whose ratings differ most between two snapshots.

    Raises
    ------
    UnknownNameError
        There is no such snapshot; the message names near matches.
    """
    rows = call(
        connection,
        RatingChange,
        "SELECT * FROM hartonomous.compare_snapshots(%s, %s, %s)",
        [a, b, max_results],
    )
    return Answers(rows, RatingChange)


def drop_snapshot(connection: Connection, name: str) -> None:
    """Drop a snapshot."""
    call_one(connection, bool, "SELECT hartonomous.drop_snapshot(%s)", [name])


def spearman(people: NDArray[np.float64], ratings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Spearman's rank correlation of each row with the same row of the other.

    Parameters
    ----------
    people, ratings
        (n,) or (r, n), ties share their mean rank; a row of one value correlates by 0.

    Returns
    -------
    (1,) or (r,), from -1 to 1.
    """
    from scipy.stats import rankdata

    x = rankdata(np.atleast_2d(people), axis=1)
    y = rankdata(np.atleast_2d(ratings), axis=1)
    x -= x.mean(axis=1, keepdims=True)
    y -= y.mean(axis=1, keepdims=True)
    length = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    products = (x * y).sum(axis=1)
    length[length == 0] = np.inf
    correlations: NDArray[np.float64] = products / length
    return correlations


def _bootstrap(
    people: NDArray[np.float64],
    having: NDArray[np.float64],
    lacking: NDArray[np.float64],
    resamples: int,
) -> NDArray[np.float64]:
    """Draw pairs with replacement, the same for both sides, and correlate anew."""
    random = np.random.default_rng(_RANDOM_STATE)
    differences = []
    for _ in range(0, resamples, 100):
        drawn = random.integers(0, len(people), (100, len(people)))
        drawn_people = people[drawn]
        first, second = (
            spearman(drawn_people, having[drawn]),
            spearman(drawn_people, lacking[drawn]),
        )
        differences.append(first - second)
    return np.concatenate(differences)


def _known(connection: Connection, lexicon: Sequence[RatedPair]) -> list[RatedPair]:
    words = sorted({word for pair in lexicon for word in (pair.a, pair.b)})
    known = set(
        call(
            connection,
            str,
            "SELECT w.word FROM unnest(%s::text[]) AS w (word)"
            " WHERE hartonomous.find_composition(w.word) IS NOT NULL",
            [words],
        )
    )
    return [pair for pair in lexicon if pair.a in known and pair.b in known]


def _ratings(
    connection: Connection,
    pairs: Sequence[RatedPair],
    included: Sequence[str],
    excluded: Sequence[str],
) -> NDArray[np.float64]:
    """Return the rating of each pair, 0 where nothing relates it, (n,)."""
    rated = call(
        connection,
        lambda place, elo: (place, elo),
        "SELECT place, elo_score"
        " FROM hartonomous.rate_pairs(%s::text[], %s::text[], %s::text[], %s::text[])",
        [[pair.a for pair in pairs], [pair.b for pair in pairs], list(included), list(excluded)],
    )
    ratings = np.zeros(len(pairs))
    for place, elo in rated:
        ratings[place - 1] = elo
    return ratings
