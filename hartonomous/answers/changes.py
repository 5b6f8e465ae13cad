"""What changes answer, what is held of persons, and what the audit and checks say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from hartonomous.tables import Answer, hidden, shown


@dataclass(frozen=True)
class Kept:
    """What a deletion would leave because others said it too."""

    #: The label of a concept, or the two of a relation.
    what: tuple[str, ...]
    #: The relation's type; None for a concept.
    relation_type: str | None
    #: Names of others who said it, at most 10.
    also: tuple[str, ...]


@dataclass(frozen=True)
class Deletion(Answer):
    """What a deletion took away, or what its preview says it would."""

    #: The sources, or the concepts, that were meant.
    names: tuple[str, ...]
    #: How many of each kind go: the properties below, and whatever else the database counts.
    counts: Mapping[str, int]
    #: The row of the audit that records it; None in a preview.
    audit_id: int | None
    #: Of a preview, at most 1,000 labels that would go, and 1,000 concepts and 1,000 relations
    #: that would stay because others said them too.
    goes: tuple[str, ...] | None = None
    stays: tuple[Kept, ...] | None = None
    #: Of a preview, at most 1,000 sources that would go with the last of their evidence.
    sources_that_go: tuple[str, ...] | None = None
    #: Where a person goes, up to 20 keys of others that look like theirs and stay.
    alike: tuple[str, ...] | None = None

    @property
    def sources(self) -> int:
        """Sources that go."""
        return self.counts["sources"]

    @property
    def sites(self) -> int:
        """Sites that go."""
        return self.counts["sites"]

    @property
    def evidence(self) -> int:
        """Pieces of evidence that go."""
        return self.counts["evidence"]

    @property
    def concepts_removed(self) -> int:
        """Concepts that no relation refers to any more."""
        return self.counts["concepts_removed"]

    @property
    def coordinates(self) -> int:
        """Coordinates that go."""
        return self.counts["coordinates"]

    @property
    def relations_removed(self) -> int | None:
        """Relations that nothing else supports; None but in a preview."""
        return self.counts.get("relations_removed")

    @property
    def relations_changed(self) -> int | None:
        """Relations that stay with another rating; None but in a preview."""
        return self.counts.get("relations_changed")


@dataclass(frozen=True)
class SubjectSummary(Answer):
    """A person of whom something is held."""

    subject_key: str = field(metadata=shown("subject"))
    source_count: int = field(metadata=shown("sources"))
    evidence_count: int = field(metadata=shown("evidence"))
    first_loaded: datetime = field(metadata=shown("first"))
    last_loaded: datetime = field(metadata=shown("last"))
    next_expiry: date | None = field(metadata=shown("expires"))


@dataclass(frozen=True)
class SubjectSource(Answer):
    """One source that is held of a person."""

    source_identifier: str = field(metadata=shown("source"))
    kind: str
    state: str
    site_count: int = field(metadata=shown("sites"))
    evidence_count: int = field(metadata=shown("evidence"))
    concept_count: int = field(metadata=shown("concepts"))
    created_at: datetime = field(metadata=shown("loaded"))
    expires: date | None


@dataclass(frozen=True)
class SubjectRecord(Answer):
    """One thing that is held of a person; None where a column says nothing of it."""

    #: ``source``, ``site``, ``evidence``, ``coordinate`` or ``chart``.
    record: str
    source_identifier: str = field(metadata=shown("source"))
    site_position: str | None = field(metadata=shown("site"))
    relation_type: str | None = field(metadata=shown("type"))
    from_label: str | None = field(metadata=shown("from"))
    to_label: str | None = field(metadata=shown("to"))
    weight: float | None
    rank: int | None
    details: dict[str, object] = field(metadata=hidden())


@dataclass(frozen=True)
class AuditRow(Answer):
    """One thing that was done."""

    audit_id: int = field(metadata=shown("row"))
    happened_at: datetime = field(metadata=shown("when"))
    #: The database role that did it.
    actor: str = field(metadata=shown("who"))
    action: str = field(metadata=shown("what"))
    #: Counts and fingerprints, the names of models, operator and reference; never personal content.
    details: dict[str, object] = field(metadata=hidden())
    #: SHA-256 over the row and the hash of the one before, in hexadecimal.
    hash: str = field(metadata=hidden())


@dataclass(frozen=True)
class AuditProblem(Answer):
    """A row of the audit that is not as it was written; None where the end is missing."""

    audit_id: int | None = field(metadata=shown("row"))
    problem: str


@dataclass(frozen=True)
class RatingChange(Answer):
    """A relation whose rating differs between two snapshots; None where it had none."""

    from_label: str = field(metadata=shown("from"))
    to_label: str = field(metadata=shown("to"))
    relation_type: str = field(metadata=shown("type"))
    elo_a: float | None
    elo_b: float | None
    change: float


@dataclass(frozen=True)
class Inconsistency(Answer):
    """What does not hang together in what is stored."""

    problem: str
    #: The concept or site, and the source, where there is one.
    label: str | None
    source_identifier: str | None = field(metadata=shown("source"))
    occurrences: int
