"""What questions answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from hartonomous.tables import Answer, hidden, shown, shown_if_any


@dataclass(frozen=True)
class Neighbor(Answer):
    """A concept, one that it is related to, and what the evidence for that adds up to."""

    concept: str
    neighbor: str
    #: Rating of the relation, from 1500 up.
    elo_score: float = field(metadata=shown("elo"))
    #: What the sources' votes add up to; None where one alone is asked, or none votes for it.
    consensus_elo: float | None = field(metadata=shown_if_any("consensus"))
    #: Pieces of evidence for it, and how many sources gave them.
    evidence_count: int = field(metadata=shown("evidence"))
    source_count: int = field(metadata=shown("sources"))
    #: Mean weight of the evidence, from 0 to 1.
    mean_weight: float = field(metadata=shown("weight"))
    #: The two concepts' ids and the type's number, as SQL writes them.
    relation_id: str = field(metadata=hidden())


@dataclass(frozen=True)
class SourceNeighbor(Answer):
    """One place of what one source lists for a concept."""

    source_identifier: str = field(metadata=shown("source"))
    #: Place in the source's list, 1 for the nearest.
    rank: int
    neighbor: str
    #: How strongly, from 0 to 1.
    weight: float
    #: How many of the lists shown hold it.
    held_by: int = field(metadata=shown("held by"))


@dataclass(frozen=True)
class Knowledge(Answer):
    """Whether a model knows a concept, or lists for it what it would list for noise."""

    source_identifier: str = field(metadata=shown("source"))
    is_known: bool = field(metadata=shown("known"))
    #: Mean weight of the first ten of its list, from 0 to 1, and what it has to reach.
    strength: float | None
    strength_floor: float | None = field(metadata=shown("floor"))
    #: How far that stands above the end of the list, as a share of it, and what it has to reach.
    contrast: float | None
    contrast_floor: float | None = field(metadata=shown("floor "))


@dataclass(frozen=True)
class Relatedness(Answer):
    """How much two concepts have to do with each other."""

    from_label: str = field(metadata=shown("from"))
    to_label: str = field(metadata=shown("to"))
    #: From 0 to 1; None where one of them is not known.
    relatedness: float | None


@dataclass(frozen=True)
class Combination(Answer):
    """A concept that has to do with several others."""

    neighbor: str
    #: From 0 to 1: what it has to do with them together, and with what was excluded not.
    score: float
    #: Its relatedness to each of the concepts that were given.
    relatedness: tuple[float, ...]


@dataclass(frozen=True)
class Analogue(Answer):
    """What is to a third concept as a second is to a first."""

    neighbor: str
    #: `to_b` times `to_c`, over `to_a` and .01.
    score: float
    #: Its relatedness to the three, from 0 to 1.
    to_a: float = field(metadata=shown("to a"))
    to_b: float = field(metadata=shown("to b"))
    to_c: float = field(metadata=shown("to c"))


@dataclass(frozen=True)
class Candidate(Answer):
    """One of a given list, and how well it fits."""

    candidate: str
    #: Mean relatedness to the concepts that were given, from 0 to 1; None where it isn't known.
    score: float | None
    #: The one that it has most to do with.
    nearest: str | None


@dataclass(frozen=True)
class Agreement(Answer):
    """What most sources say of a concept."""

    concept: str
    neighbor: str
    consensus_elo: float | None = field(metadata=shown("consensus"))
    #: Sources that list it, of those that know both.
    held_by: int = field(metadata=shown("held by"))
    known_by: int = field(metadata=shown("of"))
    #: Those that know both, and the rank that each gives it; None where it does not list it.
    source_identifiers: tuple[str, ...] = field(metadata=hidden())
    ranks: tuple[int | None, ...]


@dataclass(frozen=True)
class Disagreement(Answer):
    """What one source holds strongly and others deny."""

    concept: str
    #: The source that holds it most strongly.
    source_identifier: str = field(metadata=shown("source"))
    neighbor: str
    #: Its rank there, and how strong it is against the first of that list, from 0 to 1.
    rank: int
    strength: float
    #: Share of the weight that knows both and does not list it.
    denied: float
    held_by: int = field(metadata=shown("held by"))
    known_by: int = field(metadata=shown("of"))


@dataclass(frozen=True)
class Relation(Answer):
    """One relation, as all its live evidence rates it; fields as of `Neighbor`."""

    from_label: str = field(metadata=shown("from"))
    to_label: str = field(metadata=shown("to"))
    elo_score: float = field(metadata=shown("elo"))
    evidence_count: int = field(metadata=shown("evidence"))
    source_count: int = field(metadata=shown("sources"))
    mean_weight: float = field(metadata=shown("weight"))
    relation_id: str = field(metadata=hidden())


@dataclass(frozen=True)
class Path(Answer):
    """Concepts, each related to the next."""

    composition_path: tuple[str, ...] = field(metadata=shown("path"))
    #: Product of the hops' expected scores against 1500, from 0 to 1.
    score: float
    #: How many hops it has.
    depth: int = field(metadata=shown("hops"))
    #: Rating of each hop, one less than there are concepts.
    elo_path: tuple[float, ...] = field(metadata=shown("elo of each hop"))
    relation_path: tuple[str, ...] = field(metadata=hidden("relation_path::text[]"))


@dataclass(frozen=True)
class Route(Answer):
    """One of several paths, and who holds it; fields as of `Path`."""

    composition_path: tuple[str, ...] = field(metadata=shown("path"))
    score: float
    depth: int = field(metadata=shown("hops"))
    elo_path: tuple[float, ...] = field(metadata=shown("elo of each hop"))
    relation_path: tuple[str, ...] = field(metadata=hidden("relation_path::text[]"))
    #: How many live sources hold each hop.
    source_counts: tuple[int, ...] = field(metadata=shown("sources of each hop"))
    #: Those that hold the whole path.
    held_by: tuple[str, ...] = field(metadata={**shown("held whole by"), "parted by": ", "})


@dataclass(frozen=True)
class Gap(Answer):
    """A relation that nobody lists and that should perhaps be there."""

    candidate: str
    #: From 0 to 1.
    relatedness: float
    #: How many of the concept's 24 best neighbours vote for it.
    shared: int


@dataclass(frozen=True)
class Class(Answer):
    """A label that a text may be of."""

    label: str
    #: Mean relatedness to the text's known words, from 0 to 1; None where it isn't known.
    score: float | None
    #: The word that it has most to do with.
    nearest: str | None


@dataclass(frozen=True)
class Evidence(Answer):
    """One source's observation, at one of its sites, of one relation."""

    from_label: str = field(metadata=shown("from"))
    to_label: str = field(metadata=shown("to"))
    relation_type: str = field(metadata=shown("type"))
    #: Rating that all evidence of the relation adds up to.
    elo_score: float = field(metadata=shown("elo"))
    source_identifier: str = field(metadata=shown("source"))
    #: What the source is: model, document, image, code, feedback or evidence.
    kind: str = field(metadata=hidden())
    #: Where in the source, such as ``embedding`` or ``layer3-head5-qk``.
    site_position: str = field(metadata=shown("site"))
    #: How strongly, from 0 to 1.
    weight: float
    #: Place in the list of ``from_label``, 1 for the nearest; None where there is no list.
    rank: int | None
    #: How far the site stood above chance; None where it was not screened.
    signal: float | None = field(metadata=shown_if_any("signal"))
    relation_id: str = field(metadata=hidden())


