"""Optional packages: found when they are needed, named in the error when they are missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hartonomous.errors import ParameterError


def required(module: str) -> Any:  # noqa: ANN401  # modules have no common type
    """Import a package of the extra ``vectors``.

    Parameters
    ----------
    module
        Its dotted import name, for example ``"torch.nn.functional"``.

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
        raise ParameterError(f"this needs {missing}: pip install 'hartonomous[vectors]'") from None


def versions() -> dict[str, str]:
    """Return the versions of what numbers depend on, of the packages that are installed."""
    from importlib.metadata import distributions

    wanted = {"hartonomous", "numpy", "scikit-learn", "torch", "transformers"}
    found = {str(d.metadata["Name"]): d.version for d in distributions()}
    return {name: found[name] for name in sorted(wanted & set(found))}
