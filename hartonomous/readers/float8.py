"""The two types of float8: what each of their 256 codes means.

Micikevicius et al. 2022, "FP8 Formats for Deep Learning", table 1: E4M3 has no infinities and one
NaN a sign, E5M2 is float16 without its last eight bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _e5m2() -> NDArray[np.float32]:
    codes = np.arange(256, dtype=np.uint16) << 8
    return codes.view(np.float16).astype(np.float32)


def _e4m3() -> NDArray[np.float32]:
    codes = np.arange(256)
    exponent, fraction = codes >> 3 & 15, (codes & 7) / 8
    size = np.where(exponent == 0, fraction * 2.0**-6, (1 + fraction) * 2.0 ** (exponent - 7))
    size[codes & 0x7F == 0x7F] = np.nan
    return np.where(codes & 0x80, -size, size).astype(np.float32)


#: float32 of each code, shape (256,), by the name of the type.
FLOAT8: dict[str, NDArray[np.float32]] = {"float8_e4m3": _e4m3(), "float8_e5m2": _e5m2()}
