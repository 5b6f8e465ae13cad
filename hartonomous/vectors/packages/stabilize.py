"""A short distillation after an injection: on given texts a model thinks again as it did before.

Only the tensors that a package changed are trained, towards the last hidden states of the target
before the injection. Texts should be about other things than the package: what they don't touch,
such as the rows of other tokens, keeps its deltas.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.safetensors import read_header
from hartonomous.vectors.encoders import Encoder, open_encoder
from hartonomous.vectors.extras import required
from hartonomous.vectors.packages.checkpoint import narrowed
from hartonomous.vectors.packages.token_tables import vocabulary

if TYPE_CHECKING:
    from torch import Tensor

#: Most steps, texts of one step, length of a step, and how many texts one in is held out.
MAX_STEPS, BATCH, RATE, HELD_OUT = 10_000, 16, 1e-4, 5
#: Texts that are made of the target's own words where none are given, and words of each.
_MADE, _WORDS = 200, 8


@dataclass(frozen=True)
class Stabilization:
    """What the distillation did.

    Parameters
    ----------
    steps
        How many were taken.
    before, after
        How far the last hidden states of held-out texts are from those of the target: squared
        distance over squared length.
    kept
        Whether the trained weights were taken; they aren't where they are no nearer.
    """

    steps: int
    before: float
    after: float
    kept: bool


@dataclass(frozen=True)
class Stabilizer:
    """Trains an injected model on texts.

    Parameters
    ----------
    steps
        How many.
    texts
        What is read; where there is none, words of the target's vocabulary, drawn at random.
    seed
        Of the order of texts.
    """

    steps: int
    texts: tuple[str, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.steps <= MAX_STEPS:
            raise ParameterError(f"stabilization_steps are from 0 to {MAX_STEPS:,}")
        if self.texts and len(self.texts) < HELD_OUT:
            raise ParameterError(f"a stabilisation needs {HELD_OUT} texts at least")

    def run(
        self, made: Path, target: Path, names: Sequence[str], advance: Advance | None = None
    ) -> Stabilization:
        """Train what a package changed in the model in ``made``, and write it there.

        Raises
        ------
        ParameterError
            None of the changed tensors is one that texts pass through.
        """
        torch = required("torch")
        torch.manual_seed(self.seed)
        texts = self.texts or words_of(target, self.seed)
        asked, read = texts[::HELD_OUT], [t for n, t in enumerate(texts) if n % HELD_OUT]
        teacher, student = open_encoder(str(target)), open_encoder(str(made))
        trained = _trainable(student, names)
        before = _drift(student, teacher, asked)
        optimizer = torch.optim.Adam(list(trained.values()), lr=RATE)
        rng = random.Random(self.seed)  # noqa: S311  # no secret
        for _ in range(self.steps):
            optimizer.zero_grad()
            _distance(student, teacher, rng.sample(read, min(BATCH, len(read)))).backward()
            optimizer.step()
            if advance:
                advance(1)
        after = _drift(student, teacher, asked)
        if after < before:
            _write(made, trained)
        return Stabilization(self.steps, before, after, after < before)


def words_of(folder: Path, seed: int = 0) -> tuple[str, ...]:
    """Return texts of words of a model's own vocabulary, drawn at random."""
    pieces = (re.sub("^[Ġ▁]", "", token) for token in vocabulary(folder))
    words = sorted({piece for piece in pieces if re.fullmatch("[a-z0-9]{2,}", piece)})
    if not words:
        raise ParameterError(f"{folder}: its vocabulary has no words: stabilise on given texts")
    rng = random.Random(seed)  # noqa: S311  # no secret
    return tuple(" ".join(rng.choices(words, k=_WORDS)) for _ in range(_MADE))


def _trainable(student: Encoder, names: Sequence[str]) -> dict[str, Tensor]:
    """Return the network's parameters by the names that the model's files have for them."""
    known = dict(student.network.named_parameters())
    prefix = f"{student.network.base_model_prefix}."
    found = {name: known.get(name, known.get(name.removeprefix(prefix))) for name in names}
    trained = {name: weight for name, weight in found.items() if weight is not None}
    if not trained:
        raise ParameterError("no tensor of the package is one that texts pass through")
    for weight in trained.values():
        weight.requires_grad_()
    return trained


def _distance(student: Encoder, teacher: Encoder, texts: Sequence[str]) -> Tensor:
    """Return the squared distance of the two networks' last states over the teacher's length."""
    inputs = student.inputs(texts)
    with required("torch").no_grad():
        wanted = teacher.network(**inputs).last_hidden_state
    mask = inputs["attention_mask"][..., None]
    got = student.network(**inputs).last_hidden_state
    far: Tensor = ((got - wanted) * mask).pow(2).sum() / (wanted * mask).pow(2).sum()
    return far


def _drift(student: Encoder, teacher: Encoder, texts: Sequence[str]) -> float:
    starts = range(0, len(texts), BATCH)
    with required("torch").no_grad():
        parts = [_distance(student, teacher, texts[n : n + BATCH]) for n in starts]
    return float(np.mean([float(part) for part in parts]))


def _write(folder: Path, trained: dict[str, Any]) -> None:
    """Put trained numbers in the place of the old ones, in the types that the files have."""
    for path in folder.glob("*.safetensors"):
        tensors = [t for t in read_header(path).values() if t.name in trained]
        with path.open("r+b") as file:
            for tensor in tensors:
                array = trained[tensor.name].detach().float().numpy()
                file.seek(tensor.start)
                file.write(narrowed(np.ascontiguousarray(array), tensor.dtype).tobytes())
