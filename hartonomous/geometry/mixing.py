"""Numbers that look random and are the same everywhere, so that a choice depends on no seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def mixed(numbers: NDArray[np.integer[Any]]) -> NDArray[np.uint64]:
    """Return 64 bits for each number, each of which depends on all of the number's.

    Notes
    -----
    The finaliser of splitmix64 (Steele, Lea and Flood, Fast splittable pseudorandom number
    generators, 2014).
    """
    x = numbers.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(x ^ (x >> np.uint64(31)))
