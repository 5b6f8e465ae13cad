"""Stage 2: what every layer holds over each response, averaged over its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import read_json_object
from hartonomous.vectors.activations.hooks import residuals
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.activations.tokens import Tokens, encode, pad
from hartonomous.vectors.extras import required, versions
from hartonomous.vectors.fingerprints import texts_fingerprint
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.tensor_files import (
    export_pt,
    read_tensor,
    stream_tensor,
    write_json,
)
from hartonomous.vectors.traits.definition import POLARITIES, TraitDefinition
from hartonomous.vectors.traits.responses import (
    Response,
    has_chat,
    read_responses,
    responses_file,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

FOLDER, NAME = "activations", "all_layers"
#: Least responses of each polarity that are trained on, and that are evaluated.
LEAST = 2


@dataclass(frozen=True)
class Activations:
    """Token-averaged activations of a trait's responses.

    Parameters
    ----------
    values
        float16, shape (examples, layers, hidden).
    positive
        bool, shape (examples,): whether the response shows the trait.
    held_out
        bool, shape (examples,): whether it is for the evaluation; the others are trained on.
    metadata
        What metadata.json says.
    """

    values: NDArray[np.float16]
    positive: NDArray[np.bool_]
    held_out: NDArray[np.bool_]
    metadata: dict[str, Any]

    def part(self, layer: int, *, positive: bool, held_out: bool) -> NDArray[np.float64]:
        """Return one layer of one class of one part, shape (examples, hidden)."""
        rows = (self.positive == positive) & (self.held_out == held_out)
        return np.asarray(self.values[rows, layer], np.float64)


def chosen(
    folder: Path, definition: TraitDefinition, threshold: float
) -> list[tuple[Response, bool, bool]]:
    """Return responses that are what they should be: (response, positive, held out).

    Positive ones score above ``threshold``, negative ones below; a score on it, as of a text
    without any of the words that are counted, says nothing. Those that mix a question that
    is held out with an instruction that isn't, or the reverse, are left out.

    Raises
    ------
    ParameterError
        Responses are missing or not judged, or too few are left.
    """
    found = []
    for polarity in POLARITIES:
        for response in read_responses(responses_file(folder, polarity)):
            if response.trait_score is None:
                raise ParameterError(f"{folder}: the responses are not judged yet")
            positive = polarity == "pos"
            held_out = _part(definition, response)
            above = response.trait_score - threshold
            right = above > 0 if positive else above < 0
            if right and held_out is not None and response.response:
                found.append((response, positive, held_out))
    for positive in (True, False):
        for held_out in (False, True):
            count = sum(p == positive and h == held_out for _, p, h in found)
            if count < LEAST:
                kind = "positive" if positive else "negative"
                part = "evaluated" if held_out else "trained on"
                raise ParameterError(
                    f"{folder}: {count} {kind} responses can be {part}, {LEAST} are needed: "
                    "more examples, stronger instructions or another threshold"
                )
    return found


def _part(definition: TraitDefinition, response: Response) -> bool | None:
    try:
        return definition.is_held_out(response.question, response.instruction)
    except ValueError:
        raise ParameterError(
            f"{definition.trait}: a response is to no question or instruction of the definition"
        ) from None


def extract_activations(
    model: LanguageModel,
    definition: TraitDefinition,
    folder: Path,
    *,
    threshold: float = 50.0,
    batch_size: int = 8,
    pt: bool = False,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> Path:
    """Run a model over the responses and write ``activations/all_layers.safetensors``.

    Parameters
    ----------
    model, definition, folder
        What runs, the trait, its folder.
    threshold
        Positive responses score above it, negative ones below.
    batch_size
        Responses at once; memory does not depend on how many there are.
    pt
        Whether ``all_layers.pt`` is written beside.
    advance, remark
        Told of progress and of batches that had to be halved.

    Raises
    ------
    ParameterError
        Too few responses are what they should be, or one is longer than the context.
    InvalidVectorsError
        An activation is beyond float16.
    """
    found = chosen(folder, definition, threshold)
    rows = [encode(model, r.prompt, r.response, chat=has_chat(model)) for r, _, _ in found]
    layers = range(len(model.blocks))
    shape = (len(found), len(layers), model.hidden_size)
    path = folder / FOLDER / f"{NAME}.safetensors"
    with stream_tensor(path, NAME, shape, "F16") as write:

        def work(part: Sequence[Tokens]) -> NDArray[np.float32]:
            return averages(model, part, layers)

        for values in in_batches(rows, batch_size, work, advance=advance, remark=remark):
            with np.errstate(over="ignore"):
                narrow = values.astype("<f2")
            if not np.isfinite(narrow).all():
                raise InvalidVectorsError("an activation is NaN, infinite or beyond float16")
            write(narrow)
    texts = [r.prompt + r.response for r, _, _ in found]
    write_json(
        folder / FOLDER / "metadata.json",
        {
            "model": model.name,
            "model_fingerprint": model.fingerprint,
            "n_examples": shape[0],
            "n_layers": shape[1],
            "hidden_dim": shape[2],
            "threshold": threshold,
            "extraction_date": date.today().isoformat(),
            "storage_type": "token_averaged",
            "layer_convention": "output of block i = hidden_states[i + 1]",
            "positive": [positive for _, positive, _ in found],
            "held_out": [held_out for _, _, held_out in found],
            "prompts_fingerprint": texts_fingerprint(texts),
            "versions": versions(),
        },
    )
    if pt:
        export_pt(path.with_suffix(".pt"), read_tensor(path, NAME))
    return path


def averages(
    model: LanguageModel, rows: Sequence[Tokens], layers: Sequence[int]
) -> NDArray[np.float32]:
    """Return each layer's mean over a response's tokens, shape (rows, layers, hidden)."""
    torch = required("torch")
    batch = pad(model, rows)
    inside = torch.zeros(batch.ids.shape, dtype=torch.float32, device=model.device)
    for number, row in enumerate(rows):
        inside[number, batch.width - len(row.response) :] = 1 / len(row.response)

    def pick(output: Tensor) -> Tensor:
        # Not a product: padding may hold anything, and 0 times NaN is NaN.
        kept = torch.where(inside[..., None] > 0, output.float(), 0.0)
        return (kept * inside[..., None]).sum(1)

    kept = residuals(model, batch, layers, pick)
    stacked: NDArray[np.float32] = torch.stack([kept[n] for n in layers], 1).cpu().numpy()
    return stacked


def read_activations(folder: Path) -> Activations:
    """Read a trait's activations.

    Raises
    ------
    ModelFormatError
        A file is missing or malformed, or they disagree.
    """
    metadata = read_json_object(folder / FOLDER / "metadata.json")
    values = read_tensor(folder / FOLDER / f"{NAME}.safetensors", NAME)
    listed = [metadata.get(name) for name in ("positive", "held_out")]
    shape = tuple(metadata.get(name) for name in ("n_examples", "n_layers", "hidden_dim"))
    fits = values.shape == shape and all(
        isinstance(flags, list)
        and len(flags) == shape[0]
        and all(isinstance(flag, bool) for flag in flags)
        for flags in listed
    )
    if not fits:
        raise ModelFormatError(f"{folder}: activations and their metadata disagree")
    if not np.isfinite(values).all():
        raise ModelFormatError(f"{folder}: activations are not all finite numbers")
    positive, held_out = (np.array(flags, bool) for flags in listed)
    return Activations(values, positive, held_out, metadata)