@dataclass(frozen=True)
class SourceSummary(Answer):
    """One source as the database holds it."""

    source_identifier: str = field(metadata=shown("source"))
    #: What it is: model, document, image, code, feedback or evidence.
    kind: str
    #: ``live``, or ``quarantined``: kept, but out of every answer.
    state: str
    #: Whether it is a person's data.
    is_personal: bool = field(metadata=hidden())
    site_count: int = field(metadata=shown("sites"))
    evidence_count: int = field(metadata=shown("evidence"))
    #: Hexadecimal digest of what was read and how it was mined.
    fingerprint: str = field(metadata=hidden())
    created_at: datetime = field(metadata=shown("loaded"))
    #: What is suspicious about it.
    flags: tuple[str, ...] = field(metadata=hidden())
    expires: date | None = field(metadata=hidden())
    #: Sites that did not stand above chance and were left out.
    left_out_count: int = field(metadata=shown_if_any("left out"))
    #: The highest signal of its sites; None where none was screened.
    signal: float | None = field(metadata=shown_if_any("signal"))
    #: Roles whose members see it, beside editors; None where everybody does who may ask.
    viewers: tuple[str, ...] | None = field(metadata=hidden())


@dataclass(frozen=True)
class SiteSummary(Answer):
    """One site of a source, and how far it stood above what it would be if it meant nothing."""

    source_identifier: str = field(metadata=hidden())
    site_position: str = field(metadata=shown("site"))
    #: Whether it gave evidence; else it was left out.
    is_mined: bool = field(metadata=shown("mined"))
    #: Neighbours mined for each concept.
    k: int | None
    #: Share of a sample's neighbours that what it was held against lists too; None: not screened.
    score: float | None
    #: The same of the best of its nulls, and the difference.
    null_score: float | None = field(metadata=shown("null"))
    signal: float | None
    #: The 95 % interval of the signal.
    signal_low: float | None = field(metadata=shown("low"))
    signal_high: float | None = field(metadata=shown("high"))
    #: ``sources``, ``lexicon``, or ``embedding`` where nothing else was there.
    held_against: str | None = field(metadata=shown("held against"))


