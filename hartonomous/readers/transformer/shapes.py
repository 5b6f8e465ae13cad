"""How wide and how deep a transformer is, as its configuration says and its tensors show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.transformer.layouts import Layout, part_of

#: Under which names configurations keep a number.
_HEADS = ("num_attention_heads", "n_head", "n_heads", "num_heads")
_KEY_HEADS = ("num_key_value_heads", "num_kv_heads")
_HEAD_WIDTH = ("head_dim", "d_kv", "attention_head_size")
_EPSILON = ("layer_norm_eps", "rms_norm_eps", "norm_eps", "layer_norm_epsilon", "layernorm_epsilon")
_ACTIVATION = ("hidden_act", "hidden_activation", "activation_function", "feed_forward_proj")
_PER_TOKEN = ("num_experts_per_tok", "num_experts_per_token", "moe_top_k")

#: More layers, heads or experts than anybody's model has are a mistake of a file.
_MOST = 4096


@dataclass(frozen=True)
class Shapes:
    """Numbers of a transformer.

    Parameters
    ----------
    width
        D, of the residual stream.
    layers, heads, key_heads, head_width
        Several heads share one head's keys and values where there are fewer of those.
    epsilon
        What norms add to a variance.
    activation
        The MLP's.
    experts, experts_per_token
        0 where a layer has one MLP.
    first_token
        The row of the token that texts begin with, for causal models.
    rotary_base
        Of rotary positions.
    """

    width: int
    layers: int
    heads: int
    key_heads: int
    head_width: int
    epsilon: float
    activation: str
    experts: int = 0
    experts_per_token: int = 0
    first_token: int = 0
    rotary_base: float = 10_000.0


def find_shapes(
    config: Mapping[str, Any],
    layout: Layout,
    sizes: Mapping[str, tuple[int, ...]],
    shown_as: object,
) -> Shapes:
    """Put together what config.json says and what tensors show.

    Parameters
    ----------
    config
        What config.json holds, that of a part (``text_config``) inside it.
    sizes
        The shape of each tensor by its name in the layout, with ``.weight``.

    Raises
    ------
    ModelFormatError
        A number is missing or doesn't fit the tensors.
    """
    config = {**config, **_nested(config)}
    layers, experts = _count(layout.query, sizes, "{l}"), 0
    if layout.router:
        experts = _count(layout.up.replace("{l}", "0"), sizes, "{e}")
    heads = _number(config, _HEADS)
    if heads is None:
        raise ModelFormatError(
            f"{shown_as}: config.json doesn't say how many heads it has, or isn't beside it"
        )
    query, key = (_outputs(layout, name, sizes) for name in (layout.query, layout.key))
    head_width = _number(config, _HEAD_WIDTH) or query // heads
    key_heads = _number(config, _KEY_HEADS) or key // max(1, head_width)
    if heads * head_width != query or key_heads * head_width != key or heads % max(1, key_heads):
        raise ModelFormatError(
            f"{shown_as}: {heads} heads and {key_heads} of keys, {head_width} wide, don't fit "
            f"matrices of {query} and {key} outputs"
        )
    said = _number(config, ("num_hidden_layers", "n_layer", "n_layers", "num_layers"))
    if said is not None and said > layers:
        raise ModelFormatError(f"{shown_as}: config.json says {said} layers, {layers} are there")
    return Shapes(
        width=_inputs(layout, layout.query, sizes),
        layers=layers,
        heads=heads,
        key_heads=key_heads,
        head_width=head_width,
        epsilon=_real(config, _EPSILON, 1e-12 if layout.norms_after else 1e-6),
        activation=_activation(config) or layout.activation,
        experts=experts,
        experts_per_token=min(experts, _number(config, _PER_TOKEN) or 2) if experts else 0,
        first_token=_number(config, ("bos_token_id",)) or 0,
        rotary_base=_real(config, ("rope_theta",), 10_000.0),
    )


def _nested(config: Mapping[str, Any]) -> Mapping[str, Any]:
    part = config.get("text_config")
    return part if isinstance(part, dict) else {}


def _count(template: str, sizes: Mapping[str, tuple[int, ...]], mark: str) -> int:
    name = part_of(template).name.replace("{e}", mark).replace("{l}", mark)
    for count in range(_MOST):
        if f"{name.replace(mark, str(count))}.weight" not in sizes:
            return count
    return _MOST


def _shape(
    layout: Layout, template: str, sizes: Mapping[str, tuple[int, ...]]
) -> tuple[int, int, int]:
    """Return outputs and inputs of the first layer's matrix, and into how many parts it is cut."""
    part = part_of(template.replace("{l}", "0").replace("{e}", "0"))
    shape = sizes[f"{part.name}.weight"]
    if len(shape) != 2:
        return 0, 0, part.of
    return (shape[1], shape[0], part.of) if layout.is_transposed else (*shape, part.of)


def _outputs(layout: Layout, template: str, sizes: Mapping[str, tuple[int, ...]]) -> int:
    outputs, _, parts = _shape(layout, template, sizes)
    return outputs // parts


def _inputs(layout: Layout, template: str, sizes: Mapping[str, tuple[int, ...]]) -> int:
    return _shape(layout, template, sizes)[1]


def _number(config: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = config.get(name)
        if type(value) is int and 0 < value < 1 << 31:
            return value
    return None


def _real(config: Mapping[str, Any], names: tuple[str, ...], default: float) -> float:
    for name in names:
        value = config.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
    return default


def _activation(config: Mapping[str, Any]) -> str:
    for name in _ACTIVATION:
        value = config.get(name)
        if isinstance(value, str):
            return {"gated-gelu": "gelu_new", "relu": "relu"}.get(value, value)
    return ""
