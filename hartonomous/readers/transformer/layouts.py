"""Under which names an architecture keeps its weights; a layout of one's own is a JSON file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import read_json_object, shown

#: What no layout can do without.
NEEDED = ("query", "key", "value", "output", "up", "down")
#: How many tensors an error names.
_SHOWN = 6


@dataclass(frozen=True)
class Layout:
    """Names of tensors, without ``.weight`` and ``.bias``; ``{l}`` is a layer, ``{e}`` an expert.

    A part of a stacked tensor is ``name[i/n]``, the i-th of n equal parts of its outputs.

    Parameters
    ----------
    name
        What people call the architecture.
    query, key, value, output
        W_Q, W_K, W_V and W_O.
    up, down, gate
        W_in, W_out and, of a gated MLP, what its activation is applied to. With experts, ``{e}`` is
        in them.
    attention_norm, mlp_norm
        The norm of a layer's attention and of its MLP; a layer without it has none.
    norms_after
        Whether norms come after the residual sum (post-LN), as in BERT.
    router
        Gives each token's score for each expert.
    query_norm, key_norm
        Norms of each head's queries and keys.
    first_norm, final_norm
        The norm of the embedding and the one before the unembedding.
    position, token_type
        Tables added to the embedding.
    unembedding
        W_U, where it may lie; none of them there, it is tied or there is none.
    norm
        ``layer`` (mean and variance) or ``rms``.
    is_causal
        Whether a token sees only those before it.
    is_transposed
        Whether matrices are stored with inputs first, as GPT-2's.
    rotary, rotates_neighbours
        Whether positions are rotations of queries and keys, and whether these turn neighbouring
        numbers, as in GGUF's Llama, and not those half a head apart.
    activation
        The MLP's, where config.json doesn't say.
    excluded
        A tensor whose presence tells that it is another architecture.
    """

    name: str
    query: str
    key: str
    value: str
    output: str
    up: str
    down: str
    gate: str = ""
    attention_norm: str = ""
    mlp_norm: str = ""
    norms_after: bool = False
    router: str = ""
    query_norm: str = ""
    key_norm: str = ""
    first_norm: str = ""
    final_norm: str = ""
    position: str = ""
    token_type: str = ""
    unembedding: tuple[str, ...] = ()
    norm: str = "layer"
    is_causal: bool = False
    is_transposed: bool = False
    rotary: bool = False
    rotates_neighbours: bool = False
    activation: str = "gelu"
    excluded: str = ""


@dataclass(frozen=True)
class Part:
    """Where a weight lies: a tensor, or one of equal parts of its outputs."""

    name: str
    index: int = 0
    of: int = 1


_PART = re.compile(r"(?P<name>.*)\[(?P<index>\d{1,2})/(?P<of>[1-9]\d?)\]")


def part_of(text: str) -> Part:
    """Read ``name[i/n]``."""
    match = _PART.fullmatch(text)
    if not match or int(match["index"]) >= int(match["of"]):
        return Part(text)
    return Part(match["name"], int(match["index"]), int(match["of"]))


def _missing(layout: Layout, prefix: str, names: Collection[str]) -> str | None:
    """Return the first matrix of the first layer that isn't there."""
    needed = (*(getattr(layout, name) for name in NEEDED), layout.gate, layout.router)
    named = (f"{prefix}{_at(template)}" for template in needed if template)
    return next((name for name in named if f"{name}.weight" not in names), None)


def require_whole(layout: Layout, names: Collection[str], shown_as: object) -> None:
    """Raise unless the first layer has all matrices that a layout of one's own names.

    Raises
    ------
    ModelFormatError
        One of them isn't there.
    """
    missing = _missing(layout, "", names)
    if missing:
        raise ModelFormatError(f"{shown_as}: has no {shown(missing)} that --layout names")


def find_layout(
    layouts: Iterable[Layout], names: Collection[str], shown_as: object
) -> tuple[Layout, str]:
    """Return the first layout that tensors have, and what stands before all its names.

    Raises
    ------
    ModelFormatError
        They have none that is known; some of them are named.
    """
    for layout in layouts:
        prefix = _prefix(layout, names)
        if prefix is not None:
            return layout, prefix
    raise _unknown(names, shown_as)


def _prefix(layout: Layout, names: Collection[str]) -> str | None:
    """Return what stands before a layout's names among these, None where one of them is missing."""
    ending = f"{_at(layout.query)}.weight"
    for name in sorted(names):
        prefix = name.removesuffix(ending)
        before = not prefix or prefix.endswith(".")
        if name.endswith(ending) and before and _is_whole(layout, prefix, names):
            return prefix
    return None


def _is_whole(layout: Layout, prefix: str, names: Collection[str]) -> bool:
    if layout.excluded and f"{prefix}{_at(layout.excluded)}.weight" in names:
        return False
    return _missing(layout, prefix, names) is None


def _at(template: str) -> str:
    """Return the name of the first layer's tensor, of its first expert."""
    return part_of(template).name.replace("{l}", "0").replace("{e}", "0")


def _unknown(names: Iterable[str], shown_as: object) -> ModelFormatError:
    matrices = sorted(name for name in names if name.endswith(".weight") and ".0." in name)
    seen = ", ".join(shown(name) for name in (matrices or sorted(names))[:_SHOWN])
    return ModelFormatError(
        f"{shown_as}: no architecture that is known; it has {seen}, ...; map its names with "
        "--layout FILE, as docs/circuits.md says"
    )


def read_layout(path: Path) -> Layout:
    """Read a layout from a JSON object of `Layout`'s fields.

    Raises
    ------
    ModelFormatError
        The file is no such object.
    """
    given = read_json_object(path)
    known = {field.name: field for field in fields(Layout)}
    for name, value in given.items():
        if name not in known:
            raise ModelFormatError(f"{path}: a layout has no {shown(name)}")
        if not _fits(name, value):
            raise ModelFormatError(f"{path}: {name} can't be {shown(str(value))}")
    missing = [name for name in NEEDED if not given.get(name)]
    if missing:
        raise ModelFormatError(f"{path}: a layout needs {', '.join(missing)}")
    unembedding = tuple(given.pop("unembedding", ()))
    own: dict[str, Any] = {"name": path.stem, **given}
    return replace(_NAMELESS, unembedding=unembedding, **own)


#: What a layout of one's own is unless it says otherwise.
_NAMELESS = Layout("", query="", key="", value="", output="", up="", down="")


def _fits(name: str, value: object) -> bool:
    if name == "norm":
        return value in ("layer", "rms")
    if name == "unembedding":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    default = getattr(_NAMELESS, name)
    return isinstance(value, type(default))
