"""How a folder of sentence-transformers makes one vector of the states of a text's tokens.

Its ``modules.json`` names the steps: a transformer, a pooling and perhaps a normalisation (Reimers
and Gurevych 2019, section 3). Modules are never loaded by the names of their classes, which could
be any code: what isn't one of these three is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import parse_json, read_bytes, read_json_object, shown

Pooled = Literal["mean", "cls", "max"]
#: As older and newer versions write them.
_MODES: dict[str, Pooled] = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "mean": "mean",
    "cls": "cls",
    "max": "max",
}
#: Cosines don't depend on it.
_NORMALISING = "Normalize"
_MOST_MODULES = 16


@dataclass(frozen=True)
class Steps:
    """What makes a vector of a text.

    Parameters
    ----------
    transformer
        The folder with weights and tokenizer.
    pooled
        What is taken of the last hidden states.
    note
        What was assumed, for people; empty where the folder says all.
    """

    transformer: Path
    pooled: Pooled = "mean"
    note: str = ""


def read_steps(folder: Path) -> Steps:
    """Read ``modules.json`` of a model folder; without it, the mean of the states is taken.

    Raises
    ------
    ModelFormatError
        It names a step that isn't known, a folder elsewhere, or several poolings.
    """
    listing = folder / "modules.json"
    if not listing.is_file():
        return Steps(folder, note="no modules.json: the mean of the last hidden states is taken")
    steps = Steps(folder)
    for module in _modules(listing):
        kind = str(module.get("type")).rpartition(".")[2]
        place = _inside(folder, module.get("path", ""), listing)
        if kind == "Transformer":
            steps = Steps(place, steps.pooled, steps.note)
        elif kind == "Pooling":
            steps = Steps(steps.transformer, *_pooled(place))
        elif kind != _NORMALISING:
            raise ModelFormatError(f"{listing}: a step of the kind {shown(kind)} is not known")
    return steps


def _modules(listing: Path) -> list[dict[str, Any]]:
    modules = parse_json(read_bytes(listing), listing)
    is_list = isinstance(modules, list) and 1 <= len(modules) <= _MOST_MODULES
    if not is_list or not all(isinstance(module, dict) for module in modules):
        raise ModelFormatError(f"{listing}: is no list of 1 to {_MOST_MODULES} steps")
    return list(modules)


def _inside(folder: Path, name: object, listing: Path) -> Path:
    place = folder / name if isinstance(name, str) and "\0" not in name else None
    if place is None or not place.resolve().is_relative_to(folder.resolve()):
        raise ModelFormatError(f"{listing}: names a folder outside of its own")
    return place


def _pooled(place: Path) -> tuple[Pooled, str]:
    path = place / "config.json"
    if not path.is_file():
        return "mean", f"no {place.name}/config.json: the mean of the last hidden states is taken"
    settings = read_json_object(path)
    chosen = [name for name, value in settings.items() if value is True and "pooling_mode" in name]
    newer = settings.get("pooling_mode")
    names = [newer] if isinstance(newer, str) else chosen
    if len(names) != 1 or names[0] not in _MODES:
        said = ", ".join(map(shown, names)) or "none"
        raise ModelFormatError(f"{path}: pools by {said}; known are mean, cls and max alone")
    return _MODES[names[0]], ""
