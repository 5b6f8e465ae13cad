"""Files that others wrote: regular, bounded, and one clear error for all their faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import HEAD_BYTES, decode_text, refuse_leftovers

#: The largest file that is read whole; the largest tokenizer.json in use is about 35 MB.
_MAX_WHOLE_BYTES = 512 << 20


def regular_file(path: Path) -> Path:
    """Return ``path`` when it leads to a regular file; links are followed, as hub caches use them.

    Raises
    ------
    ModelFormatError
        When it is missing, a folder, a device or a link to nowhere.
    """
    if path.is_symlink() and not path.exists():
        raise ModelFormatError(
            f"{path}: no such file: a link to {shown(str(path.readlink()))}, which is not there; "
            "download it again"
        )
    if not path.is_file():
        raise ModelFormatError(f"{path}: no such file, or not a regular one")
    return path


def visible(folder: Path, *patterns: str) -> list[Path]:
    """Return what a folder has by patterns, by name, but for what systems hide beside it.

    A Mac puts a note ``._NAME`` beside each file of a disk that isn't its own.
    """
    found = (path for pattern in patterns for path in sorted(folder.glob(pattern)))
    return [path for path in found if not path.name.startswith(".")]


def shown(name: str) -> str:
    """Return a name from a file as an error can show it: on one line, and not too long."""
    return name if name.isprintable() and len(name) <= 100 else f"{name!r:.100}..."


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file that has to be read whole.

    Raises
    ------
    ModelFormatError
        When it is missing, not a regular file, larger than 512 MiB, or a left-over of a broken
        download.
    """
    if regular_file(path).stat().st_size > _MAX_WHOLE_BYTES:
        raise ModelFormatError(f"{path}: larger than {_MAX_WHOLE_BYTES >> 20} MiB")
    content = path.read_bytes()
    refuse_leftovers(content[:HEAD_BYTES], path)
    return content


def read_text(path: Path) -> str:
    """Return the UTF-8 text of a file that has to be read whole, without its byte order mark.

    Raises
    ------
    ModelFormatError
        As `read_bytes`, and when it is not UTF-8.
    """
    return decode_text(read_bytes(path), path)


def parse_json(content: bytes, path: Path) -> Any:  # noqa: ANN401 - JSON can hold anything
    """Parse JSON of unknown shape, with or without a byte order mark.

    Raises
    ------
    ModelFormatError
        When it is not UTF-8, not JSON, nested too deeply, or an object names a key twice.
    """
    text = decode_text(content, path, "JSON")
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except RecursionError:
        raise ModelFormatError(f"{path}: its JSON is nested too deeply") from None
    except ValueError as error:
        raise ModelFormatError(f"{path}: malformed JSON ({error})") from None


def read_json_object(path: Path) -> dict[str, Any]:
    """Read a JSON file whose top is an object.

    Raises
    ------
    ModelFormatError
        When it can't be read, or its top is something else.
    """
    parsed = parse_json(read_bytes(path), path)
    if not isinstance(parsed, dict):
        raise ModelFormatError(f"{path}: the top of its JSON is no object")
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("an object names a key twice")
    return unique
