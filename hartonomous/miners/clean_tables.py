"""Clean the vectors of a table, and leave out rows of which cleaning leaves nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hartonomous.errors import InvalidVectorsError
from hartonomous.geometry.rows import ChosenRows, TakenRows
from hartonomous.miners.cleaning import Cleaning, CleaningRecord, clean_rows
from hartonomous.readers import EmbeddingTable


def clean_table(
    table: EmbeddingTable, cleaning: Cleaning
) -> tuple[EmbeddingTable, TakenRows, CleaningRecord]:
    """Read the vectors of a table, once, and clean them.

    Returns
    -------
    table
        The table without the rows that have no direction of their own; they are counted as zero.
    vectors : shape (m, d)
        The cleaned vectors of the rows that are left, in memory or in a file of ours.
    record
        What was taken away.

    Raises
    ------
    InvalidVectorsError
        When no row has a direction of its own, as when all are equal or there are very few.
    ModelFormatError
        When the file was changed or cut off while it was read.
    ParameterError
        When there is no room for them.
    """
    cleaned = table.matrix.gathered(table.vocabulary.rows)
    record, gone = clean_rows(cleaned, cleaning, table.dtype)
    rows = cleaned.shape[0]
    if len(gone) == rows:
        raise InvalidVectorsError(
            f"{table.name}: none of its {rows} rows has a direction beyond what all share, which "
            "cleaning takes away; use --raw to mine them as they are"
        )
    if not len(gone):
        return table, cleaned, record
    kept = replace(table, vocabulary=table.vocabulary.without(gone, "zero"))
    return kept, ChosenRows(cleaned, np.delete(np.arange(rows), gone)), record
