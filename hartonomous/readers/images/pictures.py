"""Pictures as sources: each image is one, with what the models see in it.

Before the images come what they are told with: the classifier's last layer, whose rows say which
labels it finds alike, and the codebook. Both are models' and nobody's data, so they stay when the
images go.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import DocumentFormatError, ModelFormatError, ParameterError
from hartonomous.hashing import blake3
from hartonomous.observations import Source
from hartonomous.readers.images.codebook import Codebook, open_codebook
from hartonomous.readers.images.decoding import SUFFIXES, LeftOutError, Picture, decode
from hartonomous.readers.images.folder import pictures_in
from hartonomous.readers.images.heads import head_source
from hartonomous.readers.images.looking import (
    MIN_PROBABILITY,
    MIN_SCORE,
    Classifier,
    Detector,
    Square,
)
from hartonomous.readers.images.observing import Observed, Observing
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.transformer.projection import OwnRows
from hartonomous.sites import JoinSettings, OpenedSource, VectorSite

#: Pictures that are decoded before they are looked at.
_AHEAD = 4
#: Squares are made once, as large as most detectors want them.
_SIDE = 300
#: Neighbours of each cell.
_CELL_NEIGHBOURS = 10


@dataclass(frozen=True, eq=False)
class Eyes:
    """The models that look at pictures."""

    classifier: Classifier | None
    detector: Detector | None
    codebook: Codebook | None

    @classmethod
    def of(cls, request: Request) -> Eyes:
        """Open what is asked for.

        Raises
        ------
        ParameterError
            No model is named, or a codebook without a classifier.
        ModelFormatError
            One can't be used.
        """
        classifier, detector, codebook = map(
            request.model_for, ("classifier", "detector", "codebook")
        )
        if not classifier and not detector:
            raise ParameterError(
                "name a model that looks at the images: --classifier or --detector"
            )
        if codebook and not classifier:
            raise ParameterError("a codebook is of a classifier's features: --classifier")
        return cls(
            Classifier.of(classifier) if classifier else None,
            Detector.of(detector) if detector else None,
            open_codebook(codebook) if codebook else None,
        )

    @property
    def fingerprint(self) -> bytes:
        """Bytes of all that decides what is seen."""
        parts = [f"p={MIN_PROBABILITY} s={MIN_SCORE} side={_SIDE}\0".encode()]
        models = (self.classifier, self.detector)
        parts += [each.model.fingerprint if each else b"none" for each in models]
        return b"".join([*parts, self.codebook.fingerprint if self.codebook else b"none"])

    def look(self, picture: Picture) -> Observed:
        """Return what they see."""
        square = Square.of(picture, _SIDE)
        observing = Observing(picture.concept)
        if self.classifier:
            seen = self.classifier.look(square)
            observing.depict("classifier", seen.depicted)
            if self.codebook:
                observing.contain(self.codebook, seen.patches)
        if self.detector:
            observing.find("detector", self.detector.look(square))
        return observing.observed()


def is_pictures(place: Place) -> bool:
    """Say whether it is a folder, or named as a picture."""
    return place.is_folder or (place.is_file() and place.path.suffix.lower() in SUFFIXES)


def open_images(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open the pictures of a folder, or one; those of a folder that can't be read are counted.

    Raises
    ------
    ParameterError
        No model is named, or what runs it is missing.
    ModelFormatError
        A model can't be used.
    DocumentFormatError
        There is no picture, or the one that is named can't be read.
    """
    eyes = Eyes.of(request)
    left_out: Counter[str] = Counter()
    paths = _paths(place, left_out)
    yield from _tools(eyes)
    last: OpenedSource | None = None
    for path, decoded in _decoded_ahead(paths):
        opened = _opened(path, decoded, place, eyes, request, left_out)
        if opened is not None:
            yield from [last] if last else []
            last = opened
    if last is None:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()))
        raise DocumentFormatError(
            f"{place.path}: no picture in which anything was seen ({reasons})"
        )
    yield replace(last, left_out=dict(left_out))


def patches_of(folder: Path, classifier: Classifier) -> Iterator[NDArray[np.float32]]:
    """Give the features of each picture of a folder, (n, d), to learn a codebook from.

    Raises
    ------
    ModelFormatError
        The classifier gives no map of features.
    DocumentFormatError
        There is no picture that can be read.
    """
    count = 0
    for _, decoded in _decoded_ahead(_paths(Place.of(folder), Counter())):
        if isinstance(decoded, LeftOutError):
            continue
        found = classifier.look(Square.of(decoded, _SIDE)).patches
        if not len(found):
            raise ModelFormatError(
                f"{classifier.model.path}: has no output that is a map of features"
            )
        count += 1
        yield found
    if not count:
        raise DocumentFormatError(f"{folder}: holds no picture that can be read")


def _paths(place: Place, left_out: Counter[str]) -> list[Path]:
    if not place.is_folder:
        return [place.path]
    return [place.path / inside for inside in pictures_in(place.path, left_out)]


def _decoded_ahead(paths: list[Path]) -> Iterator[tuple[Path, Picture | LeftOutError]]:
    """Decode in a thread, a few ahead of what is looked at."""
    with ThreadPoolExecutor(1) as thread:
        waiting = deque((path, thread.submit(_decoded, path)) for path in paths[:_AHEAD])
        for path in chain(paths[_AHEAD:], [None] * len(waiting)):
            first, decoded = waiting.popleft()
            if path is not None:
                waiting.append((path, thread.submit(_decoded, path)))
            yield first, decoded.result()


def _decoded(path: Path) -> Picture | LeftOutError:
    try:
        return decode(path)
    except LeftOutError as error:
        return error


def _opened(
    path: Path,
    decoded: Picture | LeftOutError,
    place: Place,
    eyes: Eyes,
    request: Request,
    left_out: Counter[str],
) -> OpenedSource | None:
    if isinstance(decoded, LeftOutError):
        if not place.is_folder:
            raise decoded
        left_out[decoded.reason] += 1
        return None
    observed = eyes.look(decoded)
    if not observed.sites:
        left_out["nothing seen"] += 1
        return None
    inside = path.relative_to(place.path).as_posix() if place.is_folder else path.name
    own = f"image:{place.path.resolve().name}/{inside}" if place.is_folder else f"image:{inside}"
    whose = f"subject={request.subject or ''}\0{decoded.concept.text}\0".encode()
    name = request.name_for(own, is_part=place.is_folder)
    return OpenedSource(
        Source(name, "image", blake3(whose + eyes.fingerprint), request.subject),
        lambda: observed.concepts,
        observed.sites,
        notes=decoded.notes,
    )


def _tools(eyes: Eyes) -> Iterator[OpenedSource]:
    """Give what the images are told with."""
    if eyes.classifier:
        yield from head_source(eyes.classifier.model)
    if eyes.codebook:
        yield _codebook_source(eyes.codebook)


def _codebook_source(codebook: Codebook) -> OpenedSource:
    cells, concepts = codebook.cells, codebook.concepts
    site = VectorSite(
        "cells",
        OwnRows(lambda: cells, (cells.shape[0], cells.shape[1])),
        np.arange(len(cells), dtype=np.int32),
        JoinSettings(min(_CELL_NEIGHBOURS, len(cells) - 1), raw=True),
    )
    name = f"codebook:{codebook.fingerprint.hex()[:12]}"
    return OpenedSource(Source(name, "codebook", codebook.fingerprint), lambda: concepts, (site,))
