"""Back to the bytes that a model had before an injection; killed at any moment, run again."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.files import read_json_object, shown

#: The folder with the weights from before, and the file that says what was done.
CHECKPOINT = "checkpoint"
RECORD = "injection.json"


def roll_back(folder: Path) -> tuple[str, ...]:
    """Give an injected model the weights that its target had, byte for byte.

    Every file is put in place in one step, from a checkpoint that is checked first and removed
    last: after a kill the same call finishes the work.

    Returns
    -------
    tuple of str
        The files that are as before.

    Raises
    ------
    ParameterError
        The folder was not injected into, or kept no checkpoint.
    ModelFormatError
        The checkpoint has changed since.
    """
    if not (folder / RECORD).is_file():
        raise ParameterError(f"{folder}: no injection to roll back")
    before = _digests(read_json_object(folder / RECORD), folder)
    saved = folder / CHECKPOINT
    for name, digest in before.items():
        places = [path for path in (saved / name, folder / name) if path.is_file()]
        if not any(sha256(path) == digest for path in places):
            raise ModelFormatError(f"{folder}: the checkpoint of {shown(name)} has changed or gone")
    for name, digest in before.items():
        if sha256(folder / name) != digest:
            (saved / name).replace(folder / name)
    shutil.rmtree(saved, ignore_errors=True)
    (folder / RECORD).unlink()
    return tuple(sorted(before))


def _digests(record: dict[str, Any], folder: Path) -> dict[str, str]:
    before = record.get("before")
    if not isinstance(before, dict) or not all(
        isinstance(digest, str) and Path(name).name == name and name.endswith(".safetensors")
        for name, digest in before.items()
    ):
        raise ModelFormatError(f"{folder}: its {RECORD} is malformed")
    return before


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal, nothing when there is no such file."""
    digest = hashlib.sha256()
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        while block := file.read(1 << 24):
            digest.update(block)
    return digest.hexdigest()
