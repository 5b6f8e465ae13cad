"""What is held of a person: who there is, what there is, and all of it for an access request."""

from __future__ import annotations

from hartonomous.answers import Answers, SubjectRecord, SubjectSource, SubjectSummary
from hartonomous.editing.rows import rows_of
from hartonomous.errors import ParameterError
from hartonomous.store.session import Connection


def list_subjects(connection: Connection, max_results: int = 1000) -> Answers[SubjectSummary]:
    """Return the persons of whom something is held, in the order of their keys.

    Raises
    ------
    ParameterError
        ``max_results`` is not positive.
    StoreError
        This role may not see who they are.
    """
    if max_results < 1:
        raise ParameterError(f"max_results is {max_results}: ask for 1 or more")
    return rows_of(connection, SubjectSummary, "list_subjects(%s)", [max_results])


def show_subject(connection: Connection, subject: str) -> Answers[SubjectSource]:
    """Return the sources that are held of a person, quarantined ones too.

    Raises
    ------
    UnknownNameError
        Nothing is held of such a person; the message names near matches.
    """
    return rows_of(connection, SubjectSource, "show_subject(%s)", [subject])


def export_subject(connection: Connection, subject: str) -> Answers[SubjectRecord]:
    """Return all that is held of a person; the audit says that it was, and not of whom.

    Raises
    ------
    UnknownNameError
        Nothing is held of such a person; the message names near matches.
    """
    return rows_of(connection, SubjectRecord, "export_subject(%s)", [subject])
