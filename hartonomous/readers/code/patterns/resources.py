"""Open, use, close: by a scope that closes, by a variable that does, or by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.outline import Call, Outline
from hartonomous.readers.code.syntax import beginning

#: Nodes between a call and the variable that it is assigned to.
MAX_ABOVE = 4

_CALLED = re.compile(r"([\w$.:]+)\s*(?:<[^<>]*>)?\(")


def opened_and_closed(outline: Outline) -> Iterator[tuple[int, Neutral]]:
    """Give the scope and the node of everything that is opened, used and closed."""
    opens = outline.language.library.opens
    for scope, view in outline.scoped:
        text = beginning(view.raw("resources"), 1000).decode("utf-8", "replace")
        if any(re.split(r"\.|::", name)[-1] in opens for name in _CALLED.findall(text)):
            yield scope, view
    yield from outline.streams
    yield from _by_variable(outline)


def _by_variable(outline: Outline) -> Iterator[tuple[int, Neutral]]:
    library = outline.language.library
    opened: dict[tuple[int, bytes], Neutral] = {}
    for call in outline.calls:
        if call.name in library.opens or ".".join(call.path[-2:]) in library.opens:
            assignment = _assignment(call.view)
            if assignment is None:
                continue
            if library.closes_by_scope:
                yield call.scope, assignment
                continue
            for name in assignment.names_in("target"):
                opened[call.scope, name] = assignment
        elif call.name in library.closes:
            for name in _closed(call):
                found = opened.pop((call.scope, name), None)
                if found is not None:
                    yield call.scope, found


def _names(text: bytes) -> frozenset[bytes]:
    return frozenset(re.findall(rb"\w+", text[:1000]))


def _closed(call: Call) -> Iterator[bytes]:
    """Give what a call may close: its receiver or one of its arguments."""
    yield from _names(call.receiver.encode())
    arguments = call.view.role("arguments")
    for argument in arguments.children if arguments else ():
        yield argument.text


def _assignment(view: Neutral) -> Neutral | None:
    """Return the assignment that a call's value goes into."""
    node = view.node.parent
    for _ in range(MAX_ABOVE):
        if node is None:
            return None
        above = Neutral(node, view.language)
        if above.kind == "assign" and above.node.start_byte <= view.node.start_byte:
            return above
        if above.kind in {"call", "block", "function", "lambda"} and above.node != view.node:
            return None
        node = node.parent
    return None
