"""Python."""

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
    decorated_definition      wrap   inside=definition
    else_clause               wrap   inside=body
    await                     wrap   inside=#0
    block                     block
    function_definition       function  name=name parameters=parameters body=body
    class_definition          class     name=name bases=superclasses body=body
    lambda                    lambda    parameters=parameters body=body
    import_statement          import
    import_from_statement     import
    call                      call      function=function arguments=arguments
    keyword_argument          pair      key=name value=value
    attribute                 member    object=object name=attribute
    subscript                 index     object=value key=subscript
    for_statement             each      target=left collection=right body=body
    while_statement           while     test=condition body=body
    if_statement              if        test=condition then=consequence else=alternative
    elif_clause               if        test=condition then=consequence
    list_comprehension        comprehension  element=body each=>for_in_clause only=>if_clause
    set_comprehension         comprehension  element=body each=>for_in_clause only=>if_clause
    generator_expression      comprehension  element=body each=>for_in_clause only=>if_clause
    for_in_clause             other     target=left collection=right
    assignment                assign    target=left value=right
    augmented_assignment      augment   target=left operator=operator value=right
    return_statement          return    value=#0
    raise_statement           raise     value=#0
    yield                     yield     value=#0
    with_statement            scoped    resources=>with_clause body=body
    try_statement             try       body=body handler=>except_clause last=>finally_clause
    except_clause             handler   body=>block
    finally_clause            block
    break_statement           break
    continue_statement        continue
    pass_statement            nothing
    not_operator              not       value=argument
    comparison_operator       compare   left=#0 operator=operators right=#1
    binary_operator           binary    left=left operator=operator right=right
    boolean_operator          binary    left=left operator=operator right=right
    identifier                name
    string                    text
    integer                   literal
    float                     literal
    true                      literal
    false                     literal
    none                      literal
""")

LIBRARY = Library(
    words={
        "map": (Word("map", arguments=2, bare=True),),
        "filter": (Word("filter", arguments=2, bare=True),),
        "sorted": (Word("sort_by_key", keyword="key"),),
        "sort": (Word("sort_by_key", keyword="key"),),
        "sum": (Word("accumulate", arguments=1, bare=True),),
        "reduce": (Word("accumulate", arguments=2),),
        "next": (
            Word("find_first", arguments=1, bare=True, within=r"(?s)\bfor\b.*\bif\b|\bfilter\("),
        ),
        "Counter": (Word("tally", arguments=1),),
    },
    adds=frozenset({"append", "add", "appendleft"}),
    opens=word_set(
        """
        open urlopen fdopen socket connect create_connection ZipFile scandir Popen popen
        TemporaryFile NamedTemporaryFile
        """
    ),
    closes=frozenset({"close", "shutdown", "wait"}),
    ranges=frozenset({"range"}),
)


def imports(node: Node, module: str) -> Iterator[Import]:
    """Give what ``import`` and ``from ... import`` bring in."""
    names = [_name_and_alias(child) for child in node.children_by_field_name("name")]
    source = node.child_by_field_name("module_name")
    if source is None:
        for name, alias in names:
            top = name.split(".")[0]  # `import a.b` brings in `a`
            yield Import(alias or top, name if alias else top, name)
        return
    base = _absolute(text_of(source), module)
    if not names:
        yield Import(None, base, base)
    for name, alias in names:
        yield Import(alias or name, f"{base}.{name}" if base else name, base)


def _name_and_alias(node: Node) -> tuple[str, str | None]:
    if node.type != "aliased_import":
        return text_of(node), None
    return text_of(node.child_by_field_name("name")), text_of(node.child_by_field_name("alias"))


def _absolute(source: str, package: str) -> str:
    """Return the full name of a module that may be relative to a package."""
    dots = len(source) - len(source.lstrip("."))
    if not dots:
        return source
    parts = package.split(".") if package else []
    kept = parts[: max(0, len(parts) - dots + 1)]
    return ".".join([*kept, *filter(None, [source.lstrip(".")])])


PYTHON = Language(
    name="python",
    ecosystem="python",
    suffixes=(".py", ".pyi"),
    grammar=("tree_sitter_python", "language"),
    nodes=NODES,
    library=LIBRARY,
    imports=imports,
    selves=frozenset({"self", "cls"}),
    docs_inside=True,
)
