"""Is it knowledge or noise? Each site is joined on a sample first, and so are its nulls.

What a site lists is held against a reference: what other sources list, pairs of a lexicon, or,
where nothing else is there, the model's own embedding. A site's signal is how far it agrees with
that beyond the best of its nulls: a random projection of the same input to the same width, and its
own matrices with inputs permuted. A random projection of an embedding keeps much of what the
embedding knows, so agreement by itself proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept, concept_of
from hartonomous.errors import ParameterError
from hartonomous.geometry.knn import knn_join
from hartonomous.geometry.rows import whole
from hartonomous.hashing import blake3
from hartonomous.miners.balancing import balance
from hartonomous.miners.clean_tables import clean_site
from hartonomous.miners.cleaning import RAW, Cleaning
from hartonomous.observations import ConceptTable, Signal
from hartonomous.readers.lexicon import read_lexicon
from hartonomous.sites import Site, StoredRows, VectorSite

#: Concepts of a sample, and the fewest that say anything.
SAMPLE = 1000
FEWEST = 50
#: Neighbours of each that are looked at.
LENGTH = 10
_RESAMPLES = 2000
_TAIL = 2.5
#: Below this share of a lexicon's scores a pair is not taken for related.
_RELATED = 0.5

ReferenceName = Literal["sources", "lexicon", "embedding"]


@dataclass(frozen=True)
class Screening:
    """How sites are chosen.

    Parameters
    ----------
    least
        The least signal; None takes what is above chance, the interval's lower end above 0.
    everything
        Whether all sites are mined without asking.
    lexicon
        Pairs that people call related, instead of what other sources say.
    """

    least: float | None = None
    everything: bool = False
    lexicon: tuple[tuple[str, str], ...] = ()

    @classmethod
    def asked(cls, min_signal: float | str | None, lexicon: Path | None) -> Screening:
        """Make it of what a user asks.

        Raises
        ------
        ParameterError
            ``min_signal`` is neither a share nor ``all``.
        DocumentFormatError
            The lexicon is none.
        """
        pairs = read_lexicon(lexicon) if lexicon else ()
        bound = _RELATED * max((pair.score for pair in pairs), default=0.0)
        related = tuple((pair.a, pair.b) for pair in pairs if pair.score >= bound)
        if min_signal == "all":
            return cls(everything=True, lexicon=related)
        return cls(_share(min_signal), lexicon=related)

    def takes(self, signal: Signal) -> bool:
        """Say whether a site with this signal is mined."""
        return signal.low > 0 if self.least is None else signal.value >= self.least

    def __str__(self) -> str:
        """Return what decides which sites are mined, for a source's fingerprint."""
        if self.everything:
            return "all"
        said = "".join(f"{a}\0{b}\0" for a, b in self.lexicon)
        return f"least={self.least} lexicon={blake3(said.encode()).hex()}"


def _share(given: float | str | None) -> float | None:
    if given is None:
        return None
    try:
        share = float(given)
    except (TypeError, ValueError):
        share = float("nan")
    if not -1 <= share <= 1:
        raise ParameterError(
            f"the least signal is a share from -1 to 1, or all, not {str(given)[:80]!r}"
        )
    return share


