"""What is said of one image, as pairs of concepts that sites count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.observations import WEIGHT_UNIT, Fact, RelationType
from hartonomous.readers.images.boxes import Found, arranged
from hartonomous.readers.images.codebook import Codebook
from hartonomous.sites import CountedSite, PairCounts

DEPICTS = RelationType("depicts")
CONTAINS = RelationType("contains")


@dataclass(frozen=True, eq=False)
class Observed:
    """All that is said of one image."""

    concepts: tuple[Concept, ...]
    sites: tuple[CountedSite, ...]


@dataclass(eq=False)
class Observing:
    """Takes what models and people say of an image."""

    image: Concept
    _places: dict[Concept, int] = field(default_factory=dict)
    _sites: list[CountedSite] = field(default_factory=list)

    def depict(self, position: str, labels: Sequence[tuple[Concept, float]]) -> None:
        """Say what it shows, each label with its probability."""
        strongest: dict[Concept, float] = {}
        for label, weight in labels:
            strongest[label] = max(weight, strongest.get(label, 0.0))
        self._add(position, DEPICTS, [(self.image, b, _units(w)) for b, w in strongest.items()])

    def mention(self, position: str, words: Sequence[Concept]) -> None:
        """Say with which words somebody described it, as often as they come."""
        counts: dict[Concept, int] = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        pairs = [(self.image, word, count) for word, count in counts.items()]
        self._add(position, DEPICTS, pairs, is_counted=True)

    def contain(self, codebook: Codebook, patches: NDArray[np.float32]) -> None:
        """Say which cells its parts are nearest to, and what share of them."""
        shares, cells = codebook.shares(patches), codebook.concepts
        pairs = [(self.image, cells[i], _units(shares[i])) for i in np.flatnonzero(shares).tolist()]
        self._add("cells", CONTAINS, pairs)

    def find(self, position: str, found: Sequence[Found]) -> None:
        """Say what is where in it; the boxes are kept with the site."""
        if not found:
            return
        labels = [(each.label, each.score) for each in found]
        boxes: tuple[tuple[str, Fact], ...] = (
            ("boxes", "; ".join(each.written for each in found)),
        )
        self.depict(position, labels)
        self._sites[-1] = replace(self._sites[-1], facts=boxes)
        by_type: dict[RelationType, list[tuple[Concept, Concept, int]]] = {}
        for kind, a, b in arranged(found):
            by_type.setdefault(kind, []).append((a, b, 1))
        for kind in sorted(by_type, key=lambda each: each.name):
            self._add(f"{position} {kind.name}", kind, sorted(by_type[kind], key=_by_text),
                      is_counted=True)  # fmt: skip

    def observed(self) -> Observed:
        """Return it; the image may be among the concepts alone."""
        return Observed(tuple(self._places), tuple(self._sites))

    def _add(
        self,
        position: str,
        kind: RelationType,
        pairs: Sequence[tuple[Concept, Concept, int]],
        *,
        is_counted: bool = False,
    ) -> None:
        if not pairs:
            return
        a = np.array([self._place(pair[0]) for pair in pairs], np.int64)
        b = np.array([self._place(pair[1]) for pair in pairs], np.int64)
        seen = PairCounts(0, a, b, np.array([pair[2] for pair in pairs], np.int64))

        def stream() -> Iterator[PairCounts]:
            yield seen

        weighing: Literal["count", "strength"] = "count" if is_counted else "strength"
        self._sites.append(CountedSite(position, stream, kind, weighing=weighing))

    def _place(self, concept: Concept) -> int:
        return self._places.setdefault(concept, len(self._places))


def _units(weight: float) -> int:
    return max(1, min(WEIGHT_UNIT, round(weight * WEIGHT_UNIT)))


def _by_text(pair: tuple[Concept, Concept, int]) -> tuple[str, str]:
    return pair[0].text, pair[1].text
