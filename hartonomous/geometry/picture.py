"""A map of the sphere that people can read: S3 projected to the plane, coloured by region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.geometry.procrustes import procrustes, turn
from hartonomous.geometry.sphere import hopf, stereographic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Projection = Literal["stereographic", "hopf"]
REGIONS = 12
#: Okabe and Ito's palette and its darker shades: told apart by most colour-blind readers.
COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b58900", "#56b4e9",
    "#6a3d9a", "#8c510a", "#1b7837", "#e7298a", "#4d4d4d", "#a6761d",
)  # fmt: skip


def map_picture(
    labels: Sequence[str],
    positions: NDArray[np.float64],
    out: Path,
    *,
    projection: Projection = "stereographic",
    regions: int = REGIONS,
    named: int = 400,
    title: str = "",
) -> int:
    """Draw concepts where they lie on S3 and write a PNG; no display is needed.

    The same input gives the same picture. Labels are set in the order given, each where it covers
    no other, so the best known concepts should come first.

    Parameters
    ----------
    labels : sequence of n strings
    positions : float64, shape (n, 4), norm 1
    out : Path
        The PNG file to write.
    projection : "stereographic" or "hopf"
        Stereographic to R3 and flat along its principal axes keeps near things near; the Hopf
        map shows all of S2 as an equal-area oval but lays a whole circle on each of its points.
    regions : int
        Clusters that get a colour each, at most 12.
    named : int
        Labels drawn at most.
    title : str

    Returns
    -------
    int
        How many labels found room.

    Raises
    ------
    ParameterError
        Nothing to draw, or not as many labels as positions, or matplotlib is not installed.
    """
    if not len(labels) or len(labels) != len(positions):
        raise ParameterError(f"a map needs a label each: {len(labels)} for {len(positions)} points")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ParameterError("drawing needs matplotlib: pip install hartonomous[plot]") from None
    figure = Figure(figsize=(16, 10), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    points = flat(positions, projection)
    region = spherical_clusters(positions, min(regions, len(COLOURS)))
    colours = [COLOURS[r] for r in region]
    axes.scatter(points[:, 0], points[:, 1], s=5, c=colours, alpha=0.55, linewidths=0)
    _frame(axes, points, title)
    figure.canvas.draw()
    count = _name(axes, labels, points, colours, named)
    figure.savefig(out, metadata={"Software": None})
    return count


def flat(positions: NDArray[np.float64], projection: Projection) -> NDArray[np.float64]:
    """Project unit quaternions, shape (n, 4), to the plane, shape (n, 2), without far outliers."""
    if projection == "hopf":
        return _mollweide(hopf(positions))
    centre = np.asarray(positions.mean(axis=0))[None, :]
    # The mean direction goes to the identity, in the middle of the map.
    centred = turn(positions, procrustes(centre, np.array([[0.0, 0.0, 0.0, 1.0]])))
    space = stereographic(centred)
    # The pole's surroundings run to infinity: draw radii as half-angles, as an atlas does.
    radius = np.linalg.norm(space, axis=1, keepdims=True)
    space = space * np.divide(np.arctan(radius), radius, out=np.ones_like(radius), where=radius > 0)
    spread = np.einsum("ni,nj->ij", space - space.mean(axis=0), space - space.mean(axis=0))
    _, axes = np.linalg.eigh(spread)
    return np.asarray(space @ axes[:, ::-1][:, :2], dtype=np.float64)


def spherical_clusters(positions: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Cluster unit vectors by spherical k-means (Dhillon and Modha 2001); no randomness.

    It starts from points each as far as can be from those before and ends when nothing changes.

    Parameters
    ----------
    positions : float64, shape (n, d), norm 1
    count : int
        Clusters at most; fewer where fewer points are distinct.

    Returns
    -------
    int64, shape (n,)
        Cluster of each point, the largest cluster being 0.
    """
    centres = positions[_far_apart(positions, count)]
    region = np.full(len(positions), -1)
    for _ in range(100):
        following = np.einsum("nd,cd->nc", positions, centres).argmax(axis=1)
        if (following == region).all():
            break
        region = following
        centres = np.stack([_centre(positions[region == c], old) for c, old in enumerate(centres)])
    sizes = np.bincount(region, minlength=len(centres))
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    return np.asarray(rank[region], dtype=np.int64)


def _far_apart(positions: NDArray[np.float64], count: int) -> list[int]:
    chosen = [int(np.einsum("nd,d->n", positions, positions.mean(axis=0)).argmax())]
    nearest = np.full(len(positions), -np.inf)
    while len(chosen) < count:
        nearest = np.maximum(nearest, np.einsum("nd,d->n", positions, positions[chosen[-1]]))
        if nearest.min() > 1 - 1e-12:
            break
        chosen.append(int(nearest.argmin()))
    return chosen


def _centre(members: NDArray[np.float64], old: NDArray[np.float64]) -> NDArray[np.float64]:
    total = members.sum(axis=0)
    length = np.linalg.norm(total)
    return total / length if length > 0 else old


def _mollweide(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project S2 to an ellipse of equal areas (Snyder, Map Projections, 1987, section 31)."""
    longitude, z = np.arctan2(points[:, 1], points[:, 0]), np.clip(points[:, 2], -1, 1)
    latitude = np.arcsin(z)
    theta = latitude.copy()
    for _ in range(50):
        slope = np.maximum(2 + 2 * np.cos(2 * theta), 1e-9)
        theta -= (2 * theta + np.sin(2 * theta) - np.pi * z) / slope
    return np.stack([2 / np.pi * longitude * np.cos(theta), np.sin(theta)], axis=1)


def _frame(axes: Axes, points: NDArray[np.float64], title: str) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.04 * (high - low) + 1e-9
    axes.set_xlim(low[0] - margin[0], high[0] + margin[0])
    axes.set_ylim(low[1] - margin[1], high[1] + margin[1])
    axes.set_axis_off()
    axes.set_title(title, fontsize=14)


def _name(
    axes: Axes, labels: Sequence[str], points: NDArray[np.float64], colours: list[str], named: int
) -> int:
    """Write the labels that find room, in the order given, and return how many did."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.5, foreground="white")]
    taken = np.empty((0, 4))
    renderer: Any = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    frame = np.asarray(axes.get_window_extent(renderer).extents)
    for label, point, colour in zip(labels, points, colours, strict=True):
        text = axes.text(
            point[0], point[1], label, fontsize=9, color=colour, ha="center", va="center",
            parse_math=False, path_effects=halo,
        )  # fmt: skip
        box = np.asarray(text.get_window_extent(renderer).padded(3).extents)
        inside = (box[:2] >= frame[:2]).all() and (box[2:] <= frame[2:]).all()
        if not inside or _overlaps(taken, box):
            text.remove()
            continue
        taken = np.vstack([taken, box])
        if len(taken) >= named:
            break
    return len(taken)


def _overlaps(taken: NDArray[np.float64], box: NDArray[np.float64]) -> bool:
    apart = (taken[:, :2] >= box[2:]) | (taken[:, 2:] <= box[:2])
    return bool((~apart.any(axis=1)).any())
