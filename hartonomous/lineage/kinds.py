"""Which kinds of kinship there are, and which signs tell them apart."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

#: Those that say that one comes from the other, or both from a third.
KIN = ("identical", "requantised", "fine-tuned", "distilled", "kin")
KINDS = (*KIN, "unrelated")


@dataclass(frozen=True)
class Signs:
    """Shares of neighbours that two models both list, from 0 to 1; NaN where one has no layers.

    Parameters
    ----------
    embedding
        At the token vectors.
    residual, qk, ov
        Of what layers hold, look for and write, the mean over layers.
    last
        Of what the last layer holds.
    crosswise
        The greatest of what one holds at any place and the other at any other.
    is_alike
        Whether both have one vocabulary and equally many layers.
    """

    embedding: float
    residual: float
    qk: float
    ov: float
    last: float
    crosswise: float
    is_alike: bool


@dataclass(frozen=True)
class Bounds:
    """Between which values of the signs kinds lie; `benchmarks/lineage.py` chose them.

    Parameters
    ----------
    kin
        The least share at the embedding of what has weights in common.
    kin_qk
        The least of what heads look for that strangers have not in common.
    taught
        The least that a student and its teacher hold crosswise.
    identical
        The least at any place of what differs by no more than the order of sums or half precision.
    rounded
        The least that rounding loses at the embedding for what it loses at the end of the stream;
        training loses less at the embedding, which it hardly moves.
    """

    kin: float = 0.45
    kin_qk: float = 0.1
    taught: float = 0.32
    identical: float = 0.996
    rounded: float = 0.1


BOUNDS = Bounds()
#: Where a stored list is compared, which says nothing of layers and can't tell students.
STORED_BOUNDS = Bounds(kin=0.495, taught=0.495)


@dataclass(frozen=True)
class Strangers:
    """The most that two strangers shared at the embedding, and its 95 % interval over concepts."""

    share: float
    low: float
    high: float


#: In `benchmarks/lineage.py`: MiniLM-L3, and SPLADE-tiny with a part of its vocabulary.
STRANGERS = Strangers(0.284, 0.263, 0.306)
#: In `benchmarks/lineage_stored.py`: MiniLM-L3 and SmolLM2, by the words that both know.
STORED_STRANGERS = Strangers(0.461, 0.448, 0.474)


def kind_of(signs: Signs, bounds: Bounds = BOUNDS) -> str:
    """Name the kind of a pair.

    Rounding and pruning move all weights by as much, so that the embedding loses neighbours as the
    layers do; training moves the few vectors of tokens that it saw, and layers more. Whatever has
    another vocabulary or other layers was changed by more than rounding.
    """
    if signs.embedding < bounds.kin and not signs.qk >= bounds.kin_qk:
        return "distilled" if signs.crosswise >= bounds.taught else "unrelated"
    if isnan(signs.qk):
        return "kin"
    if not signs.is_alike:
        return "fine-tuned"
    if min(signs.embedding, signs.residual, signs.qk, signs.ov) >= bounds.identical:
        return "identical"
    lost, in_the_end = 1 - signs.embedding, 1 - signs.last
    is_rounded = lost > 0 and lost >= bounds.rounded * in_the_end and signs.qk >= bounds.kin_qk
    return "requantised" if is_rounded else "fine-tuned"
