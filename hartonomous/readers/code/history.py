"""Corrections: what the fixes of a git history replaced by what, as shapes of code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.errors import CodeError, ParameterError
from hartonomous.readers.code.git import MAX_COMMITS, Blobs, Hunk, blobs, fixes, hunks
from hartonomous.readers.code.grammar import grammar_of
from hartonomous.readers.code.languages import BY_SUFFIX, language_of
from hartonomous.readers.code.neutral import Neutral
from hartonomous.readers.code.records import CodeConcept, CodePairs
from hartonomous.readers.code.relations import counted_pairs
from hartonomous.readers.code.shapes import difference

if TYPE_CHECKING:
    from tree_sitter import Node

#: A change of more lines is a rewrite and says nothing of one mistake.
MAX_LINES = 6
#: Changes of one commit that are compared; a commit of more is no single fix.
MAX_HUNKS = 50
#: Distinct corrections that are counted; later ones are left out.
MAX_CORRECTIONS = 1 << 20


@dataclass(frozen=True, slots=True)
class Correction:
    """One piece of code that a fix replaced by another."""

    commit: str
    before: str
    after: str


@dataclass(frozen=True)
class CodeHistory:
    """What the fixes of a history say: patterns corrected by patterns."""

    #: How many fixes were read.
    fixes: int
    concepts: tuple[CodeConcept, ...]
    pairs: CodePairs


def read_history(root: str | Path, commits: int) -> CodeHistory:
    """Count what fixes replaced by what.

    Parameters
    ----------
    root
        A folder of a git repository; changes outside of it don't count.
    commits
        How many commits are looked at, newest first; those whose subject names a fix are read.

    Raises
    ------
    CodeError
        It is no repository, has no commit, or git or the extra ``code`` is not installed.
    ParameterError
        ``commits`` is out of range.
    """
    places: dict[str, int] = {}
    counts: Counter[tuple[int, int]] = Counter()
    read: set[str] = set()
    for correction in corrections(root, commits):
        read.add(correction.commit)
        shapes = correction.before, correction.after
        if len(counts) < MAX_CORRECTIONS:
            a, b = (places.setdefault(shape, len(places)) for shape in shapes)
            counts[a, b] += 1
    concepts = tuple(CodeConcept("pattern", shape) for shape in places)
    return CodeHistory(len(read), concepts, counted_pairs("corrected_by", counts))


def corrections(root: str | Path, commits: int) -> Iterator[Correction]:
    """Give what fixes replaced, newest first; parameters and errors as of ``read_history``."""
    if not 1 <= commits <= MAX_COMMITS:
        raise ParameterError(f"history must be from 1 to {MAX_COMMITS:,} commits, not {commits}")
    folder = Path(root)
    if not folder.is_dir():
        raise CodeError(f"{folder}: no such folder")
    with blobs(folder) as files:
        for commit in fixes(folder, commits):
            changed = [h for h in hunks(folder, commit, tuple(BY_SUFFIX)) if _is_small(h)]
            if len(changed) <= MAX_HUNKS:
                for before, after in _pairs(files, changed):
                    yield Correction(commit, before, after)


def _is_small(hunk: Hunk) -> bool:
    return 1 <= hunk.before_lines <= MAX_LINES and 1 <= hunk.after_lines <= MAX_LINES


def _pairs(files: Blobs, changed: list[Hunk]) -> Iterator[tuple[str, str]]:
    for hunk in changed:
        before = _pieces(
            files.read(hunk.before_blob), hunk.suffix, hunk.before_line, hunk.before_lines
        )
        after = _pieces(files.read(hunk.after_blob), hunk.suffix, hunk.after_line, hunk.after_lines)
        if len(before) == len(after):
            found = (difference(a, b) for a, b in zip(before, after, strict=True))
            yield from (pair for pair in found if pair is not None)


def _pieces(source: bytes | None, suffix: str, line: int, lines: int) -> list[Neutral]:
    """Return the statements that begin in the given lines, outermost ones."""
    language = language_of(suffix.lower(), source or b"")
    if source is None or language is None:
        return []
    tree = grammar_of(language).parse(source)
    first, last = line - 1, line + lines - 2
    return [Neutral(node, language) for node in _outermost(tree.root_node, first, last)]


def _outermost(root: Node, first: int, last: int) -> list[Node]:
    """Find the nodes that begin in lines, without those inside of them."""
    found: list[Node] = []
    waiting = [root]
    while waiting and len(found) <= MAX_LINES:
        node = waiting.pop()
        if node.is_extra or node.end_point[0] < first or node.start_point[0] > last:
            continue
        if node.start_point[0] >= first and node is not root:
            found.append(node)
        else:
            waiting.extend(reversed(node.named_children))
    return found
