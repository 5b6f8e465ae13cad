"""Where a `Substrate` places its concepts on the sphere."""

from __future__ import annotations

from hartonomous.query import sphere
from hartonomous.substrate.session import Session


class Placing(Session):
    """Positions on S3 and distances between them."""

    def position(self, label: str) -> sphere.Position:
        """Return where a concept lies; see `hartonomous.query.sphere.position`."""
        return self._ask(lambda session: sphere.position(session, label))

    def near_on_sphere(self, label: str, n: int = 10) -> tuple[sphere.NearConcept, ...]:
        """Return the concepts nearest to one; see `hartonomous.query.sphere.near_on_sphere`."""
        return self._ask(lambda session: sphere.near_on_sphere(session, label, n))

    def geodesic(self, a: str, b: str) -> float:
        """Return how far two concepts lie apart; see `hartonomous.query.sphere.geodesic`."""
        return self._ask(lambda session: sphere.geodesic(session, a, b))
