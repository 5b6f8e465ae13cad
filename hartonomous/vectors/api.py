"""Extract, align, inject and measure as a few objects, over the functions of ``packages``.

Models are folders; an endpoint is accepted for what calls it by that name, and must be None: what
runs elsewhere has no weights here to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hartonomous.errors import ParameterError
from hartonomous.vectors.models import short_name
from hartonomous.vectors.packages.align import Alignment, align
from hartonomous.vectors.packages.compatibility import Compatibility, check_compatibility
from hartonomous.vectors.packages.container import SUFFIX, Container, open_container
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.packages.gate import RetentionGate
from hartonomous.vectors.packages.inject import inject
from hartonomous.vectors.packages.maps import LinearMap, read_map
from hartonomous.vectors.packages.retention import evaluate_suite
from hartonomous.vectors.packages.stabilize import Stabilizer
from hartonomous.vectors.packages.weights_file import InjectSettings

#: Bytes of a number before anything is packed.
_PLAIN = 4


@dataclass(frozen=True)
class ModelTarget:
    """A model that vectors go into: a folder of weights."""

    model: str
    endpoint: str | None = None

    def __post_init__(self) -> None:
        if self.endpoint is not None:
            raise ParameterError("a model behind an endpoint can't be injected into: name a folder")


class VectorPackage:
    """A capability package, with what its alignment said where it was aligned just now."""

    def __init__(self, container: Container, alignment: Alignment | None = None) -> None:
        self.container = container
        self._alignment = alignment

    @classmethod
    def load(cls, path: str | Path) -> VectorPackage:
        """Open a package file; a ModelFormatError says what disagrees in it."""
        return cls(open_container(Path(path)))

    @property
    def num_parameters(self) -> int:
        """Numbers that differ between the base and the specialised model."""
        return int(self.container.parts["quality_certificate"]["parameters"])

    @property
    def size_mb(self) -> float:
        """Megabytes of the file."""
        return self.container.path.stat().st_size / 1e6

    @property
    def compression_ratio(self) -> float:
        """Megabytes that the numbers would fill as they are, for one of the file."""
        return self.num_parameters * _PLAIN / 1e6 / self.size_mb

    @property
    def quality_score(self) -> float | None:
        """Held-out R² of the map that it was aligned by; 1 for none, None before."""
        return self._alignment.quality_score if self._alignment else None

    @property
    def estimated_retention(self) -> float | None:
        """What the alignment expects to arrive; None where nothing is known."""
        return self._alignment.estimated_retention if self._alignment else None

    def check_compatibility(self, target: ModelTarget) -> Compatibility:
        """Hold the package against a target."""
        return check_compatibility(self.container, Path(target.model))

    def inject(
        self, target: ModelTarget, out: str | Path | None = None, *,
        verify: RetentionBenchmark | None = None,
        source_model: str | None = None,
    ) -> InjectionResult:  # fmt: skip
        """Write a copy of the target with the package in it; ``verify`` measures the retention."""
        injector = VectorInjector(target.model, benchmark=verify, source_model=source_model)
        return injector.inject(self, out)


class VectorExtractor:
    """Makes packages of a base and a specialised checkpoint."""

    def __init__(
        self, source_model: str, base_checkpoint: str, specialized_checkpoint: str
    ) -> None:
        self._title = source_model
        self._pair = Path(base_checkpoint), Path(specialized_checkpoint)
        self._settings = ExtractSettings()

    def configure(self, **settings: Any) -> None:  # noqa: ANN401  # the fields of ExtractSettings
        """Change settings by their names in ``ExtractSettings``."""
        try:
            self._settings = replace(self._settings, **settings)
        except TypeError as error:
            raise ParameterError(f"{str(error).split()[-1]} is no setting") from None

    def extract(self, out: str | Path | None = None) -> VectorPackage:
        """Write the package, by default named after the source model, and open it."""
        out = out or f"{short_name(self._title)}{SUFFIX}"
        extract(*self._pair, Path(out), self._settings, labels={"title": self._title})
        return VectorPackage.load(out)


class WMatrixAligner:
    """Aligns packages of one base model with one target."""

    def __init__(self, source_architecture: str, target_architecture: str) -> None:
        self._base, self._target = Path(source_architecture), Path(target_architecture)
        self._cache: Path | None = None
        self._matrix: LinearMap | None = None

    def load_matrix(self, path: str | Path) -> None:
        """Take the map of a ``.wmatrix`` file; or of a folder of them, where new ones go too."""
        if Path(path).suffix == ".wmatrix":
            self._matrix = read_map(Path(path))
        else:
            self._cache = Path(path)

    def align(
        self, vector: VectorPackage, out: str | Path | None = None, *, quality_target: float = 0.0,
        optimization_passes: int = 3,
    ) -> VectorPackage:  # fmt: skip
        """Write the package that fits the target, by default beside the first, and open it."""
        path = vector.container.path
        out = Path(out or path.with_name(f"{path.stem}-{self._target.name}{SUFFIX}"))
        found = align(
            vector.container, self._target, out, base=self._base, cache=self._cache,
            matrix=self._matrix, quality_target=quality_target,
            optimization_passes=optimization_passes,
        )  # fmt: skip
        return VectorPackage(open_container(found.path), found)


@dataclass(frozen=True)
class InjectionResult:
    """What an injection did.

    Parameters
    ----------
    status
        ``injected`` or ``rolled back``.
    layers_modified
        How many layers got deltas.
    measured_retention
        None where it was not measured, or is undefined.
    quality_grade
        A to F by the lower end of the interval, or ``undefined``.
    """

    status: str
    layers_modified: int
    measured_retention: float | None
    quality_grade: str


class VectorInjector:
    """Injects packages into copies of one target."""

    def __init__(
        self, target_model: str, endpoint: str | None = None, *,
        benchmark: RetentionBenchmark | None = None, source_model: str | None = None,
    ) -> None:  # fmt: skip
        self._target = ModelTarget(target_model, endpoint)
        self._benchmark, self._source = benchmark, source_model
        if (benchmark is None) != (source_model is None):
            raise ParameterError("retention needs a benchmark and the specialised source_model")
        self._settings, self._stabilizer = InjectSettings(), Stabilizer(0)
        self._threshold, self._rollback = 0.75, True

    def configure(
        self, *, learning_rate_scale: float = 1.0, stabilization_steps: int = 0,
        stabilization_texts: Sequence[str] = (), rollback_on_failure: bool = True,
        quality_threshold: float = 0.75,
    ) -> None:  # fmt: skip
        """Say how deltas are applied and then smoothed, and what too low a retention leads to."""
        self._stabilizer = Stabilizer(stabilization_steps, tuple(stabilization_texts))
        mode = "full" if learning_rate_scale == 1 else "scaled"
        self._settings = InjectSettings(mode, learning_rate_scale)
        self._threshold, self._rollback = quality_threshold, rollback_on_failure

    def inject(self, vector: VectorPackage, out: str | Path | None = None) -> InjectionResult:
        """Write the injected model, by default beside the target; nothing where rolled back."""
        gate = self._gate()
        target = Path(self._target.model)
        out = out or target.with_name(f"{target.name}-{vector.container.path.stem}")
        try:
            done = inject(
                vector.container, target, Path(out), self._settings, stabilizer=self._stabilizer,
                accept=gate,
            )  # fmt: skip
        except ParameterError:
            if gate is None or gate.measured is None:
                raise
            return _result("rolled back", 0, gate)
        return _result("injected", done.layers_modified, gate)

    def _gate(self) -> RetentionGate | None:
        if self._benchmark is None or self._source is None:
            return None
        return RetentionGate(
            self._benchmark.test_suite, self._source, self._target.model, self._threshold,
            self._rollback, self._benchmark.num_samples,
        )  # fmt: skip


def _result(status: str, layers: int, gate: RetentionGate | None) -> InjectionResult:
    measured = gate.measured if gate else None
    share = measured.retention.value if measured and measured.retention else None
    return InjectionResult(status, layers, share, measured.grade if measured else "undefined")


class RetentionBenchmark:
    """A suite of questions that models are scored by."""

    def __init__(self, domain: str, test_suite: str | Path, num_samples: int | None = None) -> None:
        self.domain, self.test_suite, self.num_samples = domain, Path(test_suite), num_samples

    def evaluate(self, model: str) -> float:
        """Return a model's score, 0 to 1."""
        return evaluate_suite(self.test_suite, model, samples=self.num_samples).score
