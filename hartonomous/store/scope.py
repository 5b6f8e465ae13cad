"""Which sources a session's answers count: its scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hartonomous.concepts import names
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection, hold, question


@dataclass(frozen=True)
class Scope:
    """Part of the live sources; by default all.

    Parameters
    ----------
    sources
        Only these count, if any are named.
    without
        These don't: what answers would be had they never been there.
    as_of
        Only what was loaded by then counts, minus what was forgotten since: a day, in UTC, or a
        moment with its time zone; empty for now.
    """

    sources: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    as_of: str = ""
    #: Whether answers show also what no model knows above chance.
    below_chance: bool = False

    @classmethod
    def of(
        cls,
        sources: str | Sequence[str] | None,
        without: str | Sequence[str] | None,
        as_of: date | str | None,
        below_chance: bool = False,
    ) -> Scope:
        """Make it of what a user gives; a text is one name.

        Raises
        ------
        TypeError
            Something is no name, or no day.
        """
        if as_of is not None and not isinstance(as_of, (str, date)):
            raise TypeError(f"as_of is a date or text, not {type(as_of).__name__}")
        moment = str(as_of) if isinstance(as_of, datetime) else f"{as_of or ''}"
        return cls(tuple(names(sources or ())), tuple(names(without or ())), moment, below_chance)

    @property
    def is_whole(self) -> bool:
        """Whether all live sources count."""
        return not (self.sources or self.without or self.as_of)


#: All live sources.
WHOLE = Scope()


def enter_scope(connection: Connection, scope: Scope) -> None:
    """Set the scope of a session.

    Raises
    ------
    UnknownNameError
        It names a source that is not there.
    ParameterError
        Its moment is in the future, or none.
    """
    if scope.below_chance:
        hold(connection, {"hartonomous.below_chance": "on"})
    if scope.is_whole:
        return
    with store_errors():
        named = {"sources": _array(scope.sources), "without": _array(scope.without)}
        settings = named | {"as_of": scope.as_of}
        hold(connection, {f"hartonomous.{name}": value for name, value in settings.items()})
        with question(connection):
            connection.execute("SELECT hartonomous_internal.require_scope()")


def _array(listed: Sequence[str]) -> str:
    """Write names as PostgreSQL writes an array of text, which takes any character."""
    quoted = (name.replace("\\", "\\\\").replace('"', '\\"') for name in listed)
    return "{" + ",".join(f'"{name}"' for name in quoted) + "}" if listed else ""
