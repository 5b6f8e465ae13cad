"""What a diff answers: what changed from one model to another."""

from __future__ import annotations

from dataclasses import dataclass, field

from hartonomous.tables import Answer, shown, shown_if_any


@dataclass(frozen=True)
class SiteChange(Answer):
    """How far the lists of one site moved from one source to another."""

    #: Where in both sources, such as ``layer3-head5-qk``.
    site_position: str = field(metadata=shown("site"))
    #: Concepts whose lists were compared.
    concepts: int
    #: Share of the neighbours that both list.
    kept: float
    #: How far a list moved: the largest change of a weight in it, the median of all lists.
    shift: float
    #: The same of the null that goes furthest; None without a null.
    null_shift: float | None = field(metadata=shown_if_any("null"))
    #: A list that moved further than this moved further than the null.
    bound: float
    moved: int
    #: Concepts that gained, and that lost, a relation by more than that.
    gained: int
    lost: int


@dataclass(frozen=True)
class RelationChange(Answer):
    """One relation that one source lists at a site and the other does not."""

    site_position: str = field(metadata=shown("site"))
    concept: str
    neighbor: str
    #: Whether the second source lists it, or the first.
    is_gained: bool = field(metadata=shown("gained"))
    #: By how much its weight changed at least.
    change: float
    #: Its place in the list of either; None where it isn't listed.
    rank_a: int | None = field(metadata=shown("rank in a"))
    rank_b: int | None = field(metadata=shown("in b"))


@dataclass(frozen=True)
class ConceptChange(Answer):
    """A concept whose lists moved from one source to another."""

    concept: str
    #: Sites at which its list moved further than the null, of those it was compared at.
    moved_sites: int = field(metadata=shown("moved at"))
    compared_sites: int = field(metadata=shown("of sites"))
    #: By how much it moved at these sites together.
    change: float
