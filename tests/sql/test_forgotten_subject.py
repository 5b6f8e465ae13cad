"""Persons who are to stay forgotten: kept out by a digest, whose key the database does not have."""

from __future__ import annotations

import hashlib
import hmac
import json

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingesting import ingest_text
from planted_relations import load

from hartonomous.editing.audit import audit
from hartonomous.editing.deletion import delete_subject, preview_delete_subject
from hartonomous.editing.feedback import add_evidence, record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.forgotten import lift_forgotten
from hartonomous.editing.receipts import export_receipt, verify_receipt
from hartonomous.editing.subjects import list_subjects
from hartonomous.errors import ParameterError, StoreError, UnknownNameError
from hartonomous.letters import invisible_at, trimmed_key
from hartonomous.store.connection import connect

ALICE = "alice.zyx@example.org"
KEY, OTHER = "0123456789abcdef" * 4, "f" * 64
TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c
WHERE c.relnamespace = 'hartonomous'::regnamespace AND c.relkind = 'r'
"""


def bring(connection, key):
    connection.execute("SELECT set_config('hartonomous.forgetting_key', %s, false)", [key])


def write(folder, *people):
    paths = []
    for person in people:
        path = folder / f"{person!a}.jsonl"
        path.write_text(json.dumps({"id": "note", "text": f"the king met zyx{len(person)} there"}))
        paths.append(path)
    return paths


@pytest.fixture
def people(connection, tmp_path):
    connection.autocommit = True
    bring(connection, KEY)
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    for person in (ALICE, "bob"):
        ingest_text(connection, write(tmp_path, person), subject=person)
        record_feedback(connection, person, "king", "queen", "accept")
    return connection


def test_a_later_load_of_everything_changes_nothing_and_says_what_it_left_out(people, tmp_path):
    delete_subject(people, ALICE, forget=True)
    after, rows = substrate_fingerprint(people), len(audit(people, 1000))
    again = ingest_text(people, write(tmp_path, ALICE), subject=ALICE)
    assert (again.forgotten, again.new, again.observations) == (1, 0, 0)
    other = ingest_text(people, write(tmp_path, "bob"), subject="bob")
    assert (other.forgotten, other.new) == (0, 0)
    assert record_feedback(people, ALICE, "king", "queen", "accept") is None
    assert add_evidence(people, "by hand", "king", "queen", 0.5, subject=ALICE) == 0
    assert substrate_fingerprint(people) == after
    assert len(audit(people, 1000)) == rows
    assert [person.subject_key for person in list_subjects(people)] == ["bob"]


def test_the_same_person_in_another_spelling_of_the_key_stays_out(people, tmp_path):
    delete_subject(people, ALICE, forget=True)
    for key in (f" {ALICE}\n", f"\ufeff{ALICE}\u200b"):
        assert ingest_text(people, write(tmp_path, ALICE), subject=key).forgotten == 1


def test_who_was_never_there_can_be_kept_out(people, tmp_path):
    before = substrate_fingerprint(people)
    assert delete_subject(people, "carol", forget=True).sources == 0
    assert ingest_text(people, write(tmp_path, "carol"), subject="carol").forgotten == 1
    assert substrate_fingerprint(people) == before
    with pytest.raises(UnknownNameError):
        delete_subject(people, "dave")


def test_the_store_leaves_out_whom_the_pipeline_let_through(people, tmp_path, monkeypatch):
    """As when the person is forgotten while their documents are being read."""
    delete_subject(people, ALICE, forget=True)
    after = substrate_fingerprint(people)
    monkeypatch.setattr("hartonomous.store.forgotten._forgotten_subjects", lambda *_: set())
    both = [*write(tmp_path, ALICE), *write(tmp_path, "bob")]
    assert ingest_text(people, both, subject=ALICE).forgotten == 2
    monkeypatch.setattr("hartonomous.store.load_batch.LARGE", 0)
    assert ingest_text(people, both, subject=ALICE).forgotten == 2
    assert substrate_fingerprint(people) == after


def test_neither_the_name_nor_a_bare_hash_of_it_is_anywhere(people):
    delete_subject(people, ALICE, forget=True)
    receipt = export_receipt(people)
    stored = [
        people.execute(
            f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t"
        ).fetchone()
        for (table,) in people.execute(TABLES).fetchall()
    ]
    everything = repr(stored) + receipt
    bare = [hash_(ALICE.encode()).hexdigest()[:12] for hash_ in (hashlib.sha256, hashlib.md5)]
    (blake3,) = people.execute("SELECT encode(blake3(%s::text), 'hex')", [ALICE]).fetchone()
    for trace in (ALICE, "zyx@", *bare, blake3[:12], KEY):
        assert trace not in everything
    assert verify_receipt(people, receipt).holds


def test_the_digest_is_the_standards(people):
    for message in (b"", b"subject"):
        (ours,) = people.execute(
            "SELECT hartonomous_internal.hmac_sha256(%s, %s)", [bytes.fromhex(KEY), message]
        ).fetchone()
        assert ours == hmac.digest(bytes.fromhex(KEY), message, "sha256")


@pytest.mark.parametrize(("key", "said"), [("", "has none"), (OTHER, "not the key"), ("x", "64")])
def test_without_the_right_key_personal_data_are_refused(people, tmp_path, key, said):
    delete_subject(people, ALICE, forget=True)
    after = substrate_fingerprint(people)
    bring(people, key)
    with pytest.raises(StoreError, match=said):
        ingest_text(people, write(tmp_path, "carol"), subject="carol")
    with pytest.raises(StoreError, match=said):
        record_feedback(people, "carol", "king", "queen", "reject")
    with pytest.raises(StoreError, match=said):
        delete_subject(people, "bob", forget=True)
    with pytest.raises(StoreError, match=said):
        lift_forgotten(people, ALICE)
    assert substrate_fingerprint(people) == after
    assert ingest_text(people, write(tmp_path, "nobody"), source="nobodys").new == 1


def test_nobody_needs_a_key_while_nobody_is_forgotten(people, tmp_path):
    bring(people, "")
    assert ingest_text(people, write(tmp_path, "carol"), subject="carol").new == 1
    delete_subject(people, "carol")
    assert ingest_text(people, write(tmp_path, "carol"), subject="carol").new == 1


def test_an_editor_lifts_it_and_the_audit_says_so(people, tmp_path):
    before = substrate_fingerprint(people)
    delete_subject(people, ALICE, forget=True)
    delete_subject(people, "carol", forget=True)
    receipt = export_receipt(people)
    assert lift_forgotten(people, ALICE) == 1
    row = audit(people)[0]
    assert (row.action, ALICE in repr(row)) == ("lift_forgotten", False)
    assert verify_receipt(people, receipt).holds
    with pytest.raises(UnknownNameError, match="no person"):
        lift_forgotten(people, ALICE)
    ingest_text(people, write(tmp_path, ALICE), subject=ALICE)
    record_feedback(people, ALICE, "king", "queen", "accept")
    assert substrate_fingerprint(people) == before


def test_others_than_editors_neither_lift_nor_read_the_list(people, dsn):
    delete_subject(people, ALICE, forget=True)
    name = f"test_contributor_of_{people.info.backend_pid}"
    people.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_contributor")
    with connect(dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")) as member:
        member.autocommit = True
        bring(member, KEY)
        for statement in ("SELECT lift_forgotten('a')", "SELECT digest FROM forgotten_subject"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                member.execute(statement)
        assert record_feedback(member, ALICE, "king", "queen", "accept") is None
    people.execute(f"DROP ROLE {name}")


def test_who_looks_alike_is_named_and_stays(people, tmp_path):
    alike = ["User_1", "user _1", "\uff55ser_1"]
    for person in ("user_1", "user_12", *alike):
        ingest_text(people, write(tmp_path, person), subject=person)
    people.execute("UPDATE subject SET subject_key = 'user\u200b_1 ' WHERE subject_key = 'user _1'")
    expected = tuple(sorted(["User_1", "user\u200b_1 ", "\uff55ser_1"]))
    assert preview_delete_subject(people, "user_1").alike == expected
    assert delete_subject(people, "user_1").alike == expected
    left = {person.subject_key for person in list_subjects(people)}
    assert left == {ALICE, "bob", "user_12", *expected}
    assert delete_subject(people, "user\u200b_1 ").sources == 1
    assert "user\u200b_1 " not in export_receipt(people)


def test_keys_are_the_same_with_blanks_and_other_composition(people, tmp_path):
    ingest_text(people, write(tmp_path, "x"), subject=" Ame\u0301lie ")
    assert "Am\xe9lie" in {person.subject_key for person in list_subjects(people)}
    assert record_feedback(people, "Am\xe9lie\t", "king", "queen", "reject")
    assert delete_subject(people, "\xa0Am\xe9lie").sources == 2


@pytest.mark.parametrize(
    "key", ["us\u200ber", "us\x1fer", "us\u00ader", "us\u202eer", "us\u2028er"]
)
def test_a_key_with_something_invisible_inside_is_refused(people, tmp_path, key):
    with pytest.raises(ParameterError, match=f"U.{ord(key[2]):04X} at place 3"):
        ingest_text(people, write(tmp_path, "x"), subject=key)
    with pytest.raises(ParameterError, match=f"U.{ord(key[2]):04X} at place 3"):
        record_feedback(people, key, "king", "queen", "reject")


@pytest.mark.parametrize("key", [" ", "\u200b", "\ufeff\xa0"])
def test_a_key_of_nothing_to_see_is_empty(people, tmp_path, key):
    with pytest.raises(ParameterError, match="empty"):
        ingest_text(people, write(tmp_path, "x"), subject=key)
    with pytest.raises(ParameterError, match="empty"):
        record_feedback(people, key, "king", "queen", "reject")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.sampled_from("a\u0301e \xa0\u200b\ufeff\u3000\x85\u2028\xad\U000e0001_"), max_size=6)
)
def test_python_and_sql_trim_alike(connection, key):
    (ours,) = connection.execute("SELECT hartonomous_internal.trimmed_key(%s)", [key]).fetchone()
    assert ours == trimmed_key(key)
    (has,) = connection.execute(
        'SELECT %s::text COLLATE "C"'
        " ~ ('[' || hartonomous_internal.invisible_characters() || ']')",
        [key],
    ).fetchone()
    assert has == (invisible_at(key) is not None)
