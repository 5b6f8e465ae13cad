"""What two models are to each other, with the statistic, its nulls and an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ParameterError
from hartonomous.lineage.kinds import (
    STORED_BOUNDS,
    STORED_STRANGERS,
    STRANGERS,
    Signs,
    kind_of,
)
from hartonomous.lineage.overlap import Common, agreement, chance, partners
from hartonomous.lineage.sketch import KINDS, Sketch
from hartonomous.tables import Answer, hidden, shown, shown_if_any

#: The most models that are compared with each other.
MOST_MODELS = 64
#: The fewest common concepts that say anything.
FEWEST_COMMON = 30
#: What a pair of fewer is, or one of a sketch file and a load whose interval leaves it open.
UNKNOWN = "unknown"
_RESAMPLES = 1000
_TAIL = 2.5


@dataclass(frozen=True)
class Kinship(Answer):
    """What two models are to each other."""

    a: str
    b: str
    #: One of `kinds.KINDS`, or ``unknown`` where the two say too little of each other.
    kind: str
    #: Share of the ten nearest at the embedding that both list, and its 95 % interval.
    overlap: float | None
    overlap_low: float | None = field(metadata=shown("low"))
    overlap_high: float | None = field(metadata=shown("high"))
    #: What lists drawn at random would share.
    chance: float | None
    #: The most that strangers shared where that was measured, and its 95 % interval.
    strangers: float | None
    strangers_low: float | None = field(metadata=shown("from"))
    strangers_high: float | None = field(metadata=shown("to"))
    #: The same shares of what layers hold, look for and write; None where one has no layers.
    residual: float | None = field(metadata=shown_if_any("holds"))
    qk: float | None = field(metadata=shown_if_any("looks for"))
    ov: float | None = field(metadata=shown_if_any("writes"))
    #: The greatest such share of what one holds at any place and the other at any.
    crosswise: float | None = field(metadata=hidden())
    #: Common concepts whose lists were compared.
    concepts: int


def compare(sketches: Sequence[Sketch]) -> list[Kinship]:
    """Compare all pairs of models, in their order.

    Raises
    ------
    ParameterError
        They are fewer than two, more than `MOST_MODELS`, or two have the same name.
    """
    require_number(len(sketches))
    names = [sketch.name for sketch in sketches]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(
                f"two models are called {name[:80]}: give one a sketch with a --name of its own"
            )
    return [kinship(a, b) for a, b in combinations(sketches, 2)]


def require_number(models: int) -> None:
    """Raise ParameterError unless so many models can be compared."""
    if not 2 <= models <= MOST_MODELS:
        raise ParameterError(f"lineage compares 2 to {MOST_MODELS} models, not {models}")


def kinship(a: Sketch, b: Sketch) -> Kinship:
    """Say what two models are to each other."""
    common = Common.of(a, b)
    asked = len(common.asked)
    if asked < FEWEST_COMMON:
        return Kinship(a.name, b.name, UNKNOWN, *(None,) * 7, None, None, None, None, asked)
    signs, shares = measured(a, b, common)
    low, high = _interval(shares)
    is_stored = a.is_stored or b.is_stored
    far = STORED_STRANGERS if is_stored else STRANGERS
    kind = _kind_by_stored_lists(a, b, signs, low, high) if is_stored else kind_of(signs)
    return Kinship(
        a.name, b.name, kind, _rounded(signs.embedding), low, high,
        _rounded(chance(common, a.places[0], b.places[0])),
        far.share, far.low, far.high,
        _rounded(signs.residual), _rounded(signs.qk), _rounded(signs.ov),
        _rounded(signs.crosswise), asked,
    )  # fmt: skip


def _kind_by_stored_lists(
    a: Sketch, b: Sketch, signs: Signs, low: float | None, high: float | None
) -> str:
    """Name the kind; a sketch file says little of what a load lists, so it may stay open."""
    is_open = low is None or high is None or low < STORED_BOUNDS.kin <= high
    if is_open and not (a.is_stored and b.is_stored):
        return UNKNOWN
    return kind_of(signs, STORED_BOUNDS)


def measured(a: Sketch, b: Sketch, common: Common) -> tuple[Signs, NDArray[np.float64]]:
    """Return what tells kinds apart, and the embedding's shares concept by concept."""
    shares = agreement(common, a.places[0], b.places[0])
    layers = {kind: _of_layers(a, b, common, kind) for kind in KINDS[1:]}
    means = {kind: float(np.mean(each)) if each else np.nan for kind, each in layers.items()}
    signs = Signs(
        embedding=_mean(shares),
        last=layers["residual"][-1] if layers["residual"] else np.nan,
        crosswise=_crosswise(a, b, common),
        is_alike=_is_alike(a, b),
        **means,
    )
    return signs, shares


def _of_layers(a: Sketch, b: Sketch, common: Common, kind: str) -> list[float]:
    """Return the mean share at each layer, the lowest first; the best of those that may be it."""
    return [
        max(_mean(agreement(common, *pair)) for pair in pairs) for pairs in partners(a, b, kind)
    ]


def _crosswise(a: Sketch, b: Sketch, common: Common) -> float:
    """Return the greatest mean share of what a place of one holds and any place of the other."""
    held = [(*each.of_kind("embedding"), *each.of_kind("residual")) for each in (a, b)]
    return max(_mean(agreement(common, one, other)) for one in held[0] for other in held[1])


def _is_alike(a: Sketch, b: Sketch) -> bool:
    """Say whether two have the same vocabulary and equally many layers."""
    return (
        a.vocabulary == b.vocabulary
        and np.array_equal(a.ids, b.ids)
        and (a.layers == b.layers or not a.layers or not b.layers)
    )


def _interval(shares: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Return the 95 % percentile interval of a mean, by bootstrap over concepts."""
    shares = shares[~np.isnan(shares)]
    count = len(shares)
    if not count:
        return None, None
    # few shares differ, and how often each is drawn says all
    values, found = np.unique(shares, return_counts=True)
    drawn = np.random.default_rng(count).multinomial(count, found / count, _RESAMPLES)
    low, high = np.percentile(drawn @ values / count, [_TAIL, 100 - _TAIL])
    return _rounded(float(low)), _rounded(float(high))


def _mean(shares: NDArray[np.float64]) -> float:
    """Return the mean over concepts whose lists have something that both models know."""
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if len(known) else 0.0


def _rounded(share: float) -> float | None:
    return None if np.isnan(share) else round(share, 4)
