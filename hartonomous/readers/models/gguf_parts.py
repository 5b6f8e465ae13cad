"""The files of one GGUF model: large ones are split, and only the first has all keys."""

from __future__ import annotations

import re
from pathlib import Path

from hartonomous.readers.models.gguf_header import Header, read_gguf_header

#: How a part is called: ``model-00001-of-00003.gguf``.
_PART = re.compile(r"(?P<stem>.+)-\d{5}-of-(?P<count>\d{5})\.gguf")


def read_gguf_parts(path: Path) -> tuple[Header, ...]:
    """Read the headers of a GGUF model's files that are there, the first part first.

    Parameters
    ----------
    path
        Its only file, or any of its parts; the others lie beside it.

    Raises
    ------
    ModelFormatError
        When one of them is malformed.
    """
    header = read_gguf_header(path)
    named = _PART.fullmatch(path.name)
    if not named or parts_of(header) != int(named["count"]):
        return (header,)
    count = int(named["count"])
    names = [f"{named['stem']}-{part:05}-of-{count:05}.gguf" for part in range(1, count + 1)]
    there = [path.parent / name for name in names if (path.parent / name).exists()]
    return tuple(header if part == path else read_gguf_header(part) for part in there)


def parts_of(header: Header) -> int:
    """Return how many files a model has, as one of them says."""
    count = header.keys.get("split.count", 1)
    return count if type(count) is int and count > 1 else 1
