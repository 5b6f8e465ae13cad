"""The audit: every change, each row hashed over the one before."""

from __future__ import annotations

from hartonomous.answers import Answers, AuditProblem, AuditRow
from hartonomous.editing.rows import rows_of
from hartonomous.errors import ParameterError
from hartonomous.store.session import Connection


def audit(connection: Connection, max_results: int = 20) -> Answers[AuditRow]:
    """Return the last changes, latest first.

    Raises
    ------
    ParameterError
        ``max_results`` is not positive.
    """
    if max_results < 1:
        raise ParameterError(f"max_results is {max_results}: ask for 1 or more")
    return rows_of(connection, AuditRow, "recent_changes(%s)", [max_results])


def verify_audit(connection: Connection, expected_hash: str | None = None) -> Answers[AuditProblem]:
    """Return rows that were changed, removed or re-ordered; nothing when the audit is whole.

    Parameters
    ----------
    expected_hash
        A hash that was kept elsewhere, in hexadecimal. Only this shows that rows were removed at
        the end.

    Raises
    ------
    ParameterError
        The hash is not hexadecimal.
    """
    try:
        expected = None if expected_hash is None else bytes.fromhex(expected_hash)
    except ValueError:
        raise ParameterError(f"{str(expected_hash)[:80]!r} is no hash in hexadecimal") from None
    return rows_of(connection, AuditProblem, "verify_audit(%s)", [expected])
