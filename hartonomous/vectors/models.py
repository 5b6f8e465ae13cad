"""Open causal language models from folders, GGUF files and the hub; never from pickles."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.hub import download_model, is_hub_name
from hartonomous.vectors.extras import required
from hartonomous.vectors.fingerprints import model_fingerprint

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


def short_name(name: str) -> str:
    """Return a model's name without folders, endings and characters that file names lack."""
    stem = Path(name.rstrip("/")).name.removesuffix(".gguf")
    return "".join(c if c.isalnum() or c in "-._" else "-" for c in stem) or "model"


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


def quieten(transformers: Any) -> None:  # noqa: ANN401  # a module
    """Keep the library's bars and advice off standard error; errors still come."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()


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


def model_folder(name: str) -> Path:
    """Return the folder with a model's safetensors; GGUF is converted into the cache first.

    Raises
    ------
    ModelFormatError
        There is no such model.
    """
    path = Path(name).expanduser()
    if not path.exists() and is_hub_name(name):
        return download_model(name)
    if path.is_file() and path.suffix == ".gguf":
        return _converted(path)
    if not path.is_dir():
        raise ModelFormatError(f"{name}: no model folder and no GGUF file")
    if list(path.glob("*.safetensors")):
        return path
    candidates = sorted(path.glob("*.gguf"))
    if len(candidates) != 1:
        raise ModelFormatError(f"{name}: holds no safetensors and {len(candidates)} GGUF files")
    return _converted(candidates[0])


def _converted(gguf: Path) -> Path:
    """Return the folder with a GGUF file's weights as safetensors, made when it is not there."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    cache = cache / "hartonomous" / "dequantised"
    folder = cache / f"{short_name(gguf.name)}-{model_fingerprint(gguf)[:16]}"
    if folder.is_dir():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".gguf-", dir=cache) as scratch:
        made = Path(scratch) / folder.name
        _convert(gguf, made)
        try:
            made.rename(folder)
        except OSError:  # another process was first
            if not folder.is_dir():
                raise
    return folder


def _convert(gguf: Path, folder: Path) -> None:
    transformers, torch = required("transformers"), required("torch")
    required("gguf")
    quieten(transformers)
    where = {"gguf_file": gguf.name}
    with redirect_stderr(io.StringIO()):  # its bar can't be turned off
        network = load_pretrained(
            transformers.AutoModelForCausalLM, gguf.parent, dtype=torch.float32, **where
        )
    del network.config.quantization_config  # it would be refused: the weights are float32 now
    network.hf_quantizer = None
    network.save_pretrained(folder)
    load_pretrained(transformers.AutoTokenizer, gguf.parent, **where).save_pretrained(folder)


def load_pretrained(kind: Any, folder: Path, **options: object) -> Any:  # noqa: ANN401
    """Call ``from_pretrained`` of a class of ``transformers``; local, without code or pickles.

    Raises
    ------
    ModelFormatError
        The folder holds nothing that the class can open.
    """
    if hasattr(kind, "_model_mapping") and "gguf_file" not in options:
        options["use_safetensors"] = True
    try:
        return kind.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, **options
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever a malformed file does in there
        text = str(error).strip()
        line = text.splitlines()[0] if text else type(error).__name__
        raise ModelFormatError(f"{folder}: transformers can't open it ({line:.200})") from error


def _context(config: Any) -> int:  # noqa: ANN401
    values = [getattr(config, key, None) for key in _CONTEXT_KEYS]
    return next((v for v in values if isinstance(v, int) and v > 0), _DEFAULT_CONTEXT)
