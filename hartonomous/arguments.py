"""What verbs take: each argument is held against its parameter's annotation before anything else.

So that a wrong type is one clear error and reaches neither the database nor a file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from numbers import Integral, Real
from pathlib import Path
from types import FunctionType, NoneType
from typing import Any, TypeVar

from hartonomous.concepts import is_storable
from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.progress import Stages

Door = TypeVar("Door")

#: An integer of PostgreSQL, which all counts are.
_SMALLEST, _GREATEST = -(2**31), 2**31 - 1
#: What errors repeat of a text.
_SHOWN = 80


@dataclass(frozen=True)
class _Kind:
    """What an annotation means, in words, and in types or attributes."""

    words: str
    types: tuple[type, ...] = ()
    #: Whether a collection of such is taken too.
    or_several: bool = False
    #: Attributes that tell objects of ours, whose classes would be slow to import.
    having: tuple[str, ...] = ()

    def takes(self, value: object) -> bool:
        """Say whether a value is one of it; a truth value is no number."""
        if self.having:
            return all(hasattr(value, name) for name in self.having)
        return isinstance(value, self.types) and (bool in self.types or not isinstance(value, bool))


_TEXT, _NUMBER, _SWITCH, _PATH = "text", "a whole number", "True or False", "a path"
#: By annotation; every one of the door's is here.
KINDS: Mapping[str, _Kind] = {
    "str": _Kind(_TEXT, (str,)),
    "str | None": _Kind(f"{_TEXT} or None", (str, NoneType)),
    "str | Sequence[str]": _Kind(f"{_TEXT} or several texts", (str,), or_several=True),
    "str | Sequence[str] | None": _Kind(
        f"{_TEXT}, several texts or None", (str, NoneType), or_several=True
    ),
    "int": _Kind(_NUMBER, (Integral,)),
    "int | None": _Kind(f"{_NUMBER} or None", (Integral, NoneType)),
    "float": _Kind("a number", (Real,)),
    "float | Sequence[float] | None": _Kind(
        "a number, several numbers or None", (Real, NoneType), or_several=True
    ),
    "float | str | None": _Kind("a number, text or None", (Real, str, NoneType)),
    "bool": _Kind(_SWITCH, (bool,)),
    "bool | None": _Kind(f"{_SWITCH} or None", (bool, NoneType)),
    "str | Path": _Kind(_PATH, (str, Path)),
    "str | Path | None": _Kind(f"{_PATH} or None", (str, Path, NoneType)),
    "Path | None": _Kind("a pathlib.Path or None", (Path, NoneType)),
    "str | Path | Sequence[str | Path]": _Kind(
        f"{_PATH} or several paths", (str, Path), or_several=True
    ),
    "date | str | None": _Kind("a date, YYYY-MM-DD or None", (date, str, NoneType)),
    "Method": _Kind(_TEXT, (str,)),
    "Verdict": _Kind(_TEXT, (str,)),
    "Sequence[RatedPair]": _Kind("rated pairs", or_several=True, having=("a", "b")),
    "Comparison": _Kind("what judge_sources returns", having=("effect", "difference")),
    "Stages | None": _Kind("Stages or None", (NoneType, Stages)),
}


def checked(door: type[Door]) -> type[Door]:
    """Make every public method of a class look at its arguments first."""
    for name, method in vars(door).copy().items():
        if isinstance(method, FunctionType) and not name.startswith("_"):
            setattr(door, name, _checking(method, f"{door.__name__}.{name}"))
    return door


def _checking(method: Callable[..., object], name: str) -> Callable[..., object]:
    signature = inspect.signature(method)

    @wraps(method)
    def checking(*given: object, **named: object) -> object:
        require(signature, given, named)
        return method(*given, **named)

    checking.__qualname__, checking.__name__ = name, name.rpartition(".")[2]
    return checking


def require(signature: inspect.Signature, given: Sequence[object], named: dict[str, Any]) -> None:
    """Refuse arguments that parameters don't take.

    Raises
    ------
    TypeError
        There is no such parameter, one is missing, or an argument is of another type.
    UnknownNameError
        A text is none that a database can hold.
    ParameterError
        An integer is none that a database can hold.
    """
    for name, value in signature.bind(*given, **named).arguments.items():
        kind = KINDS.get(str(signature.parameters[name].annotation))
        found = kind and _misfit(value, kind)
        if kind and found:
            raise TypeError(f"{name} is {kind.words}, not {found}")
        if kind and Path not in kind.types:
            require_storable(name, value)


def require_storable(name: str, value: object) -> None:
    """Refuse what no database can hold before one is asked for it."""
    if isinstance(value, (list, tuple)):
        for one in value:
            require_storable(name, one)
    elif isinstance(value, str) and value and not is_storable(value):
        raise UnknownNameError(f"no name {value[:_SHOWN]!r}: this is not valid text")
    elif isinstance(value, Integral) and not _SMALLEST <= int(value) <= _GREATEST:
        raise ParameterError(f"{name} is out of range: {str(value)[:_SHOWN]}")


def _misfit(value: object, kind: _Kind) -> str | None:
    """Return what a value is that is none of its kind, else None."""
    if kind.takes(value):
        return None
    if kind.or_several and not isinstance(value, (str, bytes, bytearray, Mapping)):
        if isinstance(value, Collection):
            wrong = [one for one in value if not kind.takes(one)]
            return f"several with {type(wrong[0]).__name__}" if wrong else None
        if isinstance(value, Iterator):  # it can be looked at once
            return None
    return type(value).__name__
