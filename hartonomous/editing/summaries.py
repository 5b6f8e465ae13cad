"""Sums of evidence that are made in advance."""

from __future__ import annotations

from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection


def summarise_relations(connection: Connection, minimum_evidence: int = 1000) -> int:
    """Sum up the lists of concepts with much evidence; return of how many.

    Answers are the same without, and quicker with sums: for concepts with so many pieces of
    evidence, and for questions about the whole graph.
    """
    return call_one(
        connection, int, "SELECT hartonomous.summarise_relations(%s)", [minimum_evidence]
    )
