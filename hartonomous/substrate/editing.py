"""How a `Substrate` forgets, undoes, compares and proves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hartonomous.editing import (
    audit,
    deletion,
    feedback,
    fingerprint,
    snapshots,
    state,
    summaries,
    verification,
)
from hartonomous.substrate.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from hartonomous.editing.audit import AuditProblem, AuditRow
    from hartonomous.editing.receipts import ReceiptCheck
    from hartonomous.editing.snapshots import RatingChange
    from hartonomous.editing.verification import Inconsistency
    from hartonomous.evaluation.comparison import Comparison
    from hartonomous.readers.lexicon import RatedPair


class Editing(Session):
    """Every change is one transaction and one row of the audit; parameters are those of SQL."""

    def delete_model(self, source: str, *, fingerprints: bool | None = None) -> deletion.Deletion:
        """Delete a model for good; see `hartonomous.editing.deletion.delete_model`."""
        return self._change(
            lambda session: deletion.delete_model(session, source, fingerprints=fingerprints)
        )

    def delete_source(self, source: str, *, fingerprints: bool | None = None) -> deletion.Deletion:
        """Delete one source of any kind for good."""
        return self._change(
            lambda session: deletion.delete_source(session, source, fingerprints=fingerprints)
        )

    def delete_subject(
        self, subject: str, *, fingerprints: bool | None = None
    ) -> deletion.Deletion:
        """Delete all that a person contributed for good."""
        return self._change(
            lambda session: deletion.delete_subject(session, subject, fingerprints=fingerprints)
        )

    def delete_concept(
        self,
        labels: Sequence[str],
        *,
        variants: bool = True,
        forget: bool = False,
        fingerprints: bool | None = None,
    ) -> deletion.Deletion:
        """Delete concepts for good; see `hartonomous.editing.deletion.delete_concept`."""
        return self._change(
            lambda session: deletion.delete_concept(
                session, labels, variants=variants, forget=forget, fingerprints=fingerprints
            )
        )

    def preview_delete_model(self, source: str) -> deletion.Deletion:
        """Return what `delete_model` would take away; touches nothing."""
        return self._ask(lambda session: deletion.preview_delete_model(session, source))

    def preview_delete_source(self, source: str) -> deletion.Deletion:
        """Return what `delete_source` would take away; touches nothing."""
        return self._ask(lambda session: deletion.preview_delete_source(session, source))

    def preview_delete_subject(self, subject: str) -> deletion.Deletion:
        """Return what `delete_subject` would take away; touches nothing."""
        return self._ask(lambda session: deletion.preview_delete_subject(session, subject))

    def preview_delete_concept(
        self, labels: Sequence[str], *, variants: bool = True, forget: bool = False
    ) -> deletion.Deletion:
        """Return what `delete_concept` would take away; touches nothing."""
        return self._ask(
            lambda session: deletion.preview_delete_concept(
                session, labels, variants=variants, forget=forget
            )
        )

    def quarantine_source(self, source: str) -> bool:
        """Take a source out of every answer; False when it is out already."""
        return self._change(lambda session: state.quarantine_source(session, source))

    def restore_source(self, source: str) -> bool:
        """Bring a quarantined source back; False when it is live already."""
        return self._change(lambda session: state.restore_source(session, source))

    def record_feedback(
        self,
        subject: str,
        a: str,
        b: str,
        verdict: feedback.Verdict,
        *,
        corrected: str | None = None,
        relation_type: str = "related",
    ) -> str:
        """Record a person's verdict; see `hartonomous.editing.feedback.record_feedback`."""
        return self._change(
            lambda session: feedback.record_feedback(
                session, subject, a, b, verdict, corrected=corrected, relation_type=relation_type
            )
        )

    def add_evidence(
        self,
        source: str,
        a: str,
        b: str,
        weight: float,
        *,
        relation_type: str = "related",
        site: str = "by hand",
        subject: str | None = None,
    ) -> int:
        """Add one observation by hand; see `hartonomous.editing.feedback.add_evidence`."""
        return self._change(
            lambda session: feedback.add_evidence(
                session,
                source,
                a,
                b,
                weight,
                relation_type=relation_type,
                site=site,
                subject=subject,
            )
        )

    def summarise_relations(self, minimum_evidence: int = 1000) -> int:
        """Make answers about much evidence quicker, and never other; return of how many concepts.

        Parameters are those of `hartonomous.editing.summaries.summarise_relations`.
        """
        return self._change(
            lambda session: summaries.summarise_relations(session, minimum_evidence)
        )

    def audit(self, max_results: int = 20) -> tuple[AuditRow, ...]:
        """Return what was done, latest first."""
        return self._ask(lambda session: audit.audit(session, max_results))

    def verify_audit(self, expected_hash: str | None = None) -> tuple[AuditProblem, ...]:
        """Return what is wrong with the audit; nothing when it is whole."""
        return self._ask(lambda session: audit.verify_audit(session, expected_hash))

    def export_receipt(self, audit_id: int | None = None, *, key: Path | None = None) -> str:
        """Return a receipt as JSON; see `hartonomous.editing.receipts.export_receipt`."""
        from hartonomous.editing import receipts

        return self._ask(lambda session: receipts.export_receipt(session, audit_id, key=key))

    def verify_receipt(self, receipt: str, *, public_key: Path | None = None) -> ReceiptCheck:
        """Check a receipt; see `hartonomous.editing.receipts.verify_receipt`."""
        from hartonomous.editing import receipts

        return self._ask(
            lambda session: receipts.verify_receipt(session, receipt, public_key=public_key)
        )

    def fingerprint(self) -> str:
        """Return the digest of all that the database knows, in hexadecimal."""
        return self._ask(fingerprint.substrate_fingerprint)

    def verify_ratings(self) -> tuple[Inconsistency, ...]:
        """Return where what is stored does not hang together."""
        return self._ask(verification.verify_ratings)

    def refresh_ratings(self) -> deletion.Deletion:
        """Take away what `verify_ratings` finds."""
        return self._change(verification.refresh_ratings)

    def snapshot_ratings(self, name: str) -> int:
        """Keep, under a name, which sources are live now."""
        return self._change(lambda session: snapshots.snapshot_ratings(session, name))

    def compare_snapshots(self, a: str, b: str, max_results: int = 20) -> tuple[RatingChange, ...]:
        """Return the relations whose ratings differ most between two snapshots."""
        return self._ask(lambda session: snapshots.compare_snapshots(session, a, b, max_results))

    def compare_sources(
        self,
        lexicon: Sequence[RatedPair],
        *,
        included: Sequence[str] = (),
        excluded: Sequence[str] = (),
    ) -> Comparison:
        """Compare the answers with and without sources.

        Parameters and errors are those of `hartonomous.evaluation.comparison.compare_sources`.
        """
        from hartonomous.evaluation import comparison

        return self._ask(
            lambda session: comparison.compare_sources(
                session, lexicon, included=included, excluded=excluded
            )
        )
