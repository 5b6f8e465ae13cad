"""What a format is: how it is recognised, how it is opened, and which requests it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from hartonomous.concepts import is_storable
from hartonomous.errors import DocumentFormatError, ModelFormatError, ParameterError
from hartonomous.letters import invisible_at, trimmed_key
from hartonomous.observations import pseudonym
from hartonomous.readers.content import Foreign, head_of
from hartonomous.readers.embedding_table import EmbeddingTable
from hartonomous.readers.transformer.choice import SiteChoice
from hartonomous.sites import JoinSettings, OpenedSource


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
    layers
        How often it was unpacked.
    """

    path: Path
    head: bytes
    beside: Path
    layers: int = 0

    @classmethod
    def of(cls, path: Path, beside: Path | None = None) -> Place:
        """Look at a path; only regular files are looked into."""
        return cls(path, head_of(path) if path.is_file() else b"", beside or path.parent)

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.is_dir()

    def is_file(self) -> bool:
        """Say whether it is a regular file."""
        return self.path.is_file()


def _refuse(error: DocumentFormatError) -> None:
    raise error


@dataclass(frozen=True)
class Request:
    """What a user asks of sources that are opened.

    Parameters
    ----------
    source
        Name of the source, or what stands before the names of several; by default made from paths.
    subject
        Whose they are.
    join
        How vector sites are to be joined.
    tensor
        Of a model, the tensor to read instead of its token embedding.
    vocabulary
        Of a model or a matrix, where the words are.
    skip_invalid
        Whether to leave out rows with NaN or infinite values instead of refusing the file.
    window
        Of text, the largest distance at which words count as seen together.
    several
        Whether more than one file is read.
    expires
        The day from which they are to be forgotten.
    sites
        Of a model, which of its sites.
    model
        Of a dictionary or a vector, the model whose residual stream it is over; of texts, the one
        that compares them.
    beside
        Of a vector, the others that it is read beside.
    everything
        Of a vector, whether lists that don't stand above chance are kept as well.
    prompts
        Of a language model, a file of what it is to go on with.
    top
        How many of the words that it would go on with.
    screening
        How its sites are screened, for the source's fingerprint.
    base
        Of an adapter, the folder of the model that it changes.
    history
        Of a repository, how many commits are looked at for what fixes replaced.
    processes
        How many processes read it.
    models
        What else is needed to read them, by the name of its role.
    fault
        Told of a line that is malformed; by default it refuses the whole file.
    """

    source: str | None = None
    subject: str | None = None
    join: JoinSettings = field(default_factory=JoinSettings)
    tensor: str | None = None
    vocabulary: Path | None = None
    skip_invalid: bool = False
    window: int = 5
    several: bool = False
    expires: date | None = None
    sites: SiteChoice = field(default_factory=SiteChoice)
    model: Path | None = None
    beside: tuple[Path, ...] = ()
    everything: bool = False
    screening: str = ""
    base: Path | None = None
    prompts: Path | None = None
    top: int = 20
    history: int = 0
    processes: int = 1
    models: tuple[tuple[str, Path], ...] = ()
    fault: Callable[[DocumentFormatError], None] = _refuse

    def __post_init__(self) -> None:
        if self.subject is not None and not is_storable(self.subject):
            raise ParameterError("a subject has a name: it is empty, or not valid text")
        if self.subject is not None:
            object.__setattr__(self, "subject", _person(self.subject))

    def model_for(self, role: str) -> Path | None:
        """Return what is named for a role, if anything is."""
        return dict(self.models).get(role)

    def name_for(self, own: str, *, is_part: bool = False) -> str:
        """Return the name of a source.

        Parameters
        ----------
        own
            What its file is called, or what it calls itself.
        is_part
            Whether its file may hold more than one.
        """
        if self.source and not self.several and not is_part:
            return self.source
        prefix = self.source or (self.subject and pseudonym(self.subject))
        return f"{prefix}:{own}" if prefix else own


def _person(subject: str) -> str:
    """Return a person's key as it is stored; refuse what looks like another key and is not."""
    key = trimmed_key(subject)
    place = invisible_at(key)
    if not key:
        raise ParameterError("a subject has a name: it is empty, or not valid text")
    if place is not None:
        raise ParameterError(
            f"the key of a person has the invisible character U+{ord(key[place]):04X} at place "
            f"{place + 1}: write it without"
        )
    return key


_HAS_NONE = {
    "tensor": "has no tensor to choose",
    "vocabulary": "holds its words itself",
    "base": "is no adapter and has no base",
}


@dataclass(frozen=True)
class Format:
    """One kind of vectors.

    Parameters
    ----------
    name
        What people call it; docs/readers.md has a line for each.
    recognise
        Says whether a place is of this kind, looking at no more than its beginning or its names.
    open
        Opens it, or refuses it with one line.
    takes
        The requests it has use for, ``"tensor"``, ``"vocabulary"`` or ``"base"``.
    """

    name: str
    recognise: Callable[[Place], bool]
    open: Callable[[Place, Request], EmbeddingTable]
    takes: frozenset[str] = frozenset()

    def open_checked(self, place: Place, request: Request) -> EmbeddingTable:
        """Open a place unless something is asked that the format has no use for."""
        for name, has_none in _HAS_NONE.items():
            if getattr(request, name) is not None and name not in self.takes:
                raise ParameterError(f"{place.path}: {self.name} {has_none}")
        return self.open(place, request)


def refusing(kind: Foreign) -> Format:
    """Return the format of files that are named and not read."""

    def refuse(place: Place, _: Request) -> EmbeddingTable:
        raise ModelFormatError(f"{place.path}: {kind.name}; {kind.way_on}")

    return Format(
        kind.name,
        lambda place: not place.is_folder and kind.recognise(place.head, place.path),
        refuse,
        frozenset(_HAS_NONE),
    )


#: Which verb reads a source: the same file may be word vectors to one and text to another.
Family = Literal[
    "embeddings", "model", "dictionary", "vectors", "text", "relations", "sentences", "qa",
    "next-token", "lexicon", "images", "detections", "captions", "code",
]  # fmt: skip


@dataclass(frozen=True)
class Opener:
    """What opens one kind of source.

    Parameters
    ----------
    name
        What people call it.
    family
        The verb that reads it.
    recognise
        Says whether a place is of this kind, looking at no more than its beginning or its names.
    open
        Opens the sources that lie there, one after the other, or refuses them with one line.
    """

    name: str
    family: Family
    recognise: Callable[[Place], bool]
    open: Callable[[Place, Request], Iterator[OpenedSource]]
