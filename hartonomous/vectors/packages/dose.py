"""How strongly a package has to be put into a target: so that texts move as far as in the source.

Texts need no labels; they should be about what the package is about.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hartonomous.errors import ParameterError
from hartonomous.vectors.encoders import open_encoder
from hartonomous.vectors.packages.container import Container, open_container, rewrite
from hartonomous.vectors.packages.inject import inject
from hartonomous.vectors.packages.weights_file import InjectSettings

#: Factors that are tried.
SCALES = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class DoseCalibration:
    """The factor that was chosen.

    Parameters
    ----------
    scale
        Every delta is multiplied by it.
    wanted
        1 - mean cosine of texts' vectors before and after the specialisation, in the source.
    moved
        The same in the target, for each factor that was tried.
    """

    scale: float
    wanted: float
    moved: tuple[tuple[float, float], ...]


def calibrate(
    package: Path,
    target: Path,
    base: Path,
    specialized: Path,
    texts: Sequence[str],
    *,
    key: Path | None = None,
) -> DoseCalibration:
    """Choose the factor under which texts move as far as in the source, and write it in.

    Parameters
    ----------
    package
        A package that is aligned for the target; it is replaced.
    target, base, specialized
        Folders of text encoders.
    texts
        What is embedded.
    key
        Signs the package anew.

    Raises
    ------
    ParameterError
        The specialisation does not move the texts.
    """
    wanted = moved(base, specialized, texts)
    if wanted <= 0:
        raise ParameterError("the specialised model gives these texts the vectors of its base")
    container = open_container(package)
    before = open_encoder(str(target)).embed(texts)
    tried = []
    for scale in SCALES:
        with tempfile.TemporaryDirectory(prefix="dose-") as scratch:
            folder = Path(scratch) / "model"
            inject(container, target, folder, InjectSettings("scaled", scale, checkpoint=False))
            after = open_encoder(str(folder)).embed(texts)
        tried.append((scale, 1 - float((before * after).sum(1).mean())))
    scale, _ = min(tried, key=lambda pair: abs(np.log(max(pair[1], 1e-9) / wanted)))
    rewrite(container, {"vector_payload": _scaled(container, scale)}, package, key)
    return DoseCalibration(scale, wanted, tuple(tried))


def moved(before: Path, after: Path, texts: Sequence[str]) -> float:
    """Return 1 - the mean cosine of texts' vectors under two encoders of one space."""
    old, new = (open_encoder(str(folder)).embed(texts) for folder in (before, after))
    return 1 - float((old * new).sum(1).mean())


def _scaled(container: Container, scale: float) -> object:
    payload = json.loads(json.dumps(container.parts["vector_payload"]))
    for tensor in payload["tensors"]:
        tensor["scale"] *= scale
    payload["exact"] = payload["exact"] and scale == 1
    return payload
