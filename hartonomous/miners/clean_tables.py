"""Clean the vectors of a site, and name the rows of which cleaning leaves nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError
from hartonomous.miners.cleaning import Cleaning, CleaningRecord, clean_stored
from hartonomous.sites import Rows


def clean_rows(
    rows: Rows, cleaning: Cleaning
) -> tuple[NDArray[np.float32], CleaningRecord, NDArray[np.int64]]:
    """Read the vectors of a site and clean them.

    Returns
    -------
    vectors : float32, shape (m, d)
        The cleaned vectors of all rows.
    record
        What was taken away.
    directionless : int64
        The rows of which nothing was left, ascending.

    Raises
    ------
    InvalidVectorsError
        When no row has a direction of its own, as when all are equal or there are very few.
    ModelFormatError
        When the file was changed or cut off while it was read.
    """
    cleaned, record, gone = clean_stored(rows.rows(0, rows.shape[0]), cleaning, rows.dtype)
    if len(gone) == len(cleaned):
        raise InvalidVectorsError(
            f"none of {len(gone)} rows has a direction beyond what all share, which "
            "cleaning takes away; use --raw to mine them as they are"
        )
    return cleaned, record, gone
