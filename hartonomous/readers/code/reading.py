"""Reading code: a folder as a stream of records, a file at a time, by one process or several."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path

from hartonomous.errors import CodeError, ParameterError
from hartonomous.hashing import blake3
from hartonomous.readers.code.folder import Candidate, walk
from hartonomous.readers.code.grammar import grammar_of, is_tangled
from hartonomous.readers.code.language import Language
from hartonomous.readers.code.languages import language_of
from hartonomous.readers.code.outline import Outline, outline_of
from hartonomous.readers.code.patterns import Sighting, sightings
from hartonomous.readers.code.project import Project
from hartonomous.readers.code.records import (
    CodeConcept,
    CodeFile,
    CodeFunction,
    FoundPattern,
    LeftOut,
)
from hartonomous.readers.code.relations import Relations, relate
from hartonomous.readers.code.resolution import Names
from hartonomous.readers.code.source import read_source

#: Files that one process is given at once, and such lots that wait for each process.
LOT_FILES = 16
LOTS_WAITING = 4
MAX_PROCESSES = 64

Record = CodeFile | LeftOut


def read_code(
    root: str | Path, *, name: str | None = None, after: str = "", processes: int = 1
) -> Iterator[Record]:
    """Read a folder of code as a stream of records in the order of the files' paths.

    Memory is bounded by the largest file that is read, not by how many there are.

    Parameters
    ----------
    root
        A folder, or one file.
    name
        What stands before paths where they are names of modules; the folder's own name if None.
    after
        Go on after this path, as a record of an earlier reading has it.
    processes
        How many processes read; records come in the same order and are the same.

    Yields
    ------
    CodeFile or LeftOut
        What a file says, or why it or a folder was left out.

    Raises
    ------
    CodeError
        Nothing is there, the extra ``code`` is not installed, or a parser died on a file.
    ParameterError
        ``processes`` is out of range.
    """
    if not 1 <= processes <= MAX_PROCESSES:
        raise ParameterError(f"processes must be from 1 to {MAX_PROCESSES}, not {processes}")
    place = Path(root)
    base = place.parent if place.is_file() else place
    project = Project(base, name or base.resolve().name or "root")
    found = walk(place, after)
    if processes == 1:
        return (_record(project, one) for one in found)
    return _in_parallel(project, found, processes)


def _in_parallel(
    project: Project, found: Iterator[Candidate | LeftOut], processes: int
) -> Iterator[Record]:
    """Hand lots of files to processes and take their records back in order."""
    waiting: deque[Future[list[Record]]] = deque()
    with ProcessPoolExecutor(processes, initializer=_collect_rarely) as pool:
        try:
            while lot := list(islice(found, LOT_FILES)):
                waiting.append(pool.submit(_records, project, lot))
                if len(waiting) >= processes * LOTS_WAITING:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise CodeError(
                f"{project.root}: a process that was reading it died; read it with one process"
            ) from None
        finally:
            for future in waiting:
                future.cancel()


def _collect_rarely() -> None:
    """Let the collector of cycles look less often: records and nodes have none."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _records(project: Project, lot: Iterable[Candidate | LeftOut]) -> list[Record]:
    return [_record(project, one) for one in lot]


def _record(project: Project, found: Candidate | LeftOut) -> Record:
    if isinstance(found, LeftOut):
        return found
    source = read_source(found.path)
    if isinstance(source, str):
        return LeftOut(found.name, source)
    language = language_of(found.path.suffix.lower(), source)
    if language is None:
        return LeftOut(found.name, "other")
    return _read(project, found.name, language, source)


def _read(project: Project, name: str, language: Language, source: bytes) -> Record:
    grammar = grammar_of(language)
    tree = grammar.parse(source)
    if is_tangled(tree):
        return LeftOut(name, "tangled")
    root = tree.root_node
    module = project.module_of(name, language, source)
    outline = outline_of(root, grammar, language, module.package)
    names = Names(outline, module, project)
    definitions = [names.definition(place) for place in range(len(outline.scopes))]
    seen = tuple(sightings(outline))
    relations = relate(outline, module, names, definitions, seen)
    functions = tuple(_functions(outline, definitions, relations))
    return CodeFile(
        path=name,
        language=language.name,
        digest=blake3(source),
        lines=source.count(b"\n") + (not source.endswith(b"\n") and bool(source)),
        syntax_errors=grammar.count_errors(root),
        concepts=relations.concepts,
        pairs=relations.pairs(),
        functions=functions,
        patterns=tuple(sorted(_patterns(seen, definitions), key=_place)),
    )


def _functions(
    outline: Outline, definitions: Sequence[CodeConcept], relations: Relations
) -> Iterator[CodeFunction]:
    for scope, concept in zip(outline.scopes, definitions, strict=True):
        if scope.kind == "function":
            yield CodeFunction(relations.place(concept), scope.line, scope.end_line)


def _patterns(
    seen: Iterable[Sighting], definitions: Sequence[CodeConcept]
) -> Iterator[FoundPattern]:
    for sighting in seen:
        within = definitions[sighting.scope].label
        yield FoundPattern(sighting.pattern, within, sighting.line, sighting.end_line)


def _place(found: FoundPattern) -> tuple[int, int, str]:
    return found.line, -found.end_line, found.pattern
