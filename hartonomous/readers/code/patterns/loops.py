"""Patterns of loops: map, filter, find first, accumulate and tally, and the loop itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.patterns.iterations import Iteration, iteration_of

#: Statements of one body that are looked at, those of its conditions included.
MAX_STATEMENTS = 64

_GATHERING = frozenset({b"+=", b"*=", b"|=", b"&=", b"^=", b"-="})
_ERROR = re.compile(rb"(?i)\berr|error|exception")
_NEGATIVE = re.compile(rb"!|<|\bnot\b")
_PUTS = frozenset({b"put", b"set"})


def loop_patterns(loop: Neutral) -> Iterator[str]:
    """Give the names of the patterns that a loop is."""
    iteration = iteration_of(loop)
    if iteration is not None:
        yield from iteration_patterns(iteration)


def iteration_patterns(iteration: Iteration) -> Iterator[str]:
    """Give the names of the patterns that one way through a collection is."""
    yield "each"
    statements = [s for s in iteration.body.statements if s.kind != "nothing"][:MAX_STATEMENTS]
    if not statements:
        return
    derived = _derived(iteration.names, statements)
    yield from _gathered(statements, iteration, derived)
    for statement in _with_conditions(statements):
        if statement.kind == "if" and _finds(statement, iteration, derived):
            yield "find_first"
        elif _tallies(statement, iteration, derived):
            yield "tally"
        elif _accumulates(statement, iteration, derived):
            yield "accumulate"


def comprehension_patterns(comprehension: Neutral) -> Iterator[str]:
    """Give the names of the patterns that a comprehension is."""
    yield "each"
    clause, element = comprehension.role("each"), comprehension.role("element")
    target = clause.role("target") if clause else None
    if comprehension.raw("only") is not None:
        yield "filter"
    if target is None or element is None or target.text == element.text:
        return
    if target.names & element.names:
        yield "map"


def _derived(names: frozenset[bytes], statements: list[Neutral]) -> frozenset[bytes]:
    """Return the element's names and those that are assigned from it in the body."""
    derived = set(names)
    for statement in statements:
        target, value = statement.role("target"), statement.role("value")
        if statement.kind != "assign" or target is None or value is None or target.kind != "name":
            continue
        if value.names & derived and not _is_in(target.text, value.text):
            derived |= target.names
    return frozenset(derived)


def _is_in(name: bytes, text: bytes) -> bool:
    """Say whether a variable, and not a member of that name, is in an expression."""
    return re.search(rb"(?<![\w.>])" + re.escape(name) + rb"\b", text) is not None


def _gathered(
    statements: list[Neutral], iteration: Iteration, derived: frozenset[bytes]
) -> Iterator[str]:
    """Tell map and filter by the one thing that is added to another collection."""
    *before, last = statements
    if last.kind == "increment" and before:  # out[n] = x; n++
        *before, last = before
    skips = [s for s in before if s.kind == "if" and _only(s, "continue")]
    if any(s.kind not in {"assign", "if"} for s in before) or len(before) - len(skips) != sum(
        s.kind == "assign" for s in before
    ):
        return
    only = bool(skips)
    if last.kind == "if" and last.raw("else") is None:
        inner, test = last.role("then"), last.role("test")
        body = inner.statements if inner else []
        if len(body) == 2 and body[1].kind == "increment":
            body = body[:1]
        if len(body) != 1 or test is None or not test.names & derived:
            return
        last, only = body[0], True
    added = added_element(last, iteration if not only else None)
    if added is None or not added.names & derived:
        return
    if only:
        yield "filter"
    if not iteration.is_element(added.text) and not _is_alias(added, iteration, before):
        yield "map"


def _is_alias(added: Neutral, iteration: Iteration, before: list[Neutral]) -> bool:
    """Say whether what is added is a variable that was set to the element itself."""
    for statement in before:
        target, value = statement.role("target"), statement.role("value")
        if target is not None and value is not None and target.text == added.text:
            return iteration.is_element(value.text)
    return False


def added_element(statement: Neutral, iteration: Iteration | None) -> Neutral | None:
    """Return what a statement adds to a collection, None when it adds nothing.

    ``out.append(e)``, ``out = append(out, e)``, ``out[n++] = e``, ``yield e``; in a loop over
    places, which ``iteration`` then is, also ``out[i] = e``.
    """
    if statement.kind == "yield":
        return statement.role("value")
    if statement.kind == "call":
        arguments = _arguments(statement)
        return arguments[0] if len(arguments) == 1 and _adds(statement) else None
    if statement.kind != "assign":
        return None
    target, value = statement.role("target"), statement.role("value")
    if target is None or value is None:
        return None
    if target.kind == "index":
        key = target.role("key")
        if key is not None and key.kind in {"increment", "name"}:
            place = key.names
            indexed = iteration is not None and iteration.is_indexed and place <= iteration.names
            if indexed:
                return value if iteration and iteration.reads_element(value.text) else None
            return value if key.kind == "increment" or iteration is None else None
        return None
    arguments = _arguments(value) if value.kind == "call" and _adds(value) else []
    return arguments[1] if len(arguments) == 2 and arguments[0].text == target.text else None


