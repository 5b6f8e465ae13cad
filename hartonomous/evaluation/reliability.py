"""A reliability plot: what ratings predict that people say, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from hartonomous.errors import ParameterError
from hartonomous.readers.extras import required

#: What such a picture may be.
SUFFIXES = (".png", ".svg", ".pdf")
_SIZE = (5.0, 5.0)


class Band(Protocol):
    """How often people agree where a rating lies in a band."""

    @property
    def pairs(self) -> int:
        """Judged pairs in it."""

    @property
    def probability(self) -> float:
        """Share of them that people call related."""

    @property
    def low(self) -> float:
        """Lower bound of its 95 % interval."""

    @property
    def high(self) -> float:
        """The upper one."""

    @property
    def predicted(self) -> float | None:
        """What each half of the words says of the other."""


def draw_reliability(bands: Sequence[Band], out: Path) -> int:
    """Draw predicted against observed shares with their intervals; return how many bands.

    Raises
    ------
    ParameterError
        The suffix is not known, matplotlib is not installed, or no band has a prediction.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise ParameterError(f"{out}: a plot is one of {', '.join(SUFFIXES)}")
    figures = required("matplotlib.figure", "plot")
    shown = [(band, band.predicted) for band in bands if band.predicted is not None]
    if not shown:
        raise ParameterError(
            "no band has judged pairs in both halves of the words: nothing to draw"
        )
    figure = figures.Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.plot((0, 1), (0, 1), color="#999999", linewidth=1, linestyle="--")
    for band, predicted in shown:
        axes.plot((predicted, predicted), (band.low, band.high), color="#0072b2", linewidth=1.5)
        axes.plot(predicted, band.probability, "o", color="#0072b2")
        axes.annotate(
            f"{band.pairs:,}", (predicted, band.probability), (5, -9), textcoords="offset points"
        )
    axes.set_xlabel("predicted by the other half of the words")
    axes.set_ylabel("people agree, 95 % interval; pairs in each band")
    figure.savefig(out)
    return len(shown)
