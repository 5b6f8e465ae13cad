"""Repositories as sources: each file is one, and so is what a history's fixes replaced.

What a file says depends on that file alone, so taking one out again is exact. Which repository it
is of stands with its first site: names are compared whole, never by how they begin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from hartonomous.concepts import Concept
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import RELATED, Fact, RelationType, Source
from hartonomous.readers.code.history import CodeHistory, read_history
from hartonomous.readers.code.languages import BY_SUFFIX
from hartonomous.readers.code.reading import read_code
from hartonomous.readers.code.records import CodeConcept, CodeFile, CodePairs, LeftOut
from hartonomous.readers.opening import Place, Request
from hartonomous.sites import CountedSite, OpenedSource, PairCounts
from hartonomous.tables import counted

#: Where a function begins: a relation to its line, so that it goes with the function.
BEGINS_AT = RelationType("begins_at")
#: Of what a source keeps in memory, about the bytes of one pair and of one concept.
_PAIR_BYTES, _CONCEPT_BYTES = 20, 200
#: Changes what is stored of the same code; part of every fingerprint.
_VERSION = b"code 1\0"


@dataclass(frozen=True)
class Repository:
    """A folder that is read, and what its sources are called."""

    name: str
    #: The folder itself, or that of the one file that is read.
    folder: Path
    request: Request

    @classmethod
    def of(cls, place: Place, request: Request) -> Repository:
        """Name it: as asked, or by its folder."""
        folder = place.path if place.is_folder else place.path.parent
        own = f"code:{folder.resolve().name or 'root'}"
        return cls(request.name_for(own), folder, request)

    def source(self, inside: str, digest: bytes) -> Source:
        """Return the source that one of its parts is."""
        whose = f"subject={self.request.subject or ''}\0".encode()
        name = f"{self.name}:{inside}"
        return Source(name, "code", blake3(_VERSION + whose + digest), self.request.subject)


@dataclass
class _Survey:
    """What is counted over all files, to be said once."""

    left_out: Counter[str]
    with_errors: int = 0
    errors: int = 0

    def count(self, record: CodeFile) -> None:
        self.with_errors += record.syntax_errors > 0
        self.errors += record.syntax_errors

    @property
    def notes(self) -> tuple[str, ...]:
        if not self.errors:
            return ()
        files, places = counted(self.with_errors, "file"), counted(self.errors, "place")
        return (f"syntax errors in {files}, in {places}: the rest of them was read",)

    @property
    def reasons(self) -> str:
        return ", ".join(f"{n:,} {reason}" for reason, n in sorted(self.left_out.items()))


def is_code(place: Place) -> bool:
    """Say whether it is a folder, or named as code of a language that is read."""
    return place.is_folder or (place.is_file() and place.path.suffix.lower() in BY_SUFFIX)


def open_code(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open the files of a repository, or one; what is left out is counted with the last.

    Raises
    ------
    CodeError
        The extra ``code`` is not installed, the folder can't be read or is too large, or a history
        is asked of what is no git repository.
    DocumentFormatError
        There is no code in it, or the file that is named is left out.
    ParameterError
        How many commits or processes are asked for is out of range.
    """
    repository, survey = Repository.of(place, request), _Survey(Counter())
    # a history that can't be read is known before anything else is
    last = _history(repository) if request.history else None
    is_any = False
    for record in read_code(place.path, processes=request.processes):
        if isinstance(record, LeftOut):
            survey.left_out[record.reason] += record.files
            continue
        is_any = True
        survey.count(record)
        opened = _file(repository, record)
        if opened is None:
            survey.left_out["nothing said"] += 1
            continue
        yield from [last] if last else []
        last = opened
    if not is_any or last is None:
        raise DocumentFormatError(f"{place.path}: no code to be read ({survey.reasons or 'empty'})")
    yield replace(last, left_out=dict(survey.left_out), notes=survey.notes)


