"""Which of a function's two forms runs: the native one, or its readable twin in NumPy."""

from __future__ import annotations

import os
from typing import Literal

from hartonomous.errors import ParameterError

Backend = Literal["native", "numpy"]


def is_native(backend: Backend | None) -> bool:
    """Say whether the native form runs.

    Parameters
    ----------
    backend
        ``native`` or ``numpy``; None takes what the environment variable ``HARTONOMOUS_BACKEND``
        says, else ``native``: a twin never runs unless it was asked for.

    Raises
    ------
    ParameterError
        Another name.
    """
    name = backend or os.environ.get("HARTONOMOUS_BACKEND", "native")
    if name not in ("native", "numpy"):
        raise ParameterError(f"backend must be native or numpy, not {name!r}")
    return name == "native"
