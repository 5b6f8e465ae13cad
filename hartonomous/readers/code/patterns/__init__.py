"""Patterns: what code does with its data, the same in every language.

Each is defined on neutral nodes, so a language needs a table and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.outline import Outline
from hartonomous.readers.code.patterns.guards import guards
from hartonomous.readers.code.patterns.library_calls import called_patterns
from hartonomous.readers.code.patterns.loops import comprehension_patterns, loop_patterns
from hartonomous.readers.code.patterns.resources import opened_and_closed
from hartonomous.readers.code.patterns.retries import is_retry

__all__ = ["PATTERNS", "Pattern", "Sighting", "sightings"]


@dataclass(frozen=True)
class Pattern:
    """One pattern: its name, what it means, and how it looks as a neutral tree."""

    name: str
    meaning: str
    tree: str


PATTERNS: dict[str, Pattern] = {
    pattern.name: pattern
    for pattern in (
        Pattern("each", "do something with every element", "(each x xs (body x))"),
        Pattern("map", "make a new element of every element", "(each x xs (add out (f x)))"),
        Pattern("filter", "keep the elements that", "(each x xs (if (test x) (add out x)))"),
        Pattern("find_first", "the first element that", "(each x xs (if (test x) (return x)))"),
        Pattern("accumulate", "one value from all elements", "(each x xs (augment total x))"),
        Pattern("tally", "count elements by key", "(each x xs (increment (index counts (key x))))"),
        Pattern("sort_by_key", "order by what each element has", "(call sort xs key)"),
        Pattern(
            "open_use_close",
            "use what has to be closed",
            "(scoped f (call open) (use f) (close f))",
        ),
        Pattern("retry", "try again when it fails", "(counted (try (return (call f)) (sleep)))"),
        Pattern("guard", "leave at once when", "(function (if test (return)) rest)"),
    )
}


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where a pattern was seen."""

    pattern: str
    #: Place in the outline's scopes.
    scope: int
    #: From 1, the last included.
    line: int
    end_line: int


def sightings(outline: Outline) -> Iterator[Sighting]:
    """Give every pattern of a file; one loop can be several, as a map is a loop too."""
    for scope, loop in outline.loops:
        yield from _seen(loop_patterns(loop), scope, loop)
        if is_retry(loop):
            yield from _seen(("retry",), scope, loop)
    for scope, comprehension in outline.comprehensions:
        yield from _seen(comprehension_patterns(comprehension), scope, comprehension)
    for call in outline.calls:
        if call.name in outline.language.library.words:
            yield from _seen(called_patterns(call), call.scope, call.view)
    for scope, view in opened_and_closed(outline):
        yield from _seen(("open_use_close",), scope, view)
    for place, scope_ in enumerate(outline.scopes):
        if scope_.kind == "function" and scope_.view is not None:
            for guard in guards(scope_.view):
                yield from _seen(("guard",), place, guard)


def _seen(
    patterns: Iterator[str] | tuple[str, ...], scope: int, view: Neutral
) -> Iterator[Sighting]:
    for pattern in dict.fromkeys(patterns):
        node = view.node
        yield Sighting(pattern, scope, node.start_point[0] + 1, node.end_point[0] + 1)
