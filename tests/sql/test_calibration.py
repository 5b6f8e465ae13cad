"""calibration() and agreement_probability(): ratings held against what people said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import psycopg
import pytest
from planted_relations import load, random_graph

from hartonomous.editing.deletion import delete_concept, delete_model, delete_source
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.store.scope import Scope, enter_scope

#: What the judged pairs of the planted people are: agreed the more often, the stronger.
JUDGED = 300
RATED = """
SELECT n.neighbor, round(n.consensus_elo::numeric, 6) FROM neighbors(%s, 200) AS n
WHERE n.consensus_elo IS NOT NULL
"""


def graph(seed: int):
    """Relations of which most sources have the same, as strong everywhere."""
    common = {(a, b): w for a, b, w in random_graph(np.random.default_rng(0), 120, 10)}
    own = {(a, b): w for a, b, w in random_graph(np.random.default_rng(seed), 120, 2)}
    return [(a, b, w) for (a, b), w in (own | common).items()]


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    for number in (1, 2, 3):
        load(connection, f"model:{number}", graph(number))
    return connection


def lexicon(folder: Path, name: str = "people.tsv", seed: int = 5, *, is_random: bool = False):
    """People who call a pair related where its weight is high, and call random pairs unrelated."""
    rng = np.random.default_rng(seed)
    common = random_graph(np.random.default_rng(0), 120, 10)
    chosen = [common[n] for n in rng.choice(len(common), JUDGED, replace=False)]
    lines = [f"{a}\t{b}\t{9 if (rng.random() if is_random else w) > 0.5 else 1}"
             for a, b, w in chosen]  # fmt: skip
    if not is_random:
        far = rng.choice(120, (100, 2))
        lines += [f"w{a}\tw{b}\t0" for a, b in far.tolist() if a != b]
    path = folder / name
    path.write_text("\n".join(lines))
    return path


def learn(connection, path: Path):
    return ingest(connection, "lexicon", [path], Request())


def bands(connection, most: int = 6):
    return connection.execute("SELECT * FROM calibration(%s)", [most]).fetchall()


def test_what_people_say_is_recovered_band_by_band(substrate, tmp_path):
    """Where people agree with the better half of the pairs, nine of ten times, it is found so."""
    rng = np.random.default_rng(3)
    words = [f"w{n}" for n in range(0, 120, 3)]
    rated = {}
    for word in (f"w{n}" for n in range(120)):
        for neighbor, elo in substrate.execute(RATED, [word]).fetchall():
            pair = frozenset((word, neighbor))
            rated[pair] = max(rated.get(pair, 0), elo)
    chosen = [pair for pair in rated if pair & set(words)]
    middle = np.median([float(rated[pair]) for pair in chosen])
    lines = []
    for pair in chosen:
        share = 0.9 if rated[pair] > middle else 0.1
        lines.append("\t".join((*sorted(pair), str(int(rng.random() < share)))))
    unlisted = [p for a in words for b in words if len(p := frozenset((a, b))) == 2]
    lines += ["\t".join((*sorted(pair), "0")) for pair in set(unlisted) - rated.keys()]
    (tmp_path / "people.tsv").write_text("\n".join(lines))
    learn(substrate, tmp_path / "people.tsv")
    nobody, *rest = bands(substrate)
    assert (nobody[:2], nobody[4]) == ((None, None), 0)
    assert sum(row[2] for row in rest) == len(chosen)
    shares = [row[4] for row in rest]
    assert shares == sorted(shares)
    for low, high, pairs, agreed, share, least, most, predicted in rest:
        assert (low <= high, share) == (True, agreed / pairs)
        truth = 0.9 if low > middle else 0.1
        assert least - 0.05 <= truth <= most + 0.05
        assert predicted == pytest.approx(share, abs=0.15)


def test_people_who_say_anything_at_random_leave_one_broad_band_or_flat_ones(substrate, tmp_path):
    learn(substrate, lexicon(tmp_path, is_random=True))
    shares = [row[4] for row in bands(substrate)[1:]]
    assert max(shares) - min(shares) < 0.45  # against more than 0.6 where people follow the weights
    assert all(row[5] <= 0.75 and row[6] >= 0.25 for row in bands(substrate))


def test_a_probability_is_that_of_its_band(substrate, tmp_path):
    learn(substrate, lexicon(tmp_path))
    rows = substrate.execute("SELECT * FROM calibration()").fetchall()
    (neighbor, _), *_ = substrate.execute(RATED, ["w3"]).fetchall()
    found = substrate.execute("SELECT agreement_probability('w3', %s)", [neighbor]).fetchone()[0]
    back = substrate.execute("SELECT agreement_probability(%s, 'w3')", [neighbor]).fetchone()[0]
    assert found == back
    assert found in [row[4] for row in rows[1:]]
    listed = {n for n, _ in substrate.execute(RATED, ["w3"]).fetchall()}
    far = next(
        w for w in (f"w{n}" for n in range(120))
        if w not in listed and w != "w3"
        and "w3" not in {n for n, _ in substrate.execute(RATED, [w]).fetchall()}
    )  # fmt: skip
    assert substrate.execute("SELECT agreement_probability('w3', %s)", [far]).fetchone() == (
        rows[0][4],
    )
    with pytest.raises(psycopg.DatabaseError, match="near it"):
        substrate.execute("SELECT agreement_probability('w3', 'w1x')")


def test_a_lexicon_is_a_source_like_any_other(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    answers = substrate.execute(RATED, ["w3"]).fetchall()
    learn(substrate, lexicon(tmp_path))
    calibrated = bands(substrate)
    assert substrate.execute(RATED, ["w3"]).fetchall() == answers
    quarantine_source(substrate, "people.tsv")
    assert bands(substrate) == []
    restore_source(substrate, "people.tsv")
    assert bands(substrate) == calibrated
    delete_source(substrate, "people.tsv")
    assert (substrate_fingerprint(substrate), bands(substrate)) == (before, [])


def test_a_scope_answers_as_if_the_others_were_not_there(substrate, tmp_path):
    learn(substrate, lexicon(tmp_path))
    learn(substrate, lexicon(tmp_path, "others.tsv", 9, is_random=True))
    enter_scope(substrate, Scope(sources=("model:1", "model:2", "people.tsv")))
    scoped = bands(substrate)
    substrate.execute("SELECT set_config('hartonomous.sources', '', false)")
    assert scoped != bands(substrate)
    for name in ("model:3", "others.tsv"):
        quarantine_source(substrate, name)
    assert scoped == bands(substrate)


def test_feedback_calibrates_and_goes_with_its_person(substrate):
    pairs = substrate.execute(RATED, ["w3"]).fetchall()
    for number, (neighbor, _) in enumerate(pairs[:8]):
        record_feedback(substrate, "ann", "w3", neighbor, "accept" if number < 4 else "reject")
    (row,) = substrate.execute("SELECT sum(pairs), sum(agreed) FROM calibration(4)").fetchall()
    assert row == (8, 4)


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_comes_and_goes_in_any_order_the_end_is_the_same(connection, tmp_path, seed):
    connection.autocommit = True
    rng = np.random.default_rng(seed)
    files = [lexicon(tmp_path, f"people{n}.tsv", 5 + n) for n in (0, 1)]
    sites = ("embedding", "layer0-head0-qk")  # the first votes, the head explains
    steps = [lambda n=n: load(connection, f"model:{n}", graph(n), sites=sites) for n in (1, 2, 3)]
    steps += [lambda path=path: learn(connection, path) for path in files]
    ends = set()
    for _ in range(2):
        for step in rng.permutation(len(steps)).tolist():
            steps[step]()
        gone = [("model:3", delete_model), ("people1.tsv", delete_source)]
        for place in rng.permutation(2).tolist():
            name, delete = gone[place]
            delete(connection, name)
        delete_concept(connection, ["w7"])
        ends.add((substrate_fingerprint(connection), repr((bands(connection), said(connection)))))
        for name in ("model:1", "model:2"):
            delete_model(connection, name)
        delete_source(connection, "people0.tsv")
    assert len(ends) == 1


def said(connection):
    """Say what consensus answers."""
    asked = ("neighbors('w3', 50)", "agree('w3')", "disagree('w3')", "source_overlap(TRUE)")
    return [connection.execute(f"SELECT * FROM {each}").fetchall() for each in asked]


@pytest.mark.parametrize("wrong", [0, 51, None])
def test_bands_out_of_range_are_refused(substrate, wrong):
    with pytest.raises(psycopg.DatabaseError, match="bands are 1 to 50"):
        substrate.execute("SELECT * FROM calibration(%s)", [wrong])


def test_without_people_there_is_nothing_and_it_is_said(substrate):
    notes = []
    substrate.add_notice_handler(lambda said: notes.append(said.message_primary))
    assert bands(substrate) == []
    assert "nobody has judged" in notes[0]
    assert substrate.execute("SELECT agreement_probability('w3', 'w4')").fetchone() == (None,)
