"""What models see in one picture, for people; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import DocumentFormatError
from hartonomous.miners.counts import count_sites
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.images.decoding import decode
from hartonomous.readers.images.pictures import Eyes
from hartonomous.readers.opening import Request


@dataclass(frozen=True)
class Statement:
    """One relation that a model sees."""

    a: str
    relation_type: str
    b: str
    #: 0 to 1.
    weight: float
    #: Which model, and what of it.
    site: str


def describe(
    file: Path,
    classifier: Path | None = None,
    detector: Path | None = None,
    codebook: Path | None = None,
) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """Return what models see in a picture, and what was read otherwise than the file says.

    Raises
    ------
    DocumentFormatError
        It is no picture that can be read.
    ModelFormatError, ParameterError
        As for `hartonomous.readers.images.pictures.open_images`.
    """
    named = {"classifier": classifier, "detector": detector, "codebook": codebook}
    eyes = Eyes.of(Request(models=tuple((role, path) for role, path in named.items() if path)))
    if not file.is_file():
        raise DocumentFormatError(f"{file}: no such file, or not a regular one")
    picture = decode(file)
    observed = eyes.look(picture)
    labels = [concept.label for concept in observed.concepts]
    said = [
        Statement(
            labels[a], site.relation_type.name, labels[b], weight / WEIGHT_UNIT, site.position
        )
        for site, seen in count_sites(observed.sites)
        for a, b, weight in zip(seen.a.tolist(), seen.b.tolist(), seen.weight.tolist(), strict=True)
        if a <= b or not site.relation_type.is_symmetric
    ]
    return tuple(said), picture.notes
