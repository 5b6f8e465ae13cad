"""The laws of forgetting, over random sources, orders of ingestion and deletions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingesting import ingest_text
from planted_relations import load

from hartonomous.charting import align
from hartonomous.editing.deletion import (
    delete_concept,
    delete_source,
    delete_subject,
    preview_delete_source,
    preview_delete_subject,
)
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.forgotten import export_forgotten, lift_forgotten, replay_forgotten
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.observations import pseudonym

WORDS = ["king", "queen", "man", "woman", "dog", "cat", "kings", "##king", "paris", "france"]
SUBJECTS = [None, "user_1", "user_12", "user_1%"]

words = st.sampled_from(WORDS)
pairs = st.tuples(words, words).filter(lambda pair: pair[0] != pair[1])


@dataclass(frozen=True)
class Model:
    name: str
    seen: tuple[tuple[str, str, float], ...]
    sites: tuple[str, ...]

    def add(self, connection):
        load(connection, self.name, self.seen, sites=self.sites)


@dataclass(frozen=True)
class Note:
    name: str
    text: str
    subject: str | None

    def add(self, connection):
        with TemporaryDirectory() as folder:
            path = Path(folder, "notes.jsonl")
            path.write_text(json.dumps({"id": self.name, "text": self.text}))
            ingest_text(connection, [path], subject=self.subject)

    @property
    def source(self):
        return f"{pseudonym(self.subject)}:{self.name}" if self.subject else self.name


@st.composite
def model(draw, name):
    weights = st.integers(0, 1 << 20).map(lambda units: units / (1 << 20))
    seen = draw(st.dictionaries(pairs, weights, min_size=1, max_size=6))
    sites = draw(st.sampled_from([("embedding",), ("embedding", "layer0-head0-qk")]))
    return Model(name, tuple((a, b, weight) for (a, b), weight in seen.items()), sites)


@dataclass(frozen=True)
class Space:
    """A model large enough for a chart; few of its words may be those of others."""

    name: str
    seed: int
    first: int
    count: int

    def add(self, connection):
        drawn = np.random.default_rng(self.seed)
        words = [f"place{self.first + i}" for i in range(self.count)]
        seen = {
            (words[i], words[j]): int(drawn.integers(1, 1 << 20)) / (1 << 20)
            for i in range(self.count)
            for j in {(i + 1) % self.count, int(drawn.integers(self.count))} - {i}
        }
        load(connection, self.name, [(a, b, weight) for (a, b), weight in seen.items()])


class Align:
    """Charts for the sources that are there by now, wherever a history has it."""

    def add(self, connection):
        with suppress(ParameterError):
            align(connection, sample=0)


@st.composite
def space(draw, name):
    numbers = st.tuples(st.integers(0, 9), st.sampled_from([0, 2, 9, 30]), st.integers(12, 16))
    return Space(name, *draw(numbers))


@st.composite
def note(draw, name):
    said = draw(st.lists(st.sampled_from([*WORDS, "secret", "name"]), max_size=8))
    return Note(name, " ".join(said), draw(st.sampled_from(SUBJECTS)))


@st.composite
def sources(draw):
    kinds = draw(st.lists(st.sampled_from([model, note]), min_size=1, max_size=5))
    return [draw(kind(f"{kind.__name__}_{number}")) for number, kind in enumerate(kinds)]


@st.composite
def histories(draw):
    """Draw models, some of which know nothing of the others, aligned at random places."""
    kinds = draw(st.lists(st.sampled_from([space, space, model, note]), min_size=1, max_size=5))
    chosen = [draw(kind(f"{kind.__name__}_{number}")) for number, kind in enumerate(kinds)]
    for place in draw(st.lists(st.integers(0, len(chosen)), min_size=1, max_size=3)):
        chosen.insert(place, Align())
    return chosen


laws = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    connection.execute("SELECT set_config('hartonomous.forgetting_key', repeat('0f', 32), false)")
    return connection


def build(connection, chosen: Sequence[Model | Note]) -> str:
    for source in chosen:
        source.add(connection)
    assert verify_ratings(connection) == ()
    return substrate_fingerprint(connection)


def names(connection) -> list[str]:
    rows = connection.execute("SELECT source_identifier FROM content ORDER BY content_id")
    return [name for (name,) in rows.fetchall()]


def clear(connection) -> str:
    for name in names(connection):
        delete_source(connection, name)
    connection.execute("DELETE FROM forgotten_composition")
    connection.execute("DELETE FROM forgotten_subject")
    for table in ("content", "subject", "site", "relation_list", "composition"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    return substrate_fingerprint(connection)


@laws
@given(st.data())
def test_deleting_sources_gives_the_database_without_them(substrate, data):
    empty = clear(substrate)
    chosen = data.draw(sources())
    build(substrate, chosen)
    gone = (
        data.draw(st.lists(st.sampled_from(names(substrate)), unique=True))
        if names(substrate)
        else []
    )
    for name in gone:
        preview = preview_delete_source(substrate, name)
        before = all_relations(substrate)
        deletion = delete_source(substrate, name)
        assert counts(preview) == counts(deletion)
        after = all_relations(substrate)
        assert preview.relations_removed == len(before.keys() - after.keys())
        assert preview.relations_changed == sum(before[key] != after[key] for key in after)
    assert verify_ratings(substrate) == ()
    left = substrate_fingerprint(substrate)
    kept = [source for source in chosen if getattr(source, "source", source.name) not in gone]
    assert clear(substrate) == empty
    assert build(substrate, data.draw(st.permutations(kept))) == left


@laws
@given(st.data())
def test_deleting_a_person_gives_the_database_without_them(substrate, data):
    empty = clear(substrate)
    chosen = data.draw(sources())
    person = data.draw(st.sampled_from(SUBJECTS[1:]))
    expected = build(
        substrate, [source for source in chosen if getattr(source, "subject", None) != person]
    )
    clear(substrate)
    build(substrate, chosen)
    known = substrate.execute("SELECT count(*) FROM subject WHERE subject_key = %s", [person])
    if known.fetchone() == (1,):
        assert counts(preview_delete_subject(substrate, person)) == counts(
            delete_subject(substrate, person)
        )
    assert substrate_fingerprint(substrate) == expected
    assert clear(substrate) == empty


@laws
@given(st.data())
def test_forgotten_persons_stay_out_in_any_order_until_they_are_let_back_in(substrate, data):
    empty = clear(substrate)
    chosen = data.draw(sources())
    gone = data.draw(st.lists(st.sampled_from(SUBJECTS[1:]), min_size=1, unique=True))
    whole = build(substrate, chosen)
    expected = rebuilt(substrate, [s for s in chosen if getattr(s, "subject", None) not in gone])
    rebuilt(substrate, chosen)
    for person in gone:
        delete_subject(substrate, person, forget=True)
    assert substrate_fingerprint(substrate) == expected
    assert build(substrate, data.draw(st.permutations(chosen))) == expected
    for person in gone:
        lift_forgotten(substrate, person)
    assert build(substrate, data.draw(st.permutations(chosen))) == whole
    assert clear(substrate) == empty


def layout(connection) -> list[tuple]:
    """Bring positions up; where nothing can be laid out there are none of before either."""
    try:
        align(connection, sample=0)
    except ParameterError:
        return []
    return connection.execute("SELECT * FROM composition_position ORDER BY 1").fetchall()


@laws
@given(histories(), st.data())
def test_a_replay_on_what_was_before_deletions_gives_what_was_after_them(substrate, chosen, data):
    """A transaction that is rolled back leaves the database as a backup of before does."""
    clear(substrate)
    build(substrate, chosen)
    steps = data.draw(st.lists(st.sampled_from([*WORDS, *SUBJECTS[1:], *names(substrate)])))
    with substrate.transaction(force_rollback=True):
        for step in steps:
            delete_what_is_there(substrate, step)
        expected, deletions = substrate_fingerprint(substrate), export_forgotten(substrate)
        mark = substrate.execute("SELECT audit_id, hash FROM database_mark()").fetchone()
    before = substrate_fingerprint(substrate)
    if before == expected:
        return
    assert substrate.execute("SELECT withhold_answers(%s, %s)", mark).fetchone() == (True,)
    assert evidence(substrate) == []
    replay_forgotten(substrate, deletions)
    assert substrate_fingerprint(substrate) == expected
    assert verify_ratings(substrate) == ()
    assert substrate.execute("SELECT is_behind(%s, %s)", mark).fetchone() == (False,)


@laws
@given(sources(), st.randoms(use_true_random=False))
def test_any_order_and_twice_over_gives_one_fingerprint(substrate, chosen, random):
    clear(substrate)
    first = build(substrate, chosen)
    assert build(substrate, chosen) == first
    clear(substrate)
    random.shuffle(chosen)
    assert build(substrate, chosen) == first


@laws
@given(sources(), st.data())
def test_quarantine_and_restore_are_the_identity(substrate, chosen, data):
    clear(substrate)
    before = build(substrate, chosen)
    if not names(substrate):
        return
    name = data.draw(st.sampled_from(names(substrate)))
    answers = evidence(substrate)
    assert quarantine_source(substrate, name)
    assert substrate_fingerprint(substrate) != before
    assert not [row for row in evidence(substrate) if row[3] == name]
    assert restore_source(substrate, name)
    assert substrate_fingerprint(substrate) == before
    assert evidence(substrate) == answers


@laws
@given(histories(), st.data())
def test_histories_with_alignments_are_exact(substrate, chosen, data):
    empty = clear(substrate)
    before = build(substrate, chosen)
    if not names(substrate):
        return
    name = data.draw(st.sampled_from(names(substrate)))
    assert quarantine_source(substrate, name)
    assert restore_source(substrate, name)
    assert substrate_fingerprint(substrate) == before
    other = data.draw(st.sampled_from(names(substrate)))
    quarantine_source(substrate, other)
    delete_source(substrate, name)
    if other != name:
        restore_source(substrate, other)
    left = substrate_fingerprint(substrate)
    moved = layout(substrate)
    assert clear(substrate) == empty
    without = [s for s in chosen if getattr(s, "source", getattr(s, "name", None)) != name]
    assert build(substrate, without) == left
    assert layout(substrate) == moved


@laws
@given(sources(), st.lists(st.tuples(pairs, st.sampled_from(["accept", "reject", "correct"]))))
def test_feedback_and_its_deletion_cancel(substrate, chosen, verdicts):
    clear(substrate)
    before = build(
        substrate, [Model("base", tuple((w, "base", 0.5) for w in WORDS), ("e",)), *chosen]
    )
    given_feedback = False
    for (a, b), verdict in verdicts:
        corrected = "something new" if verdict == "correct" else None
        record_feedback(substrate, "critic", a, b, verdict, corrected=corrected)
        given_feedback = True
    assert verify_ratings(substrate) == ()
    if given_feedback:
        delete_subject(substrate, "critic")
    assert substrate_fingerprint(substrate) == before


@laws
@given(sources(), words)
def test_deleting_a_concept_gives_the_database_without_its_relations(substrate, chosen, word):
    clear(substrate)
    models = [source for source in chosen if isinstance(source, Model)]
    without = [
        Model(m.name, tuple(s for s in m.seen if word not in s[:2]), m.sites) for m in models
    ]
    load_all(substrate, models)
    known = substrate.execute("SELECT find_composition(%s) IS NOT NULL", [word]).fetchone()
    if known == (True,):
        delete_concept(substrate, [word], variants=False)
    left = evidence(substrate)
    ratings = all_ratings(substrate)
    assert verify_ratings(substrate) == ()
    clear(substrate)
    load_all(substrate, without)
    assert evidence(substrate) == left
    assert all_ratings(substrate) == ratings


def rebuilt(connection, chosen):
    """Build from nothing."""
    clear(connection)
    return build(connection, chosen)


def delete_what_is_there(connection, step):
    """Delete a source, a person with their key, or a concept, whichever it names."""
    with suppress(UnknownNameError):
        if step in SUBJECTS:
            delete_subject(connection, step, forget=True)
        elif step in WORDS:
            delete_concept(connection, [step], variants=False)
        else:
            delete_source(connection, step)


def load_all(connection, models):
    for source in models:
        if source.seen:
            source.add(connection)


def counts(deletion):
    told_by_previews = ("relations_removed", "relations_changed")
    counted = {n: count for n, count in deletion.counts.items() if n not in told_by_previews}
    return deletion.names, counted


def evidence(connection):
    rows = connection.execute(
        "SELECT a, relation_type, b, source_identifier, site_position, weight FROM evidence"
        " ORDER BY 1, 2, 3, 4, 5"
    )
    return rows.fetchall()


def all_relations(connection):
    """Evidence and sources of every relation."""
    rows = connection.execute("SELECT relation_id, evidence_count, source_count FROM relation")
    return {str(relation): counted for relation, *counted in rows.fetchall()}


def all_ratings(connection):
    rows = connection.execute("SELECT * FROM relation_rating ORDER BY relation_id::text")
    return rows.fetchall()
