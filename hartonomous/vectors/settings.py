"""Settings files in YAML: read into frozen dataclasses, every key and type checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from hartonomous.errors import ParameterError
from hartonomous.readers.files import read_bytes, shown
from hartonomous.vectors.extras import required

Settings = TypeVar("Settings")

#: Largest settings file, bytes.
_MAX_BYTES = 1 << 20


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file whose top is a mapping with text keys; nothing in it is executed.

    Raises
    ------
    ParameterError
        It is missing, too large, malformed, or its top is something else.
    """
    yaml = required("yaml")
    if not path.is_file():
        raise ParameterError(f"{path}: no such settings file")
    if path.stat().st_size > _MAX_BYTES:
        raise ParameterError(f"{path}: larger than {_MAX_BYTES >> 20} MiB, no settings file")
    try:
        parsed = yaml.safe_load(read_bytes(path).decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        line = " ".join(str(error).split())
        raise ParameterError(f"{path}: malformed YAML ({line:.150})") from None
    if not isinstance(parsed, dict) or not all(isinstance(key, str) for key in parsed):
        raise ParameterError(f"{path}: the top of a settings file is a mapping of names")
    return parsed


def settings_from(kind: type[Settings], given: Mapping[str, Any], origin: str) -> Settings:
    """Make a settings dataclass of what a file says.

    Parameters
    ----------
    kind
        A dataclass whose fields are text, numbers, truth values or tuples.
    given
        Names and values.
    origin
        What errors call the file.

    Raises
    ------
    ParameterError
        A name is unknown or missing, or a value has the wrong type.
    """
    known = {field.name: field for field in fields(kind)}  # type: ignore[arg-type]
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ParameterError(
            f"{origin}: unknown key {shown(unknown[0])}; known are {', '.join(known)}"
        )
    values = {
        name: _typed(value, str(known[name].type), f"{origin}: {name}")
        for name, value in given.items()
    }
    try:
        return kind(**values)
    except TypeError:
        required_names = [name for name in known if name not in given]
        raise ParameterError(f"{origin}: needs a value for {required_names[0]}") from None


def _typed(value: object, wanted: str, place: str) -> object:
    if wanted.startswith("tuple"):
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return (value,)
        if isinstance(value, list) and all(type(entry) in (str, int, float) for entry in value):
            return tuple(value)
        raise ParameterError(f"{place} is a list, not {value!r:.40}")
    for name, kinds in _KINDS.items():
        if wanted.startswith(name) and type(value) in kinds:
            return kinds[0](value)
    if value is None and "None" in wanted:
        return None
    raise ParameterError(f"{place} is of type {wanted}, not {value!r:.40}")


_KINDS: dict[str, tuple[Any, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
}
