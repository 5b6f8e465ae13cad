"""Sketches as files: JSON of a fixed form and of at most 200 kB, checked number by number."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import is_storable
from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.lineage.sketch import (
    ASKED,
    CONCEPTS,
    EMBEDDING_LENGTH,
    FEWEST,
    ID_BYTES,
    KINDS,
    LAYERS,
    LENGTH,
    MOST_NAME,
    Place,
    Sketch,
)
from hartonomous.readers.files import read_json_object, regular_file, shown

FORMAT = "hartonomous lineage sketch"
VERSION = 1
#: The largest file.
MOST_BYTES = 200_000
#: More layers or concepts than any model has.
_MOST_LAYERS, _MOST_CONCEPTS = 4096, 1 << 31
_FIELDS = {
    "format": str, "version": int, "name": str, "architecture": str, "layers": int,
    "vocabulary": int, "concepts": str, "places": list,
}  # fmt: skip
_PLACE_FIELDS = {"kind": str, "layer": int, "length": int, "lists": str}


def write_sketch(sketch: Sketch, path: Path) -> int:
    """Write a sketch to a new file; return its bytes.

    Raises
    ------
    ParameterError
        There is something at the path already, or nothing can be written there.
    """
    content = json.dumps(_as_json(sketch), ensure_ascii=False).encode()
    if len(content) > MOST_BYTES:
        raise ParameterError(f"a sketch of {len(content):,} bytes is larger than {MOST_BYTES:,}")
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        partial.write_bytes(content)
        os.link(partial, path)
    except FileExistsError:
        raise ParameterError(f"{path} is there already: choose another name") from None
    except OSError as error:  # it names the draft beside the path, which nobody asked for
        raise ParameterError(f"{path}: {error.strerror}") from None
    finally:
        with suppress(OSError):  # where there is no such folder
            partial.unlink(missing_ok=True)
    return len(content)


def _as_json(sketch: Sketch) -> dict[str, object]:
    return {
        "format": FORMAT, "version": VERSION, "name": sketch.name,
        "architecture": sketch.architecture, "layers": sketch.layers,
        "vocabulary": sketch.vocabulary, "concepts": _encoded(sketch.ids),
        "places": [
            {
                "kind": place.kind, "layer": place.layer, "length": place.lists.shape[1],
                "lists": _encoded(place.lists.astype("<u2")),
            }
            for place in sketch.places
        ],
    }  # fmt: skip


def _encoded(numbers: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()


def is_sketch(path: Path) -> bool:
    """Say whether a file begins as sketches do."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return FORMAT.encode() in file.read(64)


def read_sketch(path: Path) -> Sketch:
    """Read a sketch; nothing in it is trusted.

    Raises
    ------
    ModelFormatError
        It is no sketch, of a later version, or malformed.
    """
    if regular_file(path).stat().st_size > MOST_BYTES:
        raise ModelFormatError(f"{path}: larger than the {MOST_BYTES:,} bytes of a sketch")
    given = read_json_object(path)
    try:
        return _checked(given)
    except _FaultError as fault:
        raise ModelFormatError(f"{path}: no sketch: {fault}") from None


class _FaultError(Exception):
    """What is wrong with a sketch."""


def _require(holds: bool, fault: str) -> None:
    if not holds:
        raise _FaultError(fault)


def _checked(given: Mapping[str, Any]) -> Sketch:
    _require(given.get("format") == FORMAT, "it doesn't call itself one")
    version = given.get("version")
    _require(version == VERSION, f"version {shown(str(version))}, and {VERSION} is known")
    _check_fields(given, _FIELDS, "it")
    for name in ("name", "architecture"):
        fits = len(given[name]) <= MOST_NAME and given[name].isprintable()
        _require(fits, f"its {name} is too long, or not printable")
    _require(is_storable(given["name"]), "its name is empty, or not valid text")
    _require(0 <= given["layers"] <= _MOST_LAYERS, "so many layers no model has")
    ids = _ids(given["concepts"])
    whole = given["vocabulary"] == len(ids)
    sampled = len(ids) == CONCEPTS < given["vocabulary"] < _MOST_CONCEPTS
    _require(whole or sampled, "its concepts are not those of its vocabulary")
    places = _places(given["places"], given["layers"], len(ids))
    return Sketch(
        given["name"], given["architecture"], given["layers"], given["vocabulary"], ids, places
    )


def _check_fields(given: object, fields: Mapping[str, type], what: str) -> None:
    """Raise unless an object has exactly these fields, each of its type."""
    _require(isinstance(given, dict), f"{what} is no object")
    assert isinstance(given, dict)  # noqa: S101  # for the type checker
    for name in fields.keys() ^ given.keys():
        _require(False, f"{what} lacks {name}" if name in fields else f"{what} has {shown(name)}")
    for name, kind in fields.items():
        _require(type(given[name]) is kind, f"{name} of {what} is no {kind.__name__}")


def _decoded(text: str, count: int, dtype: str) -> NDArray[Any]:
    """Return numbers, exactly so many where a count is given."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        raise _FaultError("it holds what is no base64") from None
    fits = len(content) == count * np.dtype(dtype).itemsize
    _require(fits, f"{len(content)} bytes where {count} numbers belong")
    return np.frombuffer(content, dtype)


def _ids(text: str) -> NDArray[np.uint8]:
    count = len(text) * 3 // 4 // ID_BYTES
    _require(FEWEST <= count <= CONCEPTS, f"{count} concepts, and {FEWEST} to {CONCEPTS} may be")
    ids = _decoded(text, count * ID_BYTES, "uint8").reshape(count, ID_BYTES)
    numbers = ids.view(">u8").ravel()
    _require(bool(np.all(numbers[1:] > numbers[:-1])), "its concepts are not in their order")
    return ids


def _places(given: list[Any], layers: int, concepts: int) -> tuple[Place, ...]:
    most = 1 + (len(KINDS) - 1) * LAYERS
    _require(1 <= len(given) <= most, f"{len(given)} places, and 1 to {most} may be")
    places = tuple(_place(each, layers, concepts) for each in given)
    positions = {place.position for place in places}
    _require(len(positions) == len(places), "a place is there twice")
    _require(places[0].kind == KINDS[0], "its first place is not the embedding")
    return places


def _place(given: Any, layers: int, concepts: int) -> Place:  # noqa: ANN401  # JSON
    _check_fields(given, _PLACE_FIELDS, "a place")
    kind, layer, length = given["kind"], given["layer"], given["length"]
    _require(kind in KINDS, f"no place is called {shown(kind)}")
    _require(0 <= layer < max(1, layers if kind != KINDS[0] else 1), "a place in no layer")
    most = min(concepts - 1, EMBEDDING_LENGTH if kind == KINDS[0] else LENGTH)
    _require(length == most, f"lists of {length} where {most} belong")
    asked = min(ASKED, concepts)
    lists = _decoded(given["lists"], asked * length, "<u2").reshape(asked, length)
    ordered = np.sort(lists, axis=1)
    _require(bool(np.all(lists < concepts)), "a list names a concept that isn't there")
    own = lists == np.arange(asked)[:, None]
    twice = ordered[:, 1:] == ordered[:, :-1]
    _require(not own.any() and not twice.any(), "a list names a concept twice, or its own")
    return Place(kind, layer, lists.astype(np.uint16))
