"""What people write about a function: a string that begins its body, or comments above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.outline import Scope
from hartonomous.readers.code.syntax import text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Comment lines above a function that are read, and nodes between it and them.
MAX_COMMENTS = 60
_MAX_ABOVE = 4

_STANDS_FOR = frozenset(
    [
        "export_statement",
        "template_declaration",
        "decorated_definition",
        "lexical_declaration",
        "variable_declaration",
    ]
)
_MARKS = re.compile(r"^\s*(/\*+|\*+/?|//[/!]?|#+)\s?|\*+/\s*$", re.MULTILINE)
_QUOTES = re.compile(r"^[rRuUbBfF]*('''|\"\"\"|'|\")|('''|\"\"\"|'|\")$")


def documentation_of(scope: Scope, inside: bool) -> str:
    """Return the documentation of a function without marks, empty where it has none.

    Parameters
    ----------
    inside
        It is the first statement of the body, not a comment above.
    """
    if scope.view is None or scope.node is None:
        return ""
    return _inside(scope.view.raw("body")) if inside else _above(scope.node)


def _inside(body: Node | None) -> str:
    first = (
        next((child for child in body.named_children if not child.is_extra), None) if body else None
    )
    if first is None or first.type != "expression_statement":
        return ""
    string = first.named_children[0] if first.named_children else None
    return _QUOTES.sub("", text_of(string)) if string and string.type == "string" else ""


def _above(node: Node) -> str:
    for _ in range(_MAX_ABOVE):
        above = node.parent
        if above is None or above.type not in _STANDS_FOR:
            break
        node = above
    return _MARKS.sub("", "\n".join(reversed(list(_comments(node)))))


def _comments(node: Node) -> Iterator[str]:
    """Give the comments right above a node, upwards; attributes may stand between."""
    line = node.start_point[0]
    before = node.prev_sibling
    for _ in range(MAX_COMMENTS):
        if before is None or before.end_point[0] < line - 1:
            return
        if "comment" in before.type:
            yield text_of(before)
        elif before.type != "attribute_item":
            return
        line, before = before.start_point[0], before.prev_sibling
