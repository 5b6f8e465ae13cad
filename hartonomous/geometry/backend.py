"""Which of a function's two forms runs: the native one, or its readable twin in NumPy.

The twin is what the native form is tested against. It is no way to do without the native module,
and nothing chooses it but a caller that names it.
"""

from __future__ import annotations

from typing import Literal

from hartonomous.errors import ParameterError

Backend = Literal["native", "numpy"]


def is_native(backend: Backend | None) -> bool:
    """Say whether the native form runs.

    Parameters
    ----------
    backend
        ``native``, which None means too, or ``numpy``.

    Raises
    ------
    ParameterError
        Another name.
    """
    if backend not in (None, "native", "numpy"):
        raise ParameterError(f"backend must be native or numpy, not {backend!r}")
    return backend != "numpy"
