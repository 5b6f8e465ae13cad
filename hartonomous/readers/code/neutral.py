"""Neutral nodes: a view of a syntax tree that is the same for every language.

A view is made only where a pattern looks, as trees of whole files would take most of the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hartonomous.readers.code.language import Form, Language, NeutralKind
from hartonomous.readers.code.syntax import beginning

if TYPE_CHECKING:
    from tree_sitter import Node

#: Wrappers inside wrappers and fields after fields; deeper nesting comes from generated code.
MAX_UNWRAPPED = 64
#: Nodes that are looked at below one node.
MAX_BELOW = 512
#: What a pattern reads of one expression.
MAX_TEXT = 4096

_IDENTIFIER = re.compile(rb"[^\W\d][\w$]*")
_ENDS_NAMES = frozenset({"function", "lambda", "class"})
_OTHER = Form("other", {})


class Neutral:
    """One node and its kind; roles and children are neutral nodes too."""

    __slots__ = ("_form", "_names", "_text", "kind", "language", "node")

    def __init__(self, node: Node, language: Language) -> None:
        form = _form_of(node, language)
        for _ in range(MAX_UNWRAPPED):
            if form.kind != "wrap":
                break
            inner = _follow(node, form.roles["inside"])
            if inner is None:
                form = _OTHER
                break
            node, form = inner, _form_of(inner, language)
        self.node, self.language, self._form = node, language, form
        #: What it is; an assignment with an operator of its own is an ``augment``.
        self.kind: NeutralKind = form.kind
        if form.kind == "assign" and "operator" in form.roles:
            operator = self.raw("operator")
            if operator is not None and operator.type not in {"=", ":="}:
                self.kind = "augment"
        self._text: bytes | None = None
        self._names: frozenset[bytes] | None = None

    def role(self, name: str) -> Neutral | None:
        """Return the node in a role, None where there is none."""
        node = self.raw(name)
        return None if node is None else Neutral(node, self.language)

    def raw(self, name: str) -> Node | None:
        """Return the syntax node in a role."""
        path = self._form.roles.get(name)
        return None if path is None else _follow(self.node, path)

    def names_in(self, role: str) -> frozenset[bytes]:
        """Return every identifier in a role, all of a list's too."""
        node = self.raw(role)
        return frozenset(_IDENTIFIER.findall(beginning(node, MAX_TEXT)))

    @property
    def children(self) -> list[Neutral]:
        """What it holds, without comments."""
        return [Neutral(child, self.language) for child in _named(self.node)]

    @property
    def statements(self) -> list[Neutral]:
        """What a block holds, or the one statement that stands instead of a block."""
        return self.children if self.kind == "block" else [self]

    @property
    def text(self) -> bytes:
        """Its source, cut where it is long."""
        if self._text is None:
            self._text = beginning(self.node, MAX_TEXT)
        return self._text

    @property
    def names(self) -> frozenset[bytes]:
        """Every identifier in it, the words of its strings included."""
        if self._names is None:
            self._names = frozenset(_IDENTIFIER.findall(self.text))
        return self._names

    def below(self) -> Iterator[Neutral]:
        """Give what is inside it in order, functions inside it left out."""
        waiting = list(reversed(self.children))
        for _ in range(MAX_BELOW):
            if not waiting:
                return
            view = waiting.pop()
            yield view
            if view.kind not in _ENDS_NAMES:
                waiting.extend(reversed(view.children))


def _named(node: Node) -> list[Node]:
    return [child for child in node.named_children if not child.is_extra]


def _form_of(node: Node, language: Language) -> Form:
    for form in language.nodes.get(node.type, ()):
        if form.needs is None or _follow(node, form.roles[form.needs]) is not None:
            return form
    return _OTHER


def _follow(node: Node, path: tuple[str, ...]) -> Node | None:
    found: Node | None = node
    for step in path:
        if found is None:
            return None
        found = _step(found, step)
    return found


def _step(node: Node, step: str) -> Node | None:
    if step[0] == "#":
        children, place = _named(node), int(step[1:])
        return children[place] if -len(children) <= place < len(children) else None
    if step[0] == ">":
        return next((child for child in node.children if child.type == step[1:]), None)
    if step[0] == "~":
        return next((inner for inner in _declarators(node) if inner.type == step[1:]), None)
    if step == "declarator*":
        return [node, *_declarators(node)][-1]
    return node.child_by_field_name(step)


def _declarators(node: Node) -> Iterator[Node]:
    """Give C's declarators from outside in; those of references and brackets have no field."""
    for _ in range(MAX_UNWRAPPED):
        inner = node.child_by_field_name("declarator")
        if inner is None and node.type in {"reference_declarator", "parenthesized_declarator"}:
            inner = node.named_children[-1] if node.named_children else None
        if inner is None:
            return
        yield inner
        node = inner
