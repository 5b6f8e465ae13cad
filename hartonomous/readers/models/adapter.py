"""Adapters of safetensors (PEFT's LoRA): a base's tensors with the adapter's changes added."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hartonomous.concepts import is_storable
from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import read_json_object, shown
from hartonomous.readers.models import hub_cache
from hartonomous.readers.models.checkpoint import Checkpoint
from hartonomous.readers.models.low_rank import LowRank, MergedTensor
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.safetensors import Tensor

CONFIG = "adapter_config.json"

#: How PEFT names the halves of a change; older versions write the adapter's name behind.
_HALF = re.compile(
    r"(?P<module>.+)\.lora_(?P<embedding>embedding_)?(?P<half>[AB])(?:\.default)?(?:\.weight)?"
)
#: What wrapping puts into the names of tensors that are saved whole.
_WRAPPED = re.compile(r"\.(?:modules_to_save(?:\.default)?|base_layer)(?=\.)")
_PREFIX = re.compile(r"^base_model\.(?:model\.)?")
#: Parts of names that say more than a change of low rank, and aren't read.
_BEYOND = re.compile(r"lora_|trainable_tokens|prompt_embeddings|ia3_|hada_|lokr_|oft_|vera_")
#: Ways to begin that change the base itself, so that it isn't the base that was published.
_CHANGED_BASE = ("pissa", "olora", "corda", "loftq", "lora_ga")
#: The part of a name that ``alpha_pattern`` may have; PEFT takes expressions, which could stall.
_PLAIN_PATTERN = re.compile(r"\^?[\w.]{1,200}")


@dataclass(frozen=True)
class _Settings:
    """What an adapter's configuration says of its changes."""

    alpha: float
    alphas: Mapping[str, float]
    by_root: bool
    is_turned: bool

    def scale(self, module: str, rank: int) -> float:
        """Return what the product of a module's halves is multiplied by."""
        own = (
            alpha
            for pattern, alpha in self.alphas.items()
            if module == pattern or (pattern[0] != "^" and module.endswith(f".{pattern}"))
            or pattern == f"^{module}"
        )  # fmt: skip
        return next(own, self.alpha) / (math.sqrt(rank) if self.by_root else rank)


def is_adapter(folder: Path) -> bool:
    """Say whether a folder holds an adapter and no model of its own."""
    return (folder / CONFIG).exists() and not any(folder.glob("model*.safetensors*"))


def find_base(folder: Path, given: Path | None = None) -> Path | None:
    """Return the folder of an adapter's base, None where it isn't on this machine.

    Parameters
    ----------
    folder
        The adapter's.
    given
        Where the user says the base is. By default it is the path that the adapter names, or a
        folder of that name beside the adapter's.

    Raises
    ------
    ModelFormatError
        When the user's is no folder.
    """
    if given is not None:
        if not given.is_dir():
            raise ModelFormatError(f"{given}: no such folder, where an adapter's base should be")
        return _model_in(given)
    named = read_json_object(folder / CONFIG).get("base_model_name_or_path")
    if not isinstance(named, str) or not 0 < len(named) < 4096 or not is_storable(named):
        return None
    places = (Path(named).expanduser(), folder.resolve().parent / Path(named).name)
    found = (p for p in places if p.resolve() != folder.resolve() and _may_be_model(p))
    return next(map(_model_in, found), None)


def _may_be_model(folder: Path) -> bool:
    """Say whether there is a folder that holds weights, or says in which of its own they are."""
    return folder.is_dir() and (
        any(folder.glob("*.safetensors"))
        or (folder / "modules.json").exists()
        or hub_cache.is_repository(folder)
    )


def _model_in(folder: Path) -> Path:
    return hub_cache.snapshot_of(folder) if hub_cache.is_repository(folder) else folder


