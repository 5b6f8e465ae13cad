"""Deltas that are not the skill's: its own shuffled within their tensors, and another skill's."""

from __future__ import annotations

import tempfile
from dataclasses import replace
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
    return _scores(package, target, suite, samples, InjectSettings("scaled", placebo_seed=seed))


def other_skill_scores(
    package: Path, target: Path, suite: Path, *, samples: int | None = None
) -> SuiteScores:
    """Inject another skill's package into a copy of a target and run a suite on it.

    Raises
    ------
    ModelFormatError
        The package is not for this target.
    """
    return _scores(package, target, suite, samples, InjectSettings())


def _scores(
    package: Path, target: Path, suite: Path, samples: int | None, settings: InjectSettings
) -> SuiteScores:
    settings = replace(settings, checkpoint=False)
    with tempfile.TemporaryDirectory(prefix="placebo-") as scratch:
        folder = Path(scratch) / "model"
        inject(open_container(package), target, folder, settings)
        return evaluate_suite(suite, str(folder), samples=samples)
