from __future__ import annotations

import json

import pytest
from planted_relations import load

from hartonomous.editing import signing
from hartonomous.editing.deletion import delete_model
from hartonomous.editing.receipts import export_receipt, read_receipt, verify_receipt
from hartonomous.errors import ParameterError, UnknownNameError


@pytest.fixture
def substrate(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.9)])
    load(connection, "model:b", [("king", "queen", 0.7)])
    delete_model(connection, "model:b")
    return connection


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key.pem"
    signing.create_key(path)
    return path


def changed(receipt, **fields):
    return json.dumps(json.loads(receipt) | fields)


def test_a_receipt_holds_now_and_after_later_changes(substrate):
    receipt = export_receipt(substrate)
    assert json.loads(receipt)["details"]["evidence"] == 1
    assert verify_receipt(substrate, receipt).holds
    load(substrate, "model:c", [("a", "b", 0.5)])
    assert verify_receipt(substrate, receipt).holds
    load(substrate, "model:b", [("king", "queen", 0.7)])
    assert verify_receipt(substrate, receipt).holds, "it was loaded again, and the audit says so"


@pytest.mark.parametrize(
    "fields",
    [
        {"audit_id": 2},
        {"actor": "nobody"},
        {"happened_at": "2020-01-01T00:00:00.000000Z"},
        {"details": {"evidence": 0}},
        {"hash": "00" * 32},
        {"hash": "zz"},
        {"audit_id": "three"},
        {"details": None},
    ],
)
def test_a_tampered_receipt_does_not_hold(substrate, fields):
    assert not verify_receipt(substrate, changed(export_receipt(substrate), **fields)).holds


def test_a_receipt_of_another_database_does_not_hold(substrate):
    receipt = export_receipt(substrate)
    substrate.execute("UPDATE audit SET hash = sha256(hash) WHERE audit_id = 3")
    problems = verify_receipt(substrate, receipt).problems
    assert any("no such row" in problem for problem in problems)


def test_a_state_that_is_not_what_the_receipt_says_shows(substrate):
    receipt = export_receipt(substrate)
    substrate.execute("UPDATE relation_list SET weights[1] = 7 WHERE neighbours <> '{}'")
    (problem,) = verify_receipt(substrate, receipt).problems
    assert "fingerprint" in problem


def test_a_signature_holds_for_its_key_alone(substrate, key, tmp_path):
    public = key.with_name("key.pem.pub")
    signed = export_receipt(substrate, key=key)
    assert verify_receipt(substrate, signed, public_key=public).holds
    assert verify_receipt(substrate, signed).is_signed
    other = signing.create_key(tmp_path / "other.pem")
    assert not verify_receipt(substrate, signed, public_key=other).holds
    assert not verify_receipt(substrate, export_receipt(substrate), public_key=public).holds
    assert not verify_receipt(substrate, changed(signed, signature="00"), public_key=public).holds


def test_a_private_key_is_for_its_owner_alone_and_never_overwritten(key):
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ParameterError, match="exists"):
        signing.create_key(key)


@pytest.mark.parametrize("receipt", ["", "[]", "{", "null", '{"hash": "\\u0000"}'])
def test_what_is_no_receipt_is_refused(substrate, receipt):
    with pytest.raises(ParameterError, match="no receipt"):
        verify_receipt(substrate, receipt)


def test_an_empty_object_does_not_hold(substrate):
    assert not verify_receipt(substrate, "{}").holds


def test_files_that_are_no_keys_or_receipts_are_named(substrate, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"\xff\xfe")
    with pytest.raises(ParameterError, match="wrong"):
        read_receipt(wrong)
    with pytest.raises(ParameterError, match="missing"):
        read_receipt(tmp_path / "missing")
    with pytest.raises(ParameterError, match="private key"):
        export_receipt(substrate, key=wrong)
    with pytest.raises(ParameterError, match="public key"):
        verify_receipt(substrate, export_receipt(substrate), public_key=wrong)


def test_a_row_that_is_not_there_is_named(substrate):
    with pytest.raises(UnknownNameError, match="row 77"):
        export_receipt(substrate, 77)
