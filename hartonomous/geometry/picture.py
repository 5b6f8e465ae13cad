"""A map of the sphere that people can read: words on the plane, coloured and named by region."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.drawing import Dot, Drawing, Ring, Word, forms
from hartonomous.geometry.projection import Projection, flat, surroundings
from hartonomous.geometry.regions import region_names, spherical_clusters
from hartonomous.tables import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

REGIONS = 12
#: Words that a map shows at most.
MAX_WORDS = 20_000
#: Okabe and Ito's palette and its darker shades: told apart by most colour-blind readers.
COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9",
    "#6a3d9a", "#8c510a", "#1b7837", "#e7298a", "#4d4d4d", "#a6761d",
)  # fmt: skip
_BLACK, _GREY, _PALE = "#222222", "#666666", "#cccccc"

#: The canvas, and where the map lies on it: left, top, right, bottom.
_WIDTH, _HEIGHT = 1600, 1080
_MAP = (50.0, 120.0, 1270.0, 990.0)
_LEGEND = 1310.0
#: Sizes of fonts.
_TITLE, _SUBTITLE, _REGION, _LABEL, _NOTE = 28.0, 16.0, 21.0, 12.5, 14.0
#: Dots of a map with few words, and with many.
_DOTS = (5.0, 2.6)
_MANY = 500


@dataclass(frozen=True)
class Text:
    """What a map says of itself: above it, and below."""

    title: str = ""
    subtitle: str = ""
    notes: tuple[str, ...] = ()


def map_picture(
    labels: Sequence[str],
    positions: NDArray[np.float64],
    out: Path,
    *,
    projection: Projection = "stereographic",
    around: bool = False,
    regions: int = REGIONS,
    named: int = 400,
    text: Text | None = None,
) -> int:
    """Draw concepts where they lie on S3 and write a file of the kind that its suffix names.

    The same input gives the same picture; no display is needed. Labels are set in the order given,
    each where it covers no other, so the best known concepts should come first.

    Parameters
    ----------
    labels : sequence of n strings
    positions : float64, shape (n, 4), norm 1
    out : Path
        The ``.png``, ``.svg``, ``.pdf`` or ``.html`` to write.
    projection : "stereographic" or "hopf"
        Stereographic to R3 and flat along its principal axes keeps near things near; the Hopf
        map shows all of S2 as an equal-area oval but lays a whole circle on each of its points.
    around : bool
        Lay the first concept in the middle and the others as far from it as they are.
    regions : int
        Clusters that get a colour and a name each, at most 12.
    named : int
        Labels drawn at most.
    text
        Title, subtitle and notes.

    Returns
    -------
    int
        How many labels found room.

    Raises
    ------
    ParameterError
        Nothing to draw or too much, not as many labels as positions, an unknown suffix, or
        matplotlib is not installed and the suffix needs it.
    """
    write = form_of(out)
    _require_drawable(labels, positions)
    region = spherical_clusters(positions, min(regions, len(COLOURS)))
    plane = surroundings(positions) if around else flat(positions, projection)
    points, scale = _on_canvas(plane, around)
    seen = _Map(labels, points, region, region_names(labels, positions, region))
    drawing, count = _composed(seen, text or Text(), scale if around else 0, named)
    _write_whole(out, write(drawing))
    return count


def form_of(out: Path) -> Callable[[Drawing], bytes]:
    """Return what writes files of a suffix.

    Raises
    ------
    ParameterError
        Nothing does.
    """
    known = forms()
    if out.suffix.lower() not in known:
        raise ParameterError(f"{out.name[-80:]}: a map's file ends in {', '.join(known)}")
    return known[out.suffix.lower()]


def _require_drawable(labels: Sequence[str], positions: NDArray[np.float64]) -> None:
    if not len(labels) or len(labels) != len(positions):
        raise ParameterError(f"a map needs a label each: {len(labels)} for {len(positions)} points")
    if len(labels) > MAX_WORDS:
        raise ParameterError(f"a map of {len(labels):,} words: at most {MAX_WORDS:,} can be drawn")


@dataclass(frozen=True, eq=False)
class _Map:
    """Labels, their points on the canvas, shape (n, 2), their regions and the regions' names."""

    labels: Sequence[str]
    points: NDArray[np.float64]
    region: NDArray[np.int64]
    #: Words that name each region.
    names: list[list[int]]

    def colour(self, word: int) -> str:
        """Return the colour of a word's region."""
        return COLOURS[self.region[word]]


