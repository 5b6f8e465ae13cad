"""Relations of one file: its outline as concepts and counted pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.code.documentation import documentation_of
from hartonomous.readers.code.outline import Call, Outline
from hartonomous.readers.code.patterns import Sighting
from hartonomous.readers.code.project import Module
from hartonomous.readers.code.records import CodeConcept, CodeKind, CodePairs, RelationName
from hartonomous.readers.code.resolution import Names
from hartonomous.readers.code.syntax import beginning
from hartonomous.readers.code.words import MAX_BODY, MAX_DOCS, count_words, strongest, weights_of

#: Classes that one class builds on.
MAX_BASES = 50

_BETWEEN_BASES = re.compile(
    r",|\+|\n|[{}();]|(?<!:):(?!:)|\b(?:extends|implements|public|private|protected|virtual|final)\b"
)
_BASE = re.compile(r"\*?([\w$]+(?:(?:\.|::)[\w$]+)*)")
_GENERICS = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")


class Relations:
    """Collects the concepts and pairs of one file; both are bounded by the file's length."""

    def __init__(self) -> None:
        self._places: dict[tuple[CodeKind, str], int] = {}
        self._counts: dict[RelationName, Counter[tuple[int, int]]] = {}
        self._words = _WordColumns()

    def place(self, concept: CodeConcept) -> int:
        """Return a concept's place, a new one when it is new."""
        return self._place(concept.kind, concept.text)

    def _place(self, kind: CodeKind, text: str) -> int:
        return self._places.setdefault((kind, text), len(self._places))

    def add(self, type_: RelationName, a: CodeConcept, b: CodeConcept) -> None:
        """Count a pair once more; nothing relates to itself."""
        pair = self.place(a), self.place(b)
        if pair[0] != pair[1]:
            self._counts.setdefault(type_, Counter())[pair] += 1

    def relate_words(self, function: CodeConcept, counts: Mapping[str, int], length: int) -> None:
        """Relate the strongest words of a function to it."""
        kept = strongest(counts)
        words = [self._place("text", word) for word, _ in kept]
        self._words.add(self.place(function), words, [count for _, count in kept], length)

    @property
    def concepts(self) -> tuple[CodeConcept, ...]:
        """All concepts; pairs refer to them by place."""
        return tuple(CodeConcept(kind, text) for kind, text in self._places)

    def pairs(self) -> tuple[CodePairs, ...]:
        """Return the pairs by type, each ordered by a, then b."""
        counted = [counted_pairs(type_, counts) for type_, counts in sorted(self._counts.items())]
        words = self._words.pairs()
        return (*counted, words) if len(words) else tuple(counted)


class _WordColumns:
    """Words of functions as columns."""

    def __init__(self) -> None:
        self._word: list[int] = []
        self._function: list[int] = []
        self._count: list[int] = []
        self._length: list[int] = []

    def add(self, function: int, words: list[int], counts: list[int], length: int) -> None:
        self._word += words
        self._count += counts
        self._function += [function] * len(words)
        self._length += [length] * len(words)

    def pairs(self) -> CodePairs:
        """Return them ordered; of two functions with one name the stronger word counts."""
        word, function = np.array(self._word, np.int64), np.array(self._function, np.int64)
        count = np.array(self._count, np.int64)
        weight = weights_of(count, np.array(self._length, np.int64))
        order = np.lexsort((-weight, function, word))
        key = (word << 32 | function)[order]
        first = np.concatenate([[True], key[1:] != key[:-1]])[: len(key)]
        kept = order[first]
        return _columns("related", word[kept], function[kept], count[kept], weight[kept])


