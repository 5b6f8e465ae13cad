"""Small questions to syntax nodes that every part asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node


def text_of(node: Node | None) -> str:
    """Return a node's source, empty for no node; what is no UTF-8 was left out before."""
    return "" if node is None else (node.text or b"").decode("utf-8", "replace")


def first_of(node: Node, type_: str) -> Node | None:
    """Return the first child of a type."""
    return next((child for child in node.children if child.type == type_), None)