@dataclass(frozen=True, eq=False)
class Reference:
    """What a sample's neighbours are held against; concepts by their place in the source.

    Parameters
    ----------
    name
        Whose word it is.
    sample : int64, shape (m,)
        The concepts that are asked.
    pairs : int64
        Related pairs as ``a << 32 | b``, ascending; a is of the sample.
    """

    name: ReferenceName
    sample: NDArray[np.int64]
    pairs: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        name: ReferenceName,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        order: NDArray[np.int64],
    ) -> Reference:
        """Take the first concepts of an order that have pairs.

        Raises
        ------
        ParameterError
            They are too few to say anything.
        """
        known = order[np.isin(order, a)][:SAMPLE]
        if len(known) < FEWEST:
            raise ParameterError(
                f"heads can't be screened: {len(known)} of its concepts are known otherwise; load "
                "another source first, give --lexicon, or --min-signal all"
            )
        return cls(name, known, np.unique(a << 32 | b))

    def holds(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which pairs are related; arrays of one shape."""
        keys = a << 32 | b
        place = np.minimum(np.searchsorted(self.pairs, keys), len(self.pairs) - 1)
        found: NDArray[np.bool_] = self.pairs[place] == keys
        return found


def sampling_order(index: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return places of concepts by their hashes: the same concepts come first in every model.

    Parameters
    ----------
    index : (n,) int32
        The place of each concept in its source's concept table, which is in that order.
    """
    return np.argsort(index, kind="stable").astype(np.int64)


def _order_of(concepts: Sequence[Concept]) -> NDArray[np.int64]:
    return sampling_order(ConceptTable.of(concepts)[1])


def lexicon_reference(pairs: Sequence[tuple[str, str]], concepts: Sequence[Concept]) -> Reference:
    """Return what a lexicon calls related, in both directions; errors as `Reference.of`."""
    places = {concept: place for place, concept in enumerate(concepts)}
    known = [
        (places[concept_of(a)], places[concept_of(b)])
        for a, b in pairs
        if concept_of(a) in places and concept_of(b) in places
    ]
    columns = np.array(known, np.int64).reshape(-1, 2)
    a, b = np.concatenate([columns, columns[:, ::-1]]).T
    return Reference.of("lexicon", a, b, _order_of(concepts))


def own_reference(
    sites: Sequence[Site], concepts: Sequence[Concept], threads: int | None
) -> Reference:
    """Return what a model's own embedding lists, for a database that holds nothing else.

    Raises
    ------
    ParameterError
        Its embedding is not among the sites.
    """
    for site in sites:
        if isinstance(site, VectorSite) and site.comparison == "cleaned":
            break
    else:
        raise ParameterError(
            "heads can't be screened: nothing else is loaded; ask for the embedding too, give "
            "--lexicon, or --min-signal all"
        )
    order = _order_of(concepts)
    rows, _, gone = clean_site(site.queries, RAW if site.settings.raw else Cleaning())
    lost = np.zeros(len(site.concept_of_query), bool)
    lost[gone] = True
    first = np.searchsorted(site.concept_of_query, order)
    there = order[site.concept_of_query[np.minimum(first, len(lost) - 1)] == order]
    there = there[~lost[np.searchsorted(site.concept_of_query, there)]][:SAMPLE]
    queries = rows.take(np.searchsorted(site.concept_of_query, there))
    joined = knn_join(queries, whole(rows), LENGTH + 1, threads=threads)
    a = np.repeat(there, LENGTH + 1)
    b = site.concept_of_query[joined.indices.ravel()].astype(np.int64)
    return Reference.of("embedding", a[a != b], b[a != b], order)


class Screen:
    """Measures the sites of one source against a reference.

    Parameters
    ----------
    reference
        What their neighbours are held against.
    threads
        As for a join.
    """

    def __init__(self, reference: Reference, threads: int | None = None) -> None:
        self._reference, self._threads = reference, threads
        self._nulls: dict[str, NDArray[np.float64]] = {}
        random = np.random.default_rng(SAMPLE)
        count = len(reference.sample)
        self._drawn = random.multinomial(count, np.full(count, 1 / count), _RESAMPLES) / count

    def signal(self, site: VectorSite) -> Signal:
        """Return how far a site stands above the best of its nulls."""
        own = self._scores(site, site.queries, site.keys or site.queries)
        by_name: dict[str, list[NDArray[np.float64]]] = {}
        for null in site.nulls:
            if null.key not in self._nulls:
                self._nulls[null.key] = self._scores(site, null.queries, null.keys)
            by_name.setdefault(null.name, []).append(self._nulls[null.key])
            if null.name == "permuted":
                del self._nulls[null.key]  # it is this site's alone
        means = [np.mean(scores, axis=0) for scores in by_name.values()]
        best = max(means, key=lambda scores: float(scores.mean()))
        low, high = np.percentile(self._drawn @ (own - best), [_TAIL, 100 - _TAIL])
        return Signal(
            round(float(own.mean()), 6),
            round(float(best.mean()), 6),
            round(float(low), 6),
            round(float(high), 6),
            self._reference.name,
        )

    def _scores(
        self, site: VectorSite, queries: StoredRows, keys: StoredRows
    ) -> NDArray[np.float64]:
        """Return which share of each sampled concept's neighbours the reference holds."""
        concept_of_key = site.concept_of_key
        if concept_of_key is None:
            concept_of_key = site.concept_of_query
        left, right = queries.gathered(), keys.gathered()
        balance(left, right)
        rows = np.searchsorted(site.concept_of_query, self._reference.sample)
        sampled = left.take(rows)
        # a place more, as each concept may find itself
        joined = knn_join(sampled, whole(right), LENGTH + 1, threads=self._threads)
        found = concept_of_key[joined.indices].astype(np.int64)
        asked = np.broadcast_to(self._reference.sample[:, None], found.shape)
        other = found != asked
        kept = other & (np.cumsum(other, axis=1) <= LENGTH)
        hits = (self._reference.holds(asked, found) & kept).sum(axis=1)
        share: NDArray[np.float64] = hits / LENGTH
        return share


def screened(
    sites: Sequence[VectorSite],
    screening: Screening,
    screen: Screen,
    advance: Callable[[float], None],
) -> tuple[list[VectorSite], list[VectorSite]]:
    """Return the sites that are mined, and those that are not, with their signals."""
    kept: list[VectorSite] = []
    left_out: list[VectorSite] = []
    for site in sites:
        if not site.nulls:
            kept.append(site)
            continue
        measured = replace(site, signal=screen.signal(site))
        taken = measured.signal is not None and screening.takes(measured.signal)
        (kept if taken else left_out).append(measured)
        advance(1)
    return kept, left_out
