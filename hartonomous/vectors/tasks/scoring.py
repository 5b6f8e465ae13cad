"""How many answers a model would write, with and without a vector added to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import InvalidVectorsError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.hooks import Change, changed, run
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.activations.tokens import Batch, Tokens, pad
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True)
class Scores:
    """One score an item.

    Parameters
    ----------
    correct
        float64, 1 where every token of the answer is the most likely one, else 0.
    log_probability
        float64, nats, of the whole answer.
    """

    correct: NDArray[np.float64]
    log_probability: NDArray[np.float64]


def score(
    model: LanguageModel,
    rows: Sequence[Tokens],
    *,
    batch_size: int = 32,
    added: tuple[int, NDArray[np.floating]] | None = None,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> Scores:
    """Score each row's response, given its prompt and what of the response came before.

    Parameters
    ----------
    model
        What answers.
    rows
        Prompts with their answers.
    batch_size
        Rows at once.
    added
        A layer and a vector that is added to it at the prompt's last token.
    advance, remark
        Told of progress, and of batches that had to be halved.
    """
    parts = in_batches(
        rows, batch_size, lambda part: _score(model, part, added), advance=advance, remark=remark
    )
    correct, log_probability = zip(*parts, strict=True)
    return Scores(np.concatenate(correct), np.concatenate(log_probability))


def _score(
    model: LanguageModel,
    rows: Sequence[Tokens],
    added: tuple[int, NDArray[np.floating]] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    batch = pad(model, rows)
    longest = max(len(row.response) for row in rows)
    change = changed(model, added[0], adding(model, batch, added[1])) if added else nullcontext()
    with change:
        logits = run(model, batch, last=longest + 1).float()
    results = [_answer(batch, logits, number) for number in range(len(rows))]
    correct, log_probability = np.array(results, np.float64).reshape(-1, 2).T
    return correct, log_probability


def _answer(batch: Batch, logits: Tensor, number: int) -> tuple[float, float]:
    count = len(batch.rows[number].response)
    wanted = batch.ids[number, batch.width - count :]
    given = logits[number, -count - 1 : -1]
    chosen = required("torch").log_softmax(given, -1).gather(1, wanted[:, None]).sum()
    return float((given.argmax(-1) == wanted).all()), float(chosen)


def adding(model: LanguageModel, batch: Batch, vector: NDArray[np.floating]) -> Change:
    """Return the change that adds a vector at each prompt's last token.

    Raises
    ------
    InvalidVectorsError
        The vector has another length than a residual stream, or is not finite.
    """
    torch = required("torch")
    if vector.shape != (model.hidden_size,) or not np.isfinite(vector).all():
        raise InvalidVectorsError(
            f"a vector of shape {vector.shape} can't be added: the model's residual streams have "
            f"{model.hidden_size} finite numbers"
        )
    columns = [batch.column(n, len(row.prompt) - 1) for n, row in enumerate(batch.rows)]
    step = torch.tensor(vector, dtype=model.network.dtype, device=model.device)

    def change(output: Tensor) -> Tensor:
        output = output.clone()
        output[torch.arange(len(columns)), columns] += step
        return output

    return change
