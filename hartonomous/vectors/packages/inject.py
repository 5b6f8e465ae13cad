"""Put a package's deltas into a copy of a target model; the target itself is never changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import read_json_object, shown
from hartonomous.vectors.fingerprints import model_fingerprint
from hartonomous.vectors.packages.checkpoint import Checkpoint, open_checkpoint
from hartonomous.vectors.packages.components import layer_of
from hartonomous.vectors.packages.container import Container
from hartonomous.vectors.packages.deltas import tensor_entries
from hartonomous.vectors.packages.rollback import CHECKPOINT, RECORD, sha256
from hartonomous.vectors.packages.stabilize import Stabilization, Stabilizer
from hartonomous.vectors.packages.stacking import Conflicts, Stacking
from hartonomous.vectors.packages.weights_file import Deltas, InjectSettings, Tally, write_weights
from hartonomous.vectors.tensor_files import write_json

#: Endings of files that hold weights; of these only safetensors are written anew.
_WEIGHTS = {
    ".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".h5", ".msgpack", ".onnx", ".gguf",
}  # fmt: skip
MODES = ("full", "scaled", "selective", "additive")


@dataclass(frozen=True)
class Injection:
    """A model that got a package's deltas.

    Parameters
    ----------
    folder
        Where it is.
    tensors_modified, layers_modified
        How many.
    exact
        Whether it is the specialised model, bit by bit.
    conflicts
        How often deltas contradicted those of an earlier injection.
    stabilization
        What the distillation afterwards did; None without one.
    """

    folder: Path
    tensors_modified: int
    layers_modified: int
    exact: bool
    conflicts: Conflicts
    stabilization: Stabilization | None = None


def inject(
    container: Container,
    target: Path,
    out: Path,
    settings: InjectSettings | None = None,
    *,
    stabilizer: Stabilizer | None = None,
    advance: Advance | None = None,
    accept: Callable[[Path], object] | None = None,
) -> Injection:
    """Write a copy of a target model with a package's deltas in it.

    Parameters
    ----------
    container
        The package.
    target
        A model folder; only read.
    out
        The new model folder, which must not be there; it appears when it is complete.
    settings
        How deltas are applied.
    stabilizer
        Trains what was changed for a few steps, before the result is looked at.
    advance
        Told of each tensor and of each step of training.
    accept
        Called with the finished folder before it appears; may change it, or raise to refuse it.

    Raises
    ------
    ModelFormatError
        The package disagrees with itself, or is not for this target.
    ParameterError
        A setting is out of its range, or ``out`` is there.
    """
    settings = settings or InjectSettings()
    entries = tensor_entries(container)
    checkpoint = open_checkpoint(target)
    wanted = _wanted(entries, settings)
    _check_target(container, checkpoint, wanted)
    if out.exists():
        raise ParameterError(f"{out}: is there already")
    made = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    tally = Tally()
    if settings.mode == "additive":
        tally.stacking = Stacking(open_earlier(target), settings.density)
    try:
        _copy_other_files(target, made)
        for path in weight_files(checkpoint):
            source = Deltas(container, wanted, settings, tally, advance)
            write_weights(path, made / path.name, source)
        steady = None
        if stabilizer and stabilizer.steps:
            steady = stabilizer.run(made, target, tally.tensors, advance)
        injection = _finish(container, checkpoint, made, out, settings, tally, steady)
        if accept:
            accept(made)
        made.rename(out)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return injection


def open_earlier(target: Path) -> Checkpoint:
    """Return the weights that a target had before its earlier injection.

    Raises
    ------
    ParameterError
        It has had none, or none that kept them.
    """
    if not (target / CHECKPOINT).is_dir():
        raise ParameterError(f"{target}: has no earlier injection to add to: use another mode")
    return open_checkpoint(target / CHECKPOINT)


def weight_files(checkpoint: Checkpoint) -> list[Path]:
    """Return a model's safetensors files."""
    return sorted({tensor.path for tensor in checkpoint.tensors.values()})


def lineage(folder: Path) -> list[str]:
    """Return the fingerprints of the models that an injected model came from, newest first."""
    if not (folder / RECORD).is_file():
        return []
    listed = read_json_object(folder / RECORD).get("lineage")
    if not isinstance(listed, list) or not all(isinstance(entry, str) for entry in listed):
        raise ModelFormatError(f"{folder}: its {RECORD} is malformed")
    return listed


