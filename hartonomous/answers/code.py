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
