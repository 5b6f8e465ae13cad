"""Text encoders: one vector a text, the mean of its last hidden states, at length 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.readers.files import read_bytes
from hartonomous.readers.pretrained import load_pretrained, model_folder, quieten
from hartonomous.vectors.activations.memory import in_batches
from hartonomous.vectors.extras import required

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

#: Tokens of one text; what is longer is cut.
MAX_TOKENS = 128
#: Most texts of one file.
MAX_TEXTS = 100_000


@dataclass(frozen=True)
class Encoder:
    """A network that turns texts into vectors.

    Parameters
    ----------
    name
        As the user named it.
    network, tokenizer
        Those of ``transformers``.
    """

    name: str
    network: Any
    tokenizer: Any

    @property
    def hidden_size(self) -> int:
        """Numbers of one vector."""
        return int(self.network.config.hidden_size)

    def inputs(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Return the padded tokens of texts."""
        limit = min(MAX_TOKENS, int(self.network.config.max_position_embeddings))
        encoded = self.tokenizer(
            list(texts), padding=True, truncation=True, max_length=limit, return_tensors="pt"
        )
        return {name: encoded[name] for name in ("input_ids", "attention_mask")}

    def pooled(self, texts: Sequence[str]) -> Tensor:
        """Return the vectors of texts, shape (texts, hidden), through which gradients flow."""
        inputs = self.inputs(texts)
        states = self.network(**inputs).last_hidden_state
        mask = inputs["attention_mask"][..., None].to(states.dtype)
        mean: Tensor = (states * mask).sum(1) / mask.sum(1)
        return mean

    def embed(
        self,
        texts: Sequence[str],
        *,
        batch_size: int = 32,
        remark: Callable[[str], None] | None = None,
    ) -> NDArray[np.float32]:
        """Return the vectors of texts at length 1, shape (texts, hidden)."""
        torch = required("torch")

        def work(part: Sequence[str]) -> NDArray[np.float32]:
            with torch.inference_mode():
                pooled = self.pooled(part)
                unit = torch.nn.functional.normalize(pooled, dim=-1)
            return np.asarray(unit.numpy(), np.float32)

        found = np.concatenate(list(in_batches(texts, batch_size, work, remark=remark)))
        if not np.isfinite(found).all():
            raise InvalidVectorsError(f"{self.name}: a text's vector is NaN or infinite")
        return found


def open_encoder(name: str) -> Encoder:
    """Open a text encoder and its tokenizer.

    Raises
    ------
    ModelFormatError
        There is no such model, or none that ``transformers`` can open without a pickle.
    """
    transformers, torch = required("transformers"), required("torch")
    quieten(transformers)
    folder = model_folder(name)
    network = load_pretrained(transformers.AutoModel, folder, dtype=torch.float32)
    tokenizer = load_pretrained(transformers.AutoTokenizer, folder)
    network.eval().requires_grad_(requires_grad=False)
    return Encoder(name, network, tokenizer)


def read_texts(path: Path) -> tuple[str, ...]:
    """Read texts, one a line; empty lines are left out.

    Raises
    ------
    ParameterError
        The file is missing, is no UTF-8, or holds no text or too many.
    """
    if not path.is_file():
        raise ParameterError(f"{path}: no such file of texts")
    try:
        lines = read_bytes(path).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise ParameterError(f"{path}: is no UTF-8 text") from None
    texts = tuple(line.strip() for line in lines if line.strip())
    if not 1 <= len(texts) <= MAX_TEXTS:
        raise ParameterError(f"{path}: {len(texts):,} texts, from 1 to {MAX_TEXTS:,} are read")
    return texts


def effect_kept(
    base: NDArray[np.floating], full: NDArray[np.floating], written: NDArray[np.floating]
) -> float:
    """Return which share of a change of vectors is there: 1 - |full - written|² / |full - base|².

    Raises
    ------
    ParameterError
        There is no change to speak of.
    """
    change = float(np.square(full - base, dtype=np.float64).sum())
    if change == 0:
        raise ParameterError("the two models give these texts the same vectors")
    return 1 - float(np.square(full - written, dtype=np.float64).sum()) / change
