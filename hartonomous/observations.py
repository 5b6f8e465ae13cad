"""Observations: what miners deliver and the store loads.

An observation says that one site of one source holds concept ``a`` related to concept ``b``,
how strongly, and at which place of a's list. Batches are columns, so that millions stream cheaply.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.hashing import blake3, blake3_many
from hartonomous.letters import nfc

#: Weights are stored as multiples of 1 / WEIGHT_UNIT, so that their sums are exact integers.
WEIGHT_UNIT = 1 << 20
#: The longest list: ranks are stored in two bytes.
LARGEST_K = 32767
#: A place in a list where nobody is.
NOBODY = -1
#: What may be said of a site beside how it was mined.
Fact = str | int | float


@dataclass(frozen=True)
class Source:
    """One content of the substrate: who speaks, and the fingerprint of what was read."""

    identifier: str
    #: What was read: model, document, relations, ...
    kind: str
    #: 32 bytes: BLAKE3 of the bytes that were read and of the settings they were mined with.
    fingerprint: bytes
    subject: str | None = None
    #: The day from which it is to be forgotten.
    expires: date | None = None


@dataclass(frozen=True)
class ConceptTable:
    """The concepts of one source, in ascending order of their id; batches refer to their index."""

    concepts: tuple[Concept, ...]
    #: (n, 32) uint8, BLAKE3 of the canonical bytes, ascending.
    hashes: NDArray[np.uint8]

    @classmethod
    def of(cls, concepts: Sequence[Concept]) -> tuple[ConceptTable, NDArray[np.int32]]:
        """Hash and sort distinct concepts; also return each input's index in the table, (n,)."""
        hashes = blake3_many([concept.canonical_bytes for concept in concepts])
        order = np.argsort(np.ascontiguousarray(hashes).view("S32").ravel(), kind="stable")
        index = np.empty(len(concepts), dtype=np.int32)
        index[order] = np.arange(len(concepts), dtype=np.int32)
        return cls(tuple(concepts[i] for i in order), hashes[order]), index

    @property
    def ids(self) -> NDArray[np.uint8]:
        """Composition ids, (n, 16) uint8: the first half of each hash."""
        return self.hashes[:, :16]

    def __len__(self) -> int:
        return len(self.concepts)


@dataclass(frozen=True)
class RelationType:
    """A kind of relation; a source may bring one of its own, which its name identifies.

    Parameters
    ----------
    name
        1 to 32 bytes.
    is_symmetric
        Whether a to b says the same as b to a.
    """

    name: str
    is_symmetric: bool = False


#: What every vector site feeds, so that models, layers and heads meet in one relation.
RELATED = RelationType("related", is_symmetric=True)
#: What comes right before another in running text.
PRECEDES = RelationType("precedes")


@dataclass(frozen=True)
class Signal:
    """How far a site stood above its nulls on a sample, in shares of a list's places.

    Parameters
    ----------
    score
        The share of the sampled concepts' neighbours that the reference holds.
    null
        The same of the best of the site's nulls.
    low, high
        The 95 % interval of the difference, by bootstrap over concepts.
    reference
        What was agreed with: ``sources``, ``lexicon`` or ``embedding``; or, of a direction's words,
        what they had to be stronger than: ``random directions``.
    """

    score: float
    null: float
    low: float
    high: float
    reference: str

    @property
    def value(self) -> float:
        """The difference."""
        return self.score - self.null


@dataclass(frozen=True)
class ScreenedSite:
    """A site that was held against its nulls and left out."""

    position: str
    signal: Signal


@dataclass(frozen=True)
class JoinRecord:
    """What a nearest-neighbour join did at a site."""

    #: Neighbours mined for each concept.
    k: int
    space: Literal["cosine", "ip", "l2"] = "cosine"
    method: Literal["exact", "blocks", "hnsw"] = "exact"
    #: Measured on a sample against exact search; 1 for exact.
    recall: float = 1.0
    mean_removed: bool = False
    components_removed: int = 0
    comparison: str = "cleaned"
    signal: Signal | None = None


@dataclass(frozen=True)
class SiteRecord:
    """One place in a source that compares things, with what the miner did there."""

    position: str
    #: None where things were counted, and lists have no ranks.
    join: JoinRecord | None = None
    #: What else is known of it, by name: the layer that was read, how, how strongly.
    facts: tuple[tuple[str, Fact], ...] = ()
    #: How far what was counted stood above chance, where that was asked.
    signal: Signal | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether the place in a list is a rank."""
        return self.join is not None

    @property
    def class_name(self) -> Literal["join", "count"]:
        """How the site was mined."""
        return "join" if self.join else "count"

    @property
    def settings(self) -> dict[str, Any]:
        """What the database keeps of it."""
        signal = self.join.signal if self.join else self.signal
        kept = {**(asdict(self.join) if self.join else {}), **dict(self.facts)}
        kept.pop("signal", None)
        return kept if signal is None else {**kept, "signal": asdict(signal)}


@dataclass(frozen=True)
class Observations:
    """A batch of observations: whole lists, one behind the other; columns of equal length m.

    The observations of one concept at one site come in one batch and stand together, in the order
    of their ranks where the site ranks them.
    """

    a: NDArray[np.int32]
    #: ``NOBODY`` where a place of the list is empty.
    b: NDArray[np.int32]
    #: Units of 1 / WEIGHT_UNIT, 0 to WEIGHT_UNIT.
    weight: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.a)


@dataclass(frozen=True)
class MinedSite:
    """What was mined at one site, or at a group of sites whose lists are stored together.

    In a group, each concept has ``len(sites) * length`` places: those of the first site, then those
    of the second, and so on. Within one site every (a, b) occurs once.
    """

    sites: tuple[SiteRecord, ...]
    batches: Iterable[Observations]
    relation_type: RelationType = RELATED
    #: Places that each site of a group has in a list; None for a site alone.
    length: int | None = None
    #: Observations to come, for progress bars and to choose where they are stored.
    expected: int = field(default=0)

    @classmethod
    def alone(
        cls,
        site: SiteRecord,
        batches: Iterable[Observations],
        relation_type: RelationType = RELATED,
        expected: int = 0,
    ) -> MinedSite:
        """One site by itself."""
        return cls((site,), batches, relation_type, None, expected)

    @property
    def is_ranked(self) -> bool:
        """Whether the places in its lists are ranks."""
        return self.sites[0].is_ranked


@dataclass(frozen=True, eq=False)
class MinedSource:
    """All that was mined of one source; the batches of its sites are read once."""

    source: Source
    #: The concepts that the batches refer to.
    concepts: ConceptTable
    sites: tuple[MinedSite, ...]
    #: Sites that were left out.
    screened: tuple[ScreenedSite, ...] = ()

    @property
    def expected(self) -> int:
        """Observations to come."""
        return sum(site.expected for site in self.sites)


def pseudonym(subject: str) -> str:
    """Return what stands for a person in names of sources, the same in every database."""
    key = nfc(subject).encode()
    return f"subject-{blake3(key).hex()[:12]}"


def quantise_weights(similarity: NDArray[np.float32]) -> NDArray[np.int32]:
    """Similarities as weights: cut to [0, 1] and rounded to multiples of 2^-20.

    Parameters
    ----------
    similarity
        float32 of any shape, for example cosines.

    Returns
    -------
    int32 of the same shape, in units of 2^-20.
    """
    units = np.rint(similarity.astype(np.float64) * WEIGHT_UNIT)
    return np.clip(units, 0, WEIGHT_UNIT).astype(np.int32)
