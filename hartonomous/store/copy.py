"""Rows in PostgreSQL's binary COPY format, built a batch at a time with NumPy.

Format: https://www.postgresql.org/docs/current/sql-copy.html, section "Binary Format".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

#: PostgreSQL type -> big-endian dtype.
_TYPES = {
    "uuid": "V16",
    "int2": ">i2",
    "int4": ">i4",
    "int8": ">i8",
    "float4": ">f4",
    "float8": ">f8",
}


def row_dtype(**columns: str) -> np.dtype[np.void]:
    """Structured dtype of one binary row whose columns have the given PostgreSQL types."""
    fields: list[tuple[str, str]] = [("_fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"_{name}_length", ">i4"), (name, _TYPES[kind])]
    return np.dtype(fields)


def columns(dtype: np.dtype[np.void]) -> list[str]:
    """Names of the columns of a row dtype."""
    return [name for name in dtype.names or () if not name.startswith("_")]


def empty_rows(count: int, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """``count`` rows with their field counts and lengths filled in, values still to come."""
    rows = np.empty(count, dtype=dtype)
    names = columns(dtype)
    rows["_fields"] = len(names)
    for name in names:
        rows[f"_{name}_length"] = dtype[name].itemsize
    return rows


LIST_COLUMNS = (
    "composition_number",
    "content_id",
    "site_id",
    "relation_type_id",
    "neighbours",
    "weights",
    "cut",
)
_INT4_OID = 23


def list_rows(
    concept: NDArray[np.int32],
    content_id: int | NDArray[np.int32],
    site_id: int | NDArray[np.int32],
    relation_type_id: int,
    neighbours: NDArray[np.int32],
    weights: NDArray[np.int32],
    cut: int | NDArray[np.int32] = 0,
) -> NDArray[np.void]:
    """Rows of relation_list with lists of one length.

    Parameters
    ----------
    concept
        (m,) int32 numbers of the concepts whose lists they are.
    content_id, site_id
        One number, or (m,) int32.
    neighbours, weights
        (m, length) int32: numbers of concepts, 0 for nobody, and units of 2^-20.
    cut
        One number, or (m,) int32: the weight of each list's last neighbour.
    """
    rows = np.empty(len(concept), dtype=_list_dtype(neighbours.shape[1]))
    rows["_fields"] = len(LIST_COLUMNS)
    for name in ("composition_number", "content_id", "site_id", "relation_type_id", "cut"):
        rows[f"_{name}_length"] = rows.dtype[name].itemsize
    rows["composition_number"], rows["relation_type_id"] = concept, relation_type_id
    rows["content_id"], rows["site_id"], rows["cut"] = content_id, site_id, cut
    _fill_array(rows, "neighbours", neighbours)
    _fill_array(rows, "weights", weights)
    return rows


def _list_dtype(length: int) -> np.dtype[np.void]:
    scalars = row_dtype(
        composition_number="int4", content_id="int4", site_id="int4", relation_type_id="int4"
    )
    array = _array_dtype(length)
    fields = [(name, scalars[name]) for name in scalars.names or ()]
    for name in ("neighbours", "weights"):
        fields += [(f"_{name}_length", np.dtype(">i4")), (name, array)]
    return np.dtype([*fields, ("_cut_length", ">i4"), ("cut", ">i4")])


def _array_dtype(length: int) -> np.dtype[np.void]:
    """Dtype of an int4[] in binary; an empty one has no dimension."""
    head = [("dimensions", ">i4"), ("has_null", ">i4"), ("type", ">i4")]
    if not length:
        return np.dtype(head)
    element = np.dtype([("length", ">i4"), ("value", ">i4")])
    return np.dtype([*head, ("length", ">i4"), ("first", ">i4"), ("elements", element, (length,))])


def _fill_array(rows: NDArray[np.void], name: str, values: NDArray[np.int32]) -> None:
    array = rows[name]
    rows[f"_{name}_length"] = array.dtype.itemsize
    array["dimensions"], array["has_null"], array["type"] = values.shape[1] > 0, 0, _INT4_OID
    if values.shape[1]:
        array["length"], array["first"] = values.shape[1], 1
        array["elements"]["length"], array["elements"]["value"] = 4, values


def as_uuids(ids: NDArray[np.uint8]) -> NDArray[np.void]:
    """(m, 16) uint8 as (m,) values of a uuid column."""
    return np.ascontiguousarray(ids).view("V16").ravel()


def read_rows(data: bytes, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Rows of a binary COPY whose columns are never null and have the types of ``dtype``."""
    return np.frombuffer(data[len(HEADER) : -len(TRAILER)], dtype=dtype)
