"""A file's outline: its scopes, and in which of them its calls and loops stand.

One query finds the nodes; each is given to the innermost scope by its place in the source.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from hartonomous.readers.code.grammar import Captured, Grammar
from hartonomous.readers.code.language import Import, Language
from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.syntax import beginning, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

#: Scopes inside scopes; what lies deeper belongs to the deepest that counts.
MAX_DEPTH = 32
#: What is called, as text; longer chains are known by their last name.
MAX_CALLEE = 1000
#: Nodes of one kind in one file that are looked at, far above what people write.
MAX_NODES = 50_000
#: A name that is longer is no name but data.
MAX_NAME = 200

_DOTTED = re.compile(r"[\w$]+(?:(?:\.|::|->|\?\.)[\w$]+)*")
_SEPARATOR = re.compile(r"\.|::|->|\?\.")
_LAST = re.compile(r"(?:\.|::|->|\?\.)\s*([\w$]+)$")
_GENERICS = re.compile(r"(?:::)?<[^<>()]*>")
_NAME = re.compile(r"[^\W\d][\w$]*")


@dataclass(frozen=True, slots=True)
class Scope:
    """The module, or a class, function or namespace in it."""

    kind: Literal["module", "class", "function", "namespace"]
    #: Names from the module's top down to its own, the module's left out.
    path: tuple[str, ...]
    #: Bytes of the source, the end excluded.
    start: int
    end: int
    #: From 1.
    line: int
    end_line: int
    #: Place of the scope around it in the outline; the module's own is itself.
    parent: int
    #: None for the module.
    view: Neutral | None = None
    #: What stands in the source for it, with the name it is bound to.
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call: what is called, as a dotted path."""

    view: Neutral
    scope: int
    #: ``("os", "path", "join")``; the first is empty where the receiver is no plain name.
    path: tuple[str, ...]
    #: The receiver's text, empty where there is none.
    receiver: str
    #: Whether its parts are joined by ``::``, so that the receiver is no variable.
    is_static: bool
    #: Bytes of the source, the end excluded.
    start: int
    end: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path[-1]


@dataclass(frozen=True)
class Outline:
    """What one file holds, in order of the source."""

    language: Language
    scopes: Sequence[Scope]
    imports: Sequence[Import]
    calls: Sequence[Call]
    #: Loops, comprehensions, scoped uses and streams, each with its scope.
    loops: Sequence[tuple[int, Neutral]] = field(default=())
    comprehensions: Sequence[tuple[int, Neutral]] = field(default=())
    scoped: Sequence[tuple[int, Neutral]] = field(default=())
    streams: Sequence[tuple[int, Neutral]] = field(default=())


def outline_of(root: Node, grammar: Grammar, language: Language, package: str) -> Outline:
    """Find scopes, imports, calls and loops of one file.

    Parameters
    ----------
    root
        The root of its syntax tree.
    package
        What relative imports start from.
    """
    found = grammar.captures(root)
    scopes = _scopes(found, language, root)
    place = _Places(scopes)

    def views(name: str) -> list[tuple[int, Neutral]]:
        nodes = found.get(name, [])[:MAX_NODES]
        return [(place.of(start), Neutral(node, language)) for start, _, _, node in nodes]

    return Outline(
        language=language,
        scopes=scopes,
        imports=[
            i
            for *_, node in found.get("import", [])[:MAX_NODES]
            for i in language.imports(node, package)
        ],
        calls=list(_calls(found.get("call", [])[:MAX_NODES], place, language)),
        loops=views("loop"),
        comprehensions=views("comprehension"),
        scoped=views("scoped"),
        streams=views("stream"),
    )


