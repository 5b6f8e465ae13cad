"""What a format is: how it is recognised, how it is opened, and which choices it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import Foreign, head_of
from hartonomous.readers.embedding_table import EmbeddingTable


@dataclass(frozen=True)
class Place:
    """Something that may be opened.

    Parameters
    ----------
    path
        A file or folder that exists.
    head
        The first bytes of a file; empty for a folder.
    beside
        The folder in which a file's words may lie: its own, but for a file that was unpacked.
    """

    path: Path
    head: bytes
    beside: Path

    @classmethod
    def of(cls, path: Path, beside: Path | None = None) -> Place:
        """Look at a path."""
        return cls(path, b"" if path.is_dir() else head_of(path), beside or path.parent)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.is_dir()


@dataclass(frozen=True)
class Choice:
    """What a user chose where a place holds more than one thing.

    Parameters
    ----------
    tensor
        The tensor of a model to read instead of its token embedding.
    vocabulary
        Where the words are.
    """

    tensor: str | None = None
    vocabulary: Path | None = None


@dataclass(frozen=True)
class Format:
    """One kind of source.

    Parameters
    ----------
    name
        What people call it; docs/readers.md has a line for each.
    recognise
        Says whether a place is of this kind, looking at no more than its beginning or its names.
    open
        Opens it, or refuses it with one line.
    takes
        The choices it has use for, ``"tensor"`` or ``"vocabulary"``.
    """

    name: str
    recognise: Callable[[Place], bool]
    open: Callable[[Place, Choice], EmbeddingTable]
    takes: frozenset[str] = frozenset()


def refusing(kind: Foreign) -> Format:
    """Return the format of files that are named and not read."""

    def refuse(place: Place, _: Choice) -> EmbeddingTable:
        raise ModelFormatError(f"{place.path}: {kind.name}; {kind.way_on}")

    return Format(
        kind.name,
        lambda place: not place.is_folder and kind.recognise(place.head, place.path),
        refuse,
        frozenset({"tensor", "vocabulary"}),
    )
