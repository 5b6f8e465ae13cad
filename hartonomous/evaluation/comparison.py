"""Does a source make the answers better? Its effect on a held-out lexicon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.evaluation.bootstrap import RESAMPLES, difference_interval, require_resamples
from hartonomous.evaluation.correlation import spearman
from hartonomous.readers.lexicon import RatedPair
from hartonomous.store.calls import call
from hartonomous.store.session import Connection

Effect = Literal["better", "worse", "no clear difference"]

#: Fewer pairs have no correlation to speak of.
_LEAST_PAIRS = 3


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


def judge_sources(
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
    """
    require_resamples(resamples)
    known = _known(connection, lexicon)
    if len(known) < _LEAST_PAIRS:
        raise ParameterError(f"only {len(known)} of {len(lexicon)} pairs are of known words")
    people = np.array([pair.score for pair in known])
    having = _ratings(connection, known, included, ())
    lacking = _ratings(connection, known, (), excluded)
    interval = difference_interval(people, having, lacking, resamples)
    first, second = float(spearman(people, having)[0]), float(spearman(people, lacking)[0])
    return Comparison(
        pairs=len(known),
        unknown_pairs=len(lexicon) - len(known),
        with_sources=first,
        without_sources=second,
        related_with=int(np.count_nonzero(having)),
        related_without=int(np.count_nonzero(lacking)),
        difference=first - second,
        low=interval.low,
        high=interval.high,
    )


def _known(connection: Connection, lexicon: Sequence[RatedPair]) -> list[RatedPair]:
    words = sorted({word for pair in lexicon for word in (pair.a, pair.b)})
    known = set(
        call(
            connection,
            str,
            "SELECT word FROM hartonomous_internal.known_words(%s::text[])",
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
