"""Text that a model writes, in batches, with what a hook does to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.progress import Advance
from hartonomous.vectors.activations.hooks import Change, changed
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.activations.tokens import Tokens, pad
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

#: Takes the tokens so far and logits, (rows, vocabulary), and gives other logits.
Draw = Callable[["Tensor", "Tensor"], "Tensor"]
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
    numbers: Sequence[int] | None = None,
    steering: tuple[int, NDArray[np.floating]] | None = None,
    every: bool = False,
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
    batch_size
        Prompts at once.
    seed, numbers
        Of drawing, and each prompt's number, by default its place: what is drawn for a prompt
        depends on these two alone, so that a part of the prompts gets what it would among all.
    steering
        A layer and what is added there at every token that is written, and at the last token of
        the prompt: a vector, shape (hidden,), or one a prompt, shape (prompts, hidden).
    every
        Add it at every token of the prompt as well.
    advance, remark
        Told of progress and of batches that had to be halved.

    Raises
    ------
    ParameterError
        A prompt and its response would be longer than the context, or a number is out of range.
    """
    parts = generated(
        model, prompts, max_new_tokens=max_new_tokens, temperature=temperature,
        batch_size=batch_size, seed=seed, numbers=numbers, steering=steering, every=every,
        advance=advance, remark=remark,
    )  # fmt: skip
    return [written for part in parts for written in part]


def generated(
    model: LanguageModel,
    prompts: Sequence[Tokens],
    *,
    max_new_tokens: int,
    temperature: float = 0.0,
    batch_size: int = 8,
    seed: int = 0,
    numbers: Sequence[int] | None = None,
    steering: tuple[int, NDArray[np.floating]] | None = None,
    every: bool = False,
    advance: Advance | None = None,
    remark: Callable[[str], None] | None = None,
) -> Iterator[list[tuple[int, ...]]]:
    """Yield what `generate` returns, a batch at a time, as it is written."""
    if not 1 <= max_new_tokens <= MAX_NEW_TOKENS or not temperature >= 0:
        raise ParameterError(f"max_new_tokens are from 1 to {MAX_NEW_TOKENS:,}, temperature >= 0")
    longest = max((len(prompt.ids) for prompt in prompts), default=0)
    if longest + max_new_tokens > model.context:
        raise ParameterError(
            f"a prompt of {longest:,} tokens and {max_new_tokens:,} new ones are more than the "
            f"model's context of {model.context:,}"
        )
    layer, steps = (
        (steering[0], _steps(model, steering[1], len(prompts))) if steering else (0, None)
    )

    places = list(range(len(prompts)))
    known = places if numbers is None else numbers

    def work(part: Sequence[int]) -> list[tuple[int, ...]]:
        draw = _drawing([[seed, known[n]] for n in part], temperature) if temperature else None
        added = None if steps is None else _adding(steps[part], every=every)
        with changed(model, layer, added) if added else nullcontext():
            return _generate(model, [prompts[n] for n in part], max_new_tokens, draw)

    yield from in_batches(places, batch_size, work, advance=advance, remark=remark)


def _generate(
    model: LanguageModel, prompts: Sequence[Tokens], count: int, draw: Draw | None
) -> list[tuple[int, ...]]:
    batch = pad(model, prompts)
    with required("torch").inference_mode():
        output = model.network.generate(
            input_ids=batch.ids,
            attention_mask=batch.mask,
            max_new_tokens=count,
            pad_token_id=int(model.tokenizer.pad_token_id),
            do_sample=False,
            logits_processor=[draw] if draw else None,
        )
    ends = {model.tokenizer.eos_token_id, model.tokenizer.pad_token_id}
    written = []
    for row in output[:, batch.width :].tolist():
        stop = next((n for n, token in enumerate(row) if token in ends), len(row))
        written.append(tuple(row[:stop]))
    return written


def _drawing(seeds: Sequence[Sequence[int]], temperature: float) -> Draw:
    """Return a change of logits under which the most likely token is a drawn one.

    Each row has noise of its own (the Gumbel trick, Maddison et al. 2014), so that a row's tokens
    depend on no other row.
    """
    torch = required("torch")
    rngs = [np.random.default_rng(list(seed)) for seed in seeds]

    def draw(_ids: Tensor, logits: Tensor) -> Tensor:
        noise = np.stack([rng.gumbel(size=logits.shape[1]).astype(np.float32) for rng in rngs])
        drawn: Tensor = logits.float() / temperature + torch.from_numpy(noise).to(logits.device)
        return drawn

    return draw


def _steps(model: LanguageModel, vectors: NDArray[np.floating], count: int) -> Tensor:
    """Return what is added for each prompt, shape (prompts, hidden)."""
    torch = required("torch")
    shapes = ((model.hidden_size,), (count, model.hidden_size))
    if vectors.shape not in shapes or not np.isfinite(vectors).all():
        raise ParameterError(f"a steering vector has {model.hidden_size} finite numbers")
    rows = np.broadcast_to(vectors, (count, model.hidden_size)).copy()
    return torch.tensor(rows, dtype=model.network.dtype, device=model.device)


def _adding(steps: Tensor, *, every: bool) -> Change:
    """Add a vector a row at the last token, which while writing is every new one; or at all."""

    def change(output: Tensor) -> Tensor:
        if every:
            return output + steps[:, None]
        output = output.clone()
        output[:, -1] += steps
        return output

    return change


def decode(model: LanguageModel, ids: Sequence[int]) -> str:
    """Return tokens as text."""
    text: str = model.tokenizer.decode(list(ids), skip_special_tokens=True)
    return text
