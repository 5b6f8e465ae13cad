"""A measured retention written into a package, as a new package with an id of its own."""

from __future__ import annotations

from pathlib import Path

from hartonomous.vectors.fingerprints import model_fingerprint
from hartonomous.vectors.packages.container import Container, rewrite
from hartonomous.vectors.packages.retention import Retention


def certify(
    container: Container, found: Retention, target: Path, out: Path, key: Path | None = None
) -> str:
    """Write a copy of a package whose certificate and targets say what was measured.

    Parameters
    ----------
    container
        The package that was injected.
    found, target
        What was measured, on which model folder.
    out
        The new package.
    key
        An Ed25519 private key that signs it.

    Returns
    -------
    str
        The id of the new package.
    """
    fingerprint = model_fingerprint(target)
    share = found.retention
    record = {
        "suite": found.suite,
        "target": fingerprint,
        "retention": share.value if share else None,
        "low": share.low if share else None,
        "high": share.high if share else None,
        "grade": found.grade,
        "placebo": found.placebo.value if found.placebo else None,
        "items": found.items,
    }
    certificate = container.parts["quality_certificate"]
    said = f"measured on {found.items} items of {found.suite}"
    targets = [
        {**t, "expected_retention": record["retention"], "rests_on": said}
        if t["fingerprint"] == fingerprint
        else t
        for t in container.parts["compatibility_map"]["targets"]
    ]
    changes = {
        "quality_certificate": {
            **certificate,
            "retention": [*certificate["retention"], record],
        },
        "compatibility_map": {"targets": targets},
    }
    return rewrite(container, changes, out, key)
