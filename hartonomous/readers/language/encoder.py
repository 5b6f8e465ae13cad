"""Texts as vectors, by a model folder that ``transformers`` opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.geometry.rows import WrittenRows
from hartonomous.readers.extras import required
from hartonomous.readers.files import read_json_object
from hartonomous.readers.hub import download_model, is_hub_name, not_found
from hartonomous.readers.language.pooling import Steps, read_steps
from hartonomous.readers.pretrained import load_pretrained, model_fingerprint, quieten
from hartonomous.readers.stored import store_for

#: Texts that run through the network together.
BATCH_TEXTS = 32
#: Tokens of a text that are read, whatever a model allows.
_MOST_TOKENS = 8192


@dataclass(frozen=True)
class TextEncoder:
    """A model that makes vectors of texts; opened when the first are asked for.

    Parameters
    ----------
    name
        As the user named it.
    steps
        What it does.
    width
        Numbers of a vector.
    fingerprint
        Of its weights, words and settings.
    """

    name: str
    steps: Steps
    width: int
    fingerprint: str

    @classmethod
    def of(cls, path: Path | None) -> TextEncoder:
        """Look at a model's folder, or download it from the hub.

        Raises
        ------
        ParameterError
            No model is named.
        ModelFormatError
            There is none, or it does something that is not known.
        """
        if path is None:
            raise ParameterError("name the model that compares texts with --model")
        folder = path
        if not path.exists() and is_hub_name(str(path)):
            folder = download_model(str(path))
        if not folder.is_dir():
            raise (
                not_found(str(path))
                if not path.exists()
                else ModelFormatError(f"{path}: no folder of a model that transformers opens")
            )
        steps = read_steps(folder)
        settings = read_json_object(steps.transformer / "config.json")
        width = settings.get("hidden_size")
        if not isinstance(width, int) or isinstance(width, bool) or width < 1:
            raise ModelFormatError(f"{steps.transformer}: config.json has no hidden_size")
        return cls(str(path), steps, width, model_fingerprint(steps.transformer))

    @cached_property
    def _opened(self) -> tuple[Any, Any]:
        transformers = required("transformers", "sentences")
        torch = required("torch", "sentences")
        quieten(transformers)
        folder = self.steps.transformer
        network = load_pretrained(transformers.AutoModel, folder, dtype=torch.float32)
        tokenizer = load_pretrained(transformers.AutoTokenizer, folder)
        network.eval().requires_grad_(requires_grad=False)
        return network, tokenizer

    @cached_property
    def most_tokens(self) -> int:
        """How many tokens of a text are read; the rest is cut."""
        network, tokenizer = self._opened
        settings = self.steps.transformer / "sentence_bert_config.json"
        said = read_json_object(settings).get("max_seq_length") if settings.is_file() else None
        allowed = getattr(network.config, "max_position_embeddings", _MOST_TOKENS)
        most = min(allowed, tokenizer.model_max_length, _MOST_TOKENS)
        return min(said, most) if isinstance(said, int) and said > 0 else int(most)

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of one batch of texts, at length 1, shape (n, width).

        Raises
        ------
        InvalidVectorsError
            One is not finite.
        """
        torch = required("torch", "sentences")
        network, tokenizer = self._opened
        inputs = tokenizer(
            list(texts), padding=True, truncation=True, max_length=self.most_tokens,
            return_tensors="pt",
        )  # fmt: skip
        with torch.inference_mode():
            states = network(**inputs).last_hidden_state
            pooled = self._pooled(states, inputs["attention_mask"])
            unit = torch.nn.functional.normalize(pooled, dim=-1).numpy()
        if unit.shape[1] != self.width or not np.isfinite(unit).all():
            raise InvalidVectorsError(f"{self.name}: the vector of a text is NaN or infinite")
        return np.asarray(unit, np.float32)

    def _pooled(self, states: Any, mask: Any) -> Any:  # noqa: ANN401  # tensors
        if self.steps.pooled == "cls":
            return states[:, 0]
        counts = mask[..., None].to(states.dtype)
        if self.steps.pooled == "max":
            return states.masked_fill(counts == 0, float("-inf")).amax(1)
        return (states * counts).sum(1) / counts.sum(1)


@dataclass(frozen=True, eq=False)
class EncodedRows:
    """The vectors of texts, which are made when they are asked for.

    Parameters
    ----------
    encoder
        What makes them.
    texts
        A row each.
    """

    encoder: TextEncoder
    texts: Sequence[str]
    dtype: str = "float32"

    def __reduce__(self) -> NoReturn:
        raise TypeError("vectors that a model makes are of one process and can't be pickled")

    @property
    def shape(self) -> tuple[int, int]:
        """Texts, and numbers of a vector."""
        return len(self.texts), self.encoder.width

    def gathered(self) -> WrittenRows:
        """Run the model over all texts, a batch of about equal length at a time."""
        rows = store_for(*self.shape)
        for places in self._batches():
            vectors = self.encoder.vectors([self.texts[place] for place in places])
            rows.put(np.array(places, np.int64), vectors)
        return rows

    def _batches(self) -> Iterator[list[int]]:
        """Give the places of texts by their length: bits then don't depend on their order."""
        order = sorted(range(len(self.texts)), key=lambda i: (len(self.texts[i]), self.texts[i]))
        for start in range(0, len(order), BATCH_TEXTS):
            yield order[start : start + BATCH_TEXTS]
