"""Ten patterns are found in all eight languages, each as one concept, and near misses are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hartonomous.readers.code.grammar import grammar_of
from hartonomous.readers.code.languages import LANGUAGES
from hartonomous.readers.code.outline import outline_of
from hartonomous.readers.code.patterns import PATTERNS, sightings

FOLDER = Path(__file__).parent / "code_patterns"


def snippets():
    """Yield language, pattern, whether it is one, and the code of every snippet."""
    for path in sorted(FOLDER.glob("*.txt")):
        for part in re.split(r"^== ", path.read_text(), flags=re.MULTILINE)[1:]:
            title, _, code = part.partition("\n")
            pattern = title.removeprefix("not ")
            yield pytest.param(
                path.stem, pattern, pattern == title, code, id=f"{path.stem}-{title}"
            )


SNIPPETS = list(snippets())


def seen(language_name, code):
    language = next(one for one in LANGUAGES if one.name == language_name)
    grammar = grammar_of(language)
    root = grammar.parse(code.encode()).root_node
    assert not root.has_error
    return {s.pattern for s in sightings(outline_of(root, grammar, language, ""))}


@pytest.mark.parametrize(("language", "pattern", "is_one", "code"), SNIPPETS)
def test_a_pattern_is_seen_where_it_is_and_not_where_it_is_nearly(language, pattern, is_one, code):
    assert (pattern in seen(language, code)) == is_one


def test_every_pattern_stands_in_every_language_with_a_near_miss():
    languages = {language.name for language in LANGUAGES}
    wanted = {
        (name, pattern, sign)
        for name in languages
        for pattern in PATTERNS
        for sign in (True, False)
    }
    assert {tuple(param.values[:3]) for param in SNIPPETS} == wanted
    assert (len(languages), len(PATTERNS)) == (8, 10)
