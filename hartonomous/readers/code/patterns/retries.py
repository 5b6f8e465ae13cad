"""Retries: a loop that ends when something succeeds and goes round when it fails.

Where errors are values, any loop that reads looks like one, so a word has to say it there.
"""

from __future__ import annotations

import re

from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.patterns.iterations import iteration_of

_SAYS_SO = re.compile(rb"(?i)retry|retries|attempt|backoff|back_off|(?<![a-z])tries(?![a-z])")
_COMMENT = re.compile(rb"(?s)/\*.*?\*/|(?://|#)[^\n]*")
_WAITS = re.compile(rb"(?i)sleep|delay|settimeout")


def is_retry(loop: Neutral) -> bool:
    """Say whether a loop tries something again."""
    body = loop.role("body")
    if body is None or iteration_of(loop) is not None:
        return False
    text = _COMMENT.sub(b"", loop.text)
    says_so = _SAYS_SO.search(text) is not None
    counts = loop.kind in {"each", "counted"}
    if not says_so and not counts:
        return False
    attempt = next((view for view in body.below() if view.kind == "try"), None)
    if attempt is not None:
        return _succeeds(attempt, body) and _goes_on(attempt)
    return (says_so or _WAITS.search(text) is not None) and _leaves(body)


def _leaves(view: Neutral) -> bool:
    return any(inner.kind in {"return", "break"} for inner in view.below())


def _succeeds(attempt: Neutral, body: Neutral) -> bool:
    """Say whether the loop ends when nothing was raised: in what is tried, or right after it."""
    tried = attempt.role("body")
    if tried is not None and _leaves(tried):
        return True
    return any(s.kind in {"return", "break"} for s in body.statements) or any(
        child.type == "else_clause" and re.search(rb"\b(return|break)\b", child.text or b"")
        for child in attempt.node.children
    )


def _goes_on(attempt: Neutral) -> bool:
    """Say whether a failure doesn't always leave the loop."""
    handler = attempt.role("handler")
    body = handler.role("body") if handler else None
    if body is None:
        return False
    statements = body.statements
    return not statements or statements[-1].kind not in {"raise", "return", "break"}
