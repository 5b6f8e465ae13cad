"""Task, trait and capability vectors: extracted, checked against controls, moved and injected.

Nothing heavy is imported before a function needs it. The public names are those of ``PUBLIC``;
``from hartonomous.vectors import VectorPackage`` finds them.
"""

from __future__ import annotations

from importlib import import_module

#: Where each public name lives.
PUBLIC = dict.fromkeys(
    (
        "ModelTarget", "RetentionBenchmark", "VectorExtractor", "VectorInjector", "VectorPackage",
        "WMatrixAligner",
    ),
    "hartonomous.vectors.api",
)  # fmt: skip


def __getattr__(name: str) -> object:
    if name not in PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(PUBLIC)
