"""Consensus: the votes of sources, by a twin in Python that knows nothing of SQL."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from math import floor, sqrt

import numpy as np
import psycopg
import pytest
from planted_relations import concept, load, random_graph

from hartonomous.editing.deletion import delete_concept, delete_model
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.hashing import blake3

UNIT = 1 << 20
MIDDLES = 16
PAIRS = """
SELECT a.source_identifier, b.source_identifier, p.shared, p.known
FROM source_pair AS p
JOIN content AS a ON a.content_id = p.content_id JOIN content AS b ON b.content_id = p.other_id
ORDER BY 1, 2
"""
RECOUNTED = """
SELECT a.source_identifier, b.source_identifier, p.shared, p.known
FROM hartonomous_internal.count_source_pairs(array(SELECT content_id FROM content)) AS p
JOIN content AS a ON a.content_id = p.content_id JOIN content AS b ON b.content_id = p.other_id
ORDER BY 1, 2
"""


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    return connection


def graphs(count: int, nodes: int = 70, degree: int = 9) -> dict[str, list]:
    """Sources that agree in part: each keeps most of one graph and has relations of its own."""
    common = {(a, b): w for a, b, w in random_graph(np.random.default_rng(0), nodes, degree)}
    found = {}
    for number in range(count):
        rng = np.random.default_rng(number + 1)
        kept = {pair: w for pair, w in common.items() if rng.random() < 0.8}
        own = {(a, b): w for a, b, w in random_graph(rng, nodes, 3)}
        found[f"model:{number}"] = [(a, b, w) for (a, b), w in (own | kept).items()]
    return found


def lists(seen) -> dict[str, list[tuple[str, int]]]:
    """Each concept's list as it is stored: the strongest first."""
    found = defaultdict(list)
    for a, b, weight in seen:
        found[a].append((b, round(float(np.float32(weight)) * UNIT)))
    key = lambda each: (-each[1], concept(each[0]).canonical_bytes)  # noqa: E731
    return {a: sorted(own, key=key) for a, own in found.items()}


