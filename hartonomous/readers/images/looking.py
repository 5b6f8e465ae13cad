"""What a classifier and a detector see in one picture.

Pictures are shown whole, padded to a square: what a crop would cut away is often what is depicted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError
from hartonomous.readers.extras import required
from hartonomous.readers.images.boxes import Box, Found, suppressed
from hartonomous.readers.images.decoding import Picture
from hartonomous.readers.images.models import VisionModel, open_vision_model

#: What is depicted with less is mostly wrong: on 20 photographs the right labels were above .4.
MIN_PROBABILITY = 0.3
#: The same for boxes: wrong ones begin below.
MIN_SCORE = 0.35
#: Boxes of one picture.
MOST_BOXES = 100
#: What the square is filled with, the mean colour of ImageNet.
_PADDING = (124, 116, 104)
#: Of SSD (Liu et al. 2016) as MobileNet's detectors have it: side of each level's grid, and the
#: scales between which the levels lie.
_GRIDS = (19, 10, 5, 3, 2, 1)
_SCALES = np.linspace(0.2, 0.95, len(_GRIDS))
_RATIOS = (1.0, 2.0, 0.5, 3.0, 1 / 3)
_CODE_SCALES = np.array([10.0, 10.0, 5.0, 5.0])


@dataclass(frozen=True)
class Square:
    """A picture on a square: which part of it, 0 to 1, it fills."""

    pixels: Any
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def of(cls, picture: Picture, side: int) -> Square:
        """Resize a picture to fit a square of ``side`` pixels and centre it there."""
        pil = required("PIL.Image", "vision")
        height, width, _ = picture.pixels.shape
        scale = side / max(width, height)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        image = pil.fromarray(picture.pixels)
        small = image.resize(size, pil.Resampling.BILINEAR, reducing_gap=2.0)
        square = pil.new("RGB", (side, side), _PADDING)
        left, top = (side - size[0]) // 2, (side - size[1]) // 2
        square.paste(small, (left, top))
        return cls(square, left / side, top / side, size[0] / side, size[1] / side)

    def at(self, side: int) -> NDArray[np.uint8]:
        """Return its pixels, (side, side, 3)."""
        pil = required("PIL.Image", "vision")
        fits = self.pixels.size == (side, side)
        image = self.pixels if fits else self.pixels.resize((side, side), pil.Resampling.BILINEAR)
        pixels: NDArray[np.uint8] = np.asarray(image, dtype=np.uint8)
        return pixels

    def inner(self, corners: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn corners (left, top, right, bottom) of the square into those of the picture."""
        shift = np.array([self.left, self.top] * 2)
        size = np.array([self.width, self.height] * 2)
        inner: NDArray[np.float64] = np.clip((corners - shift) / size, 0, 1)
        return inner


@dataclass(frozen=True, eq=False)
class Seen:
    """What a classifier says of one picture.

    Parameters
    ----------
    depicted
        Labels with their probabilities, the most probable first.
    patches : float32, shape (n, d)
        Features of its parts; empty where the model gives no map.
    """

    depicted: tuple[tuple[Concept, float], ...]
    patches: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Classifier:
    """A model that says how probable each label is, and perhaps a map of features."""

    model: VisionModel

    @classmethod
    def of(cls, path: Path) -> Classifier:
        """Open it; errors are those of `open_vision_model`."""
        return cls(open_vision_model(path))

    def look(self, square: Square) -> Seen:
        """Look at a picture.

        Raises
        ------
        ModelFormatError
            No output has a number a label.
        """
        outputs = self.model.outputs(square.at(self.model.side))
        count = len(self.model.labels)
        found = [each for each in outputs if each.shape == (1, count)]
        if not found:
            raise ModelFormatError(f"{self.model.path}: no output has a number for {count} labels")
        chances = _probabilities(found[0][0])
        best = np.flatnonzero(chances >= MIN_PROBABILITY)
        order = best[np.argsort(-chances[best], kind="stable")]
        named = tuple((self.model.labels[i], float(chances[i])) for i in order.tolist())
        return Seen(named, _patches(outputs))


