"""Rust."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Import, Language, Library, Word, read_table
from hartonomous.readers.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

NODES = read_table("""
    expression_statement      wrap   inside=#0
    parenthesized_expression  wrap   inside=#0
    try_expression            wrap   inside=#0
    await_expression          wrap   inside=#0
    reference_expression      wrap   inside=value
    generic_function          wrap   inside=function
    else_clause               wrap   inside=#0
    block                     block
    function_item             function  name=name parameters=parameters body=body
    struct_item               class     name=name
    enum_item                 class     name=name
    trait_item                class     name=name bases=bounds body=body
    impl_item                 class     name=type bases=trait body=body
    mod_item                  namespace name=name body!=body
    closure_expression        lambda    parameters=parameters body=body
    use_declaration           import
    call_expression           call      function=function arguments=arguments
    macro_invocation          call      function=macro arguments=>token_tree
    field_expression          member    object=value name=field
    index_expression          index     object=#0 key=#1
    for_expression            each      target=pattern collection=value body=body
    while_expression          while     test=condition body=body
    loop_expression           while     body=body
    if_expression             if        test=condition then=consequence else=alternative
    match_expression          match     value=value body=body
    let_declaration           if        refused!=alternative test=pattern then=alternative
    let_declaration           assign    target=pattern value=value new=pattern
    assignment_expression     assign    target=left value=right
    compound_assignment_expr  augment   target=left operator=operator value=right
    return_expression         return    value=#0
    break_expression          break     value=#0
    continue_expression       continue
    range_expression          range
    binary_expression         binary    left=left operator=operator right=right
    identifier                name
    field_identifier          name
    string_literal            text
    integer_literal           literal
    float_literal             literal
    boolean_literal           literal
""")

#: Option and Result have a map and a filter too.
_ITERATOR = (
    r"iter(_mut)?\(|\b(into_iter|chars|lines|bytes|keys|values|windows|split\w*)\(|\.\.|drain\("
)

LIBRARY = Library(
    words={
        "for_each": (Word("each", arguments=1, function=True, named=True),),
        "map": (Word("map", arguments=1, function=True, named=True, receiver=_ITERATOR),),
        "filter": (Word("filter", arguments=1, function=True, named=True, receiver=_ITERATOR),),
        "find": (Word("find_first", arguments=1, function=True, receiver=_ITERATOR),),
        "fold": (Word("accumulate", arguments=2),),
        "sum": (Word("accumulate", receiver=_ITERATOR),),
        "sort_by_key": (Word("sort_by_key", arguments=1),),
        "sort_by": (Word("sort_by_key", arguments=1),),
        "sort_unstable_by_key": (Word("sort_by_key", arguments=1),),
        "sort_unstable_by": (Word("sort_by_key", arguments=1),),
        "sort_by_cached_key": (Word("sort_by_key", arguments=1),),
        "counts": (Word("tally", receiver=_ITERATOR),),
    },
    adds=frozenset({"push", "push_back", "insert"}),
    opens=frozenset({"File.open", "File.create", "TcpStream.connect", "TcpListener.bind"}),
    closes_by_scope=True,
)


def imports(node: Node, module: str) -> Iterator[Import]:  # noqa: ARG001  # `crate` is resolved later
    """Give every name of a ``use`` tree."""
    argument = node.child_by_field_name("argument")
    if argument is not None:
        yield from _tree(argument, ())


def _tree(node: Node, above: tuple[str, ...], depth: int = 0) -> Iterator[Import]:
    if depth > _MAX_DEPTH:
        return
    path = (*above, *_path(node.child_by_field_name("path")))
    if node.type == "scoped_use_list":
        yield from _tree_list(node.child_by_field_name("list"), path, depth)
    elif node.type == "use_list":
        yield from _tree_list(node, above, depth)
    elif node.type == "use_as_clause":
        yield _named(text_of(node.child_by_field_name("alias")), path)
    elif node.type == "use_wildcard":
        full = ".".join([*above, *_path(node.named_children[0] if node.named_children else None)])
        yield Import(None, full, full)
    else:
        name = [*above, *_path(node)]
        full_path = tuple(name[:-1]) if name[-1:] == ["self"] else tuple(name)
        yield _named(full_path[-1] if full_path else "self", full_path)


def _tree_list(node: Node | None, above: tuple[str, ...], depth: int) -> Iterator[Import]:
    for child in node.named_children if node else ():
        if not child.is_extra:
            yield from _tree(child, above, depth + 1)


def _named(alias: str, path: tuple[str, ...]) -> Import:
    return Import(alias, ".".join(path), ".".join(path[:-1]))


def _path(node: Node | None) -> list[str]:
    return [part for part in text_of(node).split("::") if part]


#: Braces inside braces of one `use`.
_MAX_DEPTH = 32

RUST = Language(
    name="rust",
    ecosystem="rust",
    suffixes=(".rs",),
    grammar=("tree_sitter_rust", "language"),
    nodes=NODES,
    library=LIBRARY,
    imports=imports,
    selves=frozenset({"self", "Self"}),
)
