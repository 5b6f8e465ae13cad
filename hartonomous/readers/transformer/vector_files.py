"""Task and trait vectors as they lie on disk: directions of the residual stream, by layer.

A task's session is a folder with ``task_vectors.safetensors`` and ``metadata.json``; a trait's
vector is a safetensors file with ``{name}_metadata.json`` beside it. Layers are blocks, from 0.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept, is_storable
from hartonomous.errors import ModelFormatError
from hartonomous.hashing import blake3
from hartonomous.readers.files import read_json_object, shown
from hartonomous.readers.opening import Place
from hartonomous.readers.safetensors import Tensor, read_header

Vector = NDArray[np.float64]

_TASK_TENSORS, _TASK_FACTS = "task_vectors.safetensors", "metadata.json"
#: The mean stream of prompts with examples, where the answer begins.
_TASK_METHOD, _OF_LAYER = "mean", re.compile(r"layer_(\d{1,4})_pos_last")
_METHOD = re.compile(r"[a-z][a-z_]{0,31}")
#: Characters of a name, and layers.
_MOST_NAME, _MOST_LAYERS = 200, 10_000


@dataclass(frozen=True, eq=False)
class LayerVector:
    """A vector of one layer.

    Parameters
    ----------
    layer, method
        The block whose output it is added to, and how it was made.
    vector : float64, shape (hidden,)
        Finite and not zero.
    stream_norm
        The mean length of the residual streams that it comes from.
    """

    layer: int
    method: str
    vector: Vector
    stream_norm: float


@dataclass(frozen=True, eq=False)
class VectorFile:
    """All vectors that one place holds.

    Parameters
    ----------
    path
        Where.
    concept
        What they are of: a concept of kind ``task`` or ``trait``.
    model
        The fingerprint of the model that they come from.
    vectors
        By layer.
    """

    path: Path
    concept: Concept
    model: str
    vectors: tuple[LayerVector, ...]

    def digest(self) -> bytes:
        """Return BLAKE3 of what is read, wherever it lies."""
        said = [f"{self.concept.label} {self.model}".encode()]
        for each in self.vectors:
            numbers = np.array([each.stream_norm, *each.vector], "<f8")
            said.append(f"{each.layer} {each.method} ".encode() + numbers.tobytes())
        return blake3(b"".join(map(blake3, said)))


def is_task_vector(place: Place) -> bool:
    """Say whether a place is a session's folder."""
    return (place.path / _TASK_TENSORS).is_file()


def is_trait_vector(place: Place) -> bool:
    """Say whether a place is a trait's vector with its metadata."""
    return place.path.suffix == ".safetensors" and _metadata_of(place.path).is_file()


def read_vectors(path: Path) -> VectorFile:
    """Read a session's folder or a trait's vector.

    Raises
    ------
    ModelFormatError
        It is neither, a file is missing or malformed, or they disagree.
    """
    place = Place.of(path)
    if is_task_vector(place):
        return _task(path)
    if is_trait_vector(place):
        return _trait(path)
    raise ModelFormatError(f"{path}: neither a task vector's session nor a trait's vector")


def _task(folder: Path) -> VectorFile:
    facts = read_json_object(folder / _TASK_FACTS)
    tensors = read_header(folder / _TASK_TENSORS)
    named = [(int(match[1]), t) for name, t in tensors.items() if (match := _last(name))]
    made = []
    for layer, tensor in sorted(named, key=lambda each: each[0]):
        vector = _numbers(tensor)
        made.append(LayerVector(layer, _TASK_METHOD, vector, float(np.linalg.norm(vector))))
    if not made:
        raise ModelFormatError(f"{folder}: has no vectors of the last token")
    name = Path(_text(facts, "prompt_file", folder)).stem
    return _file(folder, "task", name, facts, made)


def _last(name: str) -> re.Match[str] | None:
    return _OF_LAYER.fullmatch(name)


def _trait(path: Path) -> VectorFile:
    facts = read_json_object(_metadata_of(path))
    tensors = read_header(path)
    if "vector" not in tensors:
        raise ModelFormatError(f"{path}: holds no tensor named vector")
    layer, method = facts.get("layer"), _text(facts, "method", path)
    if type(layer) is not int or not 0 <= layer < _MOST_LAYERS or not _METHOD.fullmatch(method):
        raise ModelFormatError(f"{path}: its metadata names no layer and method")
    norm = facts.get("residual_norm")
    if not isinstance(norm, (int, float)) or not 0 < norm < math.inf:
        raise ModelFormatError(f"{path}: its metadata has no residual_norm")
    made = LayerVector(layer, method, _numbers(tensors["vector"]), float(norm))
    return _file(path, "trait", _text(facts, "trait", path), facts, [made])


def _metadata_of(path: Path) -> Path:
    return path.with_name(f"{path.stem}_metadata.json")


def _file(
    path: Path, kind: str, name: str, facts: dict[str, Any], made: list[LayerVector]
) -> VectorFile:
    if len(name) > _MOST_NAME or not name.isprintable() or not is_storable(name):
        raise ModelFormatError(f"{path}: {shown(name)} can't be the name of a {kind}")
    if len({each.vector.shape for each in made}) > 1:
        raise ModelFormatError(f"{path}: its layers are not equally wide")
    if len({each.layer for each in made}) < len(made):
        raise ModelFormatError(f"{path}: names a layer twice")
    model = _text(facts, "model_fingerprint", path)
    return VectorFile(path, Concept(kind, name), model, tuple(made))


def _text(facts: dict[str, Any], key: str, path: Path) -> str:
    value = facts.get(key)
    if not isinstance(value, str):
        raise ModelFormatError(f"{path}: its metadata has no {key}")
    return value


def _numbers(tensor: Tensor) -> Vector:
    vector = tensor.read_numbers()
    if vector.ndim != 1 or not np.isfinite(vector).all() or not vector.any():
        raise ModelFormatError(f"{tensor}: is no vector that is finite and not zero")
    return vector
