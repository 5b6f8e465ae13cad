"""How SQL is asked from Python: a function's name, its arguments by name, and the answer's type."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from hartonomous.arguments import require_storable
from hartonomous.errors import StoreError
from hartonomous.store.behalf import act_for
from hartonomous.store.connection import connect
from hartonomous.store.deletion_marks import BEHIND, advance, is_behind, mark_file
from hartonomous.store.failures import store_errors
from hartonomous.store.forgetting_key import bring_key, chosen_key_file
from hartonomous.store.kept import KeptSession
from hartonomous.store.scope import WHOLE, Scope, enter_scope
from hartonomous.store.session import Connection
from hartonomous.tables import Answers, Row, columns

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
Method = TypeVar("Method", bound=Callable[..., object])

#: So long a session goes on before it looks again whether a backup came back under it.
_LOOK_SECONDS = 1.0
#: Notes of one answer that are kept.
_MAX_NOTES = 100
#: SQLSTATE of a function that does not exist, with arguments of these types.
_UNDEFINED = "42883"

#: Rows, and what was said about them.
_Fetched = tuple[list[tuple[Any, ...]], Sequence[str]]


class Questions:
    """A session on the database for every verb; see `KeptSession` for how it is kept.

    Raises
    ------
    StoreError
        The database cannot be reached, or this version cannot work with it as it is.
    """

    def __init__(
        self,
        dsn: str | None = None,
        operator: str | None = None,
        reference: str | None = None,
        scope: Scope = WHOLE,
        key_file: str | Path | None = None,
    ) -> None:
        self._dsn, self._scope = dsn, scope
        self._key_file = chosen_key_file(key_file)
        self._marks = mark_file(dsn, self._key_file)
        self._is_behind, self._looked = False, time.monotonic()
        self._behalf = operator, reference
        self._notes: list[str] = []
        self._is_closed = False
        self._session = KeptSession(self._connect)

    def __reduce__(
        self,
    ) -> tuple[type[Questions], tuple[str | None, None, None, Scope, Path | None]]:
        """Send address and scope to another process, which opens a session of its own."""
        return Questions, (self._dsn, None, None, self._scope, self._key_file)

    def close(self) -> None:
        """End the session for good."""
        self._is_closed = True
        self._session.close()

    def cancel(self) -> None:
        """End the statement that runs; safe in another thread."""
        self._session.cancel()

    def sever(self) -> None:
        """Cut the session off, so that its next statement fails; safe in another thread."""
        self._session.sever()

    def rows(self, kind: type[Row], function: str, **arguments: object) -> Answers[Row]:
        """Ask an SQL function and return its rows.

        Raises
        ------
        UnknownNameError
            A name is not known, or no text that a database can hold.
        ParameterError
            A number is out of its range.
        TypeError
            An argument is of a type that the function doesn't take.
        """
        return self._answer(kind, _call(columns(kind), function, arguments), arguments)

    def view(self, kind: type[Row], name: str, rest: str, *values: object) -> Answers[Row]:
        """Return the rows of a table or view; ``rest`` is what SQL says behind its name."""
        arguments = {f"value {number}": value for number, value in enumerate(values)}
        statement = f"SELECT {columns(kind)} FROM hartonomous.{name} {rest}"  # noqa: S608  our own
        return self._answer(kind, statement, arguments)

    def value(self, kind: Callable[[Any], Result], function: str, **arguments: object) -> Result:
        """Ask an SQL function that answers with one value; errors are those of `rows`."""
        rows, _ = self._fetch(_call("*", function, arguments), arguments)
        return kind(rows[0][0])

    def ask(self, question: Callable[..., Result], *arguments: object, **named: object) -> Result:
        """Call a function with a session, once more in a new one when the old is found dead."""
        self._require_answering()
        return self._session.ask(question, *arguments, **named)

    def change(self, change: Callable[..., Result], *arguments: object, **named: object) -> Result:
        """Call a function that changes something, never twice, with a session that is alive."""
        self._require_answering()
        return self._session.change(change, *arguments, **named)

    def delete(self, change: Callable[..., Result], *arguments: object, **named: object) -> Result:
        """Call a function that deletes, and note beside the database how far deletions went."""
        self._require_answering()
        return self.put_right(change, *arguments, **named)

    def put_right(
        self, change: Callable[..., Result], *arguments: object, **named: object
    ) -> Result:
        """Call a function that deletes, also while nothing is answered."""
        self.require_open()
        done = self._session.change(change, *arguments, **named)
        self._look_behind()
        self._session.ask(advance, self._marks)
        return done

    def _answer(self, kind: type[Row], statement: str, arguments: dict[str, Any]) -> Answers[Row]:
        rows, notes = self._fetch(statement, arguments)
        made = (kind(*map(_frozen, row)) for row in rows)
        return Answers(made, kind, notes)

    def _fetch(self, statement: str, arguments: dict[str, Any]) -> _Fetched:
        for name, value in arguments.items():
            require_storable(name, value)
        with _type_errors(arguments):
            return self.ask(self._execute, statement, list(arguments.values()))

    def _execute(
        self, connection: Connection, statement: str, values: Sequence[object]
    ) -> _Fetched:
        self._notes.clear()
        with store_errors():
            rows = connection.execute(statement.encode(), values).fetchall()
        return rows, tuple(self._notes)

    def _connect(self) -> Connection:
        connection = connect(self._dsn)
        # No transaction stays open between questions, where it would hold up a load or a deletion.
        connection.autocommit = True
        try:
            act_for(connection, *self._behalf)
            bring_key(connection, self._dsn, self._key_file)
            self._is_behind = is_behind(connection, self._marks)
            if not self._is_behind:
                advance(connection, self._marks)
            enter_scope(connection, self._scope)
        except BaseException:
            connection.close()
            raise
        connection.add_notice_handler(lambda said: self._note(said.message_primary or ""))
        return connection

    def _note(self, said: str) -> None:
        if len(self._notes) < _MAX_NOTES:
            self._notes.append(said)

    def _require_answering(self) -> None:
        self.require_open()
        # until somebody has put it right, here or elsewhere; and a backup may come under a session
        if self._is_behind or time.monotonic() - self._looked > _LOOK_SECONDS:
            self._look_behind()
        if self._is_behind:
            raise StoreError(BEHIND)

    def _look_behind(self) -> None:
        self._is_behind = self._session.ask(is_behind, self._marks)
        self._looked = time.monotonic()

    def require_open(self) -> None:
        """Refuse to go on once this was closed."""
        if self._is_closed:
            raise StoreError("this substrate is closed: hartonomous.open() gives another")


class Door(Protocol):
    """Whose methods ask and change."""

    _session: Questions


def asking(
    question: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of a question to a session; its docstring goes along."""

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        return door._session.ask(question, *given, **named)

    return _signed(method, question)


