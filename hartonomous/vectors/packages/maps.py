"""Linear maps between the residual streams of two models, fitted on what both know.

Ridge regression, orthogonal Procrustes with a scale (Schönemann 1966), and canonical correlation
(Hotelling 1936) as a map through the leading pairs. Each is cross-validated; the best by held-out
R² is taken, and its R² is compared with that of shuffled pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.vectors.tensor_files import read_tensors, write_tensors

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Fitter = Callable[[Array, Array, float], Array]

#: Parts of the cross-validation.
FOLDS = 4
#: Penalties of the ridge in units of the mean eigenvalue, and shares of canonical pairs.
_PENALTIES = (0.01, 0.1, 1.0)
_PAIRS = (0.25, 0.5, 1.0)
#: Keeps inverse roots finite, in units of the largest eigenvalue.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class LinearMap:
    """A map from one space to another: ``(x - source_mean) @ matrix + target_mean``.

    Parameters
    ----------
    method
        How it was fitted, with its setting.
    matrix
        float64, shape (source size, target size); what deltas are mapped by.
    source_mean, target_mean
        float64.
    score
        Held-out R².
    null
        The same after the pairs were shuffled.
    tried
        The score of every method.
    """

    method: str
    matrix: Array
    source_mean: Array
    target_mean: Array
    score: float
    null: float
    tried: dict[str, float]

    def __call__(self, rows: Array) -> Array:
        """Return rows in the target's space."""
        return np.asarray((rows - self.source_mean) @ self.matrix + self.target_mean)


def fit_map(source: Array, target: Array, *, passes: int = 3, seed: int = 0) -> LinearMap:
    """Fit every method, cross-validate, and return the best.

    Parameters
    ----------
    source, target
        float64, shapes (n, source size) and (n, target size): the same things in both spaces.
    passes
        Settings that are tried for each method, from 1 to 3.
    seed
        Of folds and shuffling.

    Raises
    ------
    ParameterError
        There are too few pairs, or arrays of different lengths.
    """
    if len(source) != len(target) or len(source) < 2 * FOLDS:
        raise ParameterError(f"a map needs {2 * FOLDS} pairs at least, not {len(source)}")
    if not 1 <= passes <= len(_PENALTIES):
        raise ParameterError(f"optimization_passes are from 1 to {len(_PENALTIES)}, not {passes}")
    rng = np.random.default_rng(seed)
    folds = rng.permutation(len(source)) % FOLDS
    fitters = _fitters(passes)
    tried = {n: _held_out(source, target, folds, *f) for n, f in fitters.items()}
    best = max(tried, key=lambda name: tried[name])
    null = _held_out(source, target[rng.permutation(len(target))], folds, *fitters[best])
    means = source.mean(0), target.mean(0)
    fit, setting = fitters[best]
    matrix = fit(source - means[0], target - means[1], setting)
    return LinearMap(best, matrix, *means, tried[best], null, tried)


def _fitters(passes: int) -> dict[str, tuple[Fitter, float]]:
    fitters: dict[str, tuple[Fitter, float]] = {"procrustes": (procrustes_map, 0.0)}
    for penalty in _PENALTIES[:passes]:
        fitters[f"ridge {penalty:g}"] = (ridge_map, penalty)
    for share in _PAIRS[::-1][:passes]:
        fitters[f"cca {share:g}"] = (cca_map, share)
    return fitters


def _held_out(
    source: Array, target: Array, folds: NDArray[np.integer], fit: Fitter, setting: float
) -> float:
    lost = total = 0.0
    for fold in range(FOLDS):
        out = folds == fold
        x, y = source[~out], target[~out]
        matrix = fit(x - x.mean(0), y - y.mean(0), setting)
        guessed = (source[out] - x.mean(0)) @ matrix + y.mean(0)
        lost += float(((target[out] - guessed) ** 2).sum())
        total += float(((target[out] - y.mean(0)) ** 2).sum())
    return 1 - lost / total if total else 0.0


def ridge_map(source: Array, target: Array, penalty: float) -> Array:
    """Return the ridge regression of centred rows; the penalty counts mean eigenvalues."""
    gram = source.T @ source
    gram[np.diag_indices_from(gram)] += penalty * np.trace(gram) / len(gram)
    return np.asarray(np.linalg.solve(gram, source.T @ target))


def procrustes_map(source: Array, target: Array, _: float = 0.0) -> Array:
    """Return the scaled matrix with orthonormal rows or columns that fits centred rows best."""
    u, values, vt = np.linalg.svd(source.T @ target, full_matrices=False)
    turn = u @ vt
    size = float(((source @ turn) ** 2).sum())
    return np.asarray(turn * (values.sum() / size if size else 0.0))


def cca_map(source: Array, target: Array, share: float) -> Array:
    """Return the regression of centred rows through the leading canonical pairs."""
    root, _ = _roots(source.T @ source)
    other, back = _roots(target.T @ target)
    u, correlations, vt = np.linalg.svd(root @ source.T @ target @ other, full_matrices=False)
    count = max(1, round(share * len(correlations)))
    leading = (u[:, :count] * correlations[:count]) @ vt[:count]
    return np.asarray(root @ leading @ back)


def _roots(gram: Array) -> tuple[Array, Array]:
    """Return the inverse square root and the square root of a Gram matrix."""
    values, vectors = np.linalg.eigh(gram)
    roots = np.sqrt(np.maximum(values, _ROUNDING * max(values[-1], 1e-300)))
    return (vectors / roots) @ vectors.T, (vectors * roots) @ vectors.T


def write_map(path: Path, linear: LinearMap) -> None:
    """Write a map as a ``.wmatrix`` file, which is safetensors."""
    arrays = {
        "matrix": linear.matrix,
        "source_mean": linear.source_mean,
        "target_mean": linear.target_mean,
        "scores": np.array([linear.score, linear.null, *linear.tried.values()]),
        "methods": np.frombuffer("\n".join([linear.method, *linear.tried]).encode(), np.uint8),
    }
    write_tensors(path, arrays)


def read_map(path: Path) -> LinearMap:
    """Read a ``.wmatrix`` file.

    Raises
    ------
    ModelFormatError
        It is malformed.
    """
    arrays = read_tensors(path)
    try:
        method, *names = arrays["methods"].tobytes().decode().split("\n")
        score, null, *scores = map(float, arrays["scores"])
        means = arrays["source_mean"], arrays["target_mean"]
        tried = dict(zip(names, scores, strict=True))
    except (KeyError, ValueError, TypeError):
        raise ModelFormatError(f"{path}: is no file of a map") from None
    if arrays.get("matrix", np.empty(0)).shape != (len(means[0]), len(means[1])):
        raise ModelFormatError(f"{path}: its matrix does not fit its means")
    return LinearMap(method, arrays["matrix"], *means, score, null, tried)
