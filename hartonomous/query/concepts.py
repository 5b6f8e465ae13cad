"""Whether concepts are known, and what to suggest for those that are not."""

from __future__ import annotations

from hartonomous.concepts import is_storable
from hartonomous.errors import UnknownNameError
from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_IS_KNOWN = "SELECT hartonomous.find_composition(%s) IS NOT NULL"
_SUGGEST = "SELECT suggestion FROM hartonomous.suggest_labels(%s)"
#: How much of an unknown word an error repeats.
_SHOWN = 60


def require_storable(*labels: str) -> None:
    """Refuse labels that no database can hold, before one is asked for them.

    Raises
    ------
    UnknownNameError
        A label is empty, or has NUL or a lone surrogate inside.
    """
    for label in labels:
        if not is_storable(label):
            raise UnknownNameError(f"no concept {label[:_SHOWN]!r}: empty, or not valid text")


def require_known(connection: Connection, *labels: str) -> None:
    """Refuse labels of which the database knows no concept.

    Raises
    ------
    UnknownNameError
        The first that is unknown, with near matches.
    """
    require_storable(*labels)
    for label in labels:
        if not fetch(connection, bool, _IS_KNOWN, [label])[0]:
            raise UnknownNameError(_unknown(label, suggest_labels(connection, label)))


def suggest_labels(connection: Connection, label: str) -> tuple[str, ...]:
    """Return known labels that are written nearly like this one, nearest first."""
    return fetch(connection, str, _SUGGEST, [label])


def _unknown(label: str, near: tuple[str, ...]) -> str:
    shown = repr(label if len(label) <= _SHOWN else f"{label[:_SHOWN]}...")
    if not near:
        return f"no concept {shown}, nor one written nearly like it"
    return f"no concept {shown}; near it: {', '.join(near)}"
