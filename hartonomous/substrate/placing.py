"""Where a `Substrate` places its concepts on the sphere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hartonomous.errors import ParameterError
from hartonomous.query import sphere
from hartonomous.substrate.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from hartonomous.charting import AlignReport
    from hartonomous.progress import Stages


class Placing(Session):
    """Positions on S3 and distances between them."""

    def align(self, *, again: bool = False, stages: Stages | None = None) -> AlignReport:
        """Place the concepts of all live models on one sphere.

        Parameters and errors are those of `hartonomous.charting.align`.
        """
        from hartonomous.charting import align

        return self._change(lambda session: align(session, again=again, stages=stages))

    def alignments(self) -> tuple[sphere.SourceAlignment, ...]:
        """Return how each live source's chart lies on the sphere; see `SourceAlignment`."""
        return self._ask(sphere.alignments)

    def plot_map(self, out: Path, words: int = 2000) -> int:
        """Draw the best known words where they lie on the sphere; return how many have a label.

        Raises
        ------
        ParameterError
            ``words`` is not positive, nothing has a position yet, or matplotlib is not installed.
        """
        import numpy as np

        from hartonomous.geometry.picture import map_picture

        if words < 1:
            raise ParameterError(f"{words} words can't be shown: ask for 1 or more")
        placed = self._ask(lambda session: sphere.sphere_map(session, words))
        if not placed:
            raise ParameterError("nothing has a position yet: `hartonomous align` gives them")
        positions = np.array([(c.x, c.y, c.z, c.w) for c in placed])
        return map_picture([c.label for c in placed], positions, out)

    def position(self, label: str) -> sphere.Position:
        """Return where a concept lies; see `hartonomous.query.sphere.position`."""
        return self._ask(lambda session: sphere.position(session, label))

    def near_on_sphere(self, label: str, n: int = 10) -> tuple[sphere.NearConcept, ...]:
        """Return the concepts nearest to one; see `hartonomous.query.sphere.near_on_sphere`."""
        return self._ask(lambda session: sphere.near_on_sphere(session, label, n))

    def geodesic(self, a: str, b: str) -> float:
        """Return how far two concepts lie apart; see `hartonomous.query.sphere.geodesic`."""
        return self._ask(lambda session: sphere.geodesic(session, a, b))
