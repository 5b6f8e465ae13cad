"""C++: C and classes, namespaces, lambdas and ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Import, Language, Library, Word, read_table
from hartonomous.readers.code.languages import c
from hartonomous.readers.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MORE = """
    condition_clause          wrap   inside=value
    template_function         wrap   inside=name
    subscript_argument_list   wrap   inside=#0
    struct_specifier          class     body!=body name=name bases=>base_class_clause
    class_specifier           class     body!=body name=name bases=>base_class_clause
    namespace_definition      namespace name=name body=body
    lambda_expression         lambda    parameters=declarator/parameters body=body
    using_declaration         import
    subscript_expression      index     object=argument key=indices
    new_expression            call      function=type arguments=arguments
    for_range_loop            each      target=declarator collection=right body=body
    throw_statement           raise     value=#0
    try_statement             try       body=body handler=>catch_clause
    catch_clause              handler   body=body
"""

_SORT = Word("sort_by_key", arguments=3, receiver=r"^std(::ranges)?$")

LIBRARY = Library(
    words={
        **c.LIBRARY.words,
        "for_each": (Word("each", arguments=2, function=True, named=True),),
        "transform": (Word("map", arguments=3, receiver=r"^std\b|^$"),),
        "copy_if": (Word("filter", arguments=3),),
        "find_if": (Word("find_first", arguments=2),),
        "accumulate": (Word("accumulate", arguments=3, receiver=r"^std\b|^$"),),
        "sort": (_SORT, Word("sort_by_key", arguments=2, function=True, receiver="ranges")),
        "stable_sort": (_SORT,),
    },
    adds=frozenset({"push_back", "emplace_back", "insert", "push", "emplace"}),
    opens=c.LIBRARY.opens | {"ifstream", "ofstream", "fstream"},
    closes=c.LIBRARY.closes,
)


def imports(node: Node, module: str) -> Iterator[Import]:
    """Give the header that is included, or the name that ``using`` brings in."""
    if node.type == "preproc_include":
        yield from c.imports(node, module)
        return
    named = node.named_children[-1] if node.named_children else None
    if named is None or named.type != "qualified_identifier":
        return  # `using namespace`: all names of it, which only its headers know
    full = text_of(named).lstrip(":").replace("::", ".")
    yield Import(full.rpartition(".")[2], full, full.rpartition(".")[0])


#: A stream that is opened where it is declared closes at the end of its scope.
_STREAMS = r"""
    ((declaration type: (_) @_stream declarator: [
        (init_declarator) (function_declarator)
     ]) @stream (#match? @_stream "^(std::)?(io|[io]?f)stream$"))
"""

CPP = Language(
    name="cpp",
    ecosystem="c",
    suffixes=(".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++"),
    grammar=("tree_sitter_cpp", "language"),
    nodes={**read_table(c.TABLE), **read_table(_MORE)},
    library=LIBRARY,
    imports=imports,
    bare_methods=True,
    capital_is_class=False,
    more_query=_STREAMS,
)
