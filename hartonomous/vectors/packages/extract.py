"""Make a capability package of a base model and its specialised form, tensor by tensor."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hartonomous.errors import InvalidVectorsError, ParameterError
from hartonomous.progress import Advance
from hartonomous.readers.files import shown
from hartonomous.readers.safetensors import Tensor
from hartonomous.vectors.packages import forms, low_rank
from hartonomous.vectors.packages.checkpoint import (
    Checkpoint,
    bits,
    blocks,
    check_pair,
    narrowed,
    open_checkpoint,
    read_block,
    tensor_digest,
    widened,
)
from hartonomous.vectors.packages.components import component, selected
from hartonomous.vectors.packages.compression import check_algorithm
from hartonomous.vectors.packages.container import ContainerWriter
from hartonomous.vectors.packages.documents import documents
from hartonomous.vectors.packages.energy import ChangeReport, ChangeTally

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class ExtractSettings:
    """How deltas are chosen and written.

    Parameters
    ----------
    significance_threshold
        Least absolute delta that is kept.
    layer_selection
        ``all``, ``attention``, ``ffn``, or layers such as ``0,3,5``.
    include_attention_heads
        Whether attention weights are taken.
    normalize
        Deltas are written in units of their base tensor's root mean square.
    quantization
        ``fp32``, ``fp16`` or ``int8``.
    compression
        ``zstd``, ``lz4`` or ``none``.
    max_mb
        Matrices are written at ranks that keep most within so many megabytes; None for all ranks.
    """

    significance_threshold: float = 0.001
    layer_selection: str = "all"
    include_attention_heads: bool = True
    normalize: bool = True
    quantization: str = "fp16"
    compression: str = "zstd"
    max_mb: float | None = None

    @property
    def exact(self) -> bool:
        """Whether what is restored has to be the specialised model bit by bit."""
        full = self.layer_selection == "all" and self.include_attention_heads
        lossless = self.quantization == "fp32" and self.max_mb is None
        return full and lossless and self.significance_threshold == 0


@dataclass(frozen=True)
class Extraction:
    """A package that was made.

    Parameters
    ----------
    path, package_id
        The file and its id.
    report
        What changed, where, and how much of it was kept.
    size
        Bytes of the file.
    """

    path: Path
    package_id: str
    report: ChangeReport
    size: int


def extract(
    base: Path,
    specialized: Path,
    out: Path,
    settings: ExtractSettings | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    key: Path | None = None,
    advance: Advance | None = None,
) -> Extraction:
    """Write the weight deltas of two models of one architecture as a package.

    Parameters
    ----------
    base, specialized
        Model folders; read a block at a time.
    out
        The package.
    settings
        How deltas are chosen and written.
    labels
        ``title``, ``domain`` and ``training_context`` for the manifest.
    key
        An Ed25519 private key that signs the package.
    advance
        Told of each tensor.

    Raises
    ------
    ModelFormatError
        The two are no pair.
    InvalidVectorsError
        A weight is NaN or infinite.
    ParameterError
        A setting is out of its range, or there is no difference to write.
    """
    settings = _checked(settings or ExtractSettings())
    pair = open_checkpoint(base), open_checkpoint(specialized)
    names = selected(
        check_pair(*pair), settings.layer_selection, heads=settings.include_attention_heads
    )
    ranks = {}
    if settings.max_mb:
        ranks = low_rank.budgeted_ranks(*pair, names, settings.max_mb, settings.quantization)
    writer = ContainerWriter(out, settings.compression)
    try:
        tally = ChangeTally()
        tensors = list(_tensors(pair, names, ranks, settings, writer, tally, advance))
        if not tensors:
            raise ParameterError("the two models do not differ in what was selected")
        report = tally.report()
        parts = {
            "vector_payload": {
                "compression": settings.compression,
                "quantization": settings.quantization,
                "exact": settings.exact,
                "tensors": tensors,
            },
            **documents(pair, asdict(settings), report, labels or {}),
        }
        package_id = writer.finish(parts, key)
    finally:
        writer.close()
    return Extraction(out, package_id, report, out.stat().st_size)


def _checked(settings: ExtractSettings) -> ExtractSettings:
    forms.check_quantization(settings.quantization)
    check_algorithm(settings.compression)
    if not 0 <= settings.significance_threshold < math.inf:
        raise ParameterError("significance_threshold is at least 0")
    if settings.max_mb is not None and not 0 < settings.max_mb < math.inf:
        raise ParameterError("max_mb is above 0")
    return settings


def _tensors(
    pair: tuple[Checkpoint, Checkpoint],
    names: list[str],
    ranks: Mapping[str, int],
    settings: ExtractSettings,
    writer: ContainerWriter,
    tally: ChangeTally,
    advance: Advance | None,
) -> Iterator[dict[str, Any]]:
    for name in names:
        base, special = (checkpoint.weights[name] for checkpoint in pair)
        before = writer.written
        try:
            scale = _scale(base) if settings.normalize else 1.0
            if name in ranks:
                pieces = [*_factors(base, special, scale, ranks[name], settings, writer, tally)]
            else:
                pieces = [*_pieces(base, special, scale, settings, writer, tally)]
        except InvalidVectorsError as error:
            raise InvalidVectorsError(f"{shown(name)}: {error}") from None
        tally.add_bytes(component(name), writer.written - before)
        if advance:
            advance(1)
        if pieces:
            yield {
                "name": name,
                "dtype": base.dtype,
                "shape": list(base.shape),
                "component": component(name),
                "scale": scale,
                "base_digest": tensor_digest(base),
                "pieces": pieces,
            }


def _scale(tensor: Tensor) -> float:
    """Return a tensor's root mean square; 1 where that is 0."""
    squares = 0.0
    for block in blocks(tensor.shape):
        wide = widened(read_block(tensor, *block), tensor.dtype)
        squares += float(np.square(wide, dtype=np.float64).sum())
    mean = squares / max(1, math.prod(tensor.shape))
    return float(np.float32(math.sqrt(mean))) or 1.0


