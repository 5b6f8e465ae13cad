"""What a map says of itself: whose words it shows, and how many of their relations it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.answers import Neighbor, PlacedConcept, SourceAlignment
from hartonomous.errors import ParameterError
from hartonomous.geometry.picture import MAX_WORDS, REGIONS, Text, form_of, map_picture
from hartonomous.geometry.projection import flat, surroundings
from hartonomous.tables import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hartonomous.query import Questions

#: Words that a map shows where nobody says how many: of all, and around one.
WORDS, WORDS_AROUND = 2000, 100
#: Regions of a map around a word.
_REGIONS_AROUND = 6
#: Words whose relations are held against the map, and relations that are asked of each.
SAMPLE, RELATED = 200, 50
#: Related words that count, of those on the map.
FIRST = 10
#: Sources that a title names.
_NAMED = 3
_DISTANCES = (
    "What lies close together is often related; how far regions lie apart says little. "
    "`hartonomous neighbors WORD` has the evidence itself."
)
_AROUND = (
    "Rings: distance from the middle along the sphere, in radians. Directions, and distances "
    "between the others, are only about right."
)


@dataclass(frozen=True)
class Kept:
    """Shares of related words that lie nearest on a map: of all words, the first half, the rest."""

    whole: float
    better_known: float
    others: float
    #: What a map without any order keeps.
    chance: float


def draw_map(session: Questions, out: Path, max_results: int | None, around: str | None) -> int:
    """Ask for what a map shows, and draw it; return how many words have a label.

    Raises
    ------
    ParameterError
        Nothing has a position yet, a number is out of its range, the file's suffix is not known,
        or what draws such files is not installed.
    UnknownNameError
        There is no concept ``around``.
    """
    form_of(out)  # before anything is asked
    wanted = max_results if max_results is not None else WORDS if around is None else WORDS_AROUND
    if wanted > MAX_WORDS:
        raise ParameterError(f"a map of {wanted:,} words: at most {MAX_WORDS:,} can be drawn")
    placed = session.rows(PlacedConcept, "sphere_map", max_results=wanted, around=around)
    if not placed:
        raise ParameterError("nothing has a position yet: `hartonomous align` gives them")
    related = session.rows(Neighbor, "neighbors", labels=_sampled(placed), max_results=RELATED)
    order = 'ORDER BY source_identifier COLLATE "C"'
    alignments = session.view(SourceAlignment, "alignment", order)
    positions = np.array([(c.x, c.y, c.z, c.w) for c in placed])
    text = map_text(placed, related, alignments, around, placed.notes)
    labels = [concept.label for concept in placed]
    regions = REGIONS if around is None else _REGIONS_AROUND
    return map_picture(
        labels, positions, out, around=around is not None, regions=regions, text=text
    )


def _sampled(placed: Sequence[PlacedConcept]) -> list[str]:
    """Return words of a map, evenly from the best known to the least."""
    step = max(1, len(placed) // SAMPLE)
    return [concept.label for concept in placed[::step][:SAMPLE]]


def map_text(
    placed: Sequence[PlacedConcept],
    related: Sequence[Neighbor],
    alignments: Sequence[SourceAlignment],
    around: str | None,
    said: Sequence[str] = (),
) -> Text:
    """Return the title, subtitle and notes of a map.

    Parameters
    ----------
    placed
        What it shows, the best known or nearest first.
    related
        What the words of a sample are related to, the strongest first.
    alignments
        The sources' charts.
    around
        The word in its middle, if it has one.
    said
        What the database said of the positions.
    """
    framed = [each for each in alignments if each.is_placed] or alignments
    title = _title([each.source_identifier for each in framed], around and placed[0].label)
    shown = f"the {_which(len(placed), around)}"
    if len(framed) == 1:
        shown += f"{'' if around else ','} of {counted(framed[0].concepts, 'concept')}"
    kept = kept_shares(placed, related, is_around=around is not None)
    notes = [_AROUND] if around else []
    return Text(title, shown + _says(kept), (*notes, _DISTANCES, *said, *_rare(kept, around)))


def kept_shares(
    placed: Sequence[PlacedConcept], related: Sequence[Neighbor], *, is_around: bool
) -> Kept | None:
    """Return how many related words are nearest on the map, None where none is related."""
    rows = {concept.label: row for row, concept in enumerate(placed)}
    first: dict[int, list[int]] = {}
    for each in related:
        row, other = rows.get(each.concept), rows.get(each.neighbor)
        if row is not None and other is not None and len(first.setdefault(row, [])) < FIRST:
            first[row].append(other)
    shares = {row: found for row, found in first.items() if found}
    if not shares:
        return None
    positions = np.array([(c.x, c.y, c.z, c.w) for c in placed])
    plane = surroundings(positions) if is_around else flat(positions, "stereographic")
    kept = np.array([_share(plane, row, others) for row, others in sorted(shares.items())])
    sizes = [len(others) for others in shares.values()]
    half = (len(kept) + 1) // 2
    rest = kept[half:] if len(kept) > half else kept
    chance = float(np.mean(sizes)) / max(len(placed) - 1, 1)
    return Kept(float(kept.mean()), float(kept[:half].mean()), float(rest.mean()), chance)


def _share(plane: NDArray[np.float64], row: int, others: Sequence[int]) -> float:
    """Share of a point's ``others`` that are among as many of its nearest."""
    apart = np.square(plane - plane[row]).sum(axis=1)
    apart[row] = np.inf
    nearest = np.argsort(apart, kind="stable")[: len(others)]
    return len(set(nearest.tolist()) & set(others)) / len(others)


def _title(sources: Sequence[str], middle: str | None) -> str:
    named = ", ".join(f"{source:.60}" for source in sources[:_NAMED])
    whose = named if len(sources) <= _NAMED else f"{len(sources)} sources"
    return f"{middle:.40} in {whose}" if middle else f"Words of {whose}"


def _which(count: int, around: str | None) -> str:
    if around:
        return counted(count, "word that lies nearest", "words that lie nearest")
    return counted(count, "word that most lists name", "words that most lists name")


def _says(kept: Kept | None) -> str:
    if kept is None:
        return ""
    return (
        f" · {kept.whole:.0%} of a word's first {FIRST} related words on this map "
        f"are nearest to it here too (by chance {kept.chance:.1%})"
    )


def _rare(kept: Kept | None, around: str | None) -> list[str]:
    if kept is None or around:
        return []
    return [
        f"The better known half of the words keeps {kept.better_known:.0%}, the other "
        f"{kept.others:.0%}. Of words that a model knows little, as rare ones, relations are "
        "mostly noise, and so are places: GloVe's 400,000 words stay a crowd, its first 30,000 not."
    ]
