"""Make a package fit a target: as it is for one architecture, else by a map of token tables.

Across architectures only the token table's deltas are carried over, through the map between the
two models' residual streams: mapped deltas of other weights did no more than shuffled ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.safetensors import Tensor
from hartonomous.vectors.fingerprints import model_fingerprint, settings_fingerprint
from hartonomous.vectors.packages import forms
from hartonomous.vectors.packages.checkpoint import (
    Checkpoint,
    blocks,
    open_checkpoint,
    tensor_digest,
)
from hartonomous.vectors.packages.container import Container, ContainerWriter, rewrite
from hartonomous.vectors.packages.deltas import pieces, tensor_entries
from hartonomous.vectors.packages.maps import LinearMap
from hartonomous.vectors.packages.token_tables import (
    shared_tokens,
    table_spread,
    token_map,
    token_table,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Alignment:
    """A package that fits a target.

    Parameters
    ----------
    path, package_id
        The aligned package.
    method
        ``identity``, or how the map was fitted.
    quality_score
        Held-out R² of the map; 1 for identity.
    null
        The R² of shuffled pairs; 0 for identity.
    estimated_retention
        None where nothing is known that would predict it.
    rests_on
        What the two figures rest on, in words.
    tried
        Held-out R² of each method.
    """

    path: Path
    package_id: str
    method: str
    quality_score: float
    null: float
    estimated_retention: float | None
    rests_on: str
    tried: Mapping[str, float]


def align(
    container: Container,
    target: Path,
    out: Path,
    *,
    base: Path | None = None,
    quality_target: float = 0.0,
    optimization_passes: int = 3,
    cache: Path | None = None,
    matrix: LinearMap | None = None,
    key: Path | None = None,
) -> Alignment:
    """Write a package that fits a target model.

    Parameters
    ----------
    container
        The package.
    target
        A model folder.
    out
        The aligned package.
    base
        The package's base model; needed where shapes differ, and a map is fitted wherever the
        architectures do.
    quality_target
        Least held-out R² that is accepted.
    optimization_passes
        Settings that are tried for each method.
    cache
        A folder of ``.wmatrix`` files, one a pair of models.
    matrix
        The map to take instead of fitting one.
    key
        An Ed25519 private key that signs the aligned package.

    Raises
    ------
    ModelFormatError
        The models share too few tokens, or ``base`` is not the package's.
    ParameterError
        The quality target was missed, or ``base`` is needed.
    """
    checkpoint = open_checkpoint(target)
    entries = tensor_entries(container)
    fits = all(_fits(checkpoint.weights.get(name), entry) for name, entry in entries.items())
    manifest = container.parts["source_manifest"]["base"]
    if fits and (base is None or manifest["architecture"] == checkpoint.architecture):
        return _identity(container, checkpoint, out, key)
    if base is None:
        raise ParameterError("the target is of another architecture: align needs --base")
    if model_fingerprint(base) != manifest["fingerprint"]:
        raise ModelFormatError(f"{base}: is not the base model of the package")
    source = open_checkpoint(base)
    linear = matrix or token_map(source, checkpoint, passes=optimization_passes, cache=cache)
    if linear.matrix.shape != (token_table(source).shape[1], token_table(checkpoint).shape[1]):
        raise ModelFormatError("the map is of other models: its matrix does not fit their tables")
    if linear.score < quality_target:
        raise ParameterError(
            f"the best map ({linear.method}) has a held-out R² of {linear.score:.2f}, "
            f"below the quality target of {quality_target:.2f}"
        )
    return _mapped(container, entries, source, checkpoint, linear, out, key)


def _fits(tensor: Tensor | None, entry: Mapping[str, Any]) -> bool:
    return (
        tensor is not None
        and list(tensor.shape) == entry["shape"]
        and tensor.dtype == entry["dtype"]
    )


def _identity(container: Container, target: Checkpoint, out: Path, key: Path | None) -> Alignment:
    rests_on = "the same names, shapes and types; retention was not measured"
    changes = _noted(container, target, "identity", 1.0, rests_on, "identity")
    package_id = rewrite(container, changes, out, key)
    return Alignment(out, package_id, "identity", 1.0, 0.0, None, rests_on, {})


def _noted(
    container: Container,
    target: Checkpoint,
    method: str,
    score: float,
    rests_on: str,
    wmatrix: object,
) -> dict[str, Any]:
    """Return the profile and the map of compatibility with one more target in them."""
    fingerprint = model_fingerprint(target.folder)
    alignment = {
        "target": fingerprint,
        "method": method,
        "wmatrix": settings_fingerprint(wmatrix),
        "quality_score": score,
        "rests_on": rests_on,
    }
    listed = {
        "architecture": target.architecture,
        "fingerprint": fingerprint,
        "expected_retention": None,
        "rests_on": rests_on,
    }
    earlier = container.parts["w_matrix_profile"]["alignments"]
    targets = container.parts["compatibility_map"]["targets"]
    return {
        "w_matrix_profile": {
            "alignments": [*(a for a in earlier if a["target"] != fingerprint), alignment]
        },
        "compatibility_map": {
            "targets": [*(t for t in targets if t["fingerprint"] != fingerprint), listed]
        },
    }


def _mapped(
    container: Container,
    entries: Mapping[str, Mapping[str, Any]],
    source: Checkpoint,
    target: Checkpoint,
    linear: LinearMap,
    out: Path,
    key: Path | None,
) -> Alignment:
    old, new = token_table(source), token_table(target)
    if old.name not in entries:
        raise ParameterError("the package changes no token table: nothing of it can be mapped")
    delta = np.zeros(old.shape, np.float32)
    for piece in pieces(container, entries[old.name]):
        delta.reshape(-1)[piece.start : piece.stop] = piece.delta
    ours, theirs = shared_tokens(source, target)
    mapped = np.zeros(new.shape, np.float32)
    mapped[theirs] = delta[ours] @ linear.matrix.astype(np.float32)
    mapped *= np.float32(calibration(source, target, delta, mapped))
    rests_on = (
        f"held-out R² of token tables through the map {linear.score:.2f} "
        f"(shuffled pairs {linear.null:.2f}); only the token table is carried over"
    )
    changes = _noted(container, target, linear.method, linear.score, rests_on, linear.tried)
    changes["compatibility_map"]["targets"] = changes["compatibility_map"]["targets"][-1:]
    writer = ContainerWriter(out, container.parts["vector_payload"]["compression"])
    try:
        tensor = _written_table(new, mapped, writer)
        payload = {
            **container.parts["vector_payload"],
            "quantization": "fp32",
            "exact": False,
            "tensors": [tensor],
        }
        package_id = writer.finish({**container.parts, **changes, "vector_payload": payload}, key)
    finally:
        writer.close()
    return Alignment(
        out, package_id, linear.method, linear.score, linear.null, None, rests_on, linear.tried
    )


def calibration(
    source: Checkpoint,
    target: Checkpoint,
    delta: NDArray[np.float32],
    mapped: NDArray[np.float32],
) -> float:
    """Return the factor that makes mapped deltas as large in the target as they are in the source.

    Sizes count in units of the tables' spread around their means; maps that guard against noise
    give deltas that are too small.
    """
    ours, theirs = shared_tokens(source, target)
    before = float(np.linalg.norm(delta)) / table_spread(source, ours)
    after = float(np.linalg.norm(mapped)) / table_spread(target, theirs)
    return before / after if after else 1.0


def _written_table(
    table: Tensor, delta: NDArray[np.float32], writer: ContainerWriter
) -> dict[str, Any]:
    listed = []
    for start, stop in blocks(table.shape):
        part = delta.reshape(-1)[start:stop].reshape(-1, table.shape[1])
        written = forms.write_block(part, 0.0, "fp32")
        arrays = [writer.add(role, array) for role, array in written.arrays.items()]
        listed.append({"start": start, "stop": stop, "form": written.form, "arrays": arrays})
    return {
        "name": table.name,
        "dtype": table.dtype,
        "shape": list(table.shape),
        "component": "embedding adjustments",
        "scale": 1.0,
        "base_digest": tensor_digest(table),
        "pieces": listed,
    }
