"""Grammars: a parser and one query a language, made from its table."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from hartonomous.errors import CodeError
from hartonomous.readers.code.language import Language, NeutralKind

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query, Tree

#: Kinds that are looked for in the whole file, and the name they are captured under.
_CAPTURED: dict[NeutralKind, str] = {
    "function": "function",
    "class": "class",
    "namespace": "namespace",
    "import": "import",
    "call": "call",
    "each": "loop",
    "counted": "loop",
    "while": "loop",
    "comprehension": "comprehension",
    "scoped": "scoped",
}

#: Nodes inside nodes, and nodes in one place that is no syntax: queries take their square in time.
MAX_DEPTH = 1000
MAX_IN_ERROR = 10_000
#: Smaller files can't be deep enough to matter.
_SMALL_BYTES = 1 << 16
#: Errors of one file that are counted.
MAX_ERRORS = 1000


#: Where a node starts, minus where it ends, its number in the tree, and itself.
Captured: TypeAlias = "tuple[int, int, int, Node]"


@dataclass(frozen=True)
class Grammar:
    """What reads one language."""

    parser: Parser
    query: Query
    errors: Query

    def parse(self, source: bytes) -> Tree:
        """Parse a file's bytes; what is no syntax becomes nodes of errors."""
        tree = self.parser.parse(source)
        if tree is None:  # only a parser without a language gives none
            raise CodeError("the parser gave no tree")
        return tree

    def captures(self, root: Node) -> dict[str, list[Captured]]:
        """Return the nodes that the tables ask for, by name, each list in order of the source."""
        from tree_sitter import QueryCursor

        # they come in no order: the same node in two runs of one program can change its place
        return {
            name: sorted(
                {n.id: (n.start_byte, -n.end_byte, n.id, n) for n in nodes}.values(),
            )
            for name, nodes in QueryCursor(self.query).captures(root).items()
        }

    def count_errors(self, root: Node) -> int:
        """Count places that are no syntax of the language, up to 1,000."""
        if not root.has_error:
            return 0
        from tree_sitter import QueryCursor

        found = QueryCursor(self.errors).captures(root).get("error", ())
        return max(1, min(MAX_ERRORS, len(found)))


def is_tangled(tree: Tree) -> bool:
    """Say whether a tree is deeper, or broken in one place wider, than people write code."""
    if tree.root_node.end_byte <= _SMALL_BYTES:
        return False
    cursor, has_error = tree.walk(), tree.root_node.has_error
    while True:
        if cursor.depth > MAX_DEPTH or (has_error and _is_wide_error(cursor.node)):
            return True
        if cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return False


def _is_wide_error(node: Node | None) -> bool:
    return node is not None and node.is_error and node.child_count > MAX_IN_ERROR


@cache
def grammar_of(language: Language) -> Grammar:
    """Load the grammar of a language.

    Raises
    ------
    CodeError
        The extra ``code`` is not installed.
    """
    module, function = language.grammar
    try:
        import tree_sitter

        pointer = getattr(importlib.import_module(module), function)()
    except ImportError:
        raise CodeError(
            f"reading {language.name} needs tree-sitter: pip install 'hartonomous[code]'"
        ) from None
    grammar = tree_sitter.Language(pointer)
    return Grammar(
        tree_sitter.Parser(grammar),
        tree_sitter.Query(grammar, _query(language)),
        tree_sitter.Query(grammar, "(ERROR) @error (MISSING) @error"),
    )


def _query(language: Language) -> str:
    """Write the query that captures what a table names, and functions by what they are bound to."""
    lines = [
        f"({type_}) @{name}"
        for type_, forms in language.nodes.items()
        for name in sorted({_CAPTURED[f.kind] for f in forms if f.kind in _CAPTURED})
    ]
    lambdas = [t for t, forms in language.nodes.items() if any(f.kind == "lambda" for f in forms)]
    anonymous = " ".join(f"({type_})" for type_ in lambdas)
    lines += [
        f"({type_} {field}: [{anonymous}]) @function"
        for type_, field in language.bound_functions.items()
    ]
    return "\n".join([*lines, language.more_query])