def changing(
    change: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of a change, which is one transaction and never tried twice."""

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        return door._session.change(change, *given, **named)

    return _signed(method, change)


def deleting(
    change: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of a deletion; as `changing`."""

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        return door._session.delete(change, *given, **named)

    return _signed(method, change)


def putting_right(
    change: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of what is called while nothing is answered; as `changing`."""

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        return door._session.put_right(change, *given, **named)

    return _signed(method, change)


def _signed(method: Method, function: Callable[..., object]) -> Method:
    signature = inspect.signature(function)
    _, *rest = signature.parameters.values()
    door = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    update_wrapper(method, function)
    method.__signature__ = signature.replace(parameters=[door, *rest])  # type: ignore[attr-defined]
    return method


def _call(shape: str, function: str, arguments: dict[str, Any]) -> str:
    marks = ", ".join(f"{name} => %s" for name in arguments)
    return f'SELECT {shape} FROM hartonomous."{function}"({marks})'  # noqa: S608  our own words


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


@contextmanager
def _type_errors(arguments: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        is_undefined = getattr(error.__cause__, "sqlstate", None) == _UNDEFINED
        if not is_undefined and "cannot adapt type" not in str(error):
            raise
        types = ", ".join(f"{name}: {type(value).__name__}" for name, value in arguments.items())
        raise TypeError(f"no question takes arguments of these types: {types}") from None
