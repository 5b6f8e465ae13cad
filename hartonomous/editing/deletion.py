"""Deletions and their previews; deleting is final."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hartonomous.answers import Deletion, Kept
from hartonomous.concepts import names
from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection


def delete_model(
    connection: Connection, source: str, *, fingerprints: bool | None = None
) -> Deletion:
    """Delete a model with every relation and concept that only it supports.

    Parameters
    ----------
    source
        Name of the model, for example ``model:minilm``.
    fingerprints
        Whether the audit, and so the receipt, gets fingerprints of before and after. That takes
        seconds for millions of pieces of evidence; None takes them when there are at most 50,000.

    Raises
    ------
    UnknownNameError
        There is no such source (any more); the message names near matches.
    StoreError
        The source is no model, or the database refused or is gone; nothing was changed.
    """
    return call_deletion(connection, "delete_model(%s, %s)", [source, fingerprints])


def delete_source(
    connection: Connection, source: str, *, fingerprints: bool | None = None
) -> Deletion:
    """Delete one source of any kind; as `delete_model`."""
    return call_deletion(connection, "delete_source(%s, %s)", [source, fingerprints])


def delete_repository(
    connection: Connection, repository: str, *, fingerprints: bool | None = None
) -> Deletion:
    """Delete all files of a repository of code, and its history; as `delete_model`."""
    return call_deletion(connection, "delete_repository(%s, %s)", [repository, fingerprints])


def delete_subject(
    connection: Connection,
    subject: str,
    *,
    forget: bool = False,
    fingerprints: bool | None = None,
) -> Deletion:
    """Delete all that a person contributed, documents and feedback; as `delete_model`.

    The key is matched exactly: ``%`` and ``_`` stand for nothing but themselves. ``alike`` names
    keys of others that look like it.

    Parameters
    ----------
    forget
        Keep the person from coming back with later loads. A digest is kept for that under the key
        of this session, which lies beside the database; the person need not be there.
    """
    return call_deletion(connection, "delete_subject(%s, %s, %s)", [subject, fingerprints, forget])


def delete_concept(
    connection: Connection,
    labels: str | Sequence[str],
    *,
    variants: bool = True,
    forget: bool = False,
    fingerprints: bool | None = None,
) -> Deletion:
    """Delete concepts and every relation they are in; as `delete_model`.

    Parameters
    ----------
    labels
        At least one; a text is one label.
    variants
        Take their case, plural and word-piece forms too.
    forget
        Keep them from coming back with later loads. Only their hashes are kept for that, and the
        concepts need not be there.
    """
    return call_deletion(
        connection,
        "delete_concept(%s::text[], %s, %s, %s)",
        [names(labels), variants, forget, fingerprints],
    )


def forget_expired(connection: Connection, *, fingerprints: bool | None = None) -> Deletion:
    """Delete all sources whose day of expiry has come, in UTC; as `delete_model`.

    The audit says so even when there are none.
    """
    return call_deletion(connection, "forget_expired(%s)", [fingerprints])


def preview_delete_model(connection: Connection, source: str) -> Deletion:
    """Return what `delete_model` would take away and change; touches nothing."""
    return call_deletion(connection, "preview_delete_model(%s)", [source])


def preview_delete_source(connection: Connection, source: str) -> Deletion:
    """Return what `delete_source` would take away and change; touches nothing."""
    return call_deletion(connection, "preview_delete_source(%s)", [source])


def preview_delete_repository(connection: Connection, repository: str) -> Deletion:
    """Return what `delete_repository` would take away and change; touches nothing."""
    return call_deletion(connection, "preview_delete_repository(%s)", [repository])


def preview_delete_subject(
    connection: Connection, subject: str, *, forget: bool = False
) -> Deletion:
    """Return what `delete_subject` would take away and change; touches nothing."""
    return call_deletion(connection, "preview_delete_subject(%s, %s)", [subject, forget])


def preview_delete_concept(
    connection: Connection,
    labels: str | Sequence[str],
    *,
    variants: bool = True,
    forget: bool = False,
) -> Deletion:
    """Return what `delete_concept` would take away, with all forms in ``names``."""
    return call_deletion(
        connection, "preview_delete_concept(%s::text[], %s, %s)", [names(labels), variants, forget]
    )


def preview_forget_expired(connection: Connection) -> Deletion:
    """Return what `forget_expired` would take away and change; touches nothing."""
    return call_deletion(connection, "preview_forget_expired()")


def call_deletion(
    connection: Connection, function: str, arguments: Sequence[object] = ()
) -> Deletion:
    """Call a function, one of ours with its arguments' places, that answers with a deletion."""
    shape = "names, counts, audit_id, goes, stays, sources_that_go, alike"
    statement = f"SELECT {shape} FROM hartonomous.{function}"  # noqa: S608  ours
    return call_one(connection, _shaped, statement, arguments)


def _shaped(
    names: list[str] | None,
    counts: dict[str, int],
    audit_id: int | None,
    goes: list[str] | None,
    stays: list[dict[str, Any]] | None,
    sources_that_go: list[str] | None,
    alike: list[str] | None,
) -> Deletion:
    return Deletion(
        tuple(names or ()),
        counts,
        audit_id,
        _listed(goes),
        None if stays is None else tuple(map(_kept, stays)),
        _listed(sources_that_go),
        _listed(alike),
    )


def _listed(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)


def _kept(fields: dict[str, Any]) -> Kept:
    return Kept(tuple(fields["what"]), fields["type"], tuple(fields["also"]))
