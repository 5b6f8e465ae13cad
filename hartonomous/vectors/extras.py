"""Optional packages, and their versions."""

from __future__ import annotations

from hartonomous.readers.extras import required as required


def versions() -> dict[str, str]:
    """Return the versions of what numbers depend on, of the packages that are installed."""
    from importlib.metadata import distributions

    wanted = {"hartonomous", "numpy", "scikit-learn", "torch", "transformers"}
    found = {str(d.metadata["Name"]): d.version for d in distributions()}
    return {name: found[name] for name in sorted(wanted & set(found))}
