"""The logical state as one digest, and where two databases differ."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.store.calls import call_one
from hartonomous.store.session import Connection


@dataclass(frozen=True)
class Difference:
    """A part of the state in which two databases differ; digests are SHA-256 in hexadecimal."""

    #: A table, with the first byte of the keys where it is large: ``evidence 3f``.
    part: str
    #: None where that database has no such rows.
    left: str | None
    right: str | None


def substrate_fingerprint(connection: Connection) -> str:
    """Return SHA-256 of the whole logical state, independent of the order of loading."""
    return call_one(connection, str, "SELECT hartonomous.substrate_fingerprint()")


def fingerprint_parts(connection: Connection) -> dict[str, str]:
    """Return the digest of each part of the state, in hexadecimal, by the part's name."""
    return call_one(connection, dict, "SELECT hartonomous.export_fingerprint()")


def compare_fingerprints(left: Connection, right: Connection) -> tuple[Difference, ...]:
    """Return the parts in which two databases differ; nothing when they know the same."""
    ours, theirs = fingerprint_parts(left), fingerprint_parts(right)
    return tuple(
        Difference(part, ours.get(part), theirs.get(part))
        for part in sorted(ours.keys() | theirs.keys())
        if ours.get(part) != theirs.get(part)
    )