class Twin:
    """The rule over all lists, in whole numbers."""

    def __init__(self, sources: dict[str, list]) -> None:
        self.lists = {name: lists(seen) for name, seen in sources.items()}
        self.known = {
            name: {word for a, b, _ in seen for word in (a, b)} for name, seen in sources.items()
        }
        self.weights = self._weights()

    def _overlap(self, s: str, t: str) -> tuple[int, int]:
        shared = known = 0
        for a, own in self.lists[s].items():
            if blake3(concept(a).canonical_bytes)[0] < 32:
                first = {b for b, _ in self.lists[t].get(a, [])[:10]}
                for b, _ in own[:10]:
                    known += a in self.known[t] and b in self.known[t]
                    shared += b in first
        return shared, known

    def _weights(self) -> dict[str, int]:
        names = sorted(self.lists)
        o = {}
        for s, t in permutations(names, 2):
            (shared, known), (_, back) = self._overlap(s, t), self._overlap(t, s)
            o[s, t] = shared / max(sqrt(float(known) * float(back)), 1)
        g = {pair: value**8 for pair, value in o.items()}
        f = {s: 1 / (1 + sum(g[s, t] for t in names if t != s)) for s in names}
        agreement = {}
        for s in names:
            others = [t for t in names if t != s]
            above = sum(f[t] * (1 - g[s, t]) * o[s, t] for t in others)
            below = sum(f[t] * (1 - g[s, t]) for t in others)
            agreement[s] = above / max(below, 1e-9)
        w = {s: f[s] * agreement[s] ** 2 for s in names}
        most = max(w.values())
        return {s: floor(1000 * w[s] / most + 0.5) if most else 1000 for s in names}

    def votes(self, a: str) -> dict[str, int]:
        found = defaultdict(int)
        for name, own in self.lists.items():
            cut = min((weight for _, weight in own.get(a, [])), default=0)
            floor_ = max(cut, 52429)
            for b, weight in own.get(a, []):
                e = (2000 * (weight - cut) * UNIT + floor_**2) // (2 * floor_**2)
                found[b] += e * self.weights[name]
        return found

    def scores(self, a: str) -> dict[str, int]:
        own = self.votes(a)
        ids = {b: blake3(concept(b).canonical_bytes)[:16] for b in own}
        near = sorted(own, key=lambda b: (-own[b], ids[b]))[:MIDDLES]
        step = {c: self.votes(c) for c in near}
        g = {b: f + (step[b].get(a, 0) if b in step else 0) for b, f in own.items()}
        scores = {b: 4096 * g[b] for b in own}
        for c in near:
            total = sum(step[c].values())
            part = min(12288, 12288 * g[c] // max(total, 1))
            for b in near:
                scores[b] += part * step[c].get(b, 0)
        return scores


def weights(connection) -> dict[str, int]:
    rows = connection.execute(
        "SELECT c.source_identifier, w.weight FROM consensus_weights() AS w"
        " JOIN content AS c USING (content_id)"
    )
    return dict(rows.fetchall())


def scores(connection, label) -> dict[str, int]:
    rows = connection.execute(
        "SELECT b.label, f.score FROM hartonomous_internal.live_votes() AS v"
        " CROSS JOIN LATERAL hartonomous_internal.consensus_from("
        "  hartonomous_internal.find_composition_number(%s), v.content_ids, v.site_ids, v.weights)"
        " AS f JOIN composition AS b ON b.composition_number = f.b",
        [label],
    )
    return dict(rows.fetchall())


def answers(connection, label, rating=None):
    rows = connection.execute(
        "SELECT neighbor, consensus_elo FROM neighbors(%s, 200, rating => %s)", [label, rating]
    )
    return rows.fetchall()


@pytest.mark.parametrize("count", [2, 3, 5])
def test_votes_and_scores_are_those_of_the_twin(substrate, count):
    sources = graphs(count)
    for name, seen in sources.items():
        load(substrate, name, seen)
    twin = Twin(sources)
    assert weights(substrate) == pytest.approx(twin.weights, abs=1)
    twin.weights = weights(substrate)
    for word in ("w0", "w7", "w33"):
        assert scores(substrate, word) == twin.scores(word)
        found = [score for _, score in answers(substrate, word)]
        assert found == sorted(found, key=lambda score: -(score or 0))


def test_the_order_of_loading_shows_in_nothing(substrate, dsn):
    sources = graphs(3)
    seen = set()
    for order in list(permutations(sources))[:4]:
        for name in order:
            load(substrate, name, sources[name])
        seen.add(
            repr(
                (
                    substrate.execute(PAIRS).fetchall(),
                    sorted(weights(substrate).items()),
                    answers(substrate, "w3"),
                )
            )
        )
        for name in order:
            delete_model(substrate, name)
    assert len(seen) == 1


def test_counts_are_those_of_the_lists_whatever_was_taken_out(substrate):
    for name, seen in graphs(4).items():
        load(substrate, name, seen)
    before = substrate.execute(PAIRS).fetchall()
    assert before == substrate.execute(RECOUNTED).fetchall()
    load(substrate, "model:more", graphs(6)["model:5"])
    delete_model(substrate, "model:more")
    assert substrate.execute(PAIRS).fetchall() == before
    sampled = [f"w{n}" for n in range(70) if blake3(f"w{n}".encode())[0] < 32]
    delete_concept(substrate, sampled[:2])
    assert substrate.execute(PAIRS).fetchall() == substrate.execute(RECOUNTED).fetchall() != before
    substrate.execute("DELETE FROM relation_evidence WHERE rank = 2 AND weight > 0.5")
    assert substrate.execute(PAIRS).fetchall() == substrate.execute(RECOUNTED).fetchall()


def test_forgetting_before_and_after_a_load_give_the_same_votes(substrate, dsn):
    sources = graphs(3)
    for name, seen in sources.items():
        load(substrate, name, seen)
    delete_concept(substrate, ["w5"], forget=True)
    after = substrate_fingerprint(substrate), answers(substrate, "w3")
    for name in sources:
        delete_model(substrate, name)
    for name, seen in sources.items():
        load(substrate, name, seen)
    assert (substrate_fingerprint(substrate), answers(substrate, "w3")) == after


def test_noise_has_no_vote_and_copies_share_one(substrate):
    sources = graphs(3, nodes=300)
    for name, seen in sources.items():
        load(substrate, name, seen)
    alone = weights(substrate)
    noise = random_graph(np.random.default_rng(99), 300, 9)
    load(substrate, "model:noise", noise)
    assert weights(substrate)["model:noise"] <= 20
    delete_model(substrate, "model:noise")
    for number in range(3):
        load(substrate, f"model:copy{number}", sources["model:0"])
    found = weights(substrate)
    together = sum(
        weight for name, weight in found.items() if name in {"model:0"} or "copy" in name
    )
    others = found["model:1"] + found["model:2"]
    assert together / others == pytest.approx(
        alone["model:0"] / (alone["model:1"] + alone["model:2"]), rel=0.5
    )


def test_one_source_is_rated_by_its_evidence_and_a_rating_may_be_chosen(substrate):
    sources = graphs(2)
    load(substrate, "model:0", sources["model:0"])
    assert {score for _, score in answers(substrate, "w0")} == {None}
    load(substrate, "model:1", sources["model:1"])
    assert None not in {score for _, score in answers(substrate, "w0")}
    assert {score for _, score in answers(substrate, "w0", "elo")} == {None}
    assert answers(substrate, "w0", "consensus") == answers(substrate, "w0")
    with pytest.raises(psycopg.DatabaseError, match="elo or consensus"):
        answers(substrate, "w0", "best")
    quarantine_source(substrate, "model:1")
    assert {score for _, score in answers(substrate, "w0")} == {None}
    restore_source(substrate, "model:1")
    assert answers(substrate, "w0", "consensus") == answers(substrate, "w0")


def test_what_only_text_says_comes_behind_what_sources_vote_for(substrate):
    for name, seen in graphs(2).items():
        load(substrate, name, seen)
    load(substrate, "note", [("w0", "w_only_here", 1.0)], kind="document")
    found = answers(substrate, "w0")
    assert found[-1] == ("w_only_here", None)
    assert len(found) > 5


def test_agree_and_disagree_show_what_each_source_says(substrate):
    def source(*first):
        own = [("king", word, 0.9 - 0.1 * place) for place, word in enumerate(first)]
        return own + [(word, "king", 0.5) for word in ("queen", "prince", "chess", "elvis", "dog")]

    load(substrate, "model:a", source("queen", "prince", "chess", "dog"))
    load(substrate, "model:b", source("queen", "prince", "elvis", "dog"))
    load(substrate, "model:c", source("prince", "queen", "dog"))
    rows = substrate.execute(
        "SELECT neighbor, held_by, known_by, source_identifiers, ranks FROM agree('king', 3)"
    ).fetchall()
    names = ["model:a", "model:b", "model:c"]
    assert ("queen", 3, 3, names, [1, 1, 2]) in rows
    assert ("prince", 3, 3, names, [2, 2, 1]) in rows
    assert "chess" not in {row[0] for row in rows}
    rows = substrate.execute(
        "SELECT source_identifier, neighbor, rank, held_by, known_by FROM disagree('king')"
    ).fetchall()
    assert set(rows) == {("model:a", "chess", 3, 1, 3), ("model:b", "elvis", 3, 1, 3)}
    for verb in ("agree", "disagree"):
        with pytest.raises(psycopg.DatabaseError, match="near it: king"):
            substrate.execute(f"SELECT * FROM {verb}('kingg')")
