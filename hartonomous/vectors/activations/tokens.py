"""Texts to token ids and left-padded batches that give the numbers of a batch of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hartonomous.errors import ParameterError
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel

if TYPE_CHECKING:
    from torch import Tensor

#: Most texts of one batch.
MAX_BATCH = 1024


@dataclass(frozen=True)
class Tokens:
    """The tokens of a prompt and, behind them, of a response."""

    prompt: tuple[int, ...]
    response: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """All tokens."""
        return self.prompt + self.response


@dataclass(frozen=True)
class Batch:
    """Left-padded sequences.

    Parameters
    ----------
    rows
        What was padded.
    ids, mask, positions
        int64, shape (rows, width): tokens, 1 where a token is, and its place in its own sequence.
    """

    rows: tuple[Tokens, ...]
    ids: Tensor
    mask: Tensor
    positions: Tensor

    @property
    def width(self) -> int:
        """Tokens of the longest sequence."""
        return int(self.ids.shape[1])

    def column(self, row: int, place: int) -> int:
        """Return where a place of a row's own sequence lies in the padded batch."""
        return self.width - len(self.rows[row].ids) + place


def encode(
    model: LanguageModel, prompt: str, response: str | None = None, *, chat: bool = False
) -> Tokens:
    """Return the tokens of a prompt, with the model's start token, and of a response.

    The two are tokenised apart, so that the response's tokens are those a model would write.

    Parameters
    ----------
    model
        Whose tokenizer is used.
    prompt, response
        The texts; a response of running text begins with its own space.
    chat
        The prompt already has the marks of a chat template, start token included.

    Raises
    ------
    ParameterError
        Nothing is left of the prompt, or it is longer than the model's context.
    """
    ids = _ids(model, prompt)
    start = model.tokenizer.bos_token_id
    if start is not None and not chat and (not ids or ids[0] != start):
        ids = (start, *ids)
    sequence = Tokens(ids, _ids(model, response) if response else ())
    if not ids:
        raise ParameterError("a prompt has no tokens")
    if len(sequence.ids) > model.context:
        raise ParameterError(
            f"a prompt and its response have {len(sequence.ids):,} tokens, the model's context "
            f"{model.context:,}: {prompt!r:.60}"
        )
    return sequence


def _ids(model: LanguageModel, text: str) -> tuple[int, ...]:
    return tuple(model.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


def pad(model: LanguageModel, rows: Sequence[Tokens]) -> Batch:
    """Pad sequences on the left; positions count each sequence's own tokens."""
    torch = required("torch")
    width = max(len(row.ids) for row in rows)
    ids = torch.full((len(rows), width), int(model.tokenizer.pad_token_id))
    mask = torch.zeros_like(ids)
    for number, row in enumerate(rows):
        ids[number, width - len(row.ids) :] = torch.tensor(row.ids)
        mask[number, width - len(row.ids) :] = 1
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    place = model.device
    return Batch(tuple(rows), ids.to(place), mask.to(place), positions.to(place))


def chunks(count: int, size: int) -> Iterator[range]:
    """Yield the row numbers of each batch.

    Raises
    ------
    ParameterError
        The size is not between 1 and 1,024.
    """
    if not 1 <= size <= MAX_BATCH:
        raise ParameterError(f"batch_size is from 1 to {MAX_BATCH:,}, not {size}")
    for start in range(0, count, size):
        yield range(start, min(start + size, count))
