"""Places on S3 where a concept's neighbours are near: eigenmaps, refined by attraction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous._native import refine_layout as native_layout
from hartonomous.errors import ParameterError
from hartonomous.geometry import _layout
from hartonomous.geometry.affinity import affinity, components
from hartonomous.geometry.attraction import attraction
from hartonomous.geometry.backend import Backend, is_native
from hartonomous.geometry.eigenmaps import Placement, eigenmaps, eigenmaps_of
from hartonomous.geometry.memory import enough_for
from hartonomous.geometry.sphere import exponential, multiply, normalise, spread
from hartonomous.hashing import available_cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from hartonomous.geometry.attraction import Relations

    Progress = Callable[[float], None]

STEPS = 200
#: The sphere's radius is this times the cube root of the number of concepts: with a kernel of
#: width 1 it is as large as its points need.
RADIUS = 0.65
#: How near a group of points may be, in its radii, and still repel as one.
OPENING = 1.5
#: Concepts that start at one point start this far apart, as a share of the sphere's radius.
APART = 0.02


def places(
    sources: NDArray[np.integer[Any]],
    targets: NDArray[np.integer[Any]],
    weights: NDArray[np.floating[Any]],
    n: int,
    *,
    affinities: csr_array | None = None,
    steps: int = STEPS,
    threads: int | None = None,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> Placement:
    """Place the concepts of one source on S3.

    They start where :func:`~hartonomous.geometry.eigenmaps.eigenmaps` puts them; then the largest
    component is refined as if it were alone: each concept is drawn to its first 12 neighbours and
    driven off by all others. The other components stay in their caps.

    Parameters
    ----------
    sources, targets, weights, n
        As :func:`~hartonomous.geometry.affinity.affinity` takes them.
    affinities : csr_array of float64, shape (n, n), optional
        What it makes of them, where that is there already.
    steps
        More keep more neighbours and less of the order across the sphere.
    threads
        The result does not depend on it.
    progress
        Told the share of the steps that is done, on the calling thread.
    backend
        ``numpy`` runs the readable twin, which takes time that grows with n squared.

    Returns
    -------
    Placement
        ``eigenvalues`` and ``residual`` are those of the start.

    Raises
    ------
    ParameterError
        What :func:`~hartonomous.geometry.eigenmaps.eigenmaps` raises; ``steps`` below 0.

    Notes
    -----
    The gradient of van der Maaten and Hinton, Visualizing Data using t-SNE, JMLR 2008, kept tangent
    to the sphere, from a spectral start (Kobak and Linderman 2021) without early exaggeration.
    """
    matrix = affinity(sources, targets, weights, n) if affinities is None else affinities
    start = eigenmaps_of(matrix, threads=threads, backend=backend)
    del matrix
    largest = start.component == 0
    members = start.concepts[largest]
    whole = attraction([(sources, targets, weights)], n)
    drawn = whole if len(members) == n else whole[members][:, members]
    positions = start.positions.copy()
    positions[largest] = refined(
        drawn, positions[largest], steps=steps, threads=threads, progress=progress, backend=backend
    )
    return replace(start, positions=positions)


def joint_places(
    graphs: Sequence[Relations],
    n: int,
    *,
    start: Relations | None = None,
    steps: int = STEPS,
    threads: int | None = None,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> Placement:
    """Place the concepts of several sources together, in one layout of all their graphs.

    One source's eigenmaps are the start, so that leaving out another moves little; concepts that
    it lacks start among their neighbours.

    Parameters
    ----------
    graphs : sequence of (sources, targets, weights)
        One a source, or the one that they agree on
        (:func:`~hartonomous.geometry.consensus.consensus_graph`); all on the same n concepts.
    start : (sources, targets, weights), optional
        The graph whose eigenmaps are the start; by default the first of ``graphs``.
    n, steps, threads, progress, backend
        As :func:`places` takes them.

    Returns
    -------
    Placement
        Of every concept that any graph relates to another; ``component`` is that of all graphs
        together.

    Raises
    ------
    ParameterError
        As :func:`places`; no graph; the largest component of ``start`` has under five concepts.
    """
    drawn = attraction(graphs, n)
    first = eigenmaps(*(graphs[0] if start is None else start), n, threads=threads, backend=backend)
    members = np.flatnonzero(np.diff(drawn.indptr))
    drawn = drawn if len(members) == n else drawn[members][:, members]
    placed = np.isin(first.concepts, members)
    points = np.zeros((len(members), 4))
    points[np.searchsorted(members, first.concepts[placed])] = first.positions[placed]
    positions = refined(
        drawn, settled(drawn, points), steps=steps, threads=threads, progress=progress,
        backend=backend,
    )  # fmt: skip
    return Placement(members, positions, components(drawn), first.eigenvalues, first.residual)


def refined(
    drawn: csr_array,
    start: NDArray[np.float64],
    *,
    steps: int = STEPS,
    opening: float = OPENING,
    threads: int | None = None,
    progress: Progress | None = None,
    backend: Backend | None = None,
) -> NDArray[np.float64]:
    """Return places after ``steps`` of attraction and repulsion.

    Parameters
    ----------
    drawn : csr_array of float64, shape (n, n)
        As :func:`~hartonomous.geometry.attraction.attraction` makes it; scaled to sum 1.
    start : float64, shape (n, 4), norm 1
    opening
        0 lets every pair of concepts repel singly, in time that grows with n squared.
    steps, threads, progress, backend
        As :func:`places` takes them.

    Returns
    -------
    float64, shape (n, 4), norm 1

    Raises
    ------
    ParameterError
        ``steps`` below 0 or another number of places than concepts.
    """
    if steps < 0 or drawn.shape[0] != len(start):
        raise ParameterError(
            f"a layout needs a place a concept and no less than 0 steps: "
            f"{drawn.shape[0]} concepts, {len(start)} places, {steps} steps"
        )
    layout = native_layout if is_native(backend) else _layout.refine_layout
    with enough_for(f"a layout of {len(start):,} concepts"):
        moved = layout(
            np.ascontiguousarray(start, dtype=np.float64),
            drawn.indptr.astype(np.int64),
            drawn.indices.astype(np.int32, copy=False),
            drawn.data / drawn.data.sum(),
            steps,
            RADIUS * float(np.cbrt(len(start))),
            opening,
            threads or available_cores(),
            progress,
        )
    return normalise(moved)


def settled(drawn: csr_array, start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a start for concepts without one, given as rows of zeros.

    A concept goes where the neighbours are that have a place, a little off, because what starts
    at one point cannot part; a component none of whose concepts has one goes to a cap whose place
    is a convention.
    """
    points: NDArray[np.float64] = start.copy()
    offsets = exponential(APART * spread(len(points))[:, :3])
    labels = components(drawn)
    known = np.bincount(labels, weights=np.abs(points).sum(axis=1) > 0) > 0
    lost = np.flatnonzero(~known)
    for label, centre in zip(lost, spread(len(lost)), strict=True):
        first = np.flatnonzero(labels == label)[0]
        points[first] = centre
    while (empty := np.flatnonzero(np.abs(points).sum(axis=1) == 0)).size:
        sums = np.asarray(drawn[empty] @ points)
        # The last resort: neighbours opposite to one another have no middle.
        ready = np.asarray(drawn[empty] @ (np.abs(points).sum(axis=1) > 0)) > 0
        sums[ready & (np.abs(sums).max(axis=1) < 1e-12)] = (0.0, 0.0, 0.0, 1.0)
        points[empty[ready]] = multiply(normalise(sums[ready]), offsets[empty[ready]])
    return points
