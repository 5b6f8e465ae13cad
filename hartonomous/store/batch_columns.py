"""Observations of many small sources in columns, as one batch is copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hartonomous.observations import Observations


@dataclass(frozen=True, eq=False)
class SiteRows:
    """Observations of one site, concepts by their place in the batch's table."""

    content_id: int
    site_id: int
    observed: Observations
    is_ranked: bool
    #: Concepts of the source that are in lists and have none, where this is its first site.
    without_list: NDArray[np.int32] | None = None

    @property
    def is_first(self) -> bool:
        """Whether this site keeps the source's empty rows."""
        return self.without_list is not None

    @property
    def rowless(self) -> SiteRows:
        """Those concepts in place of observations."""
        nobody = self.observed.a[:0] if self.without_list is None else self.without_list
        return SiteRows(self.content_id, self.site_id, Observations(nobody, nobody, nobody), False)


@dataclass(frozen=True, eq=False)
class Columns:
    """Observations of several sites one behind the other."""

    observed: Observations
    content: NDArray[np.int32]
    site: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Sequence[SiteRows]) -> Columns:
        """Put them together."""
        lengths = [len(each.observed) for each in rows]
        return cls(
            together([each.observed for each in rows]),
            np.repeat([each.content_id for each in rows], lengths).astype(np.int32),
            np.repeat([each.site_id for each in rows], lengths).astype(np.int32),
        )


def together(batches: Sequence[Observations]) -> Observations:
    """Put observations one behind the other."""
    if len(batches) == 1:
        return batches[0]
    nothing = [np.empty(0, dtype=np.int32)]
    return Observations(
        np.concatenate([each.a for each in batches] or nothing),
        np.concatenate([each.b for each in batches] or nothing),
        np.concatenate([each.weight for each in batches] or nothing),
    )
