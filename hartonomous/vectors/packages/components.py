"""What a tensor belongs to, by its name: component, layer; and what a selection takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hartonomous.errors import ParameterError

#: Parts of names, in the order in which they decide; norms stand in attention blocks, too.
_MARKS = (
    ("layer normalization", r"norm|ln_\d|ln_f|\bln\b"),
    ("positional encodings", r"position|\bwpe\b|rotary"),
    ("embedding adjustments", r"embed|\bwte\b|lm_head|token_type|decoder\.weight"),
    ("attention weights", r"attn|attention|q_proj|k_proj|v_proj|o_proj"),
    ("feed-forward layers", r"mlp|ffn|feed_forward|intermediate|output\.dense|fc\d|gate_proj"),
)
OTHER = "other"
COMPONENTS = (*(name for name, _ in _MARKS), OTHER)
_LAYER = re.compile(r"(?:^|\.)(?:layers?|h|blocks?)\.(\d{1,6})\.")
_SELECTED = {"attention": "attention weights", "ffn": "feed-forward layers"}


def component(name: str) -> str:
    """Return which component a tensor belongs to."""
    lowered = name.lower()
    return next((found for found, mark in _MARKS if re.search(mark, lowered)), OTHER)


def layer_of(name: str) -> int | None:
    """Return the layer that a tensor belongs to, None when it belongs to none."""
    found = _LAYER.search(name)
    return int(found[1]) if found else None


def selected(names: Sequence[str], selection: str, *, heads: bool = True) -> list[str]:
    """Return the tensors that a layer selection takes.

    Parameters
    ----------
    names
        All tensors.
    selection
        ``all``, ``attention``, ``ffn``, or layers such as ``0,3,5``.
    heads
        Whether attention weights are taken at all.

    Raises
    ------
    ParameterError
        The selection says none of these, names a layer that is not there, or takes nothing.
    """
    if selection == "all":
        taken = list(names)
    elif selection in _SELECTED:
        taken = [name for name in names if component(name) == _SELECTED[selection]]
    else:
        layers = layer_numbers(selection)
        known = {layer_of(name) for name in names} - {None}
        if missing := sorted(layers - known):
            raise ParameterError(f"there is no layer {missing[0]}; there are {len(known)}")
        taken = [name for name in names if layer_of(name) in layers]
    if not heads:
        taken = [name for name in taken if component(name) != "attention weights"]
    if not taken:
        raise ParameterError(f"the layer selection {selection!r:.40} takes no tensor")
    return taken


def layer_numbers(selection: str) -> set[int]:
    """Return the layers that a text such as ``0,3,5`` names; others are a ParameterError."""
    try:
        return {int(part) for part in selection.split(",")}
    except ValueError:
        raise ParameterError(
            f"a layer selection is all, attention, ffn, or numbers, not {selection!r:.40}"
        ) from None