def _file(repository: Repository, record: CodeFile) -> OpenedSource | None:
    """Make a file the source that it is, None where it says nothing."""
    places = _Places(record.concepts)
    sites = [*_lines(record, places), *(_site(pairs, places) for pairs in record.pairs)]
    if not sites:
        return None
    facts: tuple[tuple[str, Fact], ...] = (
        ("repository", repository.name), ("language", record.language), ("lines", record.lines),
        ("syntax_errors", record.syntax_errors),
    )  # fmt: skip
    sites[0] = replace(sites[0], facts=facts)
    if record.functions:
        # the words come last, and how rare they are among functions is asked of all files
        with_functions = (*sites[-1].facts, ("functions", len(record.functions)))
        sites[-1] = replace(sites[-1], facts=with_functions)
    return OpenedSource(
        repository.source(record.path, _digest(record)),
        lambda: places.concepts,
        tuple(sites),
        held=sum(map(len, record.pairs)) * _PAIR_BYTES + len(record.concepts) * _CONCEPT_BYTES,
    )


def _digest(record: CodeFile) -> bytes:
    """Return what identifies what a file says: its bytes, and the names that its place gives."""
    names = "\0".join(f"{concept.kind} {concept.text}" for concept in record.concepts)
    return record.digest + blake3(f"{record.path}\0{names}".encode())


def _history(repository: Repository) -> OpenedSource | None:
    """Make what fixes replaced the source that it is, None where there is nothing."""
    history = read_history(repository.folder, repository.request.history)
    if not len(history.pairs):
        return None
    places = _Places(history.concepts)
    facts: tuple[tuple[str, Fact], ...] = (
        ("repository", repository.name), ("commits", repository.request.history),
        ("fixes", history.fixes),
    )  # fmt: skip
    site = replace(_site(history.pairs, places), facts=facts)
    source = repository.source("(history)", _history_digest(history))
    return OpenedSource(source, lambda: places.concepts, (site,))


def _history_digest(history: CodeHistory) -> bytes:
    names = "\0".join(concept.text for concept in history.concepts)
    columns = (history.pairs.a, history.pairs.b, history.pairs.count)
    return blake3(names.encode() + b"\0" + b"".join(column.tobytes() for column in columns))


class _Places:
    """The concepts of one source; names that differ in their composition alone are one."""

    def __init__(self, concepts: tuple[CodeConcept, ...]) -> None:
        self._places: dict[Concept, int] = {}
        named = (self.place(Concept(each.kind, each.text)) for each in concepts)
        self.of_record = np.fromiter(named, np.int64, len(concepts))

    def place(self, concept: Concept) -> int:
        """Return the place of a concept, a new one when it is new."""
        return self._places.setdefault(concept, len(self._places))

    @property
    def concepts(self) -> tuple[Concept, ...]:
        """All of them, in the order of their places."""
        return tuple(self._places)


def _lines(record: CodeFile, places: _Places) -> Iterator[CountedSite]:
    """Relate functions to the lines where they begin; of two with one name, the first."""
    first: dict[int, int] = {}
    for function in record.functions:
        place = int(places.of_record[function.concept])
        first[place] = min(function.line, first.get(place, function.line))
    if first:
        lines = [places.place(Concept("line", str(line))) for line in first.values()]
        ends = np.array(list(first), np.int64), np.array(lines, np.int64)
        yield CountedSite("begins_at", _stream(PairCounts(0, *ends, 1)), BEGINS_AT)


def _site(pairs: CodePairs, places: _Places) -> CountedSite:
    """Make a site of counted pairs; those of words weigh what the reader says."""
    is_words = pairs.relation_type == "related"
    kind = RELATED if is_words else RelationType(pairs.relation_type)
    a, b = places.of_record[pairs.a], places.of_record[pairs.b]
    count = (pairs.weight if is_words else pairs.count).astype(np.int64)
    differ = a != b
    seen = PairCounts(0, a[differ], b[differ], count[differ])
    weighing: Literal["strength", "count"] = "strength" if is_words else "count"
    position = "words" if is_words else pairs.relation_type
    return CountedSite(position, _stream(seen), kind, weighing=weighing)


def _stream(seen: PairCounts) -> Callable[[], Iterator[PairCounts]]:
    return partial(iter, (seen,))
