"""Go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Import, Language, Library, Word, read_table, word_set
from hartonomous.readers.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

NODES = read_table("""
    expression_statement      wrap   inside=#0
    parenthesized_expression  wrap   inside=#0
    expression_list           wrap   inside=#0
    defer_statement           wrap   inside=#0
    go_statement              wrap   inside=#0
    statement_list            block
    block                     wrap   inside!=>statement_list
    block                     block
    function_declaration      function  name=name parameters=parameters body=body
    method_declaration        function  name=name owner=receiver parameters=parameters body=body
    type_spec                 class     name=name body!=type bases=type/>field_declaration_list
    func_literal              lambda    parameters=parameters body=body
    import_spec               import
    call_expression           call      function=function arguments=arguments
    selector_expression       member    object=operand name=field
    index_expression          index     object=operand key=index
    for_statement             each      collection!=>range_clause/right body=body
        +  target=>range_clause/left
    for_statement             counted   step!=>for_clause/update body=body
        +  start=>for_clause/initializer test=>for_clause/condition
    for_statement             while     body=body
    if_statement              if        test=condition then=consequence else=alternative
    short_var_declaration     assign    target=left value=right new=left
    assignment_statement      assign    target=left operator=operator value=right
    var_spec                  assign    target=name value=value
    var_declaration           wrap      inside=#0
    inc_statement             increment target=#0
    dec_statement             increment target=#0
    return_statement          return    value=#0
    break_statement           break
    continue_statement        continue
    unary_expression          other
    binary_expression         binary    left=left operator=operator right=right
    identifier                name
    field_identifier          name
    interpreted_string_literal  text
    raw_string_literal        text
    int_literal               literal
    float_literal             literal
    true                      literal
    false                     literal
    nil                       literal
""")

LIBRARY = Library(
    words={
        "Slice": (Word("sort_by_key", arguments=2, receiver=r"^sort$"),),
        "SliceStable": (Word("sort_by_key", arguments=2, receiver=r"^sort$"),),
        "SortFunc": (Word("sort_by_key", arguments=2, receiver=r"^slices$"),),
        "SortStableFunc": (Word("sort_by_key", arguments=2, receiver=r"^slices$"),),
        "IndexFunc": (Word("find_first", arguments=2, receiver=r"^slices$"),),
    },
    adds=frozenset({"append"}),
    opens=word_set("Open OpenFile Create Dial DialTimeout Listen Get NewReader CreateTemp"),
    closes=frozenset({"Close"}),
)


def imports(node: Node, module: str) -> Iterator[Import]:  # noqa: ARG001  # all are absolute
    """Give the package that is imported; its name is the last part of its path."""
    path = text_of(node.child_by_field_name("path")).strip('"`')
    alias = text_of(node.child_by_field_name("name"))
    if alias in {"_", "."}:
        yield Import(None, path, path)
    elif path:
        yield Import(alias or path.rpartition("/")[2], path, path)


GO = Language(
    name="go",
    ecosystem="go",
    suffixes=(".go",),
    grammar=("tree_sitter_go", "language"),
    nodes=NODES,
    library=LIBRARY,
    imports=imports,
    selves=frozenset(),
    capital_is_class=False,
)
