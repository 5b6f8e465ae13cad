"""Java."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Import, Language, Library, Word, read_table, word_set
from hartonomous.readers.code.syntax import first_of, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

NODES = read_table("""
    expression_statement      wrap   inside=#0
    parenthesized_expression  wrap   inside=#0
    cast_expression           wrap   inside=value
    local_variable_declaration  wrap inside=declarator
    variable_declarator       assign    target=name value=value new=name
    resource                  assign    target=name value=value
    block                     block
    constructor_body          block
    method_declaration        function  name=name parameters=parameters body=body
    constructor_declaration   function  name=name parameters=parameters body=body
    class_declaration         class     name=name bases=superclass more=interfaces body=body
    interface_declaration     class     name=name bases=>extends_interfaces body=body
    enum_declaration          class     name=name bases=interfaces body=body
    record_declaration        class     name=name bases=interfaces body=body
    lambda_expression         lambda    parameters=parameters body=body
    method_reference          lambda
    import_declaration        import
    method_invocation         call      object=object name=name arguments=arguments
    object_creation_expression  call    function=type arguments=arguments
    field_access              member    object=object name=field
    array_access              index     object=array key=index
    enhanced_for_statement    each      target=name collection=value body=body
    for_statement             counted   start=init test=condition step=update body=body
    while_statement           while     test=condition body=body
    do_statement              while     test=condition body=body
    if_statement              if        test=condition then=consequence else=alternative
    assignment_expression     assign    target=left operator=operator value=right
    update_expression         increment target=#0
    return_statement          return    value=#0
    throw_statement           raise     value=#0
    try_statement             try       body=body handler=>catch_clause last=>finally_clause
    try_with_resources_statement  scoped  resources=resources body=body
    catch_clause              handler   body=body
    finally_clause            block
    break_statement           break
    continue_statement        continue
    binary_expression         binary    left=left operator=operator right=right
    ternary_expression        branch    test=condition then=consequence else=alternative
    identifier                name
    string_literal            text
    character_literal         literal
    decimal_integer_literal   literal
    decimal_floating_point_literal  literal
    true                      literal
    false                     literal
    null_literal              literal
""")

#: Optional has a map and a filter too.
_STREAM = r"stream\(|Stream\b"
#: `Collections.sort(list)` sorts without a key, `list.sort(key)` with one.
_LIBRARY = r"(Arrays|Collections)$"
_NO_LIBRARY = r"^(?!.*(Arrays|Collections)$)"

LIBRARY = Library(
    words={
        "forEach": (Word("each", arguments=1, function=True, named=True),),
        "map": (Word("map", arguments=1, function=True, named=True, receiver=_STREAM),),
        "filter": (Word("filter", arguments=1, function=True, named=True, receiver=_STREAM),),
        "findFirst": (Word("find_first", receiver=r"(?s)filter\("),),
        "findAny": (Word("find_first", receiver=r"(?s)filter\("),),
        "reduce": (Word("accumulate", arguments=1, receiver=_STREAM),),
        "sum": (Word("accumulate", receiver=_STREAM),),
        "sort": (
            Word("sort_by_key", 1, function=True, named=True, receiver=_NO_LIBRARY),
            Word("sort_by_key", arguments=2, receiver=_LIBRARY),
        ),
        "sorted": (Word("sort_by_key", arguments=1),),
        "groupingBy": (Word("tally", arguments=2, within=r"\bcounting\("),),
        "merge": (Word("tally", arguments=3, within=r"\b1L?\s*,\s*(Integer|Long)::sum"),),
    },
    adds=word_set("add addLast addFirst append offer push"),
    opens=word_set(
        """
        FileReader FileWriter FileInputStream FileOutputStream BufferedReader Scanner Socket
        newBufferedReader newBufferedWriter newInputStream newOutputStream openConnection
        openStream getConnection RandomAccessFile prepareStatement PrintWriter lines
        """
    ),
    closes=frozenset({"close", "disconnect"}),
)


def imports(node: Node, module: str) -> Iterator[Import]:  # noqa: ARG001  # all are absolute
    """Give the class or the static member that is imported."""
    name = text_of(first_of(node, "scoped_identifier") or first_of(node, "identifier"))
    owner, _, last = name.rpartition(".")
    if first_of(node, "asterisk") is not None:
        yield Import(None, name, name)
    elif name:
        yield Import(last, name, owner)


JAVA = Language(
    name="java",
    ecosystem="java",
    suffixes=(".java",),
    grammar=("tree_sitter_java", "language"),
    nodes=NODES,
    library=LIBRARY,
    imports=imports,
    bare_methods=True,
    selves=frozenset({"this", "super"}),
)
