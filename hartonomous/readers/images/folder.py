"""The pictures of a folder, in the order of their paths; links are never followed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hartonomous.errors import DocumentFormatError
from hartonomous.readers.images.decoding import SUFFIXES

MOST_FILES = 1 << 20
MOST_DEPTH = 64


def pictures_in(folder: Path, left_out: Counter[str]) -> list[str]:
    """Return the paths, relative to a folder, of the files in it that are named as pictures.

    Parameters
    ----------
    left_out
        Counts what is no picture by name, links, pipes, and names that aren't printable text.

    Raises
    ------
    DocumentFormatError
        There are more than a million files.
    """
    found: list[str] = []
    for count, path in enumerate(_files(folder, "", 0, left_out)):
        if count >= MOST_FILES:
            raise DocumentFormatError(f"{folder}: more than {MOST_FILES:,} files: split it")
        if Path(path).suffix.lower() in SUFFIXES:
            found.append(path)
        else:
            left_out["other"] += 1
    return sorted(found)


def _files(folder: Path, inside: str, depth: int, left_out: Counter[str]) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder / inside), key=lambda entry: entry.name)
    except OSError:
        left_out["unreadable"] += 1
        return
    for entry in entries:
        path = f"{inside}{entry.name}"
        if entry.is_symlink():
            left_out["link"] += 1
        elif not entry.name.isprintable():
            left_out["name"] += 1
        elif entry.is_dir(follow_symlinks=False):
            if depth == MOST_DEPTH:
                left_out["deep"] += 1
            else:
                yield from _files(folder, f"{path}/", depth + 1, left_out)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            left_out["special"] += 1
