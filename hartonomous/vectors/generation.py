"""Text that a model writes, in batches, with what a hook does to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.hooks import changed
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.activations.tokens import Tokens, pad
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

#: Most tokens of one response.
MAX_NEW_TOKENS = 4096


def generate(
    model: LanguageModel,
    prompts: Sequence[Tokens],
    *,
    max_new_tokens: int = 60,
    temperature: float = 0.0,
    batch_size: int = 8,
    seed: int = 0,
    steering: tuple[int, NDArray[np.floating]] | None = None,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> list[tuple[int, ...]]:
    """Return what a model writes after each prompt, without its end mark.

    Parameters
    ----------
    model, prompts
        Who writes, after what.
    max_new_tokens
        Length at most.
    temperature
        0 takes the most likely token; else tokens are drawn.
    batch_size, seed
        Prompts at once; of drawing.
    steering
        A layer and a vector that is added at every token that is written, and at the last token
        of the prompt.
    advance, remark
        Told of progress and of batches that had to be halved.

    Raises
    ------
    ParameterError
        A prompt and its response would be longer than the context, or a number is out of range.
    """
    if not 1 <= max_new_tokens <= MAX_NEW_TOKENS or temperature < 0:
        raise ParameterError(f"max_new_tokens are from 1 to {MAX_NEW_TOKENS:,}, temperature >= 0")
    longest = max((len(prompt.ids) for prompt in prompts), default=0)
    if longest + max_new_tokens > model.context:
        raise ParameterError(
            f"a prompt of {longest:,} tokens and {max_new_tokens:,} new ones are more than the "
            f"model's context of {model.context:,}"
        )
    required("torch").manual_seed(seed)
    change = changed(model, steering[0], _adding(model, steering[1])) if steering else nullcontext()

    def work(part: Sequence[Tokens]) -> list[tuple[int, ...]]:
        return _generate(model, part, max_new_tokens, temperature)

    with change:
        parts = in_batches(prompts, batch_size, work, advance=advance, remark=remark)
        return [written for part in parts for written in part]


def _generate(
    model: LanguageModel, prompts: Sequence[Tokens], count: int, temperature: float
) -> list[tuple[int, ...]]:
    batch = pad(model, prompts)
    drawn = {"do_sample": True, "temperature": temperature} if temperature else {"do_sample": False}
    with required("torch").inference_mode():
        output = model.network.generate(
            input_ids=batch.ids,
            attention_mask=batch.mask,
            max_new_tokens=count,
            pad_token_id=int(model.tokenizer.pad_token_id),
            **drawn,
        )
    ends = {model.tokenizer.eos_token_id, model.tokenizer.pad_token_id}
    written = []
    for row in output[:, batch.width :].tolist():
        stop = next((n for n, token in enumerate(row) if token in ends), len(row))
        written.append(tuple(row[:stop]))
    return written


def _adding(model: LanguageModel, vector: NDArray[np.floating]) -> Callable[[Tensor], Tensor]:
    """Add a vector at the last token, which while writing is every token that is new."""
    torch = required("torch")
    if vector.shape != (model.hidden_size,) or not np.isfinite(vector).all():
        raise ParameterError(f"a steering vector has {model.hidden_size} finite numbers")
    step = torch.tensor(vector, dtype=model.network.dtype, device=model.device)

    def change(output: Tensor) -> Tensor:
        output = output.clone()
        output[:, -1] += step
        return output

    return change


def decode(model: LanguageModel, ids: Sequence[int]) -> str:
    """Return tokens as text."""
    text: str = model.tokenizer.decode(list(ids), skip_special_tokens=True)
    return text
