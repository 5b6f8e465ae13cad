"""The deltas of a package, read back a piece at a time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import InvalidVectorsError, ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.vectors.packages import forms, low_rank
from hartonomous.vectors.packages.container import Container
from hartonomous.vectors.packages.extract import piece_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Piece:
    """Deltas of the numbers from ``start`` to ``stop`` of a tensor.

    Parameters
    ----------
    start, stop
        Which numbers.
    delta
        Shape (stop - start,), float32, or float64 of float64 tensors.
    fix_places, fix_bits
        Where base + delta rounds to other bits than the specialised model has, and its bits.
    """

    start: int
    stop: int
    delta: NDArray[np.floating]
    fix_places: NDArray[np.int64]
    fix_bits: NDArray[Any] | None


def tensor_entries(container: Container) -> dict[str, Mapping[str, Any]]:
    """Return what a package lists of each tensor, pieces checked to be in order and in range.

    Raises
    ------
    ModelFormatError
        A tensor is there twice, or pieces overlap or leave their tensor.
    """
    entries: dict[str, Mapping[str, Any]] = {}
    for entry in container.parts["vector_payload"]["tensors"]:
        name = entry["name"]
        end, size = 0, math.prod(entry["shape"])
        for piece in entry["pieces"]:
            if not end <= piece["start"] < piece["stop"] <= size:
                raise ModelFormatError(f"{container.path}: {shown(name)}: pieces out of order")
            end = piece["stop"]
        if name in entries:
            raise ModelFormatError(f"{container.path}: {shown(name)} is there twice")
        entries[name] = entry
    return entries


def pieces(container: Container, entry: Mapping[str, Any]) -> Iterator[Piece]:
    """Yield the pieces of one tensor.

    Raises
    ------
    ModelFormatError
        An array is malformed or does not fit.
    InvalidVectorsError
        A delta is NaN or infinite.
    """
    try:
        for piece in entry["pieces"]:
            yield _piece(container, entry, piece)
    except ModelFormatError as error:
        raise ModelFormatError(f"{shown(entry['name'])}: {error}") from None


def _piece(container: Container, entry: Mapping[str, Any], piece: Mapping[str, Any]) -> Piece:
    arrays = _arrays(container, piece)
    start, stop = piece["start"], piece["stop"]
    if piece["form"] == "low_rank":
        if len(entry["shape"]) != 2 or stop - start != math.prod(entry["shape"]):
            raise ModelFormatError("a low-rank piece is not a whole matrix")
        delta: NDArray[np.floating] = low_rank.product(arrays, *entry["shape"]).reshape(-1)
    else:
        rows = piece_rows(entry["shape"], stop - start)
        written = forms.Written(piece["form"], arrays)
        delta = forms.read_block(written, rows, (stop - start) // rows).reshape(-1)
    with np.errstate(all="ignore"):  # what came of it is looked at next
        delta = delta * delta.dtype.type(entry["scale"])
    if not np.isfinite(delta).all():
        raise InvalidVectorsError(f"{shown(entry['name'])}: a delta is NaN or infinite")
    places = forms.from_gaps(arrays["fix_gaps"], stop - start) if "fix_gaps" in arrays else None
    if places is None:
        return Piece(start, stop, delta, np.empty(0, np.int64), None)
    if len(places) != len(arrays["fix_bits"]):
        raise ModelFormatError("a correction has more places than values, or fewer")
    return Piece(start, stop, delta, places, arrays["fix_bits"])


#: Roles that each form has to have.
_NEEDED = {
    "dense": {"values"},
    "sparse": {"values", "gaps"},
    "low_rank": {"left", "right"},
}
_OPTIONAL = {"dense": {"scales"}, "sparse": {"scales"}, "low_rank": {"scales"}}


def _arrays(container: Container, piece: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for entry in piece["arrays"]:
        role = entry["role"]
        if entry["dtype"] not in forms.ROLES[role] or role in arrays:
            raise ModelFormatError(f"an array {role} has a wrong type, or is there twice")
        arrays[role] = container.array(entry)
    needed = _NEEDED[piece["form"]]
    fixes = {"fix_gaps", "fix_bits"} & arrays.keys()
    extra = arrays.keys() - needed - _OPTIONAL[piece["form"]] - fixes
    if needed - arrays.keys() or extra or len(fixes) == 1:
        raise ModelFormatError(f"a {piece['form']} piece has not the arrays of one")
    return arrays
