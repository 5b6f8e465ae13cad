"""Iterations: what goes through a collection, however it is written.

A counting loop goes through a collection when its body reads ``a[i]``; so do loops over iterators
and linked lists, and a function that is handed to ``forEach``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hartonomous.readers.code.neutral import Neutral

#: Words of declarations, which are no variables.
_MARKS = frozenset({b"const", b"auto", b"mut", b"ref", b"_", b"let", b"var", b"final", b"int"})
_ITERATOR_TEST = re.compile(rb"[!=]=\s*[\w.>-]+?(\.|->)(end|cend)\(\)")


@dataclass(frozen=True)
class Iteration:
    """One way through a collection."""

    #: What stands for the element, or for its place where it is indexed.
    names: frozenset[bytes]
    body: Neutral
    is_indexed: bool = False
    #: The body is a function that is called with each element.
    is_function: bool = False

    def is_element(self, text: bytes) -> bool:
        """Say whether an expression is the element itself and nothing made of it."""
        bare = text.strip(b"*& ").removesuffix(b".clone()").removesuffix(b".to_owned()")
        if not self.is_indexed:
            return bare in self.names
        return any(re.fullmatch(rb"[\w.>-]+" + self._index(name), bare) for name in self.names)

    def reads_element(self, text: bytes) -> bool:
        """Say whether an expression has the element in it."""
        return any(re.search(self._index(name), text) for name in self.names)

    @staticmethod
    def _index(name: bytes) -> bytes:
        return rb"\[\s*" + re.escape(name) + rb"\s*\]"


def iteration_of(loop: Neutral) -> Iteration | None:
    """Return what a loop goes through, None when it only counts or waits."""
    body = loop.role("body")
    if body is None:
        return None
    if loop.kind == "each":
        collection, names = loop.role("collection"), loop.names_in("target") - _MARKS
        if collection is not None and _only_counts(collection):
            return _indexed(names, body)
        return Iteration(names, body)
    if loop.kind == "counted":
        return _counted(loop, body)
    return None


def _only_counts(collection: Neutral) -> bool:
    if collection.kind == "range":
        return True
    called = collection.role("function") if collection.kind == "call" else None
    return called is not None and called.text.decode() in collection.language.library.ranges


def _counted(loop: Neutral, body: Neutral) -> Iteration | None:
    start, test, step = loop.role("start"), loop.role("test"), loop.role("step")
    names = start.names_in("target") - _MARKS if start and start.kind == "assign" else None
    if not names or step is None:
        return None
    if test is not None and _ITERATOR_TEST.search(test.text):
        return Iteration(names, body)
    if any(re.search(rb"\b%s\s*=\s*%s(->|\.)next\b" % (n, n), step.text) for n in names):
        return Iteration(names, body)
    return _indexed(names, body)


def _indexed(names: frozenset[bytes], body: Neutral) -> Iteration | None:
    """Return a counting loop's iteration when its body reads elements and doesn't only set them."""
    iteration = Iteration(names, body, is_indexed=True)
    written = 0
    for statement in body.statements:
        target = statement.role("target") if statement.kind == "assign" else None
        written += target is not None and iteration.is_element(target.text)
    reads = sum(len(re.findall(Iteration._index(name), body.text)) for name in names)
    return iteration if reads > written else None