def _adds(call: Neutral) -> bool:
    return _last_name(call).decode() in call.language.library.adds


def _last_name(call: Neutral) -> bytes:
    called = call.role("name") or call.role("function")
    named = called.role("name") if called and called.kind == "member" else called
    return named.text if named else b""


def _arguments(call: Neutral) -> list[Neutral]:
    arguments = call.role("arguments")
    return arguments.children if arguments else []


def _with_conditions(statements: list[Neutral]) -> Iterator[Neutral]:
    """Give statements and those inside of ifs, in order and up to a limit."""
    waiting, given = list(reversed(statements)), 0
    while waiting and given < MAX_STATEMENTS:
        statement = waiting.pop()
        given += 1
        yield statement
        if statement.kind == "if":
            for role in ("else", "then"):
                branch = statement.role(role)
                waiting.extend(reversed(branch.statements if branch else []))


def _only(condition: Neutral, kind: str) -> bool:
    then = condition.role("then")
    return then is not None and [s.kind for s in then.statements] == [kind]


def _finds(condition: Neutral, iteration: Iteration, derived: frozenset[bytes]) -> bool:
    """Say whether the element leaves the loop under a condition on it."""
    test, then = condition.role("test"), condition.role("then")
    if test is None or then is None or not test.names & derived:
        return False
    *before, last = then.statements or [condition]
    values = [last.role("value")]
    if last.kind == "break":
        values += [s.role("value") for s in before if s.kind == "assign"]
    elif last.kind != "return" or iteration.is_function:  # a function's return only goes on
        return False
    found = [value for value in values if value is not None and value.names & derived]
    return any(not _is_failure(value, test, iteration) for value in found)


def _is_failure(value: Neutral, test: Neutral, iteration: Iteration) -> bool:
    """Say whether what leaves is an error: named so, or a status that was not good."""
    if _ERROR.search(value.text):
        return True
    is_status = value.kind == "name" and value.text not in iteration.names
    return is_status and value.text in test.names and _NEGATIVE.search(test.text) is not None


def _tallies(statement: Neutral, iteration: Iteration, derived: frozenset[bytes]) -> bool:
    """Say whether a statement adds 1 under a key that comes from the element."""
    if statement.kind == "call" and _last_name(statement) in _PUTS:
        arguments = _arguments(statement)
        return (
            len(arguments) == 2
            and bool(arguments[0].names & derived)
            and _one_more(arguments[1], arguments[0])
        )
    target = statement.role("target")
    if target is None or not _is_key(target, iteration, derived):
        return False
    value = statement.role("value")
    if statement.kind == "increment":
        return True
    if value is None:
        return False
    if statement.kind == "augment":
        return value.text == b"1"
    return statement.kind == "assign" and _one_more(value, target)


def _is_key(target: Neutral, iteration: Iteration, derived: frozenset[bytes]) -> bool:
    if target.kind == "index":
        key = target.role("key")
        if key is None or not key.names & derived:
            return False
        return not (iteration.is_indexed and key.text in iteration.names)
    return b".entry(" in target.text and bool(target.names & derived)


def _one_more(value: Neutral, key: Neutral) -> bool:
    """Say whether a value is what stands under the key, and 1 more."""
    right = value.role("right")
    if value.kind != "binary" or right is None or right.text != b"1":
        return False
    return key.names <= value.names


def _accumulates(statement: Neutral, iteration: Iteration, derived: frozenset[bytes]) -> bool:
    """Say whether a statement makes one value of what came before and the element."""
    target, value = statement.role("target"), statement.role("value")
    if target is None or value is None or target.kind not in {"name", "member"}:
        return False
    if target.names & iteration.names or not value.names & derived:
        return False
    if statement.kind == "augment":
        operator = statement.raw("operator")
        return operator is not None and operator.text in _GATHERING and target.text not in derived
    if statement.kind != "assign" or not _is_in(target.text, value.text):
        return False
    if target.text in derived or statement.raw("new") is not None:
        return False
    return value.kind == "binary" or (value.kind == "call" and not _adds(value))
