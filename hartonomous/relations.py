"""Relation ids, the same in Python as in the SQL function ``relation_id``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hartonomous.hashing import blake3_rows


def relation_ids(
    a_ids: NDArray[np.uint8], b_ids: NDArray[np.uint8], relation_type: str
) -> NDArray[np.uint8]:
    """Ids of the relations from each a to its b.

    The first 8 bytes are those of a, so that the relations of one concept lie together on disk;
    the other 8 are the first bytes of BLAKE3(a, b, name of the type).

    Parameters
    ----------
    a_ids, b_ids
        (m, 16) uint8 composition ids.
    relation_type
        Name of the relation type.

    Returns
    -------
    (m, 16) uint8.
    """
    name = np.frombuffer(relation_type.encode(), dtype=np.uint8)
    keys = np.empty((len(a_ids), 32 + len(name)), dtype=np.uint8)
    keys[:, :16], keys[:, 16:32], keys[:, 32:] = a_ids, b_ids, name
    ids = np.empty((len(a_ids), 16), dtype=np.uint8)
    ids[:, :8], ids[:, 8:] = a_ids[:, :8], blake3_rows(keys)[:, :8]
    return ids
