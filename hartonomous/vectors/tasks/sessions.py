"""Sessions of task vectors on disk: averages, per-layer files, per-sample files, metadata."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import read_json_object
from hartonomous.vectors.activations.moments import RunningMoments
from hartonomous.vectors.activations.positions import Position, parse_position
from hartonomous.vectors.activations.tokens import Tokens
from hartonomous.vectors.extras import required, versions
from hartonomous.vectors.fingerprints import settings_fingerprint, texts_fingerprint
from hartonomous.vectors.models import LanguageModel, short_name
from hartonomous.vectors.tasks.extraction import (
    TaskSettings,
    TaskVectors,
    chosen_layers,
    mean_streams,
)
from hartonomous.vectors.tasks.items import Item
from hartonomous.vectors.tasks.prompts import Prompts
from hartonomous.vectors.tensor_files import (
    export_pt,
    read_tensors,
    write_bytes,
    write_json,
    write_tensors,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Longest name of a session's folder, bytes, with room for what stands around it while it is made.
_LONGEST_NAME = 200
AVERAGES = "task_vector"
SAMPLES = "raw_representations"


@dataclass(frozen=True)
class Session:
    """One finished extraction.

    Parameters
    ----------
    folder
        Under ``task_vector``.
    metadata
        What metadata.json says.
    vectors
        Means and deviations by name.
    """

    folder: Path
    metadata: dict[str, Any]
    vectors: dict[str, NDArray[np.float32]]

    @property
    def layers(self) -> tuple[int, ...]:
        """The blocks that were extracted."""
        return tuple(self.metadata["layers"])

    def vector(self, layer: int, position: str = "last") -> NDArray[np.float32]:
        """Return a mean, shape (hidden,).

        Raises
        ------
        ModelFormatError
            The session has no such layer or position.
        """
        name = f"layer_{layer}_pos_{position}"
        if name not in self.vectors:
            raise ModelFormatError(f"{self.folder}: has no {name}")
        return self.vectors[name]


def extract_session(
    model: LanguageModel,
    prompts: Prompts,
    settings: TaskSettings,
    out: Path,
    *,
    pt: bool = False,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> Session:
    """Extract task vectors and write them under ``out``; what was cut short goes on.

    Parameters
    ----------
    model, prompts, settings
        What runs, what is asked, and how.
    out
        The folder that gets ``task_vector`` and ``raw_representations``.
    pt
        Whether ``.pt`` files are written beside the safetensors.
    advance, remark
        Told of progress and of what the user should know.

    Raises
    ------
    ParameterError
        A layer, position, split or batch size is out of range, or a prompt too long.
    """
    check_name(settings.tag, model.name)
    layers = chosen_layers(settings.layers, model)
    positions = tuple(parse_position(written) for written in settings.token_positions)
    if not positions:
        raise ParameterError("token_positions names one position at least")
    items = prompts.split(settings.split, settings.max_samples)
    facts = _facts(model, prompts, settings, items, layers, positions)
    writer = _SampleFiles(out, facts, layers, positions) if settings.raw else None
    kept = writer.kept(items) if writer else []
    moments = RunningMoments()
    for sample in kept:
        moments.add(sample[None])
    if kept and remark:
        remark(f"going on after {len(kept)} samples that were there")
    if advance:
        advance(len(kept))
    rest = items[len(kept) :]

    def each(number: int, sample: NDArray[np.float32], row: Tokens) -> None:
        moments.add(sample[None])
        if writer:
            writer.write(len(kept) + number, items[len(kept) + number], sample, row, pt=pt)

    if rest:
        mean_streams(
            model, prompts, rest, layers, positions,
            batch_size=settings.batch_size, advance=advance, remark=remark, each=each,
        )  # fmt: skip
    vectors = TaskVectors(layers, positions, moments.result()).named()
    name = session_name(settings.tag, model.name)
    folder = _unused(out / AVERAGES / name, out)
    facts = {"session_name": folder.name, **facts}
    if writer:
        writer.finish(folder.name)
    _write(folder, vectors, facts, settings, prompts, pt=pt)
    return Session(folder, facts, vectors)


def session_name(tag: str, model: str) -> str:
    """Return ``{tag}_{model_short}_task_vector_{timestamp}``."""
    stamp = datetime.now().strftime("%Y%m%d_%H%M%S")
    return f"{short_name(tag)}_{short_name(model)}_task_vector_{stamp}"


def check_name(tag: str, model: str) -> None:
    """Raise a ParameterError where a tag makes a name that is too long for a folder."""
    length = len(session_name(tag, model).encode())
    if length > _LONGEST_NAME:
        raise ParameterError(
            f"the tag makes a session's name of {length} bytes, at most {_LONGEST_NAME} are taken"
        )


def read_session(folder: Path) -> Session:
    """Read a session's averages and metadata.

    Raises
    ------
    ModelFormatError
        A file is missing or malformed, or they disagree.
    """
    metadata = read_json_object(folder / "metadata.json")
    wanted = {
        "layers": list, "token_positions": list, "model": str, "hidden_size": int,
        "n_samples": int, "split": str, "prompt_file": str,
    }  # fmt: skip
    wrong = [key for key, kind in wanted.items() if not isinstance(metadata.get(key), kind)]
    if wrong:
        raise ModelFormatError(f"{folder}: its metadata.json has no {wrong[0]}")
    vectors = read_tensors(folder / "task_vectors.safetensors")
    session = Session(folder, metadata, vectors)
    for layer in session.layers:
        for position in metadata["token_positions"]:
            vector = session.vector(layer, str(position))
            if vector.shape != (metadata["hidden_size"],):
                raise ModelFormatError(f"{folder}: layer {layer} is not as long as its metadata")
            if not np.isfinite(vector).all():
                raise ModelFormatError(f"{folder}: layer {layer} is not all finite numbers")
    return session


def _facts(
    model: LanguageModel,
    prompts: Prompts,
    settings: TaskSettings,
    items: tuple[Item, ...],
    layers: tuple[int, ...],
    positions: tuple[Position, ...],
) -> dict[str, Any]:
    return {
        "model": model.name,
        "model_fingerprint": model.fingerprint,
        "n_samples": len(items),
        "layers": list(layers),
        "layer_convention": "output of block i = hidden_states[i + 1]",
        "token_positions": [p.label for p in positions],
        "prompt_type": prompts.config.prompt_type,
        "prompt_file": str(prompts.file),
        "prompts_fingerprint": texts_fingerprint(prompts.text(item) for item in items),
        **_responses_facts(items, positions),
        "split": settings.split,
        "hidden_size": model.hidden_size,
        "sample_ids": [item.sample_id for item in items],
        "settings": asdict(settings),
        "versions": versions(),
    }


def _responses_facts(items: tuple[Item, ...], positions: tuple[Position, ...]) -> dict[str, str]:
    """Return what tells other answers apart, where a position lies in an answer."""
    if all(position.part == "prompt" for position in positions):
        return {}
    return {"answers_fingerprint": texts_fingerprint(item.answer for item in items)}


class _SampleFiles:
    """Per-sample files, in a hidden folder of this very extraction until it is complete."""

    def __init__(
        self,
        out: Path,
        facts: dict[str, Any],
        layers: tuple[int, ...],
        positions: tuple[Position, ...],
    ) -> None:
        digest = settings_fingerprint(facts)[:16]
        self._folder = out / SAMPLES / f".unfinished-{digest}"
        self._names = [f"layer_{la}_pos_{p.label}" for la in layers for p in positions]
        self._shape = (len(layers), len(positions), facts["hidden_size"])
        self._positions = positions

    def kept(self, items: tuple[Item, ...]) -> list[NDArray[np.float32]]:
        """Return the samples that an earlier run wrote, up to the first that is missing."""
        samples: list[NDArray[np.float32]] = []
        for number in range(len(items)):
            path = self._path(number)
            if not path.is_file():
                break
            arrays = read_tensors(path)
            samples.append(np.stack([arrays[n] for n in self._names]).reshape(self._shape))
        return samples

    def write(
        self, number: int, item: Item, sample: NDArray[np.float32], row: Tokens, *, pt: bool
    ) -> None:
        """Write one sample; it is there whole or not at all."""
        arrays = dict(zip(self._names, sample.reshape(-1, self._shape[2]), strict=True))
        facts = {
            "_sample_id": item.sample_id,
            "_sample_idx": number,
            "_seq_len": len(row.ids),
            "_token_indices": [p.of(len(row.prompt), len(row.response)) for p in self._positions],
        }
        write_tensors(self._path(number), arrays, facts)
        if pt:
            export_pt(self._path(number).with_suffix(".pt"), {**arrays, **facts})

    def finish(self, session: str) -> None:
        """Give the folder its session's name."""
        self._folder.rename(self._folder.parent / session)

    def _path(self, number: int) -> Path:
        return self._folder / f"sample_{number:05d}.safetensors"


