"""What a causal language model expects next, as ``precedes``.

The last whole word of a prompt, as it is written there, precedes what the model would go on with:
its most probable tokens, as the concepts that they stand for. A list is cut at ``top``. Prompts
that end in the same word are combined to the mean of their lists, in whole numbers, whatever their
order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept, is_storable
from hartonomous.errors import DocumentFormatError, ParameterError
from hartonomous.hashing import blake3
from hartonomous.observations import NOBODY, PRECEDES, Source
from hartonomous.readers.language.causal import CausalModel
from hartonomous.readers.language.journal import Journal, journal_of
from hartonomous.readers.language.texts import is_json_lines, json_object, lines_of
from hartonomous.readers.model_file import recognise_gguf
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.running_text import last_word
from hartonomous.sites import CountedSite, OpenedSource, PairCounts

#: Most of the words that a prompt goes on with.
MOST_TOP = 1000
#: Prompts that run together; where batches begin is part of what is computed, to the last bit.
BATCH_PROMPTS = 8


@dataclass(frozen=True)
class Prompt:
    """What a model is to go on with."""

    tokens: tuple[int, ...]
    word: str


def is_model(place: Place) -> bool:
    """Say whether a place may hold a causal language model: a folder or a GGUF file."""
    return place.is_folder or recognise_gguf(place)


def open_model(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a model and the prompts that it is asked; it runs when it is mined.

    Raises
    ------
    ParameterError
        No prompts are named, or ``top`` is out of range.
    ModelFormatError
        The model is missing, malformed, or has another model's tokenizer.
    DocumentFormatError
        A prompt is malformed or longer than the model's context, or there is none.
    """
    if request.prompts is None:
        raise ParameterError("name a file of prompts with --prompts")
    if not 1 <= request.top <= MOST_TOP:
        raise ParameterError(f"top must be from 1 to {MOST_TOP:,}, not {request.top}")
    if not request.prompts.is_file():
        raise DocumentFormatError(f"{request.prompts}: no such file, or not a regular one")
    model = CausalModel.of(str(place.path))
    prompts, left_out = _read_prompts(request.prompts, model, request)
    said = repr((request.top, request.subject, [(p.tokens, p.word) for p in prompts]))
    digest = blake3(f"{model.fingerprint}\0{said}".encode())
    run = _Run(model, prompts, request.top, digest)
    source = Source(
        request.name_for(f"{model.name}:next-token"), "predictions", digest, request.subject
    )
    site = CountedSite("next-token", run.pairs, PRECEDES, weighing="strength")
    yield OpenedSource(source, run.concepts, (site,), left_out, takes_long=True)


def _read_prompts(
    path: Path, model: CausalModel, request: Request
) -> tuple[list[Prompt], dict[str, int]]:
    """Read distinct prompts, in an order that is theirs and not the file's."""
    found: set[Prompt] = set()
    wordless = 0
    for number, line in lines_of(path, request.fault):
        try:
            prompt = _prompt(line, number, path, model)
        except DocumentFormatError as error:
            request.fault(error)
            continue
        wordless += prompt is None
        if prompt:
            found.add(prompt)
    if not found:
        raise DocumentFormatError(f"{path}: holds no prompt that ends in a word")
    ordered = sorted(found, key=lambda prompt: (len(prompt.tokens), prompt.tokens, prompt.word))
    return ordered, {"no last word": wordless} if wordless else {}


def _prompt(line: str, number: int, path: Path, model: CausalModel) -> Prompt | None:
    """Return a line's prompt; None where no word is its last, as after the end of a sentence."""
    text = json_object(line, number, path).get("text") if is_json_lines(path) else line
    if not isinstance(text, str) or not is_storable(text):
        raise DocumentFormatError(f"{path}: line {number} is no prompt")
    word = last_word(text)
    if word is None:
        return None
    tokens = model.tokens(text.strip())  # a space at the end would be a token of its own
    if not tokens:
        raise DocumentFormatError(f"{path}: line {number} has no token that the model knows")
    if len(tokens) > model.context:
        raise DocumentFormatError(
            f"{path}: line {number} has {len(tokens):,} tokens, more than the {model.context:,} "
            f"of the model's context"
        )
    return Prompt(tokens, word)


class _Run:
    """One run of a model over its prompts; the concepts are known when the run is over."""

    def __init__(
        self, model: CausalModel, prompts: Sequence[Prompt], top: int, digest: bytes
    ) -> None:
        self._model, self._prompts, self._top, self._digest = model, prompts, top, digest
        self._known = {concept: place for place, concept in enumerate(model.concepts)}
        self._places: dict[Concept, int] = {}

    def concepts(self) -> tuple[Concept, ...]:
        """Return the words, and what follows them."""
        return tuple(self._places)

    def pairs(self) -> Iterator[PairCounts]:
        """Run the model, or go on where a run was broken off."""
        with journal_of(self._key()) as journal:
            lists = defaultdict(list)
            for batch in self._batches():
                found = self._found(batch, journal)
                for prompt, follows in zip(batch, found, strict=True):
                    lists[prompt.word].append(follows)
        for word in sorted(lists):
            follows = mean_list(lists[word], self._top)
            a = self._place(Concept("text", word))
            b = [self._place(self._model.concepts[place]) for place in follows[:, 0].tolist()]
            yield PairCounts(0, np.full(len(b), a), np.array(b, np.int64), follows[:, 1])

    def _batches(self) -> Iterator[Sequence[Prompt]]:
        for start in range(0, len(self._prompts), BATCH_PROMPTS):
            yield self._prompts[start : start + BATCH_PROMPTS]

    def _found(self, batch: Sequence[Prompt], journal: Journal) -> NDArray[np.int32]:
        known = journal.read((len(batch), self._top, 2))
        if known is not None:
            return known
        own = [self._known.get(Concept("text", prompt.word), NOBODY) for prompt in batch]
        found = self._model.next_concepts([prompt.tokens for prompt in batch], own, self._top)
        journal.write(found)
        return found

    def _place(self, concept: Concept) -> int:
        return self._places.setdefault(concept, len(self._places))

    def _key(self) -> bytes:
        """Say what decides the bits of a run."""
        libraries = f"{version('torch')} {version('transformers')} {BATCH_PROMPTS}"
        return blake3(libraries.encode() + self._digest)


def mean_list(lists: Sequence[NDArray[np.int32]], top: int) -> NDArray[np.int64]:
    """Combine the lists of prompts that end in the same word; their order doesn't matter.

    Parameters
    ----------
    lists
        Of each prompt, int32 of shape (top, 2): concepts, -1 where there are no more, and weights
        in units of 2^-20.
    top
        How many concepts are kept.

    Returns
    -------
    int64, shape (m, 2): concepts and the mean of their weights, rounded half up, where a list that
    lacks a concept counts 0; the strongest first, equal ones by their place; none of weight 0.
    """
    entries = np.concatenate(lists).astype(np.int64)
    entries = entries[entries[:, 0] != NOBODY]
    concepts, inverse = np.unique(entries[:, 0], return_inverse=True)
    total = np.zeros(len(concepts), np.int64)
    np.add.at(total, inverse, entries[:, 1])
    weight = (2 * total + len(lists)) // (2 * len(lists))
    best = np.lexsort((concepts, -weight))[:top]
    best = best[weight[best] > 0]
    return np.stack([concepts[best], weight[best]], axis=1)
