"""Means and deviations of residual streams at named tokens, streamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.hooks import check_layers, residuals
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.activations.moments import Moments, RunningMoments
from hartonomous.vectors.activations.positions import Position
from hartonomous.vectors.activations.tokens import Batch, Tokens, pad
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel
from hartonomous.vectors.settings import read_yaml, settings_from
from hartonomous.vectors.tasks.items import Item
from hartonomous.vectors.tasks.prompts import Prompts, read_prompts

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

ALL_LAYERS = "all"


@dataclass(frozen=True)
class TaskSettings:
    """What a task configuration says.

    Parameters
    ----------
    model
        As ``open_model`` takes it.
    prompt_config
        The prompt configuration, beside this file.
    token_positions
        ``last``, ``first`` or integers, of the prompt; behind ``response:``, of the answer that
        the questions' file gives.
    layers
        Blocks from 0, or ``all``.
    split
        Whose questions are asked.
    max_samples
        At most so many of them.
    tag
        What the session's name begins with.
    batch_size
        Prompts at once.
    dtype
        ``float32``, ``bfloat16`` or ``float16``.
    raw
        Whether the streams of every single sample are kept.
    """

    model: str
    prompt_config: str
    token_positions: tuple[Any, ...] = ("last",)
    layers: tuple[Any, ...] = (ALL_LAYERS,)
    split: str = "train"
    max_samples: int = 256
    tag: str = "task"
    batch_size: int = 8
    dtype: str = "float32"
    raw: bool = True


@dataclass(frozen=True)
class TaskVectors:
    """The averages of one session.

    Parameters
    ----------
    layers, positions
        What was extracted.
    moments
        Arrays of shape (layers, positions, hidden).
    """

    layers: tuple[int, ...]
    positions: tuple[Position, ...]
    moments: Moments

    def named(self) -> dict[str, NDArray[np.float32]]:
        """Return means and deviations under the names that files use."""
        named = {}
        for row, layer in enumerate(self.layers):
            for column, position in enumerate(self.positions):
                name = f"layer_{layer}_pos_{position.label}"
                named[name] = self.moments.mean[row, column].astype(np.float32)
                named[f"{name}_std"] = self.moments.deviation[row, column].astype(np.float32)
        return named


def read_task_settings(path: Path) -> tuple[TaskSettings, Prompts]:
    """Read a task configuration and the prompt configuration it names.

    Raises
    ------
    ParameterError
        A file is missing or malformed, or a key or value is not known.
    """
    settings = settings_from(TaskSettings, read_yaml(path), str(path))
    if settings.max_samples < 1:
        raise ParameterError(f"{path}: max_samples is at least 1, not {settings.max_samples}")
    prompts = path.parent / settings.prompt_config
    return settings, read_prompts(prompts if prompts.is_file() else Path(settings.prompt_config))


def chosen_layers(layers: Sequence[Any], model: LanguageModel) -> tuple[int, ...]:
    """Return the layers that a configuration names, all of them for ``all``.

    Raises
    ------
    ParameterError
        One is out of range.
    """
    count = len(model.blocks)
    return check_layers(range(count) if tuple(layers) == (ALL_LAYERS,) else layers, count)


def streams(
    model: LanguageModel,
    rows: Sequence[Tokens],
    layers: Sequence[int],
    positions: Sequence[Position],
) -> NDArray[np.float32]:
    """Return residual streams at named tokens, shape (rows, layers, positions, hidden)."""
    torch = required("torch")
    batch = pad(model, rows)
    columns = torch.tensor(_columns(batch, positions))

    def pick(output: Tensor) -> Tensor:
        return output[torch.arange(len(rows))[:, None], columns]

    kept = residuals(model, batch, layers, pick)
    stacked = torch.stack([kept[layer] for layer in layers], 1).float().cpu()
    found: NDArray[np.float32] = stacked.numpy()
    return found


def _columns(batch: Batch, positions: Sequence[Position]) -> list[list[int]]:
    return [
        [batch.column(n, p.of(len(row.prompt), len(row.response))) for p in positions]
        for n, row in enumerate(batch.rows)
    ]


def mean_streams(
    model: LanguageModel,
    prompts: Prompts,
    items: Sequence[Item],
    layers: Sequence[int],
    positions: Sequence[Position],
    *,
    batch_size: int = 8,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
    each: Callable[[int, NDArray[np.float32], Tokens], None] | None = None,
) -> Moments:
    """Stream items through a model and return mean and deviation of what named tokens hold.

    Parameters
    ----------
    model, prompts, items
        Whose streams, and what is asked.
    layers, positions
        Which.
    batch_size, advance, remark
        Prompts at once; told of progress and of batches that had to be halved.
    each
        Given every sample's number, streams of shape (layers, positions, hidden), and tokens.

    Returns
    -------
    Moments
        Arrays of shape (layers, positions, hidden). They do not depend on the batch size but for
        rounding: samples are taken one by one.
    """
    moments = RunningMoments()
    answered = any(position.part == "response" for position in positions)
    number = 0

    def work(part: Sequence[Item]) -> tuple[list[Tokens], NDArray[np.float32]]:
        rows = prompts.encoded(model, part)
        asked = rows if answered else [Tokens(row.prompt) for row in rows]
        return asked, streams(model, asked, layers, positions)

    for rows, found in in_batches(items, batch_size, work, advance=advance, remark=remark):
        for row, sample in zip(rows, found, strict=True):
            moments.add(sample[None])
            if each:
                each(number, sample, row)
            number += 1
    return moments.result()
