"""The audit: every change, each row hashed over the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hartonomous.store.calls import call
from hartonomous.store.session import Connection


@dataclass(frozen=True)
class AuditRow:
    """One thing that was done."""

    audit_id: int
    happened_at: datetime
    #: The database role that did it.
    actor: str
    action: str
    #: Counts and fingerprints, and the names of models; never personal content.
    details: dict[str, object]
    #: SHA-256 over the row and the hash of the one before, in hexadecimal.
    hash: str


@dataclass(frozen=True)
class AuditProblem:
    """A row of the audit that is not as it was written; None where the end is missing."""

    audit_id: int | None
    problem: str


def audit(connection: Connection, max_results: int = 20) -> tuple[AuditRow, ...]:
    """Return the last changes, latest first."""
    return call(connection, AuditRow, "SELECT * FROM hartonomous.recent_changes(%s)", [max_results])


def verify_audit(
    connection: Connection, expected_hash: str | None = None
) -> tuple[AuditProblem, ...]:
    """Return rows that were changed, removed or re-ordered; nothing when the audit is whole.

    Parameters
    ----------
    expected_hash
        A hash that was kept elsewhere, in hexadecimal. Only this shows that rows were removed at
        the end.
    """
    return call(
        connection,
        AuditProblem,
        "SELECT audit_id, problem FROM hartonomous.verify_audit(decode(%s, 'hex'))",
        [expected_hash],
    )
