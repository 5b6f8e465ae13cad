"""Tables name only what their grammars have, so that a renamed node can't hide a pattern."""

from __future__ import annotations

import pytest

from hartonomous.readers.code.grammar import grammar_of
from hartonomous.readers.code.language import read_table
from hartonomous.readers.code.languages import LANGUAGES, language_of
from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.patterns import PATTERNS


def names_of(language):
    grammar = grammar_of(language).parser.language
    types = {grammar.node_kind_for_id(i) for i in range(grammar.node_kind_count)}
    fields = {grammar.field_name_for_id(i) for i in range(1, grammar.field_count + 1)}
    return types, fields


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.grammar[1])
def test_every_node_and_step_of_a_table_is_in_its_grammar(language):
    types, fields = names_of(language)
    assert set(language.nodes) - types == set()
    steps = {
        step
        for forms in language.nodes.values()
        for form in forms
        for path in form.roles.values()
        for step in path
    }
    inner = {step[1:] for step in steps if step[0] in ">~"}
    assert inner - types == set()
    assert {s for s in steps if s[0] not in "#>~"} - {"declarator*"} - fields == set()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.grammar[1])
def test_every_library_word_names_a_pattern(language):
    words = [word for entry in language.library.words.values() for word in entry]
    assert words
    assert {word.pattern for word in words} <= set(PATTERNS)


def test_a_kind_that_is_none_is_refused():
    with pytest.raises(ValueError, match="lop is no kind"):
        read_table("for_statement lop body=body")


def test_lines_of_one_type_are_tried_in_order():
    go = language_of(".go")
    loops = b"package a\nfunc f() { for _, x := range xs {}; for i := 0; i < 3; i++ {}; for {} }\n"
    root = grammar_of(go).parse(loops).root_node
    body = Neutral(root.named_children[-1], go).role("body")
    assert [loop.kind for loop in body.statements] == ["each", "counted", "while"]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (b"int max(int a, int b);\n", "c"),
        (b"namespace a { class B; }\n", "cpp"),
        (b"std::string name();\n", "cpp"),
    ],
)
def test_a_header_is_c_until_it_says_otherwise(source, name):
    assert language_of(".h", source).name == name


def test_a_wrapper_inside_wrappers_ends():
    python = language_of(".py")
    root = grammar_of(python).parse(b"(" * 500 + b"x" + b")" * 500).root_node
    assert Neutral(root.named_children[0], python).kind == "wrap"
