"""Whether a package fits a model, and what is known of how much would arrive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hartonomous.vectors.fingerprints import model_fingerprint
from hartonomous.vectors.packages.checkpoint import open_checkpoint
from hartonomous.vectors.packages.container import Container
from hartonomous.vectors.packages.deltas import tensor_entries


@dataclass(frozen=True)
class Compatibility:
    """What a package and a model have to do with each other.

    Parameters
    ----------
    package_id, signed
        The package, whose every bit was read, and whether somebody signed it.
    aligned
        Whether it can be injected as it is.
    same_shapes
        Whether it could be aligned without a map.
    retention_rate
        Expected retention; None where nothing is known.
    rests_on
        What that rests on.
    """

    package_id: str
    signed: bool
    aligned: bool
    same_shapes: bool
    retention_rate: float | None
    rests_on: str


def check_compatibility(container: Container, target: Path | None) -> Compatibility:
    """Read all of a package and hold it against a target model.

    Raises
    ------
    ModelFormatError
        The package disagrees with itself, or the target is no model folder.
    """
    container.verify()
    entries = tensor_entries(container)
    signed = bool(container.signature)
    if target is None:
        return Compatibility(container.package_id, signed, False, False, None, "no target named")
    weights = open_checkpoint(target).weights
    same = all(
        name in weights
        and list(weights[name].shape) == entry["shape"]
        and weights[name].dtype == entry["dtype"]
        for name, entry in entries.items()
    )
    fingerprint = model_fingerprint(target)
    for listed in container.parts["compatibility_map"]["targets"]:
        if listed["fingerprint"] == fingerprint:
            expected, why = listed["expected_retention"], listed["rests_on"]
            return Compatibility(container.package_id, signed, same, same, expected, why)
    return Compatibility(container.package_id, signed, False, same, None, "not aligned for it")
