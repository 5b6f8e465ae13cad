"""Put a package's deltas into a copy of a target model; the target itself is never changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import read_json_object, shown
from hartonomous.readers.safetensors import Tensor, read_header
from hartonomous.vectors.fingerprints import model_fingerprint
from hartonomous.vectors.packages.checkpoint import (
    Checkpoint,
    bits,
    blocks,
    narrowed,
    open_checkpoint,
    read_block,
    tensor_digest,
    widened,
)
from hartonomous.vectors.packages.components import layer_of
from hartonomous.vectors.packages.container import Container
from hartonomous.vectors.packages.deltas import Piece, pieces, tensor_entries
from hartonomous.vectors.packages.rollback import CHECKPOINT, RECORD, sha256
from hartonomous.vectors.packages.stacking import Conflicts, Stacking
from hartonomous.vectors.tensor_files import write_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODES = ("full", "scaled", "selective", "additive")
#: Bytes copied at a time.
_COPY = 16 << 20


@dataclass(frozen=True)
class InjectSettings:
    """How deltas are applied.

    Parameters
    ----------
    mode
        ``full``; ``scaled`` by ``scale``; ``selective`` to ``layers``; ``additive`` on top of an
        earlier injection.
    scale
        Factor of every delta.
    layers
        Blocks that get deltas.
    density
        Additive: only this share of each tensor's largest deltas is put in, and where they
        contradict the earlier injection the larger of the two stays (TIES, Yadav et al. 2023).
    checkpoint
        Whether the target's weights are kept beside the new ones, to be rolled back to.
    placebo_seed
        Deltas are shuffled within their tensors: the same sizes, without their meaning.
    """

    mode: str = "full"
    scale: float = 1.0
    layers: tuple[int, ...] = ()
    density: float = 1.0
    checkpoint: bool = True
    placebo_seed: int | None = None


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
    """

    folder: Path
    tensors_modified: int
    layers_modified: int
    exact: bool
    conflicts: Conflicts


@dataclass
class _Tally:
    """What was modified so far."""

    tensors: list[str] = field(default_factory=list)
    unfixed: int = 0
    stacking: Stacking | None = None


def inject(
    container: Container,
    target: Path,
    out: Path,
    settings: InjectSettings | None = None,
    *,
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
    advance
        Told of each tensor.
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
    tally = _Tally()
    if settings.mode == "additive":
        tally.stacking = Stacking(open_earlier(target), settings.density)
    try:
        _copy_other_files(target, made)
        for path in weight_files(checkpoint):
            source = _Source(container, wanted, settings, tally, advance)
            _write_weights(path, made / path.name, source)
        injection = _finish(container, checkpoint, made, out, settings, tally)
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
    for path in sorted(target.iterdir()):
        if path.is_file() and path.suffix != ".safetensors" and path.name != RECORD:
            shutil.copyfile(path, made / path.name)


@dataclass(frozen=True)
class _Source:
    """Gives the new numbers of each tensor."""

    container: Container
    entries: Mapping[str, Mapping[str, Any]]
    settings: InjectSettings
    tally: _Tally
    advance: Advance | None

    def write(self, tensor: Tensor, file: IO[bytes]) -> None:
        """Write a tensor's bytes, with its deltas where it has some."""
        entry = self.entries.get(tensor.name)
        end = 0
        if entry is not None:
            plain = self.settings.mode == "full" and self.settings.placebo_seed is None
            exact = plain and tensor_digest(tensor) == entry["base_digest"]
            self.tally.unfixed += not exact
            self.tally.tensors.append(tensor.name)
            for piece in map(self._shuffled, pieces(self.container, entry)):
                _copy(tensor, file, end, piece.start)
                self._apply(tensor, piece, file, exact=exact)
                end = piece.stop
        _copy(tensor, file, end, None)
        if self.advance:
            self.advance(1)

    def _shuffled(self, piece: Piece) -> Piece:
        if self.settings.placebo_seed is None:
            return piece
        rng = np.random.default_rng([self.settings.placebo_seed, piece.start])
        return replace(piece, delta=rng.permutation(piece.delta))

    def _apply(self, tensor: Tensor, piece: Piece, file: IO[bytes], *, exact: bool) -> None:
        # Blocks of a low-rank piece are as long as its matrix; all others are one block.
        for start, stop in blocks((piece.stop - piece.start,)):
            begin, end = piece.start + start, piece.start + stop
            old = widened(read_block(tensor, begin, end), tensor.dtype)
            delta = piece.delta[start:stop]
            if self.settings.scale != 1:
                delta = delta * delta.dtype.type(self.settings.scale)
            if self.tally.stacking:
                new = self.tally.stacking.merge(tensor.name, old, delta, begin, end)
            else:
                new = old + delta
            stored = narrowed(new, tensor.dtype)
            if exact:
                _fix(stored, piece, start, stop)
            file.write(stored.tobytes())


def _fix(stored: NDArray[Any], piece: Piece, start: int, stop: int) -> None:
    here = (piece.fix_places >= start) & (piece.fix_places < stop)
    if piece.fix_bits is not None:
        bits(stored)[piece.fix_places[here] - start] = piece.fix_bits[here]


def _copy(tensor: Tensor, file: IO[bytes], start: int, stop: int | None) -> None:
    """Copy stored numbers from ``start`` to ``stop``, or to the tensor's end, as they are."""
    count = max(1, int(np.prod(tensor.shape)))
    item = (tensor.stop - tensor.start) // count
    place = tensor.start + start * item
    end = tensor.stop if stop is None else tensor.start + stop * item
    with tensor.path.open("rb") as source:
        source.seek(place)
        while place < end:
            block = source.read(min(_COPY, end - place))
            if not block:
                raise ModelFormatError(f"{tensor}: the file got shorter while it was read")
            file.write(block)
            place += len(block)


def _write_weights(path: Path, copy: Path, source: _Source) -> None:
    """Write one safetensors file under the same header, byte for byte."""
    tensors = sorted(read_header(path).values(), key=lambda t: (t.start, t.stop))
    with path.open("rb") as old, copy.open("wb") as new:
        length = int.from_bytes(old.read(8), "little")
        new.write(length.to_bytes(8, "little") + old.read(length))
        for tensor in tensors:
            source.write(tensor, new)


def _finish(
    container: Container,
    target: Checkpoint,
    made: Path,
    out: Path,
    settings: InjectSettings,
    tally: _Tally,
) -> Injection:
    files = weight_files(target)
    if settings.checkpoint:
        (made / CHECKPOINT).mkdir()
        for path in [*files, target.folder / "config.json"]:
            shutil.copyfile(path, made / CHECKPOINT / path.name)
    exact = bool(
        container.parts["vector_payload"]["exact"]
        and settings.mode == "full"
        and tally.unfixed == 0
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
        },
    )
    layers = {layer_of(name) for name in tally.tensors} - {None}
    return Injection(out, len(tally.tensors), len(layers), exact, conflicts)