class _Room:
    """Takes words that lie on the map and cover no other."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._boxes = np.empty((0, 4))

    def take(self, words: Iterable[Word], most: int) -> None:
        """Take words in their order as far as there is room."""
        before = len(self.words)
        for word in words:
            if len(self.words) - before >= most:
                break
            box = np.asarray(word.box)
            if _is_inside(box) and not _overlaps(self._boxes, box):
                self._boxes = np.vstack([self._boxes, box])
                self.words.append(word)


def _composed(seen: _Map, text: Text, scale: float, named: int) -> tuple[Drawing, int]:
    """Return a drawing and how many words have a label; ``scale`` is that of rings, 0 for none."""
    room = _Room()
    room.take([_middle(seen)] if scale else _region_titles(seen), named)
    titles = room.words[:]
    room.take(_labels(seen, {word.text for word in titles}), named - len(titles))
    rings, distances = _rings(seen.points[0], scale) if scale else ([], [])
    drawing = Drawing(
        _WIDTH,
        _HEIGHT,
        text.title,
        rings,
        [*_dots(seen), *_legend_dots(seen)],
        [*_said(text), *_legend(seen), *distances, *room.words[len(titles) :], *titles],
    )
    return drawing, len(room.words)


def _on_canvas(plane: NDArray[np.float64], around: bool) -> tuple[NDArray[np.float64], float]:
    """Return points on the canvas, alike in both directions, and how many units one unit became."""
    left, top, right, bottom = _MAP
    low, high = plane.min(axis=0), plane.max(axis=0)
    if around:  # the middle stays in the middle
        reach = np.abs(plane).max(axis=0)
        low, high = -reach, reach
    extent = np.maximum(high - low, 1e-9)
    scale = float(min((right - left) / extent[0], (bottom - top) / extent[1]))
    middle = np.array([(left + right) / 2, (top + bottom) / 2])
    return (plane - (low + high) / 2) * [scale, -scale] + middle, scale


def _dots(seen: _Map) -> list[Dot]:
    radius = _DOTS[len(seen.labels) > _MANY]
    return [
        Dot(float(x), float(y), radius, seen.colour(i), seen.labels[i])
        for i, (x, y) in enumerate(seen.points)
    ]


def _middle(seen: _Map) -> Word:
    x, y = map(float, seen.points[0])
    return Word(x, y, seen.labels[0], _REGION, _BLACK, is_bold=True)


def _region_titles(seen: _Map) -> Iterator[Word]:
    """Write the first name of each region where it lies, larger."""
    for number, (first, *_) in enumerate(seen.names):
        x, y = map(float, seen.points[first])
        yield Word(x, y, seen.labels[first], _REGION, COLOURS[number], is_bold=True)


def _labels(seen: _Map, titles: set[str]) -> Iterator[Word]:
    lift = _DOTS[len(seen.labels) > _MANY] + _LABEL * 0.6
    for i, label in enumerate(seen.labels):
        if label not in titles:
            x, y = map(float, seen.points[i])
            yield Word(x, y - lift, label, _LABEL, seen.colour(i))


def _rings(middle: NDArray[np.float64], scale: float) -> tuple[list[Ring], list[Word]]:
    """Draw how far from the middle points lie, at round distances."""
    x, y = map(float, middle)
    farthest = (_MAP[3] - _MAP[1]) / 2 / scale
    step = 10.0 ** np.floor(np.log10(farthest / 2))
    step = float(step * max(m for m in (1, 2, 5) if step * m <= farthest / 2))
    distances = [step * n for n in range(1, int(farthest / step) + 1)]
    words = [Word(x, y - d * scale, f"{d:.2g}", _NOTE - 2, _GREY) for d in distances]
    return [Ring(x, y, d * scale, _PALE) for d in distances], words


def _said(text: Text) -> list[Word]:
    left, top = _MAP[0], 44.0
    lines = [
        Word(left, top, text.title, _TITLE, _BLACK, "start", is_bold=True),
        Word(left, top + 36, text.subtitle, _SUBTITLE, _GREY, "start"),
    ]
    notes = (
        Word(left, _MAP[3] + 30 + 22 * number, note, _NOTE, _GREY, "start")
        for number, note in enumerate(text.notes)
    )
    return [line for line in (*lines, *notes) if line.text]


def _legend_at(number: int) -> float:
    return _MAP[1] + 34 + number * 46.0


def _legend_dots(seen: _Map) -> list[Dot]:
    regions = range(len(seen.names))
    return [Dot(_LEGEND, _legend_at(number), 7.0, COLOURS[number]) for number in regions]


def _legend(seen: _Map) -> list[Word]:
    """Write the regions' names and sizes beside the map."""
    words = [Word(_LEGEND - 7, _MAP[1], "Regions", _SUBTITLE, _BLACK, "start", is_bold=True)]
    sizes = np.bincount(seen.region)
    for number, names in enumerate(seen.names):
        y, size = _legend_at(number), int(sizes[number])
        named = " · ".join(seen.labels[word] for word in names)
        words.append(_fitting(Word(_LEGEND + 16, y - 3, named, _NOTE, _BLACK, "start")))
        words.append(Word(_LEGEND + 16, y + 15, counted(size, "word"), _NOTE - 2, _GREY, "start"))
    return words


def _fitting(word: Word) -> Word:
    """Cut a word off where the canvas ends."""
    while word.x + word.width > _WIDTH - 8 and len(word.text) > 1:
        word = replace(word, text=word.text.rstrip("…")[:-1] + "…")
    return word


def _is_inside(box: NDArray[np.float64]) -> bool:
    left, top, right, bottom = _MAP
    margin = 2 * _LABEL  # of the words at the map's edge
    return bool(
        (box[:2] >= (left - margin, top - margin)).all()
        and (box[2:] <= (right + margin, bottom + margin)).all()
    )


def _overlaps(taken: NDArray[np.float64], box: NDArray[np.float64]) -> bool:
    apart = (taken[:, :2] >= box[2:]) | (taken[:, 2:] <= box[:2])
    return bool((~apart.any(axis=1)).any())


def _write_whole(out: Path, content: bytes) -> None:
    """Write a file so that nothing is left half written; what isn't a file is written to."""
    if out.exists() and not out.is_file():
        out.write_bytes(content)
        return
    part = out.with_name(f".{out.name[:200]}.part")
    try:
        part.write_bytes(content)
        part.replace(out.resolve())
    finally:
        part.unlink(missing_ok=True)
