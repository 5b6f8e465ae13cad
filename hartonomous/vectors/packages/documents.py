"""What a package says of itself: its manifest, certificate and whom it fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hartonomous.vectors.extras import versions
from hartonomous.vectors.fingerprints import model_fingerprint
from hartonomous.vectors.packages.checkpoint import Checkpoint
from hartonomous.vectors.packages.energy import ChangeReport


def documents(
    pair: tuple[Checkpoint, Checkpoint],
    settings: Mapping[str, Any],
    report: ChangeReport,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    """Return every part of a package but its payload.

    Parameters
    ----------
    pair
        The base and the specialised model.
    settings
        How the deltas were chosen.
    report
        How much of the change was kept.
    labels
        ``title``, ``domain`` and ``training_context``.
    """
    base, special = (
        {
            "name": checkpoint.folder.name,
            "fingerprint": model_fingerprint(checkpoint.folder),
            "architecture": checkpoint.architecture,
        }
        for checkpoint in pair
    )
    return {
        "source_manifest": {
            "base": base,
            "specialized": special,
            "settings": dict(settings),
            "versions": versions(),
            **{key: labels.get(key, "") for key in ("title", "domain", "training_context")},
        },
        "w_matrix_profile": {"alignments": []},
        "quality_certificate": {**asdict(report), "effect_kept": None, "retention": []},
        "compatibility_map": {
            "targets": [
                {
                    "architecture": base["architecture"],
                    "fingerprint": base["fingerprint"],
                    "expected_retention": report.energy_kept,
                    "rests_on": "share of the squared deltas that was kept; no measurement",
                }
            ]
        },
    }
