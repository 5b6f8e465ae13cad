"""Rows in PostgreSQL's binary COPY format, built a batch at a time with NumPy.

Format: https://www.postgresql.org/docs/current/sql-copy.html, section "Binary Format".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hartonomous.observations import WEIGHT_UNIT, Observations

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


EVIDENCE = row_dtype(relation_id="uuid", content_id="int4", site_id="int4", weight="float4")
RANKED_EVIDENCE = row_dtype(
    relation_id="uuid", content_id="int4", site_id="int4", weight="float4", rank="int2"
)
RELATION = row_dtype(
    relation_id="uuid",
    composition_a_id="uuid",
    composition_b_id="uuid",
    relation_type_id="int2",
    source_count="int4",
    evidence_count="int4",
    rejection_count="int4",
    weight_sum="int8",
)


def evidence_rows(
    batch: Observations,
    keys: NDArray[np.uint8],
    content_id: int | NDArray[np.int32],
    site_id: int | NDArray[np.int32],
) -> NDArray[np.void]:
    """Rows of relation_evidence for a batch whose relation ids are ``keys``, (m, 16) uint8.

    The numbers of content and site hold for all rows, or come one a row as (m,) int32.
    """
    rows = empty_rows(len(batch), EVIDENCE if batch.rank is None else RANKED_EVIDENCE)
    rows["relation_id"] = as_uuids(keys)
    rows["content_id"], rows["site_id"] = content_id, site_id
    rows["weight"] = batch.weight / WEIGHT_UNIT
    if batch.rank is not None:
        rows["rank"] = batch.rank
    return rows


def relation_rows(
    keys: NDArray[np.uint8],
    a_ids: NDArray[np.uint8],
    b_ids: NDArray[np.uint8],
    weight: NDArray[np.int32],
    relation_type_id: int,
    *,
    ranked: bool = True,
) -> NDArray[np.void]:
    """Rows of relation with one piece of evidence each; ids are (m, 16) uint8.

    Weight 0 outside any list says that the relation does not hold.
    """
    rows = empty_rows(len(keys), RELATION)
    rows["relation_id"] = as_uuids(keys)
    rows["composition_a_id"], rows["composition_b_id"] = as_uuids(a_ids), as_uuids(b_ids)
    rows["relation_type_id"] = relation_type_id
    rows["source_count"] = rows["evidence_count"] = 1
    rows["rejection_count"] = 0 if ranked else weight == 0
    rows["weight_sum"] = weight
    return rows


def as_uuids(ids: NDArray[np.uint8]) -> NDArray[np.void]:
    """(m, 16) uint8 as (m,) values of a uuid column."""
    return np.ascontiguousarray(ids).view("V16").ravel()
