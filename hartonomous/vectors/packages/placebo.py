"""A package's deltas shuffled within their tensors: as large, and without meaning."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hartonomous.vectors.packages.container import open_container
from hartonomous.vectors.packages.inject import inject
from hartonomous.vectors.packages.retention import SuiteScores, evaluate_suite
from hartonomous.vectors.packages.weights_file import InjectSettings


def placebo_scores(
    package: Path, target: Path, suite: Path, *, samples: int | None = None, seed: int = 0
) -> SuiteScores:
    """Inject a package's shuffled deltas into a copy of a target and run a suite on it.

    Parameters
    ----------
    package, target
        What is injected, and into which model folder.
    suite, samples
        What is asked.
    seed
        Of the shuffling.

    Raises
    ------
    ModelFormatError
        The package is not for this target.
    """
    settings = InjectSettings("scaled", placebo_seed=seed, checkpoint=False)
    with tempfile.TemporaryDirectory(prefix="placebo-") as scratch:
        folder = Path(scratch) / "model"
        inject(open_container(package), target, folder, settings)
        return evaluate_suite(suite, str(folder), samples=samples)
