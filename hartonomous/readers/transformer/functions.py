"""Norms and activations of transformers, in float32, a block of rows at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import ModelFormatError

Array = NDArray[np.float32]


def unchanged(rows: Array) -> Array:
    """Return rows as they are, where a model has nothing that maps them."""
    return rows


def layer_norm(rows: Array, weight: Array, bias: Array | None, epsilon: float) -> Array:
    """Take mean and spread away from each row (Ba et al. 2016, equation 4)."""
    centred: Array = rows - rows.mean(axis=1, keepdims=True)
    variance = np.einsum("ij,ij->i", centred, centred)[:, None] / rows.shape[1]
    centred *= 1 / np.sqrt(variance + np.float32(epsilon))
    centred *= weight
    if bias is not None:
        centred += bias
    return centred


def rms_norm(rows: Array, weight: Array, epsilon: float) -> Array:
    """Divide each row by its root mean square (Zhang and Sennrich 2019, equation 4)."""
    square = np.einsum("ij,ij->i", rows, rows)[:, None] / rows.shape[1]
    normed: Array = rows * (1 / np.sqrt(square + np.float32(epsilon)))
    normed *= weight
    return normed


def gelu(x: Array) -> Array:
    """Return x times the share of a normal distribution below it (Hendrycks and Gimpel 2016)."""
    from scipy.special import erf  # only MLPs need it

    found: Array = 0.5 * x * (1 + erf(x * np.float32(0.5**0.5)))
    return found


def gelu_tanh(x: Array) -> Array:
    """Return the approximation of `gelu` that GPT-2 was trained with."""
    inner = np.float32((2 / np.pi) ** 0.5) * (x + np.float32(0.044715) * x**3)
    found: Array = 0.5 * x * (1 + np.tanh(inner))
    return found


def silu(x: Array) -> Array:
    """Return x times its logistic function (Elfwing et al. 2018)."""
    found: Array = x / (1 + np.exp(-np.clip(x, -60, 60)))
    return found


def relu(x: Array) -> Array:
    """Return what is positive."""
    return np.maximum(x, 0)


_ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "gelu": gelu,
    "gelu_new": gelu_tanh,
    "gelu_pytorch_tanh": gelu_tanh,
    "gelu_fast": gelu_tanh,
    "silu": silu,
    "swish": silu,
    "relu": relu,
}


def activation(name: str) -> Callable[[Array], Array]:
    """Return an activation by the name that configurations have for it.

    Raises
    ------
    ModelFormatError
        It isn't known.
    """
    found = _ACTIVATIONS.get(name)
    if found is None:
        raise ModelFormatError(
            f"the activation {name[:80]!r} is not known: {', '.join(_ACTIVATIONS)}"
        )
    return found


def softmax(rows: Array) -> Array:
    """Return each row's exponentials over their sum."""
    shares: Array = np.exp(rows - rows.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return shares