def _write(
    folder: Path,
    vectors: dict[str, NDArray[np.float32]],
    facts: dict[str, Any],
    settings: TaskSettings,
    prompts: Prompts,
    *,
    pt: bool,
) -> None:
    """Write a session's folder in one step."""
    made = folder.with_name(f".{folder.name}")
    shutil.rmtree(made, ignore_errors=True)
    files = {"task_vectors": vectors}
    for layer in facts["layers"]:
        start = f"layer_{layer}_pos_"
        files[f"layer_{layer}"] = {n: v for n, v in vectors.items() if n.startswith(start)}
    for name, content in files.items():
        write_tensors(made / f"{name}.safetensors", content)
        if pt:
            export_pt(made / f"{name}.pt", content)
    write_json(made / "metadata.json", facts)
    config = {"task": asdict(settings), "prompts": asdict(prompts.config)}
    written = required("yaml").safe_dump(json.loads(json.dumps(config)), sort_keys=False)
    write_bytes(made / "config.yaml", written.encode())
    made.rename(folder)


def _unused(folder: Path, out: Path) -> Path:
    """Return the folder, with a number behind it when a session of this second has the name."""
    found, number = folder, 1
    while found.exists() or (out / SAMPLES / found.name).exists():
        number += 1
        found = folder.with_name(f"{folder.name}-{number}")
    return found
