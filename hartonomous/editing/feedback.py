"""What people say of relations, as evidence: verdicts, and observations by hand."""

from __future__ import annotations

from typing import Literal

from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection

Verdict = Literal["accept", "reject", "correct"]


def record_feedback(
    connection: Connection,
    subject: str,
    a: str,
    b: str,
    verdict: Verdict,
    *,
    corrected: str | None = None,
    relation_type: str = "related",
) -> str | None:
    """Record a person's verdict on a relation as evidence and return the name of its source.

    None where the person is to stay forgotten, so that the verdict was left out.

    Parameters
    ----------
    subject
        Whose verdict it is: `delete_subject` takes it away.
    a, b
        Concepts that are known; a symmetric relation is meant in both directions.
    verdict
        ``accept``, ``reject``, or ``correct``: reject it and accept the relation of ``a`` to
        ``corrected`` instead, which may be a new concept. The same verdict twice counts once.

    Raises
    ------
    UnknownNameError
        A concept is not known; the message names near matches.
    StoreError
        The verdict makes no sense; nothing was changed.
    """
    return call_one(
        connection,
        _name,
        "SELECT hartonomous.record_feedback(%s, %s, %s, %s, %s, %s)",
        [subject, a, b, verdict, corrected, relation_type],
    )


def _name(found: str | None) -> str | None:
    return found


def add_evidence(
    connection: Connection,
    source: str,
    a: str,
    b: str,
    weight: float,
    *,
    relation_type: str = "related",
    site: str = "by hand",
    subject: str | None = None,
) -> int:
    """Add one observation to a source that is written by hand; return how many are new.

    Parameters
    ----------
    source
        Its name; the source is made when it is new.
    a, b
        Concepts, made when they are new; a symmetric relation is meant in both directions.
    weight
        How strongly, from 0, which says that the relation does not hold, to 1.
    site
        Where in the source.
    subject
        Whose source it is: `delete_subject` takes it away.

    Raises
    ------
    SourceTakenError
        The name is another source's, or the source said so already with another weight.
    ParameterError
        The weight is out of range, or a and b are one concept.
    """
    return call_one(
        connection,
        int,
        "SELECT hartonomous.add_evidence(%s, %s, %s, %s, %s, %s, %s)",
        [source, a, b, weight, relation_type, site, subject],
    )
