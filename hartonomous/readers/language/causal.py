"""A causal language model: what it would go on with, as concepts with whole-numbered weights."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import InvalidVectorsError, ModelFormatError
from hartonomous.observations import NOBODY, WEIGHT_UNIT
from hartonomous.readers.embeddings import open_embeddings
from hartonomous.readers.extras import required
from hartonomous.readers.pretrained import (
    load_pretrained,
    model_fingerprint,
    model_folder,
    quieten,
    short_name,
)
from hartonomous.readers.vocabulary import MOST_PADDING

#: Where a configuration says how many tokens a model takes, and what is taken without.
_CONTEXT_KEYS = ("max_position_embeddings", "n_positions", "max_seq_len")
_DEFAULT_CONTEXT = 2048


@dataclass(frozen=True, eq=False)
class CausalModel:
    """A causal language model that is ready to run.

    Parameters
    ----------
    name
        Its name without folders.
    fingerprint
        Of its weights, words and settings.
    concepts
        What its tokens stand for.
    concept_of_token : int32
        The place of each token's concept; -1 where it stands for none.
    context
        Most tokens of a prompt.
    """

    name: str
    fingerprint: str
    concepts: tuple[Concept, ...]
    concept_of_token: NDArray[np.int32]
    context: int
    network: Any
    tokenizer: Any

    @classmethod
    def of(cls, path: str) -> CausalModel:
        """Open a model's folder, its GGUF file, or a name on the hub.

        Raises
        ------
        ModelFormatError
            There is none, its tokenizer is another model's, or it is no causal model.
        ParameterError
            A package is missing.
        """
        transformers = required("transformers")
        quieten(transformers)
        folder = model_folder(path)
        words = open_embeddings(folder)
        network = load_pretrained(
            transformers.AutoModelForCausalLM, folder, dtype=required("torch").float32
        )
        network.eval().requires_grad_(requires_grad=False)
        tokenizer = load_pretrained(transformers.AutoTokenizer, folder)
        config = network.config.get_text_config()
        concept_of_token = np.full(words.matrix.shape[0], NOBODY, np.int32)
        concept_of_token[words.vocabulary.rows] = words.vocabulary.concept_of_row
        found = cls(
            short_name(path),
            model_fingerprint(folder),
            words.vocabulary.concepts,
            concept_of_token,
            next((v for key in _CONTEXT_KEYS if (v := getattr(config, key, 0))), _DEFAULT_CONTEXT),
            network,
            tokenizer,
        )
        found._check_words(folder)
        return found

    def tokens(self, text: str) -> tuple[int, ...]:
        """Return the tokens of a prompt, with what the model wants before it."""
        return tuple(self.tokenizer(text, verbose=False)["input_ids"])

    def next_concepts(
        self, prompts: Sequence[tuple[int, ...]], own: Sequence[int], top: int
    ) -> NDArray[np.int32]:
        """Say how each prompt goes on.

        Parameters
        ----------
        prompts
            Their tokens; they are run together.
        own
            For each the place of the concept it ends with, which does not follow itself; -1 where
            no token stands for it.
        top
            How many concepts to give.

        Returns
        -------
        int32, shape (prompts, top, 2): concepts and their probabilities in units of 2^-20, the most
        probable first, equal ones by their place; -1 and 0 where there are no more. Tokens that are
        one concept count together.

        Raises
        ------
        InvalidVectorsError
            A logit is NaN or infinite.
        """
        logits = self._last_logits(prompts)
        found = np.zeros((len(prompts), top, 2), np.int32)
        found[..., 0] = NOBODY
        for row, (scores, itself) in enumerate(zip(logits, own, strict=True)):
            weight = self._weights(scores)
            if itself >= 0:
                weight[itself] = 0
            best = np.lexsort((np.arange(len(weight)), -weight))[:top]
            best = best[weight[best] > 0]
            found[row, : len(best), 0], found[row, : len(best), 1] = best, weight[best]
        return found

    def _weights(self, logits: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the probability of each concept, in units of 2^-20."""
        finite = np.isfinite(logits) | np.isneginf(logits)  # a model may rule tokens out
        if not finite.all() or np.isneginf(logits).all():
            raise InvalidVectorsError(f"{self.name}: its logits are NaN or infinite")
        powers = np.exp(logits - logits.max())
        stands = self.concept_of_token >= 0
        mass = np.bincount(
            self.concept_of_token[stands], powers[: len(stands)][stands], len(self.concepts)
        )
        weight: NDArray[np.int64] = np.rint(mass / powers.sum() * WEIGHT_UNIT).astype(np.int64)
        return weight

    def _last_logits(self, prompts: Sequence[tuple[int, ...]]) -> NDArray[np.float64]:
        """Run prompts padded on the right, which what comes before doesn't see."""
        torch = required("torch")
        lengths = torch.tensor([len(prompt) for prompt in prompts])
        width = int(lengths.max())
        ids = torch.zeros((len(prompts), width), dtype=torch.int64)
        for row, prompt in enumerate(prompts):
            ids[row, : len(prompt)] = torch.tensor(prompt)
        mask = (torch.arange(width)[None] < lengths[:, None]).to(torch.int64)
        kept, place = torch.unique(lengths - 1, return_inverse=True)
        takes = inspect.signature(self.network.forward).parameters
        wanted = {"logits_to_keep": kept} if "logits_to_keep" in takes else {}
        with torch.inference_mode():
            logits = self.network(ids, attention_mask=mask, use_cache=False, **wanted).logits
        place = place if wanted else lengths - 1
        last = logits[torch.arange(len(prompts)), place]
        return np.asarray(last.to(torch.float64).numpy())

    def _check_words(self, folder: Path) -> None:
        """Refuse a tokenizer whose numbers the model has no row for."""
        needed = max(self.tokenizer.get_vocab().values(), default=-1) + 1
        rows = self.network.get_input_embeddings().weight.shape[0]
        too_few = needed < rows * (1 - MOST_PADDING)
        if needed > rows or too_few or len(self.concept_of_token) != rows:
            raise ModelFormatError(
                f"{folder}: its tokenizer has {needed:,} tokens and its model {rows:,} rows: they "
                "are of different models"
            )
