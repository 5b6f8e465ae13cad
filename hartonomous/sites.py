"""What an opened source is: concepts, and the sites that compare them.

Whatever the source, its sites are of two classes. A vector site compares vectors and is mined by a
nearest-neighbour join; a counted site says which concepts it saw together and is mined by counting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.geometry.rows import WrittenRows
from hartonomous.observations import RELATED, Fact, RelationType, ScreenedSite, Signal, Source


class StoredRows(Protocol):
    """Vectors that stay where they are until they are asked for; pickled, a reference."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""

    @property
    def dtype(self) -> str:
        """The type in which the numbers are stored, which says how far they are rounded."""

    def gathered(self) -> WrittenRows:
        """Return them as float32 to work on, in memory or in a file of ours; reads them once."""


@dataclass(frozen=True)
class JoinSettings:
    """What is mined at a vector site.

    Parameters
    ----------
    k
        Neighbours of each query.
    raw
        Join vectors as they are, without taking away what all of them share.
    """

    k: int = 50
    raw: bool = False


@dataclass(frozen=True, eq=False)
class Null:
    """What a site would be if it meant nothing.

    Parameters
    ----------
    name
        What was taken from it: ``permuted``, ``random``.
    key
        Nulls of one key are the same, and joined once.
    queries, keys : shapes (m, d) and (n, d)
        As a site's.
    """

    name: str
    key: str
    queries: StoredRows
    keys: StoredRows


#: How vectors are compared: ``cleaned`` with themselves, without what all share; ``balanced`` where
#: only inner products of queries with keys mean anything; one side whitened where the other are
#: directions, such as neurons; ``as they are`` where queries and keys were made to be compared.
Compared = Literal["cleaned", "balanced", "queries whitened", "keys whitened", "as they are"]


@dataclass(frozen=True, eq=False)
class VectorSite:
    """A place in a model that compares vectors.

    Parameters
    ----------
    position
        Where in the model, such as ``embedding``.
    queries : shape (m, d)
        What looks for neighbours.
    concept_of_query : int32, shape (m,)
        The place of each query's concept among the source's concepts.
    settings
        How they are joined.
    keys : shape (n, d)
        What is found; None where queries are joined with themselves.
    concept_of_key : int32, shape (n,)
        As ``concept_of_query``.
    relation_type
        What neighbours are to each other.
    comparison
        How queries and keys are compared.
    group
        Sites of one name that follow each other are stored together; a site alone has a vote.
    nulls
        What it is screened against.
    signal
        How far it stood above them, if it was screened.
    """

    position: str
    queries: StoredRows
    concept_of_query: NDArray[np.int32]
    settings: JoinSettings = field(default_factory=JoinSettings)
    keys: StoredRows | None = None
    concept_of_key: NDArray[np.int32] | None = None
    relation_type: RelationType = RELATED
    comparison: Compared = "cleaned"
    group: str = ""
    nulls: tuple[Null, ...] = ()
    signal: Signal | None = None


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Pairs that were seen at one of the sites that share a stream; columns of length m.

    Parameters
    ----------
    channel
        Which of the sites.
    a, b : int64, shape (m,)
        Places of concepts among the source's concepts.
    count : int64, shape (m,), or one number
        How often, in parts of the site's unit, or how strongly, in units of 2^-20.
    """

    channel: int
    a: NDArray[np.int64]
    b: NDArray[np.int64]
    count: NDArray[np.int64] | int


@dataclass(frozen=True, eq=False)
class CountedSite:
    """A place in a source that says which concepts go together.

    Parameters
    ----------
    position
        Where in the source, such as ``window5``.
    pairs
        Gives all pairs; sites that share one function are counted in one pass.
    relation_type
        What they are to each other; a symmetric one is counted in both directions.
    channel
        Which of the stream's pairs are this site's.
    unit
        How much one whole count is.
    weighing
        ``count`` adds counts up and weighs n as n / (n + 1); ``surprise`` does so too, by how much
        more often a pair was seen than by chance; ``strength`` takes the strongest.
    facts
        What is kept with the site, by name.
    signal
        How far it stands above chance, where its reader measured that.
    """

    position: str
    pairs: Callable[[], Iterator[PairCounts]]
    relation_type: RelationType = RELATED
    channel: int = 0
    unit: int = 1
    weighing: Literal["count", "surprise", "strength"] = "count"
    facts: tuple[tuple[str, Fact], ...] = ()
    signal: Signal | None = None


Site = VectorSite | CountedSite


@dataclass(frozen=True, eq=False)
class OpenedSource:
    """A source that is recognised and open, and of which nothing is mined yet.

    Parameters
    ----------
    source
        Its name, kind, whose it is, and the fingerprint of what is read and how it is mined.
    concepts
        Gives its concepts; those of streams are known when the streams have ended.
    sites
        Its sites.
    left_out
        How many of its parts stand for no concept, by reason.
    notes
        What was read otherwise than the files say, a line each, for people.
    held
        Bytes that it keeps in memory until it is mined.
    screened
        Sites that were left out, as they did not stand above chance.
    takes_long
        Whether it is mined before anything is written, as those with vectors are.
    """

    source: Source
    concepts: Callable[[], Sequence[Concept]]
    sites: tuple[Site, ...]
    left_out: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    held: int = 0
    screened: tuple[ScreenedSite, ...] = ()
    takes_long: bool = False

    def all_concepts(self) -> Sequence[Concept]:
        """Return its concepts, after its streams were read to their ends."""
        streams = [site.pairs for site in self.sites if isinstance(site, CountedSite)]
        for place, stream in enumerate(streams):
            if stream not in streams[:place]:
                deque(stream(), maxlen=0)
        return self.concepts()
