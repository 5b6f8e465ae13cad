"""The languages that are read; each is one table in a file of its own."""

from __future__ import annotations

from hartonomous.readers.code.language import Language
from hartonomous.readers.code.languages.c import C
from hartonomous.readers.code.languages.cpp import CPP
from hartonomous.readers.code.languages.go import GO
from hartonomous.readers.code.languages.java import JAVA
from hartonomous.readers.code.languages.javascript import JAVASCRIPT
from hartonomous.readers.code.languages.python import PYTHON
from hartonomous.readers.code.languages.rust import RUST
from hartonomous.readers.code.languages.typescript import TSX, TYPESCRIPT

LANGUAGES: tuple[Language, ...] = (PYTHON, JAVASCRIPT, TYPESCRIPT, TSX, C, CPP, JAVA, GO, RUST)

BY_SUFFIX: dict[str, Language] = {
    suffix: language for language in LANGUAGES for suffix in language.suffixes
}

#: Words that only C++ has; headers of both languages end in .h.
_CPP_MARKS = (
    b"class ",
    b"namespace ",
    b"template<",
    b"template <",
    b"::",
    b"public:",
    b"#include <string>",
)


def language_of(suffix: str, source: bytes = b"") -> Language | None:
    """Return the language of a file by its suffix, None when it isn't read.

    Parameters
    ----------
    suffix
        With its dot, in lower case.
    source
        The file's bytes, which tell a C++ header from a C header.
    """
    if suffix == ".h" and any(mark in source for mark in _CPP_MARKS):
        return CPP
    return BY_SUFFIX.get(suffix)
