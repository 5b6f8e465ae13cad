"""Where concepts lie on the sphere S3, and how the sources' charts lie to each other."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.query.concepts import require_known, require_storable
from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_POSITION = 'SELECT x, y, z, w FROM hartonomous."position"(%s)'
_NEAR = "SELECT neighbor, geodesic FROM hartonomous.near_on_sphere(%s, %s)"
_GEODESIC = "SELECT hartonomous.geodesic(%s, %s)"
_MAP = "SELECT label, x, y, z, w FROM hartonomous.sphere_map(%s)"
_ALIGNMENTS = """
SELECT
    source_identifier, concepts, component_count, anchors, residual,
    trustworthiness, continuity, pca_trustworthiness, pca_continuity
FROM hartonomous.alignment
ORDER BY source_identifier COLLATE "C"
"""


@dataclass(frozen=True)
class Position:
    """A point of S3: a unit quaternion."""

    x: float
    y: float
    z: float
    w: float


@dataclass(frozen=True)
class NearConcept:
    """A concept and how far it lies along the sphere, 0 to pi."""

    label: str
    geodesic: float


@dataclass(frozen=True)
class PlacedConcept:
    """A concept and its place."""

    label: str
    x: float
    y: float
    z: float
    w: float


@dataclass(frozen=True)
class SourceAlignment:
    """How one source's chart lies on the common sphere, and what four dimensions keep of it."""

    source: str
    concepts: int
    component_count: int
    #: Concepts shared with other live sources; None for the only one.
    anchors: int | None
    #: Root mean square chord, 0 to 2, between the anchors and the same concepts elsewhere.
    residual: float | None
    #: Shares in [0, 1] of neighbours that are kept (Venna and Kaski 2001), and the same for the
    #: first four principal components.
    trustworthiness: float | None
    continuity: float | None
    pca_trustworthiness: float | None
    pca_continuity: float | None


def alignments(connection: Connection) -> tuple[SourceAlignment, ...]:
    """Return all live charts, ordered by name of their source."""
    return fetch(connection, SourceAlignment, _ALIGNMENTS)


def position(connection: Connection, label: str) -> Position:
    """Return where the substrate puts a concept.

    Raises
    ------
    UnknownNameError
        There is no such concept, or it has no position: no aligned source places it.
    """
    require_storable(label)
    found = fetch(connection, Position, _POSITION, [label])
    if not found:
        require_known(connection, label)
        raise UnknownNameError(_unplaced(label))
    return found[0]


def near_on_sphere(connection: Connection, label: str, n: int = 10) -> tuple[NearConcept, ...]:
    """Return the ``n`` concepts nearest to a concept on the sphere, nearest first.

    Raises
    ------
    UnknownNameError
        There is no such concept, or it has no position.
    ParameterError
        ``n`` is not positive.
    """
    if n < 1:
        raise ParameterError(f"{n} concepts can't be shown: ask for 1 or more")
    require_storable(label)
    found = fetch(connection, NearConcept, _NEAR, [label, n])
    if not found:
        position(connection, label)
    return found


def geodesic(connection: Connection, a: str, b: str) -> float:
    """Return the distance of two concepts along the sphere, 0 to pi.

    Raises
    ------
    UnknownNameError
        One is no known concept, or has no position.
    """
    require_storable(a, b)
    (distance,) = fetch(connection, _as_is, _GEODESIC, [a, b])
    if distance is None:
        position(connection, a)
        position(connection, b)
    return float(str(distance))


def sphere_map(connection: Connection, max_results: int) -> tuple[PlacedConcept, ...]:
    """Return the best known placed words, best first, for a picture."""
    return fetch(connection, PlacedConcept, _MAP, [max_results])


def _as_is(value: object) -> object:
    return value


def _unplaced(label: str) -> str:
    return f"{label!r} has no position: `hartonomous align` places the concepts of all models"
