"""JavaScript, the base of TypeScript."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Import, Language, Library, Word, read_table, word_set
from hartonomous.readers.code.syntax import first_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

TABLE = """
    expression_statement      wrap   inside=#0
    parenthesized_expression  wrap   inside=#0
    await_expression          wrap   inside=#0
    else_clause               wrap   inside=#0
    export_statement          wrap   inside=declaration
    lexical_declaration       wrap   inside=#0
    variable_declaration      wrap   inside=#0
    statement_block           block
    function_declaration      function  name=name parameters=parameters body=body
    generator_function_declaration  function  name=name parameters=parameters body=body
    method_definition         function  name=name parameters=parameters body=body
    class_declaration         class     name=name bases=>class_heritage body=body
    arrow_function            lambda    parameters!=parameters body=body
    arrow_function            lambda    parameters=parameter body=body
    function_expression       lambda    parameters=parameters body=body
    import_statement          import
    call_expression           call      function=function arguments=arguments
    new_expression            call      function=constructor arguments=arguments
    pair                      pair      key=key value=value
    member_expression         member    object=object name=property
    subscript_expression      index     object=object key=index
    for_in_statement          each      target=left collection=right body=body
    for_statement             counted   start=initializer test=condition step=increment body=body
    while_statement           while     test=condition body=body
    do_statement              while     test=condition body=body
    if_statement              if        test=condition then=consequence else=alternative
    variable_declarator       assign    target=name value=value new=name
    assignment_expression     assign    target=left value=right
    augmented_assignment_expression  augment  target=left operator=operator value=right
    update_expression         increment target=argument operator=operator
    return_statement          return    value=#0
    throw_statement           raise     value=#0
    yield_expression          yield     value=#0
    try_statement             try       body=body handler=handler last=finalizer
    catch_clause              handler   body=body
    finally_clause            block
    break_statement           break
    continue_statement        continue
    empty_statement           nothing
    binary_expression         binary    left=left operator=operator right=right
    ternary_expression        branch    test=condition then=consequence else=alternative
    identifier                name
    property_identifier       name
    string                    text
    template_string           text
    number                    literal
    true                      literal
    false                     literal
    null                      literal
    undefined                 literal
"""

LIBRARY = Library(
    words={
        "forEach": (Word("each", arguments=1, function=True, named=True),),
        "map": (Word("map", arguments=1, function=True, named=True),),
        "filter": (Word("filter", arguments=1, function=True, named=True),),
        "find": (Word("find_first", arguments=1, function=True),),
        "reduce": (Word("accumulate", arguments=1, function=True, named=True),),
        "sort": (Word("sort_by_key", arguments=1, function=True, named=True),),
        "toSorted": (Word("sort_by_key", arguments=1, function=True, named=True),),
        "sortBy": (Word("sort_by_key", arguments=2),),
        "countBy": (Word("tally", arguments=2),),
    },
    adds=frozenset({"push", "unshift", "add"}),
    opens=word_set(
        """
        open openSync connect createConnection createReadStream createWriteStream getReader
        getWriter
        """
    ),
    closes=word_set("close closeSync end destroy releaseLock release disconnect"),
)

GLOBALS = word_set("console document window process globalThis module exports")


def imports(node: Node, module: str) -> Iterator[Import]:
    """Give what ``import`` and ``require`` bring in; relative modules from this one's place."""
    declared = node.child_by_field_name("name")
    if declared is not None:
        yield from _required(node, declared, module)
        return
    source = _module(text_of(node.child_by_field_name("source")), module)
    clause = first_of(node, "import_clause")
    if clause is None:
        yield Import(None, source, source)
        return
    for child in clause.named_children:
        if child.type == "identifier":
            yield Import(text_of(child), source, source)
        elif child.type == "namespace_import":
            yield Import(text_of(child.named_children[0]), source, source)
        elif child.type == "named_imports":
            yield from _specifiers(child, source)


def _specifiers(node: Node, source: str) -> Iterator[Import]:
    for child in node.named_children:
        name = text_of(child.child_by_field_name("name"))
        alias = text_of(child.child_by_field_name("alias")) or name
        if name:
            yield Import(alias, f"{source}.{name}", source)


def _required(node: Node, declared: Node, module: str) -> Iterator[Import]:
    """Give what ``const a = require('b')`` and ``const {a} = require('b')`` bring in."""
    call = node.child_by_field_name("value")
    arguments = call.child_by_field_name("arguments") if call else None
    first = arguments.named_children[0] if arguments and arguments.named_children else None
    if first is None or first.type != "string":
        return
    source = _module(text_of(first), module)
    if declared.type == "identifier":
        yield Import(text_of(declared), source, source)
        return
    for child in declared.named_children:
        name = text_of(child.child_by_field_name("key") or child)
        alias = text_of(child.child_by_field_name("value")) or name
        yield Import(alias, f"{source}.{name}", source)


def _module(quoted: str, module: str) -> str:
    name = quoted.strip("'\"`")
    if name.startswith("."):
        name = posixpath.normpath(posixpath.join(posixpath.dirname(module), name))
    stem, suffix = posixpath.splitext(name)
    return stem if suffix in {".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".json"} else name


#: `require` is a call, so it is asked for by its name.
MORE_QUERY = """
    (variable_declarator value: (call_expression function: (identifier) @_require)
        (#eq? @_require "require")) @import
    (export_statement source: (string)) @import
"""

BOUND_FUNCTIONS = {
    "variable_declarator": "value",
    "field_definition": "value",
    "pair": "value",
    "assignment_expression": "right",
}

JAVASCRIPT = Language(
    name="javascript",
    ecosystem="javascript",
    suffixes=(".js", ".mjs", ".cjs", ".jsx"),
    grammar=("tree_sitter_javascript", "language"),
    nodes=read_table(TABLE),
    library=LIBRARY,
    imports=imports,
    bound_functions=BOUND_FUNCTIONS,
    globals=GLOBALS,
    more_query=MORE_QUERY,
)
