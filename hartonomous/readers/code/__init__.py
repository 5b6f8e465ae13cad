"""Code: files of eight languages to concepts and counted pairs, the same for all of them.

`read_code` streams a folder as one record a file. A language is one table in ``languages/``; what
patterns look at are neutral nodes, so none knows a language.
"""

from __future__ import annotations

from hartonomous.readers.code.patterns import PATTERNS, Pattern
from hartonomous.readers.code.reading import read_code
from hartonomous.readers.code.records import (
    CodeConcept,
    CodeFile,
    CodeFunction,
    CodePairs,
    FoundPattern,
    LeftOut,
)
from hartonomous.readers.code.words import WordRarity

__all__ = [
    "PATTERNS",
    "CodeConcept",
    "CodeFile",
    "CodeFunction",
    "CodePairs",
    "FoundPattern",
    "LeftOut",
    "Pattern",
    "WordRarity",
    "read_code",
]
