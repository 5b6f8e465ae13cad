"""Shapes: pieces of code as neutral trees without their names, to compare what a change replaced.

Variables are numbered by where they come first, so renaming one changes no shape; what is called
keeps its name, and small numbers, truth values and null keep their value.
"""

from __future__ import annotations

from hartonomous.readers.code.neutral import Neutral

#: A shape that is deeper or longer is cut, marked by three dots.
MAX_DEPTH = 12
MAX_NODES = 80
#: A longer shape is no pattern but a text.
MAX_SHAPE = 300

_NULLS = frozenset({"none", "null", "nil", "nullptr", "undefined"})
_KEPT = frozenset({"0", "1", "2", "-1", "0.0", "1.0", "true", "false"})
#: Roles of what a statement holds rather than says.
_HELD = ("body", "then", "else", "handler", "last")
#: What is no pattern by itself: names, texts, declarations, and types and lists without a kind.
_NO_PATTERNS = frozenset(
    {"other", "name", "text", "import", "function", "class", "namespace", "block", "nothing"}
)
_CUT = "..."


class Shapes:
    """Writes shapes that share one numbering of variables, those of before and after a change."""

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}

    def of(self, view: Neutral) -> str:
        """Return the shape of a node: ``(== $1 null)``."""
        self._left = MAX_NODES
        return self._shape(view, 0)

    def _shape(self, view: Neutral, depth: int) -> str:
        self._left -= 1
        if depth > MAX_DEPTH or self._left < 0:
            return _CUT
        if view.kind == "name":
            return self._names.setdefault(view.text, f"${len(self._names) + 1}")
        if view.kind == "text":
            return "text"
        parts = [self._shape(child, depth + 1) for child in said(view)]
        if not parts and view.kind in {"literal", "other"}:
            return _literal(view.text.decode("utf-8", "replace"))
        return f"({' '.join([head_of(view), *parts])})"


def said(view: Neutral) -> list[Neutral]:
    """Return what a node is made of: of compound statements their heads, of calls no name."""
    if view.kind == "call":
        receiver, arguments = _receiver(view), view.role("arguments")
        return [*filter(None, [receiver]), *(arguments.children if arguments else [])]
    if view.kind == "member":
        return [*filter(None, [view.role("object")])]
    held = {node.id for role in _HELD if (node := view.raw(role)) is not None}
    return [child for child in view.children if child.node.id not in held and child.kind != "block"]


def head_of(view: Neutral) -> str:
    """Return what stands first in a node's shape: its operator, what it calls, or its kind."""
    if view.kind == "call":
        return f"call {_called(view)}"
    if view.kind == "member":
        name = view.role("name")
        return f"member {_text(name)}" if name else "member"
    operator = view.raw("operator") or view.node.child_by_field_name("operator")
    if operator is not None:
        return (operator.text or b"").decode("utf-8", "replace")
    return view.kind if view.kind != "other" else view.node.type


def _called(view: Neutral) -> str:
    called = view.role("name") or view.role("function")
    named = called.role("name") if called and called.kind == "member" else called
    return _text(named) if named else ""


def _receiver(view: Neutral) -> Neutral | None:
    called = view.role("function")
    if called is None:
        return view.role("object")
    return called.role("object") if called.kind == "member" else None


def _text(view: Neutral) -> str:
    return "".join(view.text.decode("utf-8", "replace").split())[:100]


def _literal(text: str) -> str:
    low = text.lower()
    if low in _NULLS:
        return "null"
    if low in _KEPT or not any(character.isdigit() for character in low):
        return low[:20]
    return "number"


def difference(before: Neutral, after: Neutral) -> tuple[str, str] | None:
    """Return the shapes of the smallest pieces in which two pieces of code differ.

    Returns
    -------
    (before, after), or None when their shapes are the same, cut, or too long to be a pattern.
    """
    smallest: tuple[Neutral, Neutral] | None = None
    for _ in range(MAX_DEPTH):
        if before.kind not in _NO_PATTERNS and after.kind not in _NO_PATTERNS:
            smallest = before, after
        inner = _only_difference(before, after)
        if inner is None:
            break
        before, after = inner
    if smallest is None:
        return None
    shapes = Shapes()
    pair = shapes.of(smallest[0]), shapes.of(smallest[1])
    if pair[0] == pair[1] or any(_CUT in shape or len(shape) > MAX_SHAPE for shape in pair):
        return None
    return pair


def _only_difference(before: Neutral, after: Neutral) -> tuple[Neutral, Neutral] | None:
    """Return the one pair of parts that differ, None when there is none or it is a bare name."""
    if before.kind != after.kind or head_of(before) != head_of(after):
        return None
    pairs = list(zip(said(before), said(after), strict=False))
    if len(said(before)) != len(said(after)):
        return None
    differ = [(a, b) for a, b in pairs if a.text != b.text]
    if len(differ) != 1 or any(not said(view) for view in differ[0]):
        return None
    return differ[0]