def _pieces(
    base: Tensor,
    special: Tensor,
    scale: float,
    settings: ExtractSettings,
    writer: ContainerWriter,
    tally: ChangeTally,
) -> Iterator[dict[str, Any]]:
    for start, stop in blocks(base.shape):
        old, new = (read_block(tensor, start, stop) for tensor in (base, special))
        wide_old, wide_new = widened(old, base.dtype), widened(new, base.dtype)
        if np.array_equal(bits(old), bits(new)):
            continue
        delta = wide_new - wide_old
        rows = piece_rows(base.shape, stop - start)
        written = forms.write_block(
            (delta / scale).astype(delta.dtype).reshape(rows, -1),
            settings.significance_threshold / scale,
            settings.quantization,
        )
        restored = forms.read_block(written, rows, len(delta) // rows).reshape(-1)
        restored = restored * restored.dtype.type(scale)
        tally.add(component(base.name), delta, restored)
        arrays = dict(written.arrays)
        if settings.exact:
            arrays.update(_fixes(narrowed(wide_old + restored, base.dtype), new))
        entries = [writer.add(role, array) for role, array in arrays.items()]
        yield {"start": start, "stop": stop, "form": written.form, "arrays": entries}


def _factors(
    base: Tensor,
    special: Tensor,
    scale: float,
    rank: int,
    settings: ExtractSettings,
    writer: ContainerWriter,
    tally: ChangeTally,
) -> Iterator[dict[str, Any]]:
    delta = low_rank.delta_matrix(base, special)
    arrays = low_rank.factors(delta / np.float32(scale), rank, settings.quantization)
    restored = low_rank.product(arrays, *delta.shape) * np.float32(scale)
    tally.add(component(base.name), delta, restored)
    if rank:
        entries = [writer.add(role, array) for role, array in arrays.items()]
        yield {"start": 0, "stop": delta.size, "form": "low_rank", "arrays": entries}


def piece_rows(shape: list[int] | tuple[int, ...], count: int) -> int:
    """Return how many rows a piece of ``count`` numbers has: whole rows, or one part of one."""
    width = shape[-1] if len(shape) > 1 else count
    return count // width if width and count % width == 0 else 1


def _fixes(restored: NDArray[Any], wanted: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return the places where rounding left other bits, and the bits that belong there."""
    places = np.flatnonzero(bits(restored) != bits(wanted))
    if not len(places):
        return {}
    return {"fix_gaps": forms.gaps(places), "fix_bits": bits(wanted)[places]}