def _wanted(
    entries: Mapping[str, Mapping[str, Any]], settings: InjectSettings
) -> dict[str, Mapping[str, Any]]:
    if settings.mode not in MODES:
        raise ParameterError(f"mode is {', '.join(MODES)}, not {settings.mode!r:.40}")
    if not -10 <= settings.scale <= 10 or not 0 < settings.density <= 1:
        raise ParameterError("scale is from -10 to 10, density above 0 and at most 1")
    if settings.mode == "full" and settings.scale != 1:
        raise ParameterError("mode full has no scale: use scaled")
    if (settings.mode == "selective") != bool(settings.layers):
        raise ParameterError("mode selective needs layers, and no other mode takes them")
    known = {layer for layer in map(layer_of, entries) if layer is not None}
    for layer in settings.layers:
        if layer not in known:
            raise ParameterError(f"layer {layer} is out of range: the package has {sorted(known)}")
    if settings.mode != "selective":
        return dict(entries)
    return {name: e for name, e in entries.items() if layer_of(name) in settings.layers}


def _check_target(
    container: Container, target: Checkpoint, entries: Mapping[str, Mapping[str, Any]]
) -> None:
    targets = container.parts["compatibility_map"]["targets"]
    fingerprint = model_fingerprint(target.folder)
    aligned = {t["fingerprint"] for t in targets}
    if not aligned & {fingerprint, *lineage(target.folder)}:
        raise ModelFormatError(
            f"{target.folder}: the package is not aligned for this model: vectors align does that"
        )
    for name, entry in entries.items():
        tensor = target.weights.get(name)
        if tensor is None:
            raise ModelFormatError(f"{target.folder}: has no {shown(name)}")
        if list(tensor.shape) != entry["shape"] or tensor.dtype != entry["dtype"]:
            raise ModelFormatError(
                f"{target.folder}: {shown(name)} is {tensor.dtype} {list(tensor.shape)}, "
                f"the package's {entry['dtype']} {entry['shape']}"
            )


def _copy_other_files(target: Path, made: Path) -> None:
    """Copy configuration, tokenizer and folders; not weights in other formats, which stay old."""

    def old_weights(_folder: str, names: list[str]) -> set[str]:
        return {name for name in names if Path(name).suffix in _WEIGHTS}

    for path in sorted(target.iterdir()):
        if path.is_dir() and path.name != CHECKPOINT:
            shutil.copytree(path, made / path.name, ignore=old_weights)
        elif path.is_file() and path.suffix not in _WEIGHTS and path.name != RECORD:
            shutil.copyfile(path, made / path.name)


def _finish(
    container: Container,
    target: Checkpoint,
    made: Path,
    out: Path,
    settings: InjectSettings,
    tally: Tally,
    steady: Stabilization | None,
) -> Injection:
    files = weight_files(target)
    if settings.checkpoint:
        (made / CHECKPOINT).mkdir()
        index = sorted(target.folder.glob("*.safetensors.index.json"))
        for path in [*files, *index, target.folder / "config.json"]:
            shutil.copyfile(path, made / CHECKPOINT / path.name)
    exact = bool(
        container.parts["vector_payload"]["exact"]
        and settings.mode == "full"
        and tally.unfixed == 0
        and not (steady and steady.kept)
    )
    conflicts = tally.stacking.conflicts() if tally.stacking else Conflicts(0, 0, {})
    write_json(
        made / RECORD,
        {
            "package_id": container.package_id,
            "target": str(target.folder.resolve()),
            "lineage": [model_fingerprint(target.folder), *lineage(target.folder)],
            "settings": asdict(settings),
            "exact": exact,
            "before": {path.name: sha256(path) for path in files},
            "after": {path.name: sha256(made / path.name) for path in files},
            "conflicts": asdict(conflicts),
            "stabilization": asdict(steady) if steady else None,
        },
    )
    layers = {layer_of(name) for name in tally.tensors} - {None}
    return Injection(out, len(tally.tensors), len(layers), exact, conflicts, steady)