def merged(adapter: Mapping[str, Tensor], folder: Path, base: Checkpoint) -> Checkpoint:
    """Return a base's tensors with those that an adapter changes or replaces.

    Parameters
    ----------
    adapter
        The adapter's own tensors.
    folder
        Where it lies, with its configuration.
    base
        The tensors that it is for.

    Raises
    ------
    ModelFormatError
        When the adapter is of a kind that isn't read, or doesn't fit the base.
    """
    settings = _settings(folder)
    halves: dict[str, dict[str, Tensor]] = {}
    changed: dict[str, StoredTensor] = {}
    for name, tensor in adapter.items():
        half = _HALF.fullmatch(_PREFIX.sub("", name))
        if half:
            kind = f"{half['embedding'] or ''}{half['half']}"
            halves.setdefault(half["module"], {})[kind] = tensor
        elif ".original_module." not in name:
            plain = _plain(name, tensor)
            whole = _name_in(base, plain) or plain
            changed[whole] = replace(tensor, name=whole)
    for module, pair in halves.items():
        if f"{module}.weight" in base.missing:
            continue
        name = _target(base, module, folder)
        original = changed.get(name, base.tensors[name])
        changed[name] = MergedTensor(original, _change(module, pair, settings, folder))
    tensors = {**base.tensors, **changed}
    missing = {name: file for name, file in base.missing.items() if name not in changed}
    note = f"{len(halves)} tensors of the base changed, {len(changed) - len(halves)} replaced"
    return Checkpoint(tensors, missing, (*base.notes, note))


def _plain(name: str, tensor: Tensor) -> str:
    if _BEYOND.search(name):
        raise ModelFormatError(f"{tensor}: is of a kind of adapter that isn't read; merge it first")
    return _WRAPPED.sub("", _PREFIX.sub("", name))


def _settings(folder: Path) -> _Settings:
    config = read_json_object(folder / CONFIG)
    path, kind, begin = folder / CONFIG, config.get("peft_type"), config.get("init_lora_weights")
    if kind != "LORA" or config.get("use_dora"):
        said = "DoRA" if config.get("use_dora") else shown(str(kind))
        raise ModelFormatError(f"{path}: an adapter by {said}; LoRA is read, merge others first")
    if isinstance(begin, str) and begin.lower().startswith(_CHANGED_BASE):
        raise ModelFormatError(
            f"{path}: began with {shown(begin)}, which changes the base; convert it to plain LoRA"
        )
    alphas = config.get("alpha_pattern") or {}
    if not isinstance(alphas, dict) or not all(map(_PLAIN_PATTERN.fullmatch, alphas)):
        raise ModelFormatError(f"{path}: its alpha_pattern is no object of modules' names")
    return _Settings(
        _number(config.get("lora_alpha", 8), path),
        {pattern: _number(alpha, path) for pattern, alpha in alphas.items()},
        by_root=bool(config.get("use_rslora")),
        is_turned=bool(config.get("fan_in_fan_out")),
    )


def _number(value: Any, path: Path) -> float:  # noqa: ANN401 - JSON can hold anything
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ModelFormatError(f"{path}: {value!r:.80} is no alpha")
    return float(value)


def _change(module: str, pair: Mapping[str, Tensor], settings: _Settings, folder: Path) -> LowRank:
    of_embedding = "embedding_A" in pair
    names = ("embedding_A", "embedding_B") if of_embedding else ("A", "B")
    if set(pair) != set(names) or not pair[names[0]].shape or not pair[names[0]].shape[0]:
        raise ModelFormatError(f"{folder}: holds only a part of the change of {shown(module)}")
    a, b = pair[names[0]], pair[names[1]]
    turned = of_embedding or settings.is_turned
    return LowRank(a, b, settings.scale(module, a.shape[0]), turned)


def _target(base: Checkpoint, module: str, folder: Path) -> str:
    """Return the name of the base's tensor that a module's change is for."""
    name = _name_in(base, f"{module}.weight")
    if name is None:
        raise ModelFormatError(
            f"{folder}: changes {shown(module)}, which its base doesn't have; is it another's?"
        )
    return name


def _name_in(base: Checkpoint, name: str) -> str | None:
    """Return a tensor's name in the base, which may have been saved with more or fewer parts."""
    if name in base.tensors:
        return name
    found = list(_alike(base.tensors, name))
    return found[0] if len(found) == 1 else None


def _alike(names: Mapping[str, object], name: str) -> Iterator[str]:
    return (own for own in names if own.endswith(f".{name}") or name.endswith(f".{own}"))
