"""Patterns that a library has a function for: `map`, `sorted(key=...)`, `forEach`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hartonomous.readers.code.language import Word
from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.outline import Call
from hartonomous.readers.code.patterns.iterations import Iteration
from hartonomous.readers.code.patterns.loops import iteration_patterns


def called_patterns(call: Call) -> Iterator[str]:
    """Give the patterns that a call of a library's function is."""
    node = call.view.role("arguments")
    arguments = node.children if node else []
    for word in call.view.language.library.words[call.name]:
        if _is_meant(word, call, arguments, node):
            yield word.pattern
            if word.pattern == "each":
                yield from _of_its_function(arguments)


def _is_meant(word: Word, call: Call, arguments: list[Neutral], node: Neutral | None) -> bool:
    if len(arguments) < word.arguments or (word.bare and call.receiver):
        return False
    if word.receiver is not None and not re.search(word.receiver, call.receiver):
        return False
    if word.function and not any(_is_function(argument, word.named) for argument in arguments):
        return False
    if word.keyword is not None and not any(_has_key(a, word.keyword) for a in arguments):
        return False
    text = node.text.decode("utf-8", "replace") if node else ""
    return word.within is None or re.search(word.within, text) is not None


def _is_function(argument: Neutral, named: bool) -> bool:
    return argument.kind == "lambda" or (named and argument.kind in {"name", "member", "call"})


def _has_key(argument: Neutral, keyword: str) -> bool:
    key = argument.role("key") if argument.kind == "pair" else None
    return key is not None and key.text.decode() == keyword


def _of_its_function(arguments: list[Neutral]) -> Iterator[str]:
    """Give what the function that is handed over does with each element."""
    for argument in arguments:
        body = argument.role("body") if argument.kind == "lambda" else None
        parameters = argument.role("parameters")
        if body is not None and parameters is not None:
            yield from iteration_patterns(Iteration(parameters.names, body, is_function=True))
