"""An injection that has to reach a retention, or is as if it had not been."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.vectors.packages.retention import Retention, evaluate_suite, retention


@dataclass
class RetentionGate:
    """Measures an injected model before it appears, and refuses it below a threshold.

    Parameters
    ----------
    suite, source, target
        What is asked, of the specialised model and of the target before.
    threshold
        Least retention.
    refuse
        Whether less is an error; else it is only measured.
    samples
        At most so many items.
    """

    suite: Path
    source: str
    target: str
    threshold: float = 0.75
    refuse: bool = True
    samples: int | None = None
    measured: Retention | None = field(default=None, init=False)

    def __call__(self, injected: Path) -> None:
        """Measure.

        Raises
        ------
        ParameterError
            The retention is undefined, or below the threshold.
        """
        models = (self.source, self.target, str(injected))
        best, before, after = (evaluate_suite(self.suite, m, samples=self.samples) for m in models)
        self.measured = retention(self.suite.stem, best, before, after)
        found = self.measured.retention
        if self.refuse and found is None:
            raise ParameterError(f"rolled back: retention {self.measured.why_undefined}")
        if self.refuse and found is not None and not found.value >= self.threshold:
            raise ParameterError(
                f"rolled back: retention is {found}, below the threshold of {self.threshold:.2f}"
            )
