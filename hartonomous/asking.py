"""Every question to the substrate, by the verbs of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hartonomous import answers
from hartonomous.answers import Answers
from hartonomous.arguments import checked
from hartonomous.concepts import names

if TYPE_CHECKING:
    from hartonomous.lineage.sketch import Sketch
    from hartonomous.query import Questions


@checked
class Asking:
    """What a `hartonomous.substrate.Substrate` answers; it holds the session."""

    _session: Questions

    def sources(self) -> Answers[answers.SourceSummary]:
        """Return all sources, those loaded first in front."""
        order = "ORDER BY created_at, source_identifier"
        return self._session.view(answers.SourceSummary, "source", order)

    def sites(self, source: str) -> Answers[answers.SiteSummary]:
        """Return the sites of a source, with how far each stood above chance."""
        return self._session.rows(answers.SiteSummary, "sites", source=source)

    def source_overlap(self, exact: bool = False) -> Answers[answers.SourceOverlap]:
        """Return how far all pairs of live sources that vote agree; ``exact``: by all concepts."""
        return self._session.rows(answers.SourceOverlap, "source_overlap", exact=exact)

    def compare_sources(self, a: str, b: str, k: int = 10) -> Answers[answers.RegionComparison]:
        """Return how two live models' lists agree, by region of the vocabulary."""
        return self._session.rows(answers.RegionComparison, "compare_sources", a=a, b=b, k=k)

    def diff(self, a: str, b: str, nulls: str | Sequence[str] = ()) -> Answers[answers.SiteChange]:
        """Return what changed from a live source to another of its vocabulary, site by site.

        ``nulls`` say the same as ``a``, in int8 or with noise; lists that moved no further don't
        count as moved. Without any, what stands out of a site's own lists counts.
        """
        return self._session.rows(answers.SiteChange, "diff", a=a, b=b, nulls=names(nulls))

    def diff_relations(
        self,
        a: str,
        b: str,
        nulls: str | Sequence[str] = (),
        positions: str | Sequence[str] | None = None,
        bounds: float | Sequence[float] | None = None,
        max_results: int = 40,
    ) -> Answers[answers.RelationChange]:
        """Return the relations gained and lost by more than `diff`'s bounds, strongest first.

        Of some ``positions`` alone, where given; their ``bounds`` spare measuring them again.
        """
        return self._session.rows(
            answers.RelationChange, "diff_relations",
            a=a, b=b, nulls=names(nulls), positions=_names_or_none(positions),
            bounds=_list_or_none(bounds), max_results=max_results,
        )  # fmt: skip

    def diff_concepts(
        self,
        a: str,
        b: str,
        nulls: str | Sequence[str] = (),
        positions: str | Sequence[str] | None = None,
        bounds: float | Sequence[float] | None = None,
        max_results: int = 10,
    ) -> Answers[answers.ConceptChange]:
        """Return the concepts whose lists moved at most sites; parameters as `diff_relations`."""
        return self._session.rows(
            answers.ConceptChange, "diff_concepts",
            a=a, b=b, nulls=names(nulls), positions=_names_or_none(positions),
            bounds=_list_or_none(bounds), max_results=max_results,
        )  # fmt: skip

    def sketch_source(self, source: str) -> Sketch:
        """Sketch a live model by its stored lists, for `hartonomous.lineage.kinship`."""
        from hartonomous.lineage.stored import sketch_source

        return self._session.ask(sketch_source, source)

    def calibration(self, bands: int = 10) -> Answers[answers.RatingBand]:
        """Return with which probability people agree, by bands of consensus_elo.

        People are the live lexicons and feedback; ``notes`` say so where there are none.
        """
        return self._session.rows(answers.RatingBand, "calibration", bands=bands)

    def agreement_probability(self, a: str, b: str) -> float | None:
        """Return with which probability people agree that two concepts are related.

        By `calibration`; None where nobody has judged pairs that are rated alike.
        """
        return self._session.value(_number, "agreement_probability", a=a, b=b)

    def neighbors(
        self,
        label: str | Sequence[str],
        max_results: int = 10,
        relation_type: str = "related",
        towards: bool = False,
        rating: str | None = None,
        min_sources: int = 1,
    ) -> Answers[answers.Neighbor]:
        """Return what a concept, or each of several, is most strongly related to, best first.

        Of several, unknown ones are skipped; ``notes`` name them, or say why there is nothing.
        ``towards`` asks instead who lists the concept. ``##ing`` is the word piece. ``rating`` is
        ``elo`` or ``consensus``, by default consensus where several sources vote.
        """
        rest = {
            "max_results": max_results, "relation_type": relation_type, "towards": towards,
            "rating": rating, "min_sources": min_sources,
        }  # fmt: skip
        asked = {"label": label} if isinstance(label, str) else {"labels": names(label)}
        return self._session.rows(answers.Neighbor, "neighbors", **asked, **rest)

    def neighbors_by_source(
        self, label: str, max_results: int = 10
    ) -> Answers[answers.SourceNeighbor]:
        """Return what each source that votes lists first for a concept."""
        return self._session.rows(
            answers.SourceNeighbor, "neighbors_by_source", label=label, max_results=max_results
        )

    def known(self, label: str) -> Answers[answers.Knowledge]:
        """Return which live models list a concept, and whether they know it above chance."""
        return self._session.rows(answers.Knowledge, "known", label=label)

    def relatedness(self, a: str, b: str) -> float | None:
        """Return how much two concepts have to do with each other, 0 to 1; None: not known.

        Also where no relation stands: the cosine of what the live sources list for the two.
        """
        return self._session.value(_number, "relatedness", a=a, b=b)

    def relatedness_of(
        self, a: str | Sequence[str], b: str | Sequence[str]
    ) -> Answers[answers.Relatedness]:
        """Return the relatedness of many pairs, in their order."""
        return self._session.rows(answers.Relatedness, "relatedness_of", a=names(a), b=names(b))

    def combine(
        self,
        labels: str | Sequence[str],
        without_labels: str | Sequence[str] = (),
        mode: str = "all",
        max_results: int = 10,
    ) -> Answers[answers.Combination]:
        """Return what has to do with all of some concepts, or any, and little with others.

        ``mode`` is ``all`` or ``any``.
        """
        return self._session.rows(
            answers.Combination, "combine",
            labels=names(labels), without_labels=names(without_labels), mode=mode,
            max_results=max_results,
        )  # fmt: skip

    def analogy(self, a: str, b: str, c: str, max_results: int = 5) -> Answers[answers.Analogue]:
        """Return what is to c as b is to a, by the lists of all live sources."""
        return self._session.rows(
            answers.Analogue, "analogy", a=a, b=b, c=c, max_results=max_results
        )

    def rank_candidates(
        self, labels: str | Sequence[str], candidates: str | Sequence[str]
    ) -> Answers[answers.Candidate]:
        """Return a given list in the order of what each has to do with some concepts."""
        return self._session.rows(
            answers.Candidate, "rank_candidates",
            labels=names(labels), candidates=names(candidates),
        )  # fmt: skip

    def agree(self, label: str, max_results: int = 10) -> Answers[answers.Agreement]:
        """Return what most sources that know both concepts list, by consensus."""
        return self._session.rows(answers.Agreement, "agree", label=label, max_results=max_results)

    def disagree(self, label: str, max_results: int = 5) -> Answers[answers.Disagreement]:
        """Return what some sources hold and others deny, ``max_results`` for each holder."""
        return self._session.rows(
            answers.Disagreement, "disagree", label=label, max_results=max_results
        )

    def classify(self, text: str, labels: str | Sequence[str]) -> Answers[answers.Class]:
        """Return labels in the order in which a text may be of them, by its known words."""
        return self._session.rows(answers.Class, "classify", text=text, labels=names(labels))

    def surprise(self, a: str, b: str) -> float:
        """Return how unlikely it is that two concepts are related, from near 0 to 1."""
        return self._session.value(float, "surprise", a=a, b=b)

    def gaps(self, label: str, max_results: int = 10) -> Answers[answers.Gap]:
        """Return relations of a concept that nobody lists and that should perhaps be there."""
        return self._session.rows(answers.Gap, "gaps", label=label, max_results=max_results)

    def traverse(
        self,
        prompt: str,
        max_depth: int = 3,
        beam: int = 16,
        relation_type: str = "related",
        exclude: str | Sequence[str] = (),
        temperature: float = 0,
        seed: int = 0,
    ) -> Answers[answers.Path]:
        """Return the best paths of each depth from a prompt's words; ``notes`` name unknown ones.

        A beam search: ``beam`` paths of each depth are kept, none through what is excluded. At a
        temperature above 0 they are drawn, and ``seed`` decides the draw.
        """
        return self._session.rows(
            answers.Path, "traverse",
            prompt=prompt, max_depth=max_depth, beam=beam, relation_type=relation_type,
            exclude=names(exclude), temperature=temperature, seed=seed,
        )  # fmt: skip

    def path(
        self, a: str, b: str, max_depth: int = 6, beam: int = 256, relation_type: str = "related"
    ) -> answers.Path | None:
        """Return the path from a to b with the greatest product of expected scores, or None.

        Exact while all partial paths fit the beam.
        """
        found = self._session.rows(
            answers.Path, "path",
            a=a, b=b, max_depth=max_depth, beam=beam, relation_type=relation_type,
        )  # fmt: skip
        return found[0] if found else None

    def paths(
        self,
        a: str,
        b: str,
        max_results: int = 5,
        max_depth: int = 6,
        beam: int = 256,
        relation_type: str = "related",
    ) -> Answers[answers.Route]:
        """Return the best distinct paths from a to b, and which sources hold each whole."""
        return self._session.rows(
            answers.Route, "paths",
            a=a, b=b, max_results=max_results, max_depth=max_depth, beam=beam,
            relation_type=relation_type,
        )  # fmt: skip

    def explain(self, a: str, b: str) -> Answers[answers.Evidence]:
        """Return all evidence for the relations between two concepts, in both directions."""
        return self._session.rows(answers.Evidence, "explain", a=a, b=b)

    def strongest(
        self, max_results: int = 20, relation_type: str = "related"
    ) -> Answers[answers.Relation]:
        """Return the best rated relations of the whole graph."""
        return self._session.rows(
            answers.Relation, "strongest", max_results=max_results, relation_type=relation_type
        )

    def intent_to_code(self, words: str, max_results: int = 10) -> Answers[answers.FoundFunction]:
        """Return the functions that words are about, by English stems, best first."""
        return self._session.rows(
            answers.FoundFunction, "intent_to_code", words=words, max_results=max_results
        )

    def search(
        self, words: str, max_results: int = 10, expand: bool = True
    ) -> Answers[answers.SearchResult]:
        """Return the documents, and the functions of code, that words are in, best first.

        ``expand`` adds what the words are most strongly related to, for less.
        """
        return self._session.rows(
            answers.SearchResult, "search", words=words, max_results=max_results, expand=expand
        )

    def expand_query(self, words: str, max_neighbors: int = 3) -> Answers[answers.ExpandedQuery]:
        """Return two queries for PostgreSQL's full-text search: of words, and of neighbours."""
        return self._session.rows(
            answers.ExpandedQuery, "expand_query", words=words, max_neighbors=max_neighbors
        )

    def count_relations(self) -> int:
        """Return how many relations the live sources hold."""
        return self._session.value(int, "count_relations")

    def position(self, label: str, chart: str | None = None) -> answers.Position:
        """Return where a concept lies on the sphere S3, or in one source's own chart of it."""
        return self._session.rows(answers.Position, "position", label=label, chart=chart)[0]

    def near(self, label: str, max_results: int = 10) -> Answers[answers.NearConcept]:
        """Return the concepts nearest to a concept on the sphere, nearest first."""
        return self._session.rows(answers.NearConcept, "near", label=label, max_results=max_results)

    def geodesic(self, a: str, b: str) -> float:
        """Return the distance of two concepts along the sphere, 0 to pi."""
        return self._session.value(float, "geodesic", a=a, b=b)

    def alignments(self) -> Answers[answers.SourceAlignment]:
        """Return how each live model lies on the sphere, ordered by name."""
        order = 'ORDER BY source_identifier COLLATE "C"'
        return self._session.view(answers.SourceAlignment, "alignment", order)


def _number(found: float | None) -> float | None:
    return found


def _names_or_none(given: str | Sequence[str] | None) -> list[str] | None:
    return None if given is None else names(given)


def _list_or_none(given: float | Sequence[float] | None) -> list[float] | None:
    if given is None:
        return None
    return [float(bound) for bound in ([given] if isinstance(given, (int, float)) else given)]
