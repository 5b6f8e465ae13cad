"""Optional packages: found when they are needed, named in the error when they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hartonomous.errors import ParameterError


def required(module: str, extra: str = "vectors") -> Any:  # noqa: ANN401  # modules have no common type
    """Import a package of an extra.

    Parameters
    ----------
    module
        Its dotted import name, for example ``"torch.nn.functional"``.
    extra
        What brings it.

    Raises
    ------
    ParameterError
        It is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        missing = module.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] != missing:
            raise
        raise ParameterError(f"this needs {missing}: pip install 'hartonomous[{extra}]'") from None
