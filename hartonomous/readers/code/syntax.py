"""Small questions to syntax nodes that every part asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


#: What is longer is not written by hand; its text would be copied at every level of nesting.
MAX_WHOLE = 1 << 16


def beginning(node: Node | None, limit: int) -> bytes:
    """Return the first bytes of a node's source, nothing of one longer than 64 KiB."""
    if node is None or node.end_byte - node.start_byte > MAX_WHOLE:
        return b""
    return (node.text or b"")[:limit]


def text_of(node: Node | None) -> str:
    """Return a node's source, empty for no node; what is no UTF-8 was left out before."""
    return "" if node is None else (node.text or b"").decode("utf-8", "replace")


def first_of(node: Node, type_: str) -> Node | None:
    """Return the first child of a type."""
    return next((child for child in node.children if child.type == type_), None)
