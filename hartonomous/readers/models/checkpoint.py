"""Which tensors a model folder holds: in one safetensors file, in indexed shards, or in shards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import read_json_object, regular_file, shown, visible
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.safetensors import Tensor, read_header

_SINGLE = "model.safetensors"
_SHARD = re.compile(r"(?P<stem>.*?)[-_]?\d{1,6}-of-(?P<count>\d{1,6})\.safetensors")

#: What training leaves beside weights, and copies of them for other programs.
_OTHERS = re.compile(r"(?:adapter_model|consolidated|optimizer|scheduler|training_args).*")


@dataclass(frozen=True)
class Checkpoint:
    """What a model's files hold, whatever their format.

    Parameters
    ----------
    tensors
        Each tensor by its name.
    missing
        The file of each tensor that is named and whose file isn't there.
    notes
        Where the files don't agree, and what was made of them, a line each.
    """

    tensors: Mapping[str, StoredTensor]
    missing: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FolderCheckpoint(Checkpoint):
    """What a folder with safetensors holds.

    Parameters
    ----------
    tensors
        Each tensor by its name, where it lies in its file.
    """

    tensors: Mapping[str, Tensor]


def read_checkpoint(folder: Path) -> FolderCheckpoint:
    """Read what tensors a model folder holds; an index goes before ``model.safetensors``.

    What an index names is read where it is there: a part of a model may be all that is needed.

    Raises
    ------
    ModelFormatError
        When a file is malformed or lies outside the folder, or it can't be told which are meant.
    """
    index = _index(folder)
    single = folder / _SINGLE
    if index is None and (single.exists() or single.is_symlink()):
        return FolderCheckpoint(read_header(single))
    if index is None:
        files = _weight_files(folder)
        return FolderCheckpoint(_joined(files), notes=_absent_shards(files))
    return _read_indexed(folder, index)


def _index(folder: Path) -> Path | None:
    usual = folder / f"{_SINGLE}.index.json"
    if usual.exists():
        return usual
    others = visible(folder, "*.safetensors.index*.json")
    return others[0] if len(others) == 1 and not (folder / _SINGLE).exists() else None


def _read_indexed(folder: Path, index: Path) -> FolderCheckpoint:
    weight_map = read_json_object(index).get("weight_map")
    if not isinstance(weight_map, dict):
        raise ModelFormatError(f"{index}: holds no weight_map")
    shards = {name: _plain_name(shard, index) for name, shard in weight_map.items()}
    named = sorted(set(shards.values()))
    present = [folder / shard for shard in named if _is_there(folder / shard)]
    headers = {path.name: read_header(path) for path in present}
    if len(present) < len(named):
        headers.update(_other_headers(folder, headers))
    spare = {name: tensor for header in headers.values() for name, tensor in header.items()}
    found = {
        name: headers.get(shard, {}).get(name) or spare.get(name) for name, shard in shards.items()
    }
    tensors = {**spare, **{name: tensor for name, tensor in found.items() if tensor}}
    missing = {name: shards[name] for name, tensor in found.items() if tensor is None}
    if not tensors and missing:
        raise ModelFormatError(f"{folder / named[0]}: no such file, though {index.name} names it")
    return FolderCheckpoint(tensors, missing, tuple(_notes(folder, index, named, present, missing)))


def _notes(
    folder: Path, index: Path, named: list[str], present: list[Path], missing: Mapping[str, str]
) -> Iterable[str]:
    absent = len(named) - len(present)
    if absent:
        yield f"{index.name} names {absent} of {len(named)} files that are not there"
    if missing:
        yield f"{index.name} names {len(missing)} tensors that are not there"
    if (folder / _SINGLE).exists() and _SINGLE not in named and present:
        yield f"{_SINGLE} was not read: {index.name} names other files"


def _other_headers(folder: Path, read: Mapping[str, object]) -> dict[str, dict[str, Tensor]]:
    """Read the weights that are there under names which the index doesn't know."""
    single = folder / _SINGLE
    paths = [single] if single.exists() else _weight_files(folder)
    return {path.name: read_header(path) for path in paths if path.name not in read}


def _weight_files(folder: Path) -> list[Path]:
    """Return the files that are the model's weights: the shards of one name, or a single file.

    Raises
    ------
    ModelFormatError
        When there are several that don't belong together.
    """
    every = visible(folder, "*.safetensors")
    files = [path for path in every if not _OTHERS.fullmatch(path.name)] or every
    stems = {_stem(path) for path in files}
    if len(stems) > 1:
        listed = ", ".join(shown(path.name) for path in files[:5])
        raise ModelFormatError(
            f"{folder}: several safetensors files and none called {_SINGLE} ({listed}); give a "
            "folder with the model's alone"
        )
    return files


def _absent_shards(files: list[Path]) -> tuple[str, ...]:
    """Note shards that are missing, as far as the names of the others tell how many there are."""
    match = _SHARD.fullmatch(files[0].name) if files else None
    absent = int(match["count"]) - len(files) if match else 0
    return (f"{absent} of {len(files) + absent} shards are not there",) if absent > 0 else ()


def _stem(path: Path) -> str:
    match = _SHARD.fullmatch(path.name)
    return f"{match['stem']} in shards" if match else path.name


def _joined(files: Iterable[Path]) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for path in files:
        for name, tensor in read_header(path).items():
            if name in tensors:
                raise ModelFormatError(f"{path}: {shown(name)} is in another shard as well")
            tensors[name] = tensor
    return tensors


def _is_there(path: Path) -> bool:
    """Say whether there is anything at a path; what is no regular file is refused."""
    return path.exists() and bool(regular_file(path))


def _plain_name(name: object, index: Path) -> str:
    """Return the name of a shard when it is one of a file in the same folder."""
    if not isinstance(name, str) or not name.endswith(".safetensors") or Path(name).name != name:
        raise ModelFormatError(f"{index}: {name!r:.100} is no name of a shard in this folder")
    return name
