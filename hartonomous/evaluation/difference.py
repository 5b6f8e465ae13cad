"""A picture of what changed in a model: layers by heads, how many lists moved and how far."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hartonomous.errors import ParameterError
from hartonomous.readers.extras import required

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What such a picture may be.
SUFFIXES = (".png", ".svg", ".pdf")
_PLACE = re.compile(r"layer(\d{1,4})-(?:head(\d{1,4})|expert(\d{1,4}))?-?([a-z][a-z-]{0,11})")
_WIDTH, _HEIGHT, _LEAST = 0.32, 0.32, 2.4
_MOST = 1024
_TICKS = 16


class Change(Protocol):
    """How far the lists of one site moved."""

    @property
    def site_position(self) -> str:
        """Where."""

    @property
    def concepts(self) -> int:
        """Lists that were compared."""

    @property
    def shift(self) -> float:
        """How far a list moved, the median."""

    @property
    def moved(self) -> int:
        """Lists that moved further than the null."""


def require_plot(out: Path) -> None:
    """See that a picture can be made before anything is asked for it.

    Raises
    ------
    ParameterError
        The suffix is not known, or matplotlib is not installed.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise ParameterError(f"{out}: a plot is one of {', '.join(SUFFIXES)}")
    required("matplotlib.figure", "plot")


def draw_difference(sites: Sequence[Change], title: str, out: Path) -> int:
    """Draw how many lists moved, and how far, at each layer and head; return how many sites.

    Parameters
    ----------
    sites
        What moved at each.
    title
        From what to what.
    out
        The file to write.

    Raises
    ------
    ParameterError
        As `require_plot`, or no site is one of a layer.
    """
    require_plot(out)
    grids = _grids(sites)
    if not grids:
        raise ParameterError("neither source has layers that were mined: nothing to draw")
    figures = required("matplotlib.figure", "plot")
    columns = max(1 + max(column for _, column in grid) for grid in grids.values())
    rows = max(1 + max(row for row, _ in grid) for grid in grids.values())
    size = (
        2 * max(_LEAST, _WIDTH * columns) + 2,
        len(grids) * max(_LEAST, _HEIGHT * rows) + 1,
    )
    figure = figures.Figure(figsize=size, layout="constrained")
    figure.suptitle(title, parse_math=False)
    axes = figure.subplots(len(grids), 2, squeeze=False)
    for line, (kind, grid) in zip(axes, sorted(grids.items()), strict=True):
        _draw(line[0], grid, lambda site: site.moved / site.concepts, f"{kind}: share moved")
        _draw(line[1], grid, lambda site: site.shift, f"{kind}: how far, the median")
    figure.savefig(out)
    return sum(map(len, grids.values()))


def _grids(sites: Sequence[Change]) -> dict[str, dict[tuple[int, int], Change]]:
    """Return the sites of each kind by layer and head, or expert; one that is alone at 0."""
    grids: dict[str, dict[tuple[int, int], Change]] = {}
    for site in sites:
        match = _PLACE.fullmatch(site.site_position)
        if match and site.concepts and max(int(match[n] or 0) for n in (1, 2, 3)) < _MOST:
            layer, place = int(match[1]), int(match[2] or match[3] or 0)
            grids.setdefault(match[4], {})[layer, place] = site
    return grids


def _draw(
    axes: Axes,
    grid: dict[tuple[int, int], Change],
    measure: Callable[[Change], float],
    title: str,
) -> None:
    """Draw one measure of a kind of sites, white where there is none."""
    shape = (1 + max(layer for layer, _ in grid), 1 + max(place for _, place in grid))
    cells = [[float("nan")] * shape[1] for _ in range(shape[0])]
    for (layer, place), site in grid.items():
        cells[layer][place] = measure(site)
    shown = axes.imshow(cells, cmap="viridis", vmin=0, aspect="auto")
    axes.set_title(title)
    axes.set_xticks(range(0, shape[1], 1 + shape[1] // _TICKS))
    axes.set_ylabel("layer")
    axes.set_xlabel("head or expert")
    axes.figure.colorbar(shown, ax=axes)
