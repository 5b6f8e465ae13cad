"""The door: a `Substrate` answers the same questions as SQL and the command line, and changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING

from hartonomous import ingesting, ingesting_code, ingesting_images, ingesting_texts
from hartonomous.arguments import checked
from hartonomous.asking import Asking
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
    from hartonomous.progress import Stages
    from hartonomous.readers.lexicon import RatedPair


@checked
class Substrate(Asking):
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


def verbs() -> dict[str, FunctionType]:
    """Return every verb of a substrate by its name, questions first."""
    every = {**vars(Asking), **vars(Substrate)}
    return {
        name: verb
        for name, verb in every.items()
        if isinstance(verb, FunctionType) and not name.startswith("_")
    }
