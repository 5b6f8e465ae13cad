"""Dots and words on a canvas: SVG and HTML of them by hand, PNG and PDF by matplotlib."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Literal

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.tables import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Anchor = Literal["start", "middle"]
#: Units of a canvas to an inch of a printed picture, and dots to an inch of a PNG.
_UNITS, _DOTS = 100, 150
_POINTS = 72 / _UNITS
_FONTS = "'DejaVu Sans', Verdana, sans-serif"
#: Widths in units of the font's size, a little more than those fonts need.
_NARROW, _USUAL, _CAPITAL, _WIDE = 0.36, 0.64, 0.78, 1.0
_BOLD = 1.12
#: Below what is behind a word stays readable.
_HALO = 3.0
#: Moments of making, which would make each file another.
_UNDATED = {"png": {"Software": None}, "pdf": {"CreationDate": None, "Producer": None}}


@dataclass(frozen=True)
class Dot:
    """A filled circle; ``title`` is shown where something points at it."""

    x: float
    y: float
    radius: float
    colour: str
    title: str = ""


@dataclass(frozen=True)
class Ring:
    """A circle's thin line."""

    x: float
    y: float
    radius: float
    colour: str


@dataclass(frozen=True)
class Word:
    """Text on a line whose middle is at y."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor = "middle"
    is_bold: bool = False

    @property
    def width(self) -> float:
        """About how wide it is, rather too much."""
        units = sum(map(_width, printable(self.text)))
        return units * self.size * (_BOLD if self.is_bold else 1)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """What it covers: left, top, right and bottom."""
        left = self.x - self.width / 2 if self.anchor == "middle" else self.x
        half = self.size * 0.6
        return left, self.y - half, left + self.width, self.y + half


@dataclass(frozen=True)
class Drawing:
    """A canvas, y downwards, and what is on it, the lowest first."""

    width: int
    height: int
    title: str
    rings: Sequence[Ring]
    dots: Sequence[Dot]
    words: Sequence[Word]


def forms() -> dict[str, Callable[[Drawing], bytes]]:
    """Return what makes the bytes of a file, by its suffix."""
    return {
        ".png": lambda drawing: _printed(drawing, "png"),
        ".svg": lambda drawing: svg(drawing).encode(),
        ".pdf": lambda drawing: _printed(drawing, "pdf"),
        ".html": lambda drawing: page(drawing).encode(),
    }


def svg(drawing: Drawing) -> str:
    """Return a drawing as SVG, whose dots say what they are when pointed at."""
    size = f'viewBox="0 0 {drawing.width} {drawing.height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{_FONTS}">',
            f"<title>{_safe(drawing.title)}</title>",
            '<rect width="100%" height="100%" fill="white"/>',
            *map(_svg_ring, drawing.rings),
            *map(_svg_dot, drawing.dots),
            f'<g pointer-events="none" stroke="white" stroke-width="{_HALO:g}"'
            ' stroke-linejoin="round" paint-order="stroke">',
            *map(_svg_word, drawing.words),
            "</g>",
            "</svg>\n",
        ]
    )


def page(drawing: Drawing) -> str:
    """Return a drawing as one HTML page that needs nothing else."""
    style = (
        "body{margin:0;background:white}svg{display:block;width:100%;max-height:100vh}"
        "circle:hover{stroke:black;stroke-width:2;fill-opacity:1}"
    )
    head = f'<meta charset="utf-8"><title>{_safe(drawing.title)}</title><style>{style}</style>'
    body = f"<body>\n{svg(drawing)}</body>"
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n{body}</html>\n'


def _svg_ring(ring: Ring) -> str:
    at = f'cx="{ring.x:.1f}" cy="{ring.y:.1f}" r="{ring.radius:.1f}"'
    return f'<circle {at} fill="none" stroke="{ring.colour}" pointer-events="none"/>'


def _svg_dot(dot: Dot) -> str:
    at = f'cx="{dot.x:.1f}" cy="{dot.y:.1f}" r="{dot.radius:.1f}"'
    title = f"<title>{_safe(dot.title)}</title>" if dot.title else ""
    return f'<circle {at} fill="{dot.colour}" fill-opacity="0.6">{title}</circle>'


def _svg_word(word: Word) -> str:
    weight = ' font-weight="bold"' if word.is_bold else ""
    at = f'x="{word.x:.1f}" y="{word.y:.1f}" text-anchor="{word.anchor}"'
    look = f'font-size="{word.size:g}" fill="{word.colour}" dominant-baseline="central"{weight}'
    return f"<text {at} {look}>{_safe(word.text)}</text>"


def _safe(text: str) -> str:
    """Return text that is no markup and holds no character that XML refuses."""
    return escape(printable(text))


def _printed(drawing: Drawing, form: Literal["png", "pdf"]) -> bytes:
    """Return a drawing as matplotlib prints it; no display is needed."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise ParameterError(
            "a PNG or PDF needs matplotlib: pip install hartonomous[plot], or write .svg or .html"
        ) from None
    import warnings

    figure = Figure(figsize=(drawing.width / _UNITS, drawing.height / _UNITS), dpi=_DOTS)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, drawing.width), ylim=(drawing.height, 0))
    axes.set_axis_off()
    _print_shapes(axes, drawing)
    for word in drawing.words:
        _print_word(axes, word)
    written = io.BytesIO()
    with warnings.catch_warnings():  # a script that no font here has shows boxes
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(written, format=form, metadata=_UNDATED[form])
    return written.getvalue()


def _print_shapes(axes: Axes, drawing: Drawing) -> None:
    from matplotlib.patches import Circle

    for ring in drawing.rings:
        shape = Circle((ring.x, ring.y), ring.radius, fill=False, edgecolor=ring.colour, lw=0.8)
        axes.add_patch(shape)
    dots = drawing.dots
    axes.scatter(
        [dot.x for dot in dots],
        [dot.y for dot in dots],
        # an area, in points
        s=np.square([2 * dot.radius * _POINTS for dot in dots]),
        c=[dot.colour for dot in dots],
        alpha=0.6,
        linewidths=0,
    )


def _print_word(axes: Axes, word: Word) -> None:
    from matplotlib.patheffects import withStroke

    axes.text(
        word.x,
        word.y,
        printable(word.text),
        fontsize=word.size * _POINTS,
        fontweight="bold" if word.is_bold else "normal",
        color=word.colour,
        ha="center" if word.anchor == "middle" else "left",
        va="center",
        parse_math=False,
        path_effects=[withStroke(linewidth=_HALO * _POINTS, foreground="white")],
    )


def _width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return _WIDE
    if character in "iljItfr.,:;'|!()[] ":
        return _NARROW
    if character in "mwMW@%" or not character.isascii():
        return _WIDE
    return _CAPITAL if character.isupper() else _USUAL
