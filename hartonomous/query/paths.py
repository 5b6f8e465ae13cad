"""Paths from relation to relation: traversal from a prompt, and the strongest between two."""

from __future__ import annotations

from dataclasses import dataclass

from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.query.concepts import require_known, require_storable
from hartonomous.query.rows import fetch
from hartonomous.store.session import Connection

_TRAVERSE = """
SELECT composition_path, score, elo_path, relation_path::text[]
FROM hartonomous.traverse_relations(%s, %s, %s, %s)
"""
_STRONGEST = """
SELECT composition_path, score, elo_path, relation_path::text[]
FROM hartonomous.strongest_path(%s, %s, %s, %s, %s)
"""
_WORDS = """
SELECT word, composition_id IS NOT NULL FROM hartonomous.prompt_words(%s) ORDER BY place
"""


@dataclass(frozen=True)
class Path:
    """Concepts, each related to the next."""

    concepts: tuple[str, ...]
    #: Product of the hops' expected scores against 1500, from 0 to 1.
    score: float
    #: Rating of each hop, one less than there are concepts.
    elo_scores: tuple[float, ...]
    relation_ids: tuple[str, ...]

    @property
    def depth(self) -> int:
        """How many hops it has."""
        return len(self.elo_scores)


@dataclass(frozen=True)
class Traversal:
    """What a traversal found."""

    #: The best paths of each depth, shallow ones first.
    paths: tuple[Path, ...]
    #: Words of the prompt that no concept stands for.
    unknown_words: tuple[str, ...]


def traverse(
    connection: Connection,
    prompt: str,
    max_depth: int = 3,
    beam: int = 16,
    relation_type: str = "related",
) -> Traversal:
    """Search along the best rated relations from the words of a prompt (beam search).

    Parameters
    ----------
    connection
        A session in autocommit, so that no lock outlives the question.
    prompt
        Words; those that are unknown are skipped and named in the answer.
    max_depth
        How many hops the longest paths have.
    beam
        How many paths of each depth are kept.
    relation_type
        The relations to follow.

    Raises
    ------
    UnknownNameError
        No word of the prompt is known, or no such relation type.
    ParameterError
        ``max_depth`` or ``beam`` is not positive.
    StoreError
        The database is gone.
    """
    _require_positive(max_depth, beam)
    require_storable(prompt)
    words = fetch(connection, _word, _WORDS, [prompt])
    if not any(known for _, known in words):
        raise UnknownNameError(f"no word of {prompt[:60]!r} is a known concept")
    paths = fetch(connection, _path, _TRAVERSE, [prompt, max_depth, beam, relation_type])
    return Traversal(paths, tuple(word for word, known in words if not known))


def strongest_path(
    connection: Connection,
    a: str,
    b: str,
    max_depth: int = 6,
    beam: int = 256,
    relation_type: str = "related",
) -> Path | None:
    """Return the path from a to b with the greatest product of expected scores.

    Parameters
    ----------
    connection
        A session in autocommit, so that no lock outlives the question.
    a, b
        Two concepts as they are written.
    max_depth
        How many hops it may have.
    beam
        How many partial paths are kept; the answer is exact while all fit.
    relation_type
        The relations to follow.

    Returns
    -------
    Path or None
        None where no path has at most ``max_depth`` hops, or a and b are the same.

    Raises
    ------
    UnknownNameError
        There is no such concept, then the message has near matches, or no such relation type.
    ParameterError
        ``max_depth`` or ``beam`` is not positive.
    StoreError
        The database is gone.
    """
    _require_positive(max_depth, beam)
    require_storable(a, b)
    found = fetch(connection, _path, _STRONGEST, [a, b, max_depth, beam, relation_type])
    if not found:
        require_known(connection, a, b)
        return None
    return found[0]


def _word(word: str, known: bool) -> tuple[str, bool]:
    return word, known


def _path(concepts: list[str], score: float, elos: list[float], relations: list[str]) -> Path:
    return Path(tuple(concepts), score, tuple(elos), tuple(relations))


def _require_positive(max_depth: int, beam: int) -> None:
    if max_depth < 1:
        raise ParameterError(f"a depth of {max_depth} reaches nothing: use 1 or more")
    if beam < 1:
        raise ParameterError(f"a beam of {beam} keeps no path: use 1 or more")
