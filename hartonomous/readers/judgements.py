"""Lexicons as sources: what people judged of pairs of words, for `calibration`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hartonomous.concepts import Concept, concept_of
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import WEIGHT_UNIT, RelationType, Source
from hartonomous.readers.lexicon import RatedPair, read_lexicon
from hartonomous.readers.opening import Place, Request
from hartonomous.sites import CountedSite, OpenedSource, PairCounts

#: What people say of a pair, from 0, unrelated, to 1; half and more is agreement.
JUDGED = RelationType("judged")
_SITE = "rated pairs"


def open_lexicon(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a lexicon; scores are taken as parts of its highest.

    Raises
    ------
    DocumentFormatError
        It is no lexicon, or a score is below 0 or none above it.
    """
    pairs = [pair for pair in read_lexicon(place.path) if pair.a != pair.b]
    most = max((pair.score for pair in pairs), default=0)
    if most <= 0 or any(pair.score < 0 for pair in pairs):
        raise DocumentFormatError(f"{place.path}: scores go from 0, unrelated, up")
    said = "\0".join(f"{pair.a}\0{pair.b}\0{pair.score!r}" for pair in pairs)
    digest = blake3(f"judged subject={request.subject or ''}\0{said}".encode())
    places: dict[Concept, int] = {}
    counts = _counts(pairs, places, most)
    yield OpenedSource(
        Source(request.name_for(place.path.name), "calibration", digest, request.subject),
        lambda: tuple(places),
        (CountedSite(_SITE, lambda: iter([counts]), JUDGED, weighing="strength"),),
    )


def _counts(pairs: list[RatedPair], places: dict[Concept, int], most: float) -> PairCounts:
    """Return pairs by the numbers of their concepts; rated twice, the higher score counts."""
    a, b = (
        np.array([places.setdefault(concept_of(word), len(places)) for word in words], np.int64)
        for words in zip(*((pair.a, pair.b) for pair in pairs), strict=True)
    )
    weights = np.array([round(pair.score / most * WEIGHT_UNIT) for pair in pairs], np.int64)
    return PairCounts(0, a, b, weights)
