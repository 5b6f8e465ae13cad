"""Clean the vectors of a table, and leave out rows of which cleaning leaves nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError
from hartonomous.miners.cleaning import Cleaning, CleaningRecord, clean_stored
from hartonomous.readers import EmbeddingTable


def clean_table(
    table: EmbeddingTable, cleaning: Cleaning
) -> tuple[EmbeddingTable, NDArray[np.float32], CleaningRecord]:
    """Read the vectors of a table and clean them.

    Returns
    -------
    table
        The table without the rows that have no direction of their own; they are counted as zero.
    vectors : float32, shape (m, d)
        The cleaned vectors of the rows that are left.
    record
        What was taken away.

    Raises
    ------
    InvalidVectorsError
        When no row has a direction of its own, as when all are equal or there are very few.
    ModelFormatError
        When the file was changed or cut off while it was read.
    """
    cleaned, record, gone = clean_stored(table.vectors(), cleaning, table.dtype)
    rows = len(cleaned)
    if len(gone) == rows:
        raise InvalidVectorsError(
            f"{table.name}: none of its {rows} rows has a direction beyond what all share, which "
            "cleaning takes away; use --raw to mine them as they are"
        )
    if not len(gone):
        return table, cleaned, record
    kept = replace(table, vocabulary=table.vocabulary.without(gone, "zero"))
    return kept, np.delete(cleaned, gone, axis=0), record
