"""Vectors as sources: what a task or a trait promotes becomes relations with evidence.

So does what a package of weight deltas changes: it is put into a copy of its base, for a while.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages
    from hartonomous.store.session import Connection


def ingest_vectors(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    model: str | Path,
    *,
    layers: str = "all",
    k: int = 20,
    everything: bool = False,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Mine the words that vectors promote, or whose neighbours deltas change, one source a file.

    Parameters
    ----------
    paths
        Sessions' folders and traits' vectors of one model; each is read less the mean of the
        others of its layer, so they are best given together. Or packages and specialised models.
    model
        The model that they come from: a folder with safetensors, a GGUF file or a name on the hub.
    layers
        Numbers and ranges such as ``26-29``, or ``all``.
    k
        Words of each vector and layer, at most.
    everything
        Keep lists that random directions reach as well.
    source, subject, expires, stages
        As for `ingest_embeddings`.
    """
    from hartonomous.ingest import ingest
    from hartonomous.ingesting import day_of, listed_paths
    from hartonomous.readers.opening import Request
    from hartonomous.readers.pretrained import model_folder
    from hartonomous.readers.transformer.choice import SiteChoice

    listed = [Path(path).expanduser() for path in listed_paths(paths)]
    asked = Request(
        source,
        subject,
        expires=day_of(expires),
        sites=SiteChoice(layers=layers, k=k),
        model=model_folder(str(model)),
        beside=tuple(listed),
        everything=everything,
    )
    with ExitStack() as scratch:
        read = [_unpacked(path, asked.model, scratch) for path in listed]
        return ingest(connection, "vectors", read, asked, stages=stages)


def _unpacked(path: Path, base: Path | None, scratch: ExitStack) -> Path:
    """Return a folder with the model that a package makes of its base; else the path itself."""
    from hartonomous.vectors.packages.container import SUFFIX, open_container
    from hartonomous.vectors.packages.inject import inject
    from hartonomous.vectors.packages.weights_file import InjectSettings

    if path.suffix != SUFFIX or base is None:
        return path
    folder = Path(scratch.enter_context(tempfile.TemporaryDirectory(prefix="relate-")))
    made = folder / path.stem
    inject(open_container(path), base, made, InjectSettings(checkpoint=False))
    return made