@dataclass(frozen=True)
class SourceOverlap(Answer):
    """How far the first ten neighbours that two sources list agree."""

    source_identifier: str = field(metadata=shown("source"))
    other_identifier: str = field(metadata=shown("other"))
    #: Pairs that both list, and pairs of each whose two concepts the other knows.
    shared: int
    known: int
    other_known: int = field(metadata=shown("known by other"))
    #: shared / sqrt(known * other_known), from 0 to 1.
    overlap: float


@dataclass(frozen=True)
class RegionComparison(Answer):
    """How the lists of two sources agree in one region of the vocabulary."""

    #: words, names, pieces, phrases, numbers, other scripts, signs or other kinds.
    region: str
    #: Concepts whose lists were compared.
    concepts: int
    #: Share of the first k neighbours, of those that both sources know, that both list.
    agreement: float | None
    #: Relations among those that one alone lists.
    only_a: int
    only_b: int
    #: Concepts that one alone knows.
    known_to_a_alone: int = field(metadata=shown("known to a alone"))
    known_to_b_alone: int = field(metadata=shown("to b alone"))
    #: The concepts on which they are furthest apart.
    apart: tuple[str, ...] = field(metadata=shown("furthest apart"))


@dataclass(frozen=True)
class RatingBand(Answer):
    """How often people agree where `consensus_elo` lies in a band."""

    #: None in the band of pairs that no source lists.
    elo_low: float | None = field(metadata=shown("elo from"))
    elo_high: float | None = field(metadata=shown("to"))
    #: Judged pairs in it, and those of which people say that they are related.
    pairs: int
    agreed: int
    #: agreed / pairs, and its 95 % interval.
    probability: float
    low: float
    high: float
    #: What each half of the words says of the other; None where one has no pair here.
    predicted: float | None


@dataclass(frozen=True)
class Position(Answer):
    """Where the substrate, or one source's own chart, puts a concept on S3: a unit quaternion."""

    x: float
    y: float
    z: float
    w: float
    #: Whether models have come since, which `align` brings in.
    is_due: bool = field(metadata=shown("due"))


@dataclass(frozen=True)
class NearConcept(Answer):
    """A concept and how far it lies along the sphere, 0 to pi."""

    neighbor: str
    geodesic: float


@dataclass(frozen=True)
class PlacedConcept(Answer):
    """A concept and its place."""

    label: str
    x: float
    y: float
    z: float
    w: float


@dataclass(frozen=True)
class SourceAlignment(Answer):
    """How one live model lies on the common sphere, and what four dimensions keep of it."""

    source_identifier: str = field(metadata=shown("source"))
    concepts: int
    component_count: int = field(metadata=hidden())
    #: Concepts shared with other live models; None for the only one.
    anchors: int | None
    #: Root mean square chord, 0 to 2, between its own chart, where it has one, and the positions.
    residual: float | None
    #: Shares in [0, 1] of neighbours that are kept (Venna and Kaski 2001), and the same for the
    #: first four principal components.
    trustworthiness: float | None
    continuity: float | None
    pca_trustworthiness: float | None = field(metadata=hidden())
    pca_continuity: float | None = field(metadata=hidden())
    #: False while positions are due, or where none of its concepts is related to another.
    is_placed: bool = field(metadata=shown("placed"))
