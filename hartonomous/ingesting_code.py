"""The verb that brings code in; errors are those of `ingest.ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.ingesting import day_of, listed_paths

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages
    from hartonomous.store.session import Connection


def ingest_code(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    history: int = 0,
    processes: int = 1,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Relate functions, interfaces, patterns and words of code, one source a file.

    Needs the extra ``code``.

    Parameters
    ----------
    paths
        Folders of code, or single files of it.
    history
        How many commits of the folder's git history are looked at for what fixes replaced by what.
    processes
        How many processes read.
    source
        The repository's name, which stands before the paths of its files; ``code:`` and the
        folder's name by default.
    subject
        The author whose code it is: `delete_subject` takes it all away.
    expires, stages
        As for `ingest_text`.

    Raises
    ------
    CodeError
        The extra ``code`` is not installed, or a folder or its history can't be read.
    """
    from hartonomous.errors import ParameterError
    from hartonomous.ingest import ingest
    from hartonomous.readers.opening import Request

    if history < 0:
        raise ParameterError(f"history must be 0 commits or more, not {history}")
    asked = Request(source, subject, expires=day_of(expires), history=history, processes=processes)
    return ingest(connection, "code", listed_paths(paths), asked, stages=stages)