def _probabilities(numbers: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return probabilities, which the numbers are already or become by softmax."""
    wide = numbers.astype(np.float64)
    if wide.min() >= 0 and abs(wide.sum() - 1) < 1e-3:
        return wide
    powers = np.exp(wide - wide.max())
    return np.asarray(powers / powers.sum())


def _patches(outputs: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    for each in outputs:
        if each.ndim == 4 and each.shape[2] == each.shape[3]:
            found: NDArray[np.float32] = each[0].reshape(each.shape[1], -1).T
            return found
    return np.empty((0, 0), np.float32)


@dataclass(frozen=True, eq=False)
class Detector:
    """A single-shot detector with raw outputs: codes of boxes by anchor, and scores by label."""

    model: VisionModel
    anchors: NDArray[np.float64]

    @classmethod
    def of(cls, path: Path) -> Detector:
        """Open it; errors are those of `open_vision_model`."""
        return cls(open_vision_model(path), ssd_anchors())

    def look(self, square: Square) -> tuple[Found, ...]:
        """Return what is where, the surest first.

        Raises
        ------
        ModelFormatError
            Its outputs are not those of such a detector.
        """
        outputs = self.model.outputs(square.at(self.model.side))
        codes = _shaped(outputs, (1, len(self.anchors), 4))
        scores = _shaped(outputs, (1, len(self.anchors), len(self.model.labels)))
        if codes is None or scores is None:
            raise ModelFormatError(
                f"{self.model.path}: its outputs aren't {len(self.anchors):,} boxes with a score "
                "for each label; run it elsewhere and use `hartonomous ingest detections`"
            )
        corners = square.inner(_decoded(codes, self.anchors))
        return suppressed(list(self._found(corners, scores)))

    def _found(self, corners: NDArray[np.float64], scores: NDArray[np.float64]) -> list[Found]:
        chances = 1 / (1 + np.exp(-scores))
        chances[:, 0] = 0  # the background
        places, labels = np.nonzero(chances >= MIN_SCORE)
        return [
            Found(self.model.labels[label], Box(*corners[place].tolist()), chances[place, label])
            for place, label in zip(places.tolist(), labels.tolist(), strict=True)
            if (corners[place, 2:] > corners[place, :2]).all()
        ]


def _shaped(
    outputs: list[NDArray[np.float32]], shape: tuple[int, int, int]
) -> NDArray[np.float64] | None:
    return next((each[0].astype(np.float64) for each in outputs if each.shape == shape), None)


def ssd_anchors() -> NDArray[np.float64]:
    """Return centre and size of each anchor, (1917, 4): y, x, height, width, all 0 to 1."""
    found: list[tuple[float, float, float, float]] = []
    for level, side in enumerate(_GRIDS):
        sizes = _sizes(level)
        for row, column in product(range(side), repeat=2):
            place = ((row + 0.5) / side, (column + 0.5) / side)
            found += [(*place, *size) for size in sizes]
    return np.array(found)


def _sizes(level: int) -> list[tuple[float, float]]:
    scale = float(_SCALES[level])
    if level == 0:  # the lowest has three alone, and its square is half as large
        return [(0.1, 0.1), *(_size(scale, ratio) for ratio in (2.0, 0.5))]
    after = float(_SCALES[level + 1]) if level + 1 < len(_GRIDS) else 1.0
    between = (scale * after) ** 0.5
    return [*(_size(scale, ratio) for ratio in _RATIOS), (between, between)]


def _size(scale: float, ratio: float) -> tuple[float, float]:
    return scale / ratio**0.5, scale * ratio**0.5


def _decoded(codes: NDArray[np.float64], anchors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corners (left, top, right, bottom) of boxes that are coded by their anchors."""
    shift = codes / _CODE_SCALES
    centre = anchors[:, :2] + shift[:, :2] * anchors[:, 2:]
    half = np.exp(np.minimum(shift[:, 2:], 8)) * anchors[:, 2:] / 2
    return np.hstack([(centre - half)[:, ::-1], (centre + half)[:, ::-1]])
