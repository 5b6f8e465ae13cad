"""What questions of code and of documents answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from hartonomous.tables import Answer, hidden, shown


@dataclass(frozen=True)
class FoundFunction(Answer):
    """A function that words are about."""

    #: The patterns it is an instance of, each with its neutral tree; None where it is of none.
    code_ast: str | None = field(metadata=shown("patterns"))
    function: str
    #: Its path in the repository.
    file: str
    line: int | None
    score: float
    #: The English stems of the words that found it.
    found_by: tuple[str, ...] = field(metadata=shown("found by"))
    source_identifier: str = field(metadata=hidden())


@dataclass(frozen=True)
class ExpandedQuery(Answer):
    """Words as a query for full-text search, and one of what they are most strongly related to."""

    #: As PostgreSQL writes a tsquery: ``'king' | 'crown'``.
    word_query: str = field(metadata=shown("words"))
    neighbor_query: str = field(metadata=shown("neighbors' query"))
    neighbors: tuple[str, ...]


@dataclass(frozen=True)
class SearchResult(Answer):
    """A document, or a function of code, that words are in."""

    source_identifier: str = field(metadata=shown("source"))
    kind: str
    #: None for a document.
    function: str | None
    line: int | None
    score: float
    #: English stems that found it: those of the words, and those of their neighbours.
    found_by: tuple[str, ...] = field(metadata=shown("found by"))
    expanded_by: tuple[str, ...] = field(metadata=shown("expanded by"))
