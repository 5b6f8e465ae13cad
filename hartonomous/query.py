"""How SQL is asked from Python: a function's name, its arguments by name, and the answer's type."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import update_wrapper
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from hartonomous.concepts import is_storable
from hartonomous.errors import ParameterError, StoreError, UnknownNameError
from hartonomous.store.behalf import act_for
from hartonomous.store.connection import connect
from hartonomous.store.deletion_marks import BEHIND, advance, is_behind, mark_file
from hartonomous.store.failures import store_errors
from hartonomous.store.forgetting_key import bring_key, chosen_key_file
from hartonomous.store.kept import KeptSession
from hartonomous.store.session import Connection
from hartonomous.tables import Answers, Row, columns

Result = TypeVar("Result")
Parameters = ParamSpec("Parameters")
Method = TypeVar("Method", bound=Callable[..., object])

#: An integer of PostgreSQL, which all counts are.
_SMALLEST, _GREATEST = -(2**31), 2**31 - 1
#: What errors repeat of a text, and how many notes of one answer are kept.
_SHOWN = 80
_MAX_NOTES = 100
#: What a parameter takes, by its annotation.
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "int | None": (int, type(None)),
    "float": (float, int),
    "bool": (bool,),
    "bool | None": (bool, type(None)),
}
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
        key_file: str | Path | None = None,
    ) -> None:
        self._dsn = dsn
        self._key_file = chosen_key_file(key_file)
        self._marks = mark_file(dsn, self._key_file)
        self._is_behind = False
        self._behalf = operator, reference
        self._notes: list[str] = []
        self._is_closed = False
        self._session = KeptSession(self._connect)

    def __reduce__(self) -> tuple[type[Questions], tuple[str | None, None, None, Path | None]]:
        """Send the address alone to another process, which opens a session of its own."""
        return Questions, (self._dsn, None, None, self._key_file)

    def close(self) -> None:
        """End the session for good."""
        self._is_closed = True
        self._session.close()

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
        self._require_open()
        done = self._session.change(change, *arguments, **named)
        self._is_behind = self._session.ask(is_behind, self._marks)
        self._session.ask(advance, self._marks)
        return done

    def _answer(self, kind: type[Row], statement: str, arguments: dict[str, Any]) -> Answers[Row]:
        rows, notes = self._fetch(statement, arguments)
        made = (kind(*map(_frozen, row)) for row in rows)
        return Answers(made, kind, notes)

    def _fetch(self, statement: str, arguments: dict[str, Any]) -> _Fetched:
        for name, value in arguments.items():
            _require_storable(name, value)
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
        except BaseException:
            connection.close()
            raise
        connection.add_notice_handler(lambda said: self._note(said.message_primary or ""))
        return connection

    def _note(self, said: str) -> None:
        if len(self._notes) < _MAX_NOTES:
            self._notes.append(said)

    def _require_answering(self) -> None:
        self._require_open()
        if self._is_behind:  # until somebody has put it right, here or elsewhere
            self._is_behind = self._session.ask(is_behind, self._marks)
        if self._is_behind:
            raise StoreError(BEHIND)

    def _require_open(self) -> None:
        if self._is_closed:
            raise StoreError("this substrate is closed: hartonomous.open() gives another")


class Door(Protocol):
    """Whose methods ask and change."""

    _session: Questions


def asking(
    question: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of a question to a session; its docstring goes along."""
    signature = inspect.signature(question)

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        _require_types(signature, given, named)
        return door._session.ask(question, *given, **named)

    return _signed(method, signature, question)


def changing(
    change: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of a change, which is one transaction and never tried twice."""
    signature = inspect.signature(change)

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        _require_types(signature, given, named)
        return door._session.change(change, *given, **named)

    return _signed(method, signature, change)


def deleting(
    change: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of a deletion; as `changing`."""
    signature = inspect.signature(change)

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        _require_types(signature, given, named)
        return door._session.delete(change, *given, **named)

    return _signed(method, signature, change)


def putting_right(
    change: Callable[Concatenate[Connection, Parameters], Result],
) -> Callable[Concatenate[Door, Parameters], Result]:
    """Make a method of the door of what is called while nothing is answered; as `changing`."""
    signature = inspect.signature(change)

    def method(door: Door, /, *given: Parameters.args, **named: Parameters.kwargs) -> Result:
        _require_types(signature, given, named)
        return door._session.put_right(change, *given, **named)

    return _signed(method, signature, change)


def _signed(
    method: Method, signature: inspect.Signature, function: Callable[..., object]
) -> Method:
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


def _require_types(
    signature: inspect.Signature, given: Sequence[object], named: dict[str, Any]
) -> None:
    """Refuse what is no text or number where one is expected."""
    for name, value in signature.bind(None, *given, **named).arguments.items():
        expected = _TYPES.get(str(signature.parameters[name].annotation))
        if expected is None:  # a path, say, which may be no text
            continue
        if not isinstance(value, expected):
            raise TypeError(f"{name} is {expected[0].__name__}, not {type(value).__name__}")
        _require_storable(name, value)


def _require_storable(name: str, value: object) -> None:
    """Refuse what no database can hold before one is asked for it."""
    if isinstance(value, list):
        for one in value:
            _require_storable(name, one)
    elif isinstance(value, str) and value and not is_storable(value):
        raise UnknownNameError(f"no name {value[:_SHOWN]!r}: this is not valid text")
    elif isinstance(value, int) and not _SMALLEST <= value <= _GREATEST:
        raise ParameterError(f"{name} is out of range: {str(value)[:_SHOWN]}")


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
