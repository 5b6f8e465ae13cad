"""What a language's table says: which nodes make which neutral node, and its library's words.

A language is one table. A neutral node has a kind and roles; where a role is found is a path of
steps from the node: a field's name, ``#0`` for the first named child, ``>type`` for the first child
of a type, ``declarator*`` for C's innermost declarator, ``~type`` for the declarator of a type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast, get_args

if TYPE_CHECKING:
    from tree_sitter import Node

#: What neutral nodes are; ``wrap`` stands for what is inside it.
NeutralKind = Literal[
    "assign",
    "augment",
    "binary",
    "block",
    "branch",
    "break",
    "call",
    "class",
    "compare",
    "comprehension",
    "continue",
    "counted",
    "each",
    "function",
    "handler",
    "if",
    "import",
    "increment",
    "index",
    "lambda",
    "literal",
    "match",
    "member",
    "name",
    "namespace",
    "not",
    "nothing",
    "other",
    "pair",
    "raise",
    "range",
    "return",
    "scoped",
    "text",
    "try",
    "while",
    "wrap",
    "yield",
]

#: What ties modules that can call each other, and so the names of their interfaces.
Ecosystem = Literal["python", "javascript", "c", "java", "go", "rust"]


@dataclass(frozen=True)
class Form:
    """How one type of node reads as a neutral node."""

    kind: NeutralKind
    #: Role to the path of steps that leads to it.
    roles: Mapping[str, tuple[str, ...]]
    #: The form holds only where this role is found; the type's next form is tried otherwise.
    needs: str | None = None


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


def read_table(table: str) -> dict[str, tuple[Form, ...]]:
    """Read a table of nodes: on each line a node's type, its kind, and its roles as ``role=path``.

    A line that begins with ``+`` gives the line before it more roles.

    The steps of a path are parted by slashes. Lines of one type are its forms in order; the role
    that a form needs has an exclamation mark.
    """
    nodes: dict[str, tuple[Form, ...]] = {}
    for line in filter(str.strip, re.sub(r"\n\s*\+", "", table).splitlines()):
        type_, kind, *pairs = line.split()
        split = [pair.partition("=") for pair in pairs]
        roles = {role.rstrip("!"): tuple(path.split("/")) for role, _, path in split}
        needs = next((role.rstrip("!") for role, _, _ in split if role.endswith("!")), None)
        if kind not in get_args(NeutralKind):
            raise ValueError(f"{kind} is no kind of node")
        form = Form(cast(NeutralKind, kind), roles, needs)
        nodes[type_] = (*nodes.get(type_, ()), form)
    return nodes


@dataclass(frozen=True)
class Import:
    """One name that a file brings in: what it is here, and its full dotted name."""

    #: None for a module that is only named or brings all its names.
    alias: str | None
    target: str
    #: The module of the target, which the file imports.
    module: str


@dataclass(frozen=True)
class Word:
    """A library function whose call is a pattern, and what tells it from its namesakes."""

    pattern: str
    #: The least number of arguments.
    arguments: int = 0
    #: One argument is a function: a lambda or, with ``named``, any name.
    function: bool = False
    named: bool = False
    #: A named argument that has to be there, such as ``key``.
    keyword: str | None = None
    #: What the receiver's text has to match, or, with ``bare``, that there is none.
    receiver: str | None = None
    bare: bool = False
    #: What the arguments' text has to match.
    within: str | None = None


@dataclass(frozen=True)
class Library:
    """The words of a language's library that make patterns."""

    #: Calls that are patterns by themselves, by the last name of what is called.
    words: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)
    #: Calls that put one more element into a collection, by their last name.
    adds: frozenset[str] = frozenset()
    #: What opens something that has to be closed, as the end of a dotted name.
    opens: frozenset[str] = frozenset()
    closes: frozenset[str] = frozenset()
    #: What is opened is closed where its variable ends.
    closes_by_scope: bool = False
    #: Calls whose loop counts up and has no collection.
    ranges: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Language:
    """One language: its grammar, its table, and how its names work."""

    name: str
    ecosystem: Ecosystem
    suffixes: tuple[str, ...]
    #: Module and function that give the grammar.
    grammar: tuple[str, str]
    nodes: Mapping[str, tuple[Form, ...]]
    library: Library
    #: Gives what one import node brings in; the second argument is the importing module.
    imports: Callable[[Node, str], Iterator[Import]]
    #: Nodes that give a function its name, and the field that holds the function.
    bound_functions: Mapping[str, str] = field(default_factory=dict)
    #: Receivers that stand for the object itself.
    selves: frozenset[str] = frozenset({"this"})
    #: Names that are there without any import and hold functions.
    globals: frozenset[str] = frozenset()
    #: By convention names of classes, and nothing else that can be called, begin with a capital.
    capital_is_class: bool = True
    #: Methods call each other by their bare names.
    bare_methods: bool = False
    #: Where the documentation of a function is: first in its body, or in comments above it.
    docs_inside: bool = False
    #: More patterns of the grammar's query language, with captures named after kinds.
    more_query: str = ""
