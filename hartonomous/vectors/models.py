"""Open causal language models from folders, GGUF files and the hub; never from pickles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.extras import required
from hartonomous.readers.pretrained import (
    load_pretrained,
    model_fingerprint,
    model_folder,
    quieten,
)
from hartonomous.readers.pretrained import short_name as short_name

DTYPES = ("float32", "bfloat16", "float16")
#: Where a configuration says how many tokens a model takes.
_CONTEXT_KEYS = ("max_position_embeddings", "n_positions", "max_seq_len")
#: Context of models that name none.
_DEFAULT_CONTEXT = 2048


@dataclass(frozen=True)
class LanguageModel:
    """A causal language model that is ready to run, with what results say of it."""

    #: As the user named it
    name: str
    #: BLAKE3 of its files, hexadecimal
    fingerprint: str
    #: The ``transformers`` model and tokenizer
    network: Any
    tokenizer: Any
    #: Its transformer blocks; the output of block i is ``hidden_states[i + 1]``
    blocks: Sequence[Any]
    #: Length of a residual stream
    hidden_size: int
    #: Most tokens of one prompt
    context: int

    @property
    def short_name(self) -> str:
        """The name without folders, endings and characters that file names lack."""
        return short_name(self.name)

    @property
    def device(self) -> Any:  # noqa: ANN401  # torch.device
        """Where its weights lie."""
        return self.network.device


def open_model(name: str, *, dtype: str = "float32", device: str = "cpu") -> LanguageModel:
    """Open a causal language model and its tokenizer.

    Parameters
    ----------
    name
        A model folder with safetensors, a GGUF file or a folder with one, or
        ``organisation/model`` on the hub. GGUF is dequantised once and cached.
    dtype
        ``float32``, ``bfloat16`` or ``float16``.
    device
        As torch names it, for example ``cpu`` or ``cuda``.

    Raises
    ------
    ModelFormatError
        There is no such model, or none that ``transformers`` can open without a pickle.
    ParameterError
        The dtype is unknown, or an optional package is missing.
    """
    if dtype not in DTYPES:
        raise ParameterError(f"dtype is one of {', '.join(DTYPES)}, not {dtype!r:.40}")
    transformers, torch = required("transformers"), required("torch")
    quieten(transformers)
    folder = model_folder(name)
    network = load_pretrained(
        transformers.AutoModelForCausalLM, folder, dtype=getattr(torch, dtype)
    )
    tokenizer = load_pretrained(transformers.AutoTokenizer, folder)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token_id = tokenizer.eos_token_id or 0
    config = network.config.get_text_config()
    network.to(device).eval().requires_grad_(requires_grad=False)
    return LanguageModel(
        name=name,
        fingerprint=model_fingerprint(folder),
        network=network,
        tokenizer=tokenizer,
        blocks=find_blocks(network, config.num_hidden_layers),
        hidden_size=config.hidden_size,
        context=_context(config),
    )


def find_blocks(network: Any, count: int) -> Sequence[Any]:  # noqa: ANN401
    """Return the transformer blocks of a network: its first module list of that length.

    Raises
    ------
    ModelFormatError
        There is none.
    """
    module_list = required("torch.nn").ModuleList
    for module in network.modules():
        if isinstance(module, module_list) and len(module) == count:
            blocks: Sequence[Any] = module
            return blocks
    raise ModelFormatError(f"{type(network).__name__}: no list of {count} blocks found in it")


def _context(config: Any) -> int:  # noqa: ANN401
    values = [getattr(config, key, None) for key in _CONTEXT_KEYS]
    return next((v for v in values if isinstance(v, int) and v > 0), _DEFAULT_CONTEXT)
