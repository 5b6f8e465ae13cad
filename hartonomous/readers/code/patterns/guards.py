"""Guard clauses: conditions at a function's beginning that leave it at once."""

from __future__ import annotations

from collections.abc import Iterator

from hartonomous.readers.code.neutral import Neutral

#: Statements of a function's beginning that are looked at.
MAX_LEADING = 12

_LEAVES = frozenset({"return", "raise"})
#: Calls that don't come back.
_ENDS = (b"panic", b"exit", b"abort", b"os.Exit", b"sys.exit", b"log.Fatal", b"unreachable")


def guards(function: Neutral) -> Iterator[Neutral]:
    """Give the guard clauses of a function: not after a call, not at the end."""
    body = function.role("body")
    if body is None or body.kind != "block":
        return
    statements = [s for s in body.statements if s.kind != "nothing"]
    for statement in statements[: min(MAX_LEADING, len(statements) - 1)]:
        if _is_guard(statement):
            yield statement
        elif not _only_declares(statement):
            return


def _is_guard(statement: Neutral) -> bool:
    if statement.kind != "if" or statement.raw("else") is not None:
        return False
    then = statement.role("then")
    inside = then.statements if then else []
    return 1 <= len(inside) <= 2 and _leaves(inside[-1])


def _leaves(statement: Neutral) -> bool:
    if statement.kind == "call":
        return statement.text.startswith(_ENDS)
    return statement.kind in _LEAVES


def _only_declares(statement: Neutral) -> bool:
    if statement.kind == "text":
        return True
    return statement.kind in {"assign", "other"} and b"(" not in statement.text
