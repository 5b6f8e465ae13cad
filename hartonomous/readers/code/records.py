"""Records: what reading code gives, one for each file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

CodeKind = Literal["module", "class", "function", "api", "pattern", "text"]

RelationName = Literal[
    "contains",
    "calls",
    "imports",
    "inherits",
    "argument_of",
    "precedes",
    "instance_of",
    "related",
    "corrected_by",
]

#: Why a file or folder was not read.
Reason = Literal[
    "other",
    "ignored",
    "vendored",
    "generated",
    "minified",
    "large",
    "binary",
    "encoding",
    "tangled",
    "link",
    "special",
    "name",
    "unreadable",
]


@dataclass(frozen=True, slots=True)
class CodeConcept:
    """What relations of code hold between.

    Parameters
    ----------
    kind
        ``"text"`` is a plain word, the same concept as in language models and documents.
    text
        Its identity: a word, a pattern's name, or ``ecosystem:dotted.name``.
    """

    kind: CodeKind
    text: str

    @property
    def label(self) -> str:
        """How people read it: without the ecosystem in front."""
        if self.kind in {"text", "pattern"}:
            return self.text
        return self.text.partition(":")[2]

    def __reduce__(self) -> tuple[type[CodeConcept], tuple[CodeKind, str]]:
        """Travel between processes as a call, which takes a third of the time."""
        return CodeConcept, (self.kind, self.text)

    @property
    def canonical_bytes(self) -> bytes:
        """The bytes whose BLAKE3 is its hash: as for every concept, the kind, NUL, the text."""
        text = self.text.encode()
        return text if self.kind == "text" else self.kind.encode() + b"\0" + text


@dataclass(frozen=True)
class CodePairs:
    """Counted pairs of one relation type, each once, ordered by a, then b; columns of length m."""

    relation_type: RelationName
    #: int32, places in the file's concepts.
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    #: int32, how often it was seen; for words, a hundredth each of what their places count.
    count: NDArray[np.int32]
    #: int32 in units of 2^-20, 1 to 2^20.
    weight: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.a)


@dataclass(frozen=True, slots=True)
class CodeFunction:
    """Where a function stands; lines count from 1, the last included."""

    #: Place in the file's concepts.
    concept: int
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class FoundPattern:
    """One place where a pattern was seen."""

    pattern: str
    #: The label of the innermost function, class or module around it.
    within: str
    line: int
    end_line: int


@dataclass(frozen=True)
class CodeFile:
    """What one file says."""

    #: Relative to the folder that is read, with slashes.
    path: str
    language: str
    #: 32 bytes, BLAKE3 of the file.
    digest: bytes
    lines: int
    #: Places that are no syntax of the language; the rest of the file was read.
    syntax_errors: int
    concepts: tuple[CodeConcept, ...]
    pairs: tuple[CodePairs, ...]
    functions: tuple[CodeFunction, ...]
    patterns: tuple[FoundPattern, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that was not read, and why."""

    path: str
    reason: Reason
    #: Files it stands for: those of a vendored folder are counted, an ignored folder is one.
    files: int = 1
