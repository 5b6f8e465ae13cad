"""Receipts of deletions: exported, signed where there is a key, and checked later."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hartonomous.editing import signing
from hartonomous.editing.small_files import read_small
from hartonomous.errors import ParameterError
from hartonomous.store.calls import call, call_one
from hartonomous.store.session import Connection

#: Receipts are a few hundred bytes; nobody's file is read without a limit.
_MAX_BYTES = 1 << 20
#: All that a receipt says.
_FIELDS = {
    *("format", "audit_id", "happened_at", "actor", "action"),
    *("details", "previous_hash", "hash", "signature"),
}


@dataclass(frozen=True)
class ReceiptCheck:
    """Whether a receipt holds."""

    #: What speaks against it; nothing when it holds.
    problems: tuple[str, ...]
    #: Whether it carries a signature.
    is_signed: bool

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.problems


def export_receipt(
    connection: Connection, audit_id: int | None = None, *, key: Path | None = None
) -> str:
    """Return the receipt of a change as JSON, by default of the last deletion.

    Parameters
    ----------
    audit_id
        The row of the audit, as `Deletion.audit_id` names it.
    key
        File of an Ed25519 private key in PEM to sign with.

    Raises
    ------
    UnknownNameError
        The audit has no such row.
    ParameterError
        The key can't be used.
    """
    fields: dict[str, Any] = call_one(
        connection, dict, "SELECT hartonomous.export_receipt(%s)", [audit_id]
    )
    if key is not None:
        fields["signature"] = signing.sign(_signed_bytes(fields), key)
    return json.dumps(fields, indent=2, sort_keys=True)


def verify_receipt(
    connection: Connection, receipt: str, *, public_key: Path | None = None
) -> ReceiptCheck:
    """Check a receipt against its own hash, its signature, the audit and the database's state.

    Parameters
    ----------
    receipt
        As `export_receipt` wrote it.
    public_key
        File of the Ed25519 public key in PEM; without it a signature is not checked.

    Raises
    ------
    ParameterError
        The receipt is no JSON object, or the key can't be used.
    """
    fields = _parsed(receipt)
    signature = fields.pop("signature", None)
    problems = list(
        call(
            connection,
            str,
            "SELECT problem FROM hartonomous.verify_receipt(%s::jsonb)",
            [json.dumps(fields)],
        )
    )
    if public_key is not None:
        problems += signing.problems(_signed_bytes(fields), signature, public_key)
    return ReceiptCheck(tuple(problems), is_signed=signature is not None)


def read_receipt(path: Path) -> str:
    """Return the text of a receipt's file.

    Raises
    ------
    ParameterError
        The file is missing, not UTF-8, or too large to be a receipt.
    """
    try:
        data = read_small(path, _MAX_BYTES)
        return data.decode()
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: this is no receipt") from None


def _parsed(receipt: str) -> dict[str, Any]:
    try:
        fields = json.loads(receipt, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError):
        raise ParameterError("this is no receipt: it is not JSON") from None
    if not isinstance(fields, dict) or "\\u0000" in receipt:
        raise ParameterError("this is no receipt: it is not a JSON object")
    if unknown := fields.keys() - _FIELDS:
        raise ParameterError(f"this is no receipt: it has a field {min(unknown)[:80]!r}")
    return fields


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its fields; of two of one name readers would see different ones."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ParameterError("this is no receipt: it has two fields of one name")
    return fields


def _signed_bytes(fields: dict[str, Any]) -> bytes:
    """Return what is signed: the receipt as JSON with sorted keys and no white space."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
