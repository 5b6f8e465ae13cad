"""What a layout weighs sources by is what the consensus weighs them by."""

from __future__ import annotations

import numpy as np
import pytest
from planted_relations import load, random_graph

from hartonomous.geometry.consensus import source_shares
from hartonomous.store.charts import number_ids, read_graph

NAMES = ("model:a", "model:b", "model:c")


def test_source_shares_are_the_weights_of_the_consensus(connection):
    connection.autocommit = True
    rng = np.random.default_rng(5)
    shared = random_graph(rng, 60, 12)
    for place, name in enumerate(NAMES):
        own = random_graph(rng, 60 + 5 * place, 6 + 3 * place)
        seen = {(a, b): weight for a, b, weight in own}
        # the strongest of each list, so that they are among the first ten
        seen |= {(a, b): min(1.0, weight + 0.5) for a, b, weight in shared[place::2]}
        load(connection, name, [(a, b, weight) for (a, b), weight in seen.items()])
    graphs = [read_graph(connection, name) for name in NAMES]
    ids, numbers = number_ids(np.concatenate([graph.ids for graph in graphs]))
    own = np.split(numbers, np.cumsum([len(graph.ids) for graph in graphs])[:-1])
    found = source_shares(
        [(n[g.sources], n[g.targets], g.weights) for n, g in zip(own, graphs, strict=True)],
        len(ids),
    )
    # all concepts, where the database by itself takes an eighth
    connection.execute(
        "UPDATE source_pair AS p SET shared = n.shared, known = n.known"
        " FROM hartonomous_internal.count_source_pairs("
        "     array(SELECT content_id FROM content), 256) AS n"
        " WHERE n.content_id = p.content_id AND n.other_id = p.other_id"
    )
    weights = dict(
        connection.execute(
            "SELECT source_identifier, weight"
            " FROM consensus_weights() JOIN content USING (content_id)"
        ).fetchall()
    )
    assert len(set(weights.values())) > 1
    assert found == pytest.approx([weights[name] for name in NAMES], abs=1)
