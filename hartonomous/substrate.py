"""The door: a `Substrate` answers the same questions as SQL and the command line, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous import answers, ingesting, ingesting_code, ingesting_images, ingesting_texts
from hartonomous.answers import Answers
from hartonomous.arguments import checked
from hartonomous.concepts import names
from hartonomous.editing import audit as audits
from hartonomous.editing import (
    deletion,
    feedback,
    forgotten,
    receipts,
    snapshots,
    state,
    subjects,
    summaries,
    verification,
)
from hartonomous.editing import fingerprint as prints
from hartonomous.query import Questions, asking, changing, deleting, putting_right
from hartonomous.store.scope import Scope
from hartonomous.vectors import relate

if TYPE_CHECKING:
    from datetime import date

    from typing_extensions import Self

    from hartonomous.charting import AlignReport
    from hartonomous.evaluation.comparison import Comparison
    from hartonomous.lineage.sketch import Sketch
    from hartonomous.progress import Stages
    from hartonomous.readers.lexicon import RatedPair


@checked
class Substrate:
    """A session on the database of concepts, relations and evidence.

    Use it as a context manager. Threads take turns in it; open one for each that is not to wait.
    After a fork, an interrupt, or a restart of the server, the next question opens a new session.
    Verbs are those of SQL: names, parameters, defaults and fields. A change is one transaction and
    one row of the audit. Where names are expected, a text is one name.

    Parameters
    ----------
    dsn, operator, reference, key_file, sources, without, as_of, below_chance
        As in `hartonomous.open`.

    Raises
    ------
    UnknownNameError
        By every verb, for a name that is not known; the message has near matches.
    ParameterError
        A number is out of its range.
    TypeError
        An argument is of another type than the parameter: None or a number for a name, say.
    StoreError
        The database cannot be reached, refuses or is of another version; this was closed.
    """

    def __init__(
        self,
        dsn: str | None = None,
        *,
        operator: str | None = None,
        reference: str | None = None,
        key_file: str | Path | None = None,
        sources: str | Sequence[str] | None = None,
        without: str | Sequence[str] | None = None,
        as_of: date | str | None = None,
        below_chance: bool = False,
    ) -> None:
        scope = Scope.of(sources, without, as_of, below_chance)
        self._session = Questions(dsn, operator, reference, scope, key_file)

    def close(self) -> None:
        """End the session for good."""
        self._session.close()

    def __enter__(self) -> Self:
        self._session.require_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def align(
        self, *, again: bool = False, charts: bool = False, stages: Stages | None = None
    ) -> AlignReport:
        """Lay out all live models on one sphere where that is due; see `hartonomous.charting`."""
        from hartonomous.charting import align

        return self._session.change(align, again=again, charts=charts, stages=stages)

    def plot_map(
        self, out: str | Path, max_results: int | None = None, around: str | None = None
    ) -> int:
        """Draw words on the sphere as PNG, SVG, PDF or HTML; return how many have a label.

        They are those that most lists name, or those nearest to the concept ``around``; 2,000 and
        100 by default, 20,000 at most.
        """
        from hartonomous.mapping import draw_map

        return draw_map(self._session, Path(out), max_results, around)

    ingest_embeddings = changing(ingesting.ingest_embeddings)
    """Mine the token embeddings of models, or word vectors."""

    ingest_model = changing(ingesting.ingest_model)
    """Mine the sites of transformers from their weights: heads, neurons, experts."""

    ingest_dictionary = changing(ingesting.ingest_dictionary)
    """Mine what a dictionary's features, a sparse autoencoder's, answer to and write."""

    ingest_vectors = changing(relate.ingest_vectors)
    """Mine the words that task and trait vectors promote, one source a file."""

    ingest_text = changing(ingesting.ingest_text)
    """Turn documents into ``related`` and ``precedes`` relations, one source a document."""

    ingest_relations = changing(ingesting.ingest_relations)
    """Load relations that somebody wrote down, each line a, b, type, weight and source."""

    ingest_lexicon = changing(ingesting.ingest_lexicon)
    """Load what people judged of pairs of words, for `calibration`."""

    ingest_sentences = changing(ingesting_texts.ingest_sentences)
    """Relate sentences that a sentence encoder finds near to each other."""

    ingest_qa = changing(ingesting_texts.ingest_qa)
    """Turn questions and answers into ``answers``, from a question to what answers it."""

    ingest_next_token = changing(ingesting_texts.ingest_next_token)
    """Ask a causal language model what comes next: ``precedes``, with its probabilities."""

    ingest_images = changing(ingesting_images.ingest_images)
    """Relate images to what models see in them, one source an image."""

    ingest_detections = changing(ingesting_images.ingest_detections)
    """Relate images to what a detector found in them elsewhere, one source an image."""

    ingest_captions = changing(ingesting_images.ingest_captions)
    """Relate images to the words that people described them with, one source an image."""

    ingest_code = changing(ingesting_code.ingest_code)
    """Relate functions, interfaces, patterns and words of code, one source a file."""

    delete_model = deleting(deletion.delete_model)
    """Delete a model for good, with every relation and concept that only it supports."""

    delete_source = deleting(deletion.delete_source)
    """Delete one source of any kind for good."""

    delete_repository = deleting(deletion.delete_repository)
    """Delete all files of a repository of code for good."""

    delete_subject = deleting(deletion.delete_subject)
    """Delete all that a person contributed for good."""

    export_forgotten = asking(forgotten.export_forgotten)
    """Return what was deleted, as JSON, for `replay_forgotten`."""

    replay_forgotten = putting_right(forgotten.replay_forgotten)
    """Delete again what `export_forgotten` said; from then on a restored backup answers."""

    override_forgotten = putting_right(forgotten.override_forgotten)
    """Let a backup answer that is older than what was deleted; return the row of the audit."""

    lift_forgotten = changing(forgotten.lift_forgotten)
    """Let a person come back with later loads; return how many are still to stay forgotten."""

    delete_concept = deleting(deletion.delete_concept)
    """Delete concepts for good, with their other forms where not told otherwise."""

    forget_expired = deleting(deletion.forget_expired)
    """Delete all sources whose day of expiry has come for good."""

    preview_forget_expired = asking(deletion.preview_forget_expired)
    """Return what `forget_expired` would take away; touches nothing."""

    list_subjects = asking(subjects.list_subjects)
    """Return the persons of whom something is held."""

    show_subject = asking(subjects.show_subject)
    """Return the sources that are held of a person."""

    export_subject = changing(subjects.export_subject)
    """Return all that is held of a person, for a request for access."""

    preview_delete_model = asking(deletion.preview_delete_model)
    """Return what `delete_model` would take away; touches nothing."""

    preview_delete_source = asking(deletion.preview_delete_source)
    """Return what `delete_source` would take away; touches nothing."""

    preview_delete_repository = asking(deletion.preview_delete_repository)
    """Return what `delete_repository` would take away; touches nothing."""

    preview_delete_subject = asking(deletion.preview_delete_subject)
    """Return what `delete_subject` would take away; touches nothing."""

    preview_delete_concept = asking(deletion.preview_delete_concept)
    """Return what `delete_concept` would take away; touches nothing."""

    quarantine_source = changing(state.quarantine_source)
    """Take a source out of every answer; False when it is out already."""

    restore_source = changing(state.restore_source)
    """Bring a quarantined source back; False when it is live already."""

    restrict_source = changing(state.restrict_source)
    """Let only the members of some roles, and editors, see a source."""

    open_source_to_all = changing(state.open_source_to_all)
    """Let everybody see a source who may ask."""

    record_feedback = changing(feedback.record_feedback)
    """Record a person's verdict on a relation; return the name of the source it became."""

    add_evidence = changing(feedback.add_evidence)
    """Add one observation, of a weight from 0 to 1, by hand; return how many are new."""

    summarise_relations = changing(summaries.summarise_relations)
    """Make answers about much evidence quicker, never other; return of how many concepts."""

    audit = asking(audits.audit)
    """Return what was done, latest first."""

    verify_audit = asking(audits.verify_audit)
    """Return what is wrong with the audit; nothing when it is whole."""

    export_receipt = asking(receipts.export_receipt)
    """Return the receipt of a change, by default of the last deletion, as JSON."""

    verify_receipt = asking(receipts.verify_receipt)
    """Check a receipt against its signature, the audit and the database."""

    fingerprint = asking(prints.substrate_fingerprint)
    """Return the digest of all that the database knows, in hexadecimal."""

    fingerprint_parts = asking(prints.fingerprint_parts)
    """Return each part's digest, in hexadecimal, by the part's name."""

    verify_ratings = asking(verification.verify_ratings)
    """Return where what is stored does not hang together."""

    refresh_ratings = changing(verification.refresh_ratings)
    """Take away what `verify_ratings` finds."""

    snapshot_ratings = changing(snapshots.snapshot_ratings)
    """Keep, under a name, which sources are live now; return how many."""

    compare_snapshots = asking(snapshots.compare_snapshots)
    """Return the relations whose ratings differ most between two snapshots."""

    def judge_sources(
        self,
        lexicon: Sequence[RatedPair],
        *,
        included: str | Sequence[str] = (),
        excluded: str | Sequence[str] = (),
    ) -> Comparison:
        """Compare answers with and without sources; see `hartonomous.evaluation.comparison`."""
        from hartonomous.evaluation.comparison import judge_sources

        return self._session.ask(
            judge_sources, lexicon, included=names(included), excluded=names(excluded)
        )

    flag_quality = changing(state.flag_quality)
    """Flag a source that makes the answers worse, and take the flag off one that doesn't."""


def _number(found: float | None) -> float | None:
    return found


def _names_or_none(given: str | Sequence[str] | None) -> list[str] | None:
    return None if given is None else names(given)


def _list_or_none(given: float | Sequence[float] | None) -> list[float] | None:
    if given is None:
        return None
    return [float(bound) for bound in ([given] if isinstance(given, (int, float)) else given)]
