"""Boxes in an image, and what they say of how things lie to each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from hartonomous.concepts import Concept
from hartonomous.observations import RELATED, RelationType

ABOVE = RelationType("above")
LEFT_OF = RelationType("left_of")
INSIDE = RelationType("inside")
ADJACENT_TO = RelationType("adjacent_to", is_symmetric=True)
SPATIAL = (ABOVE, LEFT_OF, INSIDE, ADJACENT_TO, RELATED)
#: Of two boxes of one label, what overlaps more is the same thing seen twice.
_SAME = 0.5
#: How much of a box lies in another that it is inside of.
_WITHIN = 0.9
#: How much boxes may overlap on the axis on which they lie beside each other, of the smaller.
_BESIDE = 0.5
#: How far apart what is adjacent is at most, in parts of the image.
_GAP = 0.1


@dataclass(frozen=True)
class Box:
    """Corners in parts of the image's width and height, 0 to 1, from its upper left."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def area(self) -> float:
        """Its part of the image."""
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    def overlap(self, other: Box) -> Box:
        """Return what both share; its area is 0 where that is nothing."""
        return Box(
            max(self.left, other.left), max(self.top, other.top),
            min(self.right, other.right), min(self.bottom, other.bottom),
        )  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A thing in an image: what it is, where, and how sure that is, 0 to 1."""

    label: Concept
    box: Box
    score: float

    @property
    def written(self) -> str:
        """One line for people: label, corners and score."""
        box = self.box
        corners = " ".join(f"{n:.3f}" for n in (box.left, box.top, box.right, box.bottom))
        return f"{self.label.text} {corners} {self.score:.3f}"


def suppressed(found: Sequence[Found], most: int = 100) -> tuple[Found, ...]:
    """Keep the surest of boxes of one label that overlap by more than half of their union."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda f: (-f.score, f.label.text, f.box.left, f.box.top)):
        if len(kept) < most and not any(_is_same(each, other) for other in kept):
            kept.append(each)
    return tuple(kept)


def _is_same(one: Found, other: Found) -> bool:
    shared = one.box.overlap(other.box).area
    union = one.box.area + other.box.area - shared
    return one.label == other.label and shared > _SAME * union


def arranged(found: Sequence[Found]) -> Counter[tuple[RelationType, Concept, Concept]]:
    """Return what labels are to each other in one image, each at most once.

    ``above`` and ``left_of`` ask for boxes that overlap on the other axis and hardly on this one;
    ``adjacent_to`` for those that also nearly touch; ``inside`` for nine tenths of the box.
    Symmetric relations come in one direction.
    """
    seen: set[tuple[RelationType, Concept, Concept]] = set()
    for one, other in permutations(found, 2):
        if one.label == other.label:
            continue
        for kind in _relations(one.box, other.box):
            a, b = one.label, other.label
            if kind.is_symmetric and a.text > b.text:
                a, b = b, a
            seen.add((kind, a, b))
    return Counter(seen)


def _relations(one: Box, other: Box) -> Iterator[RelationType]:
    yield RELATED
    if one.area and one.overlap(other).area >= _WITHIN * one.area and one.area < other.area:
        yield INSIDE
        return
    across = _shared((one.left, one.right), (other.left, other.right))
    along = _shared((one.top, one.bottom), (other.top, other.bottom))
    if across > 0 and along < _BESIDE and one.top + one.bottom < other.top + other.bottom:
        yield ABOVE
    if along > 0 and across < _BESIDE and one.left + one.right < other.left + other.right:
        yield LEFT_OF
    if _is_near(one, other):
        yield ADJACENT_TO


def _shared(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the overlap of two stretches in parts of the smaller; below 0, how far apart."""
    smaller = min(one[1] - one[0], other[1] - other[0])
    overlap = min(one[1], other[1]) - max(one[0], other[0])
    return overlap / smaller if smaller > 0 else -1.0


def _is_near(one: Box, other: Box) -> bool:
    across = max(one.left, other.left) - min(one.right, other.right)
    along = max(one.top, other.top) - min(one.bottom, other.bottom)
    return (along < 0 and 0 <= across < _GAP) or (across < 0 and 0 <= along < _GAP)
