"""Read and change what transformer blocks put out, by forward hooks that always come off again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hartonomous.errors import ParameterError
from hartonomous.vectors.activations.tokens import Batch
from hartonomous.vectors.extras import required
from hartonomous.vectors.models import LanguageModel

if TYPE_CHECKING:
    from torch import Tensor

#: Takes what a block puts out, (rows, tokens, hidden), and gives what comes instead.
Change = Callable[["Tensor"], "Tensor"]


def check_layers(layers: Sequence[int], count: int) -> tuple[int, ...]:
    """Return layers as a model has them, in order and once each.

    Raises
    ------
    ParameterError
        One of them is out of range, or there is none.
    """
    wrong = [layer for layer in layers if type(layer) is not int or not 0 <= layer < count]
    if wrong or not layers:
        named = f"layer {wrong[0]!r:.20} is out of range" if wrong else "no layer is named"
        raise ParameterError(f"{named}: the model has blocks 0 to {count - 1}")
    return tuple(sorted(set(layers)))


@contextmanager
def changed(model: LanguageModel, layer: int, change: Change) -> Iterator[None]:
    """Replace what one block puts out while the context lasts."""

    def hook(_module: object, _inputs: object, output: Any) -> Any:  # noqa: ANN401
        if isinstance(output, tuple):
            return (change(output[0]), *output[1:])
        return change(output)

    handle = model.blocks[layer].register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


@contextmanager
def watched(
    model: LanguageModel, layers: Sequence[int], see: Callable[[int, Tensor], None]
) -> Iterator[None]:
    """Show ``see`` what each of the layers puts out while the context lasts."""
    handles = []

    def hook_of(layer: int) -> Callable[[object, object, Any], None]:
        def hook(_module: object, _inputs: object, output: Any) -> None:  # noqa: ANN401
            see(layer, output[0] if isinstance(output, tuple) else output)

        return hook

    try:
        for layer in layers:
            handles.append(model.blocks[layer].register_forward_hook(hook_of(layer)))  # noqa: PERF401
        yield
    finally:
        for handle in handles:
            handle.remove()


def run(model: LanguageModel, batch: Batch, *, last: int = 0) -> Tensor:
    """Run a batch and return logits, float, shape (rows, tokens, vocabulary).

    Parameters
    ----------
    model
        What runs.
    batch
        Its input.
    last
        Only so many of the last tokens get logits; 0 for all.
    """
    with required("torch").inference_mode():
        output = model.network(
            input_ids=batch.ids,
            attention_mask=batch.mask,
            position_ids=batch.positions,
            use_cache=False,
            **({"logits_to_keep": last} if last else {}),
        )
    logits: Tensor = output.logits
    return logits


def residuals(
    model: LanguageModel, batch: Batch, layers: Sequence[int], pick: Change
) -> dict[int, Tensor]:
    """Run a batch and return what ``pick`` keeps of each layer's output.

    Parameters
    ----------
    model
        What runs.
    batch
        Its input.
    layers
        Blocks, from 0.
    pick
        Gets (rows, tokens, hidden) and returns what is kept of it, so that the rest is freed.
    """
    kept: dict[int, Tensor] = {}
    with watched(model, layers, lambda layer, out: kept.__setitem__(layer, pick(out).clone())):
        run(model, batch, last=1)
    return kept
