"""A classifier's last layer as a source: which labels it finds alike."""

from __future__ import annotations

from collections.abc import Iterator

from hartonomous.hashing import blake3
from hartonomous.observations import Source
from hartonomous.readers.formats import open_place
from hartonomous.readers.images.models import LABELS, VisionModel
from hartonomous.readers.matrix import SelectedRows
from hartonomous.readers.models.onnx import read_onnx
from hartonomous.readers.opening import Place, Request
from hartonomous.sites import JoinSettings, OpenedSource, VectorSite

POSITION = "head"
NEIGHBOURS = 10


def head_source(model: VisionModel) -> Iterator[OpenedSource]:
    """Give the source of a classifier in ONNX that has a weight with a row a label, else nothing.

    Raises
    ------
    ModelFormatError
        The file can't be read.
    """
    tensor = _head_of(model) if model.path.suffix.lower() == ".onnx" else None
    if tensor is None:
        return
    labels = model.path.parent / LABELS
    table = open_place(Place.of(model.path), Request(tensor=tensor, vocabulary=labels))
    words = table.vocabulary
    join = JoinSettings(min(NEIGHBOURS, len(model.labels) - 1))
    site = VectorSite(POSITION, SelectedRows(table.matrix, words.rows), words.concept_of_row, join)
    name = model.path.parent.name if model.path.stem == "model" else model.path.stem
    digest = blake3(f"head k={join.k} ".encode() + table.fingerprint())
    yield OpenedSource(
        Source(f"model:{name}-head", "model", digest), lambda: words.concepts, (site,)
    )


def _head_of(model: VisionModel) -> str | None:
    """Return the name of the one weight with a row a label."""
    weights = read_onnx(model.path).tensors
    count = len(model.labels)
    found = [
        name for name, tensor in weights.items()
        if len(tensor.shape) == 2 and tensor.shape[0] == count and tensor.shape[1] > 1
    ]  # fmt: skip
    return found[0] if len(found) == 1 and count > 2 else None
