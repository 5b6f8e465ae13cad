"""Questions and their answers: pairs that somebody wrote, and which answers are nearest.

The relation goes from the question to the answer: the list of a question under ``answers`` is its
answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hartonomous.concepts import Concept
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import RelationType, Source
from hartonomous.readers.language.encoder import EncodedRows, TextEncoder
from hartonomous.readers.language.texts import is_json_lines, json_object, lines_of, plain_text
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.relations.forms import cut_line
from hartonomous.readers.relations.lines import suffix_of
from hartonomous.sites import CountedSite, JoinSettings, OpenedSource, PairCounts, VectorSite

#: From a question to what answers it.
ANSWERS = RelationType("answers")
COLUMNS = ("question", "answer")


@dataclass(frozen=True)
class Pair:
    """A question and an answer, as they were written on one line."""

    question: str
    answer: str


def open_questions(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open pairs in a table, or in JSON lines with ``question`` and ``answer``.

    Raises
    ------
    DocumentFormatError
        A line is no pair and nobody takes note of it by ``request.fault``, or there is none.
    ModelFormatError
        The model is missing, or does something that is not known.
    """
    encoder = TextEncoder.of(request.model) if request.model else None
    pairs = sorted(_pairs(place.path, request), key=lambda pair: (pair.question, pair.answer))
    kept = [pair for pair in pairs if pair.question != pair.answer]
    if not kept:
        raise DocumentFormatError(f"{place.path}: holds no question with an answer")
    written = _Written(kept)
    settings = f"subject={request.subject or ''}"
    if encoder:
        settings += f" k={request.join.k} {encoder.fingerprint}"
    said = "\0".join(f"{pair.question}\0{pair.answer}" for pair in kept)
    digest = blake3(f"{settings}\0{said}".encode())
    itself = len(pairs) - len(kept)
    yield OpenedSource(
        Source(request.name_for(place.path.name), "questions", digest, request.subject),
        lambda: written.concepts,
        tuple(written.sites(encoder, request.join.k)),
        {"itself": itself} if itself else {},
        notes=(f"{encoder.name}: {encoder.steps.note}",) if encoder and encoder.steps.note else (),
    )


class _Written:
    """Pairs by the places of their texts, questions first."""

    def __init__(self, pairs: list[Pair]) -> None:
        self.questions = list(dict.fromkeys(pair.question for pair in pairs))
        self.answers = sorted({pair.answer for pair in pairs})
        places: dict[str, int] = {}
        for text in (*self.questions, *self.answers):
            places.setdefault(text, len(places))
        self.concepts = tuple(Concept("text", text) for text in places)
        self._places = places
        self._a = np.array([places[pair.question] for pair in pairs], np.int64)
        self._b = np.array([places[pair.answer] for pair in pairs], np.int64)

    def sites(self, encoder: TextEncoder | None, k: int) -> Iterator[CountedSite | VectorSite]:
        """Give what was written, and what a model finds nearest."""
        yield CountedSite("pairs", self._pairs, ANSWERS)
        if encoder:
            yield VectorSite(
                "nearest",
                EncodedRows(encoder, self.questions),
                self._numbers(self.questions),
                JoinSettings(k, raw=True),
                EncodedRows(encoder, self.answers),
                self._numbers(self.answers),
                ANSWERS,
                "as they are",
                group="nearest",
            )

    def _numbers(self, texts: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array([self._places[text] for text in texts], np.int32)

    def _pairs(self) -> Iterator[PairCounts]:
        yield PairCounts(0, self._a, self._b, 1)


def _pairs(path: Path, request: Request) -> Iterator[Pair]:
    read = json_object if is_json_lines(path) else _Table(path).fields
    for number, line in lines_of(path, request.fault):
        try:
            fields = read(line, number, path)
            pair = None if fields is None else _pair_of(fields, number, path)
        except DocumentFormatError as error:
            request.fault(error)
            continue
        if pair:
            yield pair


def _pair_of(fields: dict[str, object], number: int, path: Path) -> Pair:
    return Pair(*(plain_text(fields.get(name), number, path) for name in COLUMNS))


class _Table:
    """Lines of a table, whose first may name its columns."""

    def __init__(self, path: Path) -> None:
        self._delimiter = "," if suffix_of(path) == ".csv" else "\t"
        self._columns: tuple[str, ...] | None = None

    def fields(self, line: str, number: int, path: Path) -> dict[str, object] | None:
        """Return a line's fields by their columns, None of a heading."""
        cells = _cells(line, self._delimiter, number, path)
        if self._columns is None:
            named = tuple(cell.strip().lower() for cell in cells)
            is_heading = set(COLUMNS) <= set(named)
            self._columns = named if is_heading else COLUMNS
            if is_heading:
                return None
        return dict(zip(self._columns, cells, strict=False))


def _cells(line: str, delimiter: str, number: int, path: Path) -> list[str]:
    cells = cut_line(line.rstrip("\r\n"), delimiter)
    if cells is None or len(cells) < len(COLUMNS):
        raise DocumentFormatError(f"{path}: line {number} is no question and answer")
    return cells
