"""Clean the vectors of a site, and leave out rows of which cleaning leaves nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError
from hartonomous.geometry.rows import TakenRows
from hartonomous.miners.cleaning import Cleaning, CleaningRecord, clean_rows
from hartonomous.sites import StoredRows


def clean_site(
    rows: StoredRows, cleaning: Cleaning
) -> tuple[TakenRows, CleaningRecord, NDArray[np.int64]]:
    """Read the vectors of a site, once, and clean them.

    Returns
    -------
    vectors : shape (m, d)
        The cleaned vectors of all rows, in memory or in a file of ours.
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
    ParameterError
        When there is no room for them.
    """
    cleaned = rows.gathered()
    record, gone = clean_rows(cleaned, cleaning, rows.dtype)
    if len(gone) == cleaned.shape[0]:
        raise InvalidVectorsError(
            f"none of its {len(gone)} rows has a direction beyond what all share, which cleaning "
            "takes away; use --raw to mine them as they are"
        )
    return cleaned, record, gone
