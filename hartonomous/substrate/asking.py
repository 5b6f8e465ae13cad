"""The questions that a `Substrate` answers."""

from __future__ import annotations

from hartonomous.query import evidence, neighbors, paths, relations, sources
from hartonomous.substrate.session import Session


class Asking(Session):
    """Sources, neighbors, paths and evidence."""

    def sources(self) -> tuple[sources.SourceSummary, ...]:
        """Return all sources; see `hartonomous.query.sources.sources`."""
        return self._ask(sources.sources)

    def neighbors(
        self,
        label: str,
        max_results: int = 10,
        relation_type: str = "related",
        *,
        towards: bool = False,
    ) -> tuple[neighbors.Neighbor, ...]:
        """Return what a concept is most strongly related to.

        Parameters and errors are those of `hartonomous.query.neighbors.neighbors`.
        """
        return self._ask(
            lambda session: neighbors.neighbors(
                session, label, max_results, relation_type, towards=towards
            )
        )

    def traverse(
        self,
        prompt: str,
        max_depth: int = 3,
        beam: int = 16,
        relation_type: str = "related",
    ) -> paths.Traversal:
        """Search along the best rated relations from the words of a prompt.

        Parameters and errors are those of `hartonomous.query.paths.traverse`.
        """
        return self._ask(
            lambda session: paths.traverse(session, prompt, max_depth, beam, relation_type)
        )

    def path(
        self,
        a: str,
        b: str,
        max_depth: int = 6,
        beam: int = 256,
        relation_type: str = "related",
    ) -> paths.Path | None:
        """Return the strongest path between two concepts, None where there is none.

        Parameters and errors are those of `hartonomous.query.paths.strongest_path`.
        """
        return self._ask(
            lambda session: paths.strongest_path(session, a, b, max_depth, beam, relation_type)
        )

    def strongest_relations(
        self, max_results: int = 100, relation_type: str = "related"
    ) -> tuple[relations.Relation, ...]:
        """Return the best rated relations of the whole graph.

        Errors are those of `hartonomous.query.relations.strongest_relations`.
        """
        return self._ask(
            lambda session: relations.strongest_relations(session, max_results, relation_type)
        )

    def count_relations(self) -> int:
        """Return how many relations the live sources hold."""
        return self._ask(relations.count_relations)

    def explain(self, a: str, b: str) -> tuple[evidence.Evidence, ...]:
        """Return all evidence for the relations between two concepts.

        Errors are those of `hartonomous.query.evidence.explain`.
        """
        return self._ask(lambda session: evidence.explain(session, a, b))