def counted_pairs(type_: RelationName, counts: Counter[tuple[int, int]]) -> CodePairs:
    """Return counted pairs as columns; a count n weighs n / (n + 1)."""
    pairs = sorted(counts.items())
    ends = np.array([pair for pair, _ in pairs], dtype=np.int64).reshape(-1, 2)
    count = np.array([count for _, count in pairs], dtype=np.int64)
    weight = (count * WEIGHT_UNIT + (count + 1) // 2) // (count + 1)
    return _columns(type_, ends[:, 0], ends[:, 1], count, weight)


def _columns(type_: RelationName, *columns: NDArray[np.int64]) -> CodePairs:
    a, b, count, weight = (column.astype(np.int32) for column in columns)
    return CodePairs(type_, a, b, count, weight)


def relate(
    outline: Outline,
    module: Module,
    names: Names,
    definitions: Sequence[CodeConcept],
    seen: Iterable[Sighting],
) -> Relations:
    """Make the relations of one file.

    Parameters
    ----------
    outline
        Its scopes, calls and imports.
    names
        What its names mean.
    definitions
        What each of its scopes defines.
    seen
        The patterns that were seen in it.
    """
    relations = Relations()
    relations.place(names.own_module())
    _add_structure(relations, outline, names, definitions)
    called = _add_calls(relations, outline, names, definitions)
    for sighting in seen:
        function = definitions[sighting.scope]
        if function.kind == "function":
            relations.add("instance_of", function, CodeConcept("pattern", sighting.pattern))
    _add_words(relations, outline, definitions, called, module)
    return relations


def _add_structure(
    relations: Relations, outline: Outline, names: Names, definitions: Sequence[CodeConcept]
) -> None:
    module = names.own_module()
    for imported in outline.imports:
        if imported.module:
            relations.add("imports", module, names.module(imported.module))
    for place, scope in enumerate(outline.scopes[1:], start=1):
        if scope.kind == "namespace":
            continue
        relations.add("contains", definitions[scope.parent], definitions[place])
        if scope.kind == "class":
            for base in _bases(outline, place):
                relations.add("inherits", definitions[place], names.inherited(base, scope.parent))


def _bases(outline: Outline, place: int) -> Iterator[list[str]]:
    """Give the dotted paths of the classes that a class builds on."""
    view = outline.scopes[place].view
    for role in ("bases", "more"):
        text = beginning(view.raw(role) if view else None, 2000).decode("utf-8", "replace")
        for part in _BETWEEN_BASES.split(_GENERICS.sub("", text))[:MAX_BASES]:
            base = _BASE.fullmatch(part.strip())
            if base:
                yield re.split(r"\.|::", base[1])


def _add_calls(
    relations: Relations, outline: Outline, names: Names, definitions: Sequence[CodeConcept]
) -> dict[int, list[str]]:
    """Add what calls what and what is handed to what; return the names called in each scope."""
    called: dict[int, list[str]] = {}
    targets: list[tuple[int, int, CodeConcept]] = []
    around: list[tuple[int, CodeConcept]] = []
    for call in outline.calls:
        target = names.called(call.path, call.scope, call.is_static)
        relations.add("calls", definitions[call.scope], target)
        called.setdefault(call.scope, []).append(call.name)
        targets.append((call.end, call.scope, target))
        _add_argument(relations, call, target, around)
    _add_order(relations, targets)
    return called


def _add_argument(
    relations: Relations, call: Call, target: CodeConcept, around: list[tuple[int, CodeConcept]]
) -> None:
    """Relate a call to the innermost call whose argument it is; ``around`` are those still open."""
    while around and around[-1][0] <= call.start:
        around.pop()
    arguments = call.view.raw("arguments")
    if around:
        relations.add("argument_of", target, around[-1][1])
    if arguments is not None:
        around.append((arguments.end_byte, target))


def _add_order(relations: Relations, targets: list[tuple[int, int, CodeConcept]]) -> None:
    """Add which interface is used right after which; a call comes when its arguments are there."""
    last: dict[int, CodeConcept] = {}
    for _, scope, target in sorted(targets, key=lambda entry: entry[:2]):
        if target.kind == "api":
            if scope in last:
                relations.add("precedes", last[scope], target)
            last[scope] = target


def _add_words(
    relations: Relations,
    outline: Outline,
    definitions: Sequence[CodeConcept],
    called: dict[int, list[str]],
    module: Module,
) -> None:
    for place, scope in enumerate(outline.scopes):
        if scope.kind != "function" or scope.view is None:
            continue
        parameters, body = scope.view.raw("parameters"), scope.view.raw("body")
        counts, length = count_words(
            scope.path[-1],
            scope.path[:-1] or (re.split(r"[./]", module.name)[-1],),
            beginning(parameters, MAX_DOCS),
            called.get(place, ()),
            beginning(body, MAX_BODY),
            documentation_of(scope, outline.language.docs_inside),
        )
        relations.relate_words(definitions[place], counts, length)
