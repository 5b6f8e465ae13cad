"""Stages 3 and 4: a vector of each method and layer, and what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import read_json_object
from hartonomous.vectors.activations.hooks import check_layers
from hartonomous.vectors.extras import versions
from hartonomous.vectors.statistics import (
    Estimate,
    auroc,
    auroc_estimate,
    permutation_p,
    random_directions,
    unit,
)
from hartonomous.vectors.tensor_files import export_pt, read_tensor, write_json, write_tensors
from hartonomous.vectors.traits.activations import Activations, read_activations
from hartonomous.vectors.traits.methods import method_named

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = "vectors"
#: Random directions that a vector has to be better than 95 in 100 of.
RANDOM, PERCENTILE = 200, 95
#: Largest p of the permutation test that counts.
SIGNIFICANT = 0.01


@dataclass(frozen=True)
class TraitVector:
    """A trait's direction in one layer.

    Parameters
    ----------
    vector
        float64, shape (hidden,).
    trait, method, layer, model_fingerprint
        What it is of.
    positive, negative
        Mean projections of the training examples on the direction at length 1.
    residual_norm
        Mean norm of the training examples' activations, for what a norm means.
    """

    vector: NDArray[np.float64]
    trait: str
    method: str
    layer: int
    model_fingerprint: str
    positive: float
    negative: float
    residual_norm: float

    @property
    def middle(self) -> float:
        """The projection halfway between the two."""
        return (self.positive + self.negative) / 2


@dataclass(frozen=True)
class VectorQuality:
    """What one vector is worth on held-out questions and instructions.

    Parameters
    ----------
    method, layer
        Which vector.
    auroc
        How often a positive example projects higher than a negative one.
    random_95
        The AUROC that 95 in 100 random directions, oriented on training data, stay below.
    p
        Of the permutation test.
    contrast
        Mean projection of positives minus that of negatives, in units of the residual norm.
    relative_norm
        The vector's length in the same units.
    train_auroc
        AUROC on the training examples, which choosing among vectors may use.
    counts
        Whether it is above the random directions, with p below .01.
    """

    method: str
    layer: int
    auroc: Estimate
    random_95: float
    p: float
    contrast: float
    relative_norm: float
    train_auroc: float
    counts: bool


def extract_vectors(
    folder: Path,
    trait: str,
    methods: Sequence[str],
    layers: Sequence[int] | None = None,
    *,
    pt: bool = False,
    advance: Advance | None = None,
) -> tuple[TraitVector, ...]:
    """Write ``vectors/{method}_layer{N}.safetensors`` and its metadata for each.

    Parameters
    ----------
    folder, trait
        Whose activations.
    methods
        ``mean_diff``, ``probe``, ``ica``, ``gradient``.
    layers
        Blocks from 0; all by default.
    pt
        Whether ``.pt`` files are written beside.
    advance
        Told of each vector.

    Raises
    ------
    ParameterError
        A method is unknown or a layer out of range.
    ModelFormatError
        There are no activations, or they are malformed.
    """
    for name in methods:
        method_named(name)
    activations = read_activations(folder)
    count = activations.values.shape[1]
    chosen = check_layers(range(count) if layers is None else layers, count)
    made = []
    for name in methods:
        for layer in chosen:
            vector = _fit(activations, trait, name, layer)
            _write(folder, vector, activations, pt=pt)
            made.append(vector)
            if advance:
                advance(1)
    return tuple(made)


def _fit(activations: Activations, trait: str, method: str, layer: int) -> TraitVector:
    positive, negative = _examples(activations, layer, held_out=False)
    vector = method_named(method)(positive, negative)
    if not np.isfinite(vector).all() or not vector.any():
        raise ParameterError(f"{trait}: {method} finds no direction in layer {layer}")
    direction = unit(vector)
    both = np.vstack([positive, negative])
    return TraitVector(
        vector, trait, method, layer, str(activations.metadata.get("model_fingerprint")),
        float((positive @ direction).mean()), float((negative @ direction).mean()),
        float(np.linalg.norm(both, axis=1).mean()),
    )  # fmt: skip


def _examples(
    activations: Activations, layer: int, *, held_out: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (
        activations.part(layer, positive=True, held_out=held_out),
        activations.part(layer, positive=False, held_out=held_out),
    )


def vector_file(folder: Path, method: str, layer: int) -> Path:
    """Return the file of one vector."""
    return folder / FOLDER / f"{method}_layer{layer}.safetensors"


def _write(folder: Path, vector: TraitVector, activations: Activations, *, pt: bool) -> None:
    positive, negative = _examples(activations, vector.layer, held_out=False)
    right = np.concatenate(
        [positive @ unit(vector.vector) > vector.middle,
         negative @ unit(vector.vector) <= vector.middle]
    )  # fmt: skip
    path = vector_file(folder, vector.method, vector.layer)
    facts = {name: value for name, value in asdict(vector).items() if name != "vector"}
    metadata = {
        **facts,
        "model": activations.metadata.get("model"),
        "vector_norm": float(np.linalg.norm(vector.vector)),
        "relative_norm": float(np.linalg.norm(vector.vector)) / vector.residual_norm,
        "train_accuracy": float(right.mean()),
        "extraction_date": date.today().isoformat(),
        "prompts_fingerprint": activations.metadata.get("prompts_fingerprint"),
        "versions": versions(),
    }
    array = vector.vector.astype(np.float32)
    write_tensors(path, {"vector": array}, facts)
    write_json(path.with_name(f"{path.stem}_metadata.json"), metadata)
    if pt:
        export_pt(path.with_suffix(".pt"), array)


def read_vector(path: Path) -> TraitVector:
    """Read one vector and its metadata.

    Raises
    ------
    ModelFormatError
        A file is missing or malformed.
    """
    metadata = read_json_object(path.with_name(f"{path.stem}_metadata.json"))
    vector = read_tensor(path, "vector").astype(np.float64)
    kinds: dict[str, Any] = {
        "trait": str, "method": str, "layer": int, "model_fingerprint": str,
        "positive": (int, float), "negative": (int, float), "residual_norm": (int, float),
    }  # fmt: skip
    wrong = [name for name, kind in kinds.items() if not isinstance(metadata.get(name), kind)]
    if wrong or vector.ndim != 1 or not np.isfinite(vector).all() or not vector.any():
        raise ModelFormatError(f"{path}: is no trait vector with its metadata")
    return TraitVector(vector, **{name: metadata[name] for name in kinds})


def analyse(
    folder: Path, vectors: Sequence[TraitVector], *, seed: int = 0, advance: Advance | None = None
) -> tuple[VectorQuality, ...]:
    """Evaluate vectors on held-out questions and instructions, and write ``analysis``.

    Parameters
    ----------
    folder, vectors
        The trait's folder and its vectors.
    seed
        Of random directions, intervals and shuffling.
    advance
        Told of each vector.
    """
    activations = read_activations(folder)
    nulls: dict[int, float] = {}
    found = []
    for vector in vectors:
        if vector.layer not in nulls:
            nulls[vector.layer] = _random_95(activations, vector.layer, seed)
        found.append(_quality(activations, vector, nulls[vector.layer], seed))
        if advance:
            advance(1)
    write_json(folder / "analysis" / "analysis.json", [asdict(quality) for quality in found])
    return tuple(found)


def best(found: Sequence[VectorQuality]) -> VectorQuality:
    """Return the vector to use: by training data alone, ties by relative length."""
    return max(found, key=lambda q: (round(q.train_auroc, 3), q.relative_norm))


def _quality(
    activations: Activations, vector: TraitVector, random_95: float, seed: int
) -> VectorQuality:
    direction = unit(vector.vector)
    trained = [part @ direction for part in _examples(activations, vector.layer, held_out=False)]
    positive, negative = (
        part @ direction for part in _examples(activations, vector.layer, held_out=True)
    )
    estimate = auroc_estimate(positive, negative, seed=seed)
    p = permutation_p(positive, negative, seed=seed)
    return VectorQuality(
        vector.method,
        vector.layer,
        estimate,
        random_95,
        p,
        float(positive.mean() - negative.mean()) / vector.residual_norm,
        float(np.linalg.norm(vector.vector)) / vector.residual_norm,
        auroc(*trained),
        estimate.value > random_95 and p < SIGNIFICANT,
    )


def _random_95(activations: Activations, layer: int, seed: int) -> float:
    """Return what 95 in 100 random directions stay below, each turned by training data."""
    drawn = random_directions(RANDOM, activations.values.shape[2], seed=seed)
    trained = _examples(activations, layer, held_out=False)
    tested = _examples(activations, layer, held_out=True)
    values = []
    for direction in drawn:
        way = 1 if auroc(*(part @ direction for part in trained)) >= 0.5 else -1
        values.append(auroc(*(part @ direction * way for part in tested)))
    return float(np.percentile(values, PERCENTILE))
