"""Which sites of a model are asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.observations import LARGEST_K

#: The kinds of sites, in the order in which they are mined.
KINDS = ("embedding", "unembedding", "attention", "mlp")

_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")


@dataclass(frozen=True)
class SiteChoice:
    """Which sites of a model are asked for.

    Parameters
    ----------
    kinds
        Some of :data:`KINDS`.
    layers, heads
        Numbers and ranges such as ``0-5,8``, or ``all``.
    k
        Neighbours of each concept at heads, neurons and experts.
    layout
        A file with the names of its tensors, for architectures that are not known.
    """

    kinds: tuple[str, ...] = ("embedding", "attention")
    layers: str = "all"
    heads: str = "all"
    k: int = 10
    layout: Path | None = None

    def __post_init__(self) -> None:
        for kind in self.kinds:
            if kind not in KINDS:
                raise ParameterError(f"sites are {', '.join(KINDS)}, not {kind[:80]!r}")
        if not 1 <= self.k <= LARGEST_K:
            raise ParameterError(f"k must be at least 1 and at most {LARGEST_K:,}, not {self.k}")
        if not self.kinds:
            raise ParameterError("name at least one kind of site")

    def chosen_layers(self, count: int) -> Sequence[int]:
        """Return which of a model's layers are meant.

        Raises
        ------
        ParameterError
            One of them isn't there.
        """
        return _chosen(self.layers, count, "layers")

    def chosen_heads(self, count: int) -> Sequence[int]:
        """Return which of a layer's heads are meant; errors as for layers."""
        return _chosen(self.heads, count, "heads")


def _chosen(text: str, count: int, what: str) -> Sequence[int]:
    if text == "all":
        return range(count)
    chosen: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if not match:
            raise ParameterError(f"{what} are numbers and ranges such as 0-5,8, not {text[:80]!r}")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or last >= count:
            raise ParameterError(f"{what} {part.strip()}: the model's are 0 to {count - 1}")
        chosen |= set(range(first, last + 1))
    return sorted(chosen)