class _Places:
    """Finds the innermost scope around a node."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self._scopes = scopes
        self._starts = [scope.start for scope in scopes]

    def of(self, start: int) -> int:
        place = bisect_right(self._starts, start) - 1
        while place > 0 and self._scopes[place].end <= start:
            place = self._scopes[place].parent
        return max(place, 0)


def _scopes(found: dict[str, list[Captured]], language: Language, root: Node) -> list[Scope]:
    """List the module and all scopes in it, outer ones first, by where they start."""
    nodes = sorted(
        (start, end, kind, number, node)
        for kind in ("class", "function", "namespace")
        for start, end, number, node in found.get(kind, [])[:MAX_NODES]
    )
    scopes = [Scope("module", (), 0, root.end_byte, 1, root.end_point[0] + 1, 0)]
    depths = [0]
    for start, _, kind, _, node in nodes:
        parent = len(scopes) - 1
        while parent > 0 and scopes[parent].end <= start:
            parent = scopes[parent].parent
        names = _names_of(node, language)
        if not names or depths[parent] >= MAX_DEPTH:
            continue
        path = (*scopes[parent].path, *names)
        scopes.append(_scope(kind, path, node, parent, language))
        depths.append(depths[parent] + 1)
    return scopes


def _scope(kind: str, path: tuple[str, ...], node: Node, parent: int, language: Language) -> Scope:
    bound = (
        node.child_by_field_name(language.bound_functions.get(node.type, ""))
        if (node.type in language.bound_functions)
        else None
    )
    return Scope(
        kind,  # type: ignore[arg-type]  # one of the three that are asked for
        path,
        node.start_byte,
        node.end_byte,
        node.start_point[0] + 1,
        node.end_point[0] + 1,
        parent,
        Neutral(bound or node, language),
        node,
    )


def _names_of(node: Node, language: Language) -> tuple[str, ...]:
    """Return a scope's own names: ``A::f`` has two, and a method whose owner stands beside it."""
    if node.type in language.bound_functions:
        named = node.child_by_field_name("name") or node.child_by_field_name("key")
        named = named or node.child_by_field_name("property") or node.child_by_field_name("left")
        return _parts(text_of(named))[-1:]
    view = Neutral(node, language)
    names = _parts(text_of(view.raw("name")))
    owner = _NAME.findall(_GENERICS.sub("", re.sub(r"\[.*\]", "", text_of(view.raw("owner")))))
    return (*owner[-1:], *names)


def _parts(text: str) -> tuple[str, ...]:
    if len(text) > MAX_NAME:
        return ()
    return tuple(filter(None, _SEPARATOR.split(_GENERICS.sub("", text).strip())))


def _calls(nodes: Iterable[Captured], place: _Places, language: Language) -> Iterator[Call]:
    for start, minus_end, _, node in nodes:
        view = Neutral(node, language)
        text = _callee(view)
        whole = _DOTTED.fullmatch(text) or _DOTTED.fullmatch(text := _GENERICS.sub("", text))
        scope, end = place.of(start), -minus_end
        if whole:
            path = tuple(_SEPARATOR.split(text))
            receiver = text[: -len(path[-1])].rstrip(".:->?")
            yield Call(view, scope, path, receiver, "::" in text, start, end)
        elif last := _LAST.search(text):
            receiver = text[: last.start()]
            yield Call(view, scope, ("", last[1]), receiver, is_static=False, start=start, end=end)


def _callee(view: Neutral) -> str:
    """Return the text of what is called; of a long chain only the last name."""
    function = view.raw("function")
    if function is None:
        receiver, name = view.raw("object"), text_of(view.raw("name"))
        return f"{_short(receiver)}.{name}" if receiver else name
    text = _short(function)
    if text.endswith((">", ")")) or not text:  # a name with types behind it, or a long chain
        inner = view.role("function")
        text = _short(inner.node) or f").{_short(inner.raw('name'))}" if inner else text
    return text


def _short(node: Node | None) -> str:
    """Return a node's text, nothing of a long one."""
    return beginning(node, MAX_CALLEE).decode("utf-8", "replace") if _is_short(node) else ""


def _is_short(node: Node | None) -> bool:
    return node is not None and node.end_byte - node.start_byte <= MAX_CALLEE
