"""A safetensors file written again with deltas in it, a block at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import ModelFormatError
from hartonomous.progress import Advance
from hartonomous.readers.safetensors import Tensor, read_header
from hartonomous.vectors.packages.checkpoint import (
    bits,
    blocks,
    narrowed,
    read_block,
    tensor_digest,
    widened,
)
from hartonomous.vectors.packages.container import Container
from hartonomous.vectors.packages.deltas import Piece, pieces
from hartonomous.vectors.packages.stacking import Stacking

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Bytes copied at a time.
_COPY = 16 << 20


@dataclass(frozen=True)
class InjectSettings:
    """How deltas are applied.

    Parameters
    ----------
    mode
        ``full``; ``scaled`` by ``scale``; ``selective`` to ``layers``; ``additive`` on top of an
        earlier injection.
    scale
        Factor of every delta.
    layers
        Blocks that get deltas.
    density
        Additive: only this share of each tensor's largest deltas is put in, and where they
        contradict the earlier injection the larger of the two stays (TIES, Yadav et al. 2023).
    checkpoint
        Whether the target's weights are kept beside the new ones, to be rolled back to.
    placebo_seed
        Deltas are shuffled within their tensors: the same sizes, without their meaning.
    """

    mode: str = "full"
    scale: float = 1.0
    layers: tuple[int, ...] = ()
    density: float = 1.0
    checkpoint: bool = True
    placebo_seed: int | None = None


@dataclass
class Tally:
    """What was modified so far."""

    tensors: list[str] = field(default_factory=list)
    unfixed: int = 0
    stacking: Stacking | None = None


@dataclass(frozen=True)
class Deltas:
    """Gives the new numbers of each tensor."""

    container: Container
    entries: Mapping[str, Mapping[str, Any]]
    settings: InjectSettings
    tally: Tally
    advance: Advance | None

    def write(self, tensor: Tensor, file: IO[bytes]) -> None:
        """Write a tensor's bytes, with its deltas where it has some."""
        entry = self.entries.get(tensor.name)
        end = 0
        if entry is not None:
            plain = self.settings.mode == "full" and self.settings.placebo_seed is None
            exact = plain and tensor_digest(tensor) == entry["base_digest"]
            self.tally.unfixed += not exact
            self.tally.tensors.append(tensor.name)
            for piece in map(self._shuffled, pieces(self.container, entry)):
                _copy(tensor, file, end, piece.start)
                self._apply(tensor, piece, file, exact=exact)
                end = piece.stop
        _copy(tensor, file, end, None)
        if self.advance:
            self.advance(1)

    def _shuffled(self, piece: Piece) -> Piece:
        if self.settings.placebo_seed is None:
            return piece
        rng = np.random.default_rng([self.settings.placebo_seed, piece.start])
        return replace(piece, delta=rng.permutation(piece.delta))

    def _apply(self, tensor: Tensor, piece: Piece, file: IO[bytes], *, exact: bool) -> None:
        # Blocks of a low-rank piece are as long as its matrix; all others are one block.
        for start, stop in blocks((piece.stop - piece.start,)):
            begin, end = piece.start + start, piece.start + stop
            old = widened(read_block(tensor, begin, end), tensor.dtype)
            delta = piece.delta[start:stop]
            if self.settings.scale != 1:
                delta = delta * delta.dtype.type(self.settings.scale)
            if self.tally.stacking:
                new = self.tally.stacking.merge(tensor.name, old, delta, begin, end)
            else:
                new = old + delta
            stored = narrowed(new, tensor.dtype)
            if exact:
                _fix(stored, piece, start, stop)
            file.write(stored.tobytes())


def _fix(stored: NDArray[Any], piece: Piece, start: int, stop: int) -> None:
    here = (piece.fix_places >= start) & (piece.fix_places < stop)
    if piece.fix_bits is not None:
        bits(stored)[piece.fix_places[here] - start] = piece.fix_bits[here]


def _copy(tensor: Tensor, file: IO[bytes], start: int, stop: int | None) -> None:
    """Copy stored numbers from ``start`` to ``stop``, or to the tensor's end, as they are."""
    count = max(1, int(np.prod(tensor.shape)))
    item = (tensor.stop - tensor.start) // count
    place = tensor.start + start * item
    end = tensor.stop if stop is None else tensor.start + stop * item
    with tensor.path.open("rb") as source:
        source.seek(place)
        while place < end:
            block = source.read(min(_COPY, end - place))
            if not block:
                raise ModelFormatError(f"{tensor}: the file got shorter while it was read")
            file.write(block)
            place += len(block)


def write_weights(path: Path, copy: Path, source: Deltas) -> None:
    """Write one safetensors file with deltas in it, under the same header, byte for byte."""
    tensors = sorted(read_header(path).values(), key=lambda t: (t.start, t.stop))
    with path.open("rb") as old, copy.open("wb") as new:
        length = int.from_bytes(old.read(8), "little")
        new.write(length.to_bytes(8, "little") + old.read(length))
        for tensor in tensors:
            source.write(tensor, new)
