"""Folders of the hub's cache: ``models--organisation--name`` with a snapshot a revision."""

from __future__ import annotations

import re
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown

_COMMIT = re.compile(r"[0-9a-f]{40}")
#: The longest file of ``refs/`` that is read; it holds one commit.
_MOST_BYTES = 256


def is_repository(folder: Path) -> bool:
    """Say whether a folder is one model in the hub's cache."""
    return folder.name.startswith("models--") and (folder / "snapshots").is_dir()


def snapshot_of(repository: Path, revision: str = "main") -> Path:
    """Return the folder of one revision of a model in the hub's cache.

    Parameters
    ----------
    revision
        A branch, a tag or a commit. Where it is ``main`` and nothing has that name, the only
        snapshot there is.

    Raises
    ------
    ModelFormatError
        When the cache doesn't hold that revision.
    """
    snapshots = sorted(path for path in (repository / "snapshots").iterdir() if path.is_dir())
    commit = _commit_of(repository / "refs" / revision) or revision
    for path in snapshots:
        if path.name == commit:
            return path
    if len(snapshots) == 1 and revision == "main":
        return snapshots[0]
    held = ", ".join(shown(path.name) for path in snapshots[:5]) or "none"
    raise ModelFormatError(f"{repository}: holds no revision {shown(revision)}; it has {held}")


def _commit_of(reference: Path) -> str | None:
    if not reference.is_file() or reference.stat().st_size > _MOST_BYTES:
        return None
    written = reference.read_bytes().strip().decode("ascii", "replace")
    return written if _COMMIT.fullmatch(written) else None
