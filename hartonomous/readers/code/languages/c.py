"""C, the base of C++."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Import, Language, Library, Word, read_table, word_set
from hartonomous.readers.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

TABLE = """
    expression_statement      wrap   inside=#0
    parenthesized_expression  wrap   inside=#0
    else_clause               wrap   inside=#0
    cast_expression           wrap   inside=value
    declaration               wrap   inside=>init_declarator
    init_declarator           assign    target=declarator value=value new=declarator
    compound_statement        block
    function_definition       function  name=declarator* body=body
        +  parameters=~function_declarator/parameters
    struct_specifier          class     body!=body name=name
    preproc_include           import
    call_expression           call      function=function arguments=arguments
    field_expression          member    object=argument name=field
    subscript_expression      index     object=argument key=index
    for_statement             counted   start=initializer test=condition step=update body=body
    while_statement           while     test=condition body=body
    do_statement              while     test=condition body=body
    if_statement              if        test=condition then=consequence else=alternative
    assignment_expression     assign    target=left operator=operator value=right
    update_expression         increment target=argument operator=operator
    return_statement          return    value=#0
    goto_statement            return
    break_statement           break
    continue_statement        continue
    binary_expression         binary    left=left operator=operator right=right
    conditional_expression    branch    test=condition then=consequence else=alternative
    identifier                name
    field_identifier          name
    string_literal            text
    char_literal              literal
    number_literal            literal
    true                      literal
    false                     literal
    null                      literal
"""

LIBRARY = Library(
    words={"qsort": (Word("sort_by_key", arguments=4),)},
    opens=word_set("fopen open fdopen popen opendir socket freopen tmpfile"),
    closes=frozenset(["fclose", "close", "pclose", "closedir"]),
)


def imports(node: Node, module: str) -> Iterator[Import]:
    """Give the header that is included; one in quotes is looked for beside the file."""
    path = text_of(node.child_by_field_name("path"))
    name = path.strip('<>"')
    if path.startswith('"'):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(module), name))
    if name:
        stem = posixpath.splitext(name)[0] if path.startswith('"') else name
        yield Import(None, stem, stem)


C = Language(
    name="c",
    ecosystem="c",
    suffixes=(".c", ".h"),
    grammar=("tree_sitter_c", "language"),
    nodes=read_table(TABLE),
    library=LIBRARY,
    imports=imports,
    selves=frozenset(),
    capital_is_class=False,
)
