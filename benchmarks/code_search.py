"""Are functions found by what documents them, and how fast is a library loaded and asked?

Python's own library without its tests is loaded with the documentation of its functions taken out
of the source; the first sentence of 500 of them then asks for each. Beside it, over the same names
and words: PostgreSQL's full-text search, tuned on 250 others, and MiniLM's sentence vectors; and,
as the null, sentences that ask for functions which they do not belong to.
"""

from __future__ import annotations

import ast
import os
import random
import re
import shutil
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg

from benchmarks.code_patterns import TESTS, measured, parse_alone, read_all
from benchmarks.intervals import bootstrapped
from benchmarks.substrates import databases, open_database, zoo
from hartonomous.editing.deletion import delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.ingesting_code import ingest_code
from hartonomous.readers.code import CodeFile, read_code
from hartonomous.readers.code.words import split_name
from hartonomous.readers.language.encoder import TextEncoder

ASKED, TUNING, GONE = 500, 250, 20
_SEED = 1
_FIRST_WORDS = 4
_IDENTIFIER = re.compile(r"[^\W\d]\w+")
_SENTENCE = re.compile(r"(?<=[.!?])\s|\n\s*\n")
_NORMALISATIONS = (0, 1, 2, 8, 16, 32)
#: Words of a function that the encoder is given; it reads 128 pieces at most.
_ENCODED_WORDS = 60
#: File and line of a function.
Place = tuple[str, int]


@dataclass(frozen=True)
class Described:
    """A function of the library, its words by where they stand, and what documents it."""

    place: Place
    name: str
    owner: str
    parameters: str
    body: str
    sentence: str

    @property
    def text(self) -> str:
        words = (" ".join(split_words(part)) for part in (self.owner, self.name, self.parameters))
        body = " ".join(dict.fromkeys(split_words(self.body)))
        return " ".join(f"{' '.join(words)} {body}".split()[:_ENCODED_WORDS])


def main() -> None:
    """Print rates, how often the function comes first, latencies and the time of a deletion."""
    with tempfile.TemporaryDirectory() as folder, databases() as fresh:
        library = Path(folder) / "library"
        shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=TESTS)
        functions = [each for path in sorted(library.rglob("*.py"))
                     for each in undocumented(library, path)]  # fmt: skip
        with open_database(next(fresh)) as connection:
            rates(connection, library)
            search(connection, functions)
            deletions(connection, library)


def undocumented(library: Path, path: Path) -> Iterator[Described]:
    """Take the documentation of its functions out of a file; lines stay where they are."""
    try:
        source = path.read_text(encoding="utf-8")
        tree = ast.parse(source)
    except (SyntaxError, UnicodeDecodeError, ValueError):
        return
    lines = source.splitlines(keepends=True)
    found = [(node, owner) for node, owner in functions_of(tree) if ast.get_docstring(node)]
    sentences = {node: first_sentence(ast.get_docstring(node) or "") for node, _ in found}
    for node, _ in found:
        blank(lines, node.body[0])
    path.write_text("".join(lines), encoding="utf-8")
    name = path.relative_to(library).as_posix()
    for node, owner in functions_of(tree):
        body = "".join(lines[node.lineno : node.end_lineno])
        arguments = " ".join(arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg))
        owner = owner or Path(name).stem
        yield Described((name, node.lineno), node.name, owner, arguments, body,
                        sentences.get(node, ""))  # fmt: skip


def functions_of(tree: ast.AST, owner: str = "") -> Iterator[tuple[ast.FunctionDef, str]]:
    """Give every function with the names of what is around it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node, owner
        named = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        yield from functions_of(node, f"{owner} {node.name}".strip() if named else owner)


def blank(lines: list[str], node: ast.stmt) -> None:
    """Put three dots where a string stands."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head = lines[first].encode()[: node.col_offset].decode()
    tail = lines[last].encode()[node.end_col_offset :].decode()
    if first == last:
        lines[first] = f"{head}...{tail}"
        return
    lines[first] = f"{head}...\n"
    lines[first + 1 : last] = ["\n"] * (last - first - 1)
    lines[last] = tail.lstrip() or "\n"


def first_sentence(documentation: str) -> str:
    return " ".join(_SENTENCE.split(documentation.strip(), maxsplit=1)[0].split())


def split_words(text: str) -> list[str]:
    return [word for name in _IDENTIFIER.findall(text) for word in split_name(name)]


def rates(connection: psycopg.Connection, library: Path) -> None:
    """Print lines a second: parsed alone, read, and read, mined and loaded."""
    files = [each.path for each in read_code(library) if isinstance(each, CodeFile)]
    parse = measured(lambda: parse_alone(library, files))
    read = measured(lambda: read_all(library, 2))
    (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    before = backend_seconds(pid)
    load = measured(lambda: loaded(connection, library))
    server = backend_seconds(pid) - before
    for name, run, more in (("tree-sitter alone", parse, 0.0), ("read by two processes", read, 0.0),
                            ("read, mined and loaded", load, server)):  # fmt: skip
        processor = run.cpu + more
        print(f"  {name:24} {run.lines / run.wall:9,.0f} lines a second by the clock, "
              f"{2 * run.lines / processor:9,.0f} on two cores by processor time "
              f"({processor:.1f} s, the server's {more:.1f})")  # fmt: skip


def loaded(connection: psycopg.Connection, library: Path) -> int:
    report = ingest_code(connection, library, source="library", processes=2)
    print(f"  {report.new:,} files, {report.observations:,} observations")
    (lines,) = connection.execute(
        "SELECT sum((settings ->> 'lines')::integer) FROM hartonomous.site WHERE settings ? 'lines'"
    ).fetchone()
    return int(lines)


def backend_seconds(pid: int) -> float:
    """Seconds of processor time of the server's process that works for this session."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def search(connection: psycopg.Connection, functions: Sequence[Described]) -> None:
    """Print how well each way finds functions, and how long it takes."""
    known = set(places_of(connection))
    functions = [each for each in functions if each.place in known]
    usable = [e for e in functions if len(split_words(e.sentence)) >= _FIRST_WORDS]
    drawn = random.Random(_SEED).sample(usable, ASKED + TUNING)
    asked, tuning = drawn[:ASKED], drawn[ASKED:]
    print(f"  {len(functions):,} functions, {ASKED} asked for by the first sentence about them")
    seconds: list[float] = []
    (pid,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    before = backend_seconds(pid)
    by_stems = [intent(connection, each.sentence, seconds) for each in asked]
    worked = (backend_seconds(pid) - before) / len(asked) * 1000
    own = show("intent_to_code", reciprocal(by_stems, asked), seconds)
    print(f"  {'':28} {worked:.1f} ms of the server's processor a question (mean)")
    show("null: another's sentence", reciprocal(by_stems[1:] + by_stems[:1], asked))
    fill(connection, functions)
    best = max(_NORMALISATIONS, key=lambda n: np.mean(reciprocal(
        [full_text(connection, each.sentence, n, []) for each in tuning], tuning)))  # fmt: skip
    seconds = []
    by_text = [full_text(connection, each.sentence, best, seconds) for each in asked]
    theirs = show(f"full text, normalised {best}", reciprocal(by_text, asked), seconds)
    difference("intent_to_code over full text", own, theirs)
    vectors = show("MiniLM's sentence vectors", reciprocal(encoded(functions, asked), asked))
    difference("intent_to_code over MiniLM", own, vectors)


def places_of(connection: psycopg.Connection) -> Iterator[Place]:
    rows = connection.execute(
        "SELECT source_identifier, b FROM hartonomous.evidence WHERE relation_type = 'begins_at'"
    )
    for source, line in rows:
        yield source.removeprefix("library:"), int(line.removeprefix("line:"))


def intent(connection: psycopg.Connection, sentence: str, seconds: list[float]) -> list[Place]:
    started = perf_counter()
    rows = connection.execute(
        "SELECT file, line FROM hartonomous.intent_to_code(%s)", [sentence]
    ).fetchall()
    seconds.append(perf_counter() - started)
    return rows


def fill(connection: psycopg.Connection, functions: Iterable[Described]) -> None:
    """Make what full-text search looks into: names weigh most, then owners, then parameters."""
    connection.execute("CREATE TABLE pg_temp.function_text (file text, line integer, doc tsvector)")
    connection.execute("CREATE INDEX ON pg_temp.function_text USING gin (doc)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO pg_temp.function_text SELECT %s, %s, "
            + " || ".join(f"setweight(to_tsvector('english', %s), '{c}')" for c in "ABCD"),
            [(*e.place, *(" ".join(split_words(part))
                          for part in (e.name, e.owner, e.parameters, e.body)))
             for e in functions],
        )  # fmt: skip
    connection.execute("ANALYZE pg_temp.function_text")


def full_text(
    connection: psycopg.Connection, sentence: str, normalised: int, seconds: list[float]
) -> list[Place]:
    started = perf_counter()
    rows = connection.execute(
        "WITH asked AS (SELECT replace(plainto_tsquery('english', %s)::text, '&', '|')::tsquery q)"
        " SELECT file, line FROM pg_temp.function_text, asked WHERE doc @@ q"
        " ORDER BY ts_rank(doc, q, %s) DESC, file, line LIMIT 10",
        [sentence, normalised],
    ).fetchall()
    seconds.append(perf_counter() - started)
    return rows


def encoded(functions: Sequence[Described], asked: Sequence[Described]) -> list[list[Place]]:
    encoder = TextEncoder.of(zoo("minilm-l6"))
    keys = in_batches(encoder, [each.text for each in functions])
    queries = in_batches(encoder, [each.sentence for each in asked])
    places = [each.place for each in functions]
    best = np.argsort(-(queries @ keys.T), axis=1, kind="stable")[:, :10]
    return [[places[i] for i in row] for row in best]


def in_batches(encoder: TextEncoder, texts: Sequence[str]) -> np.ndarray:
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found: np.ndarray | None = None
    for start in range(0, len(order), 64):
        chosen = order[start : start + 64]
        rows = encoder.vectors([texts[i] for i in chosen])
        found = np.zeros((len(texts), rows.shape[1]), np.float32) if found is None else found
        found[chosen] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    assert found is not None
    return found


def reciprocal(found: Sequence[Sequence[Place]], asked: Sequence[Described]) -> np.ndarray:
    """Return 1 / the rank of what was asked for, 0 where it isn't among the first ten."""
    ranks = [
        next((1 / rank for rank, place in enumerate(places, 1) if tuple(place) == each.place), 0.0)
        for places, each in zip(found, asked, strict=True)
    ]
    return np.array(ranks)


def show(name: str, ranks: np.ndarray, seconds: Sequence[float] = ()) -> np.ndarray:
    low, high = bootstrapped(ranks)
    took = ""
    if seconds:
        p50, p95 = np.quantile(seconds, [0.5, 0.95]) * 1000
        took = f"; p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    print(f"  {name:28} MRR@10 {ranks.mean():.3f} [{low:.3f}, {high:.3f}]{took}", flush=True)
    return ranks


def difference(name: str, one: np.ndarray, other: np.ndarray) -> None:
    low, high = bootstrapped(one - other)
    print(f"  {name:28} {(one - other).mean():+.3f} [{low:+.3f}, {high:+.3f}]")


def deletions(connection: psycopg.Connection, library: Path) -> None:
    """Delete files, and hold what is left against a database that takes them again."""
    before = substrate_fingerprint(connection)
    rows = connection.execute(
        "SELECT source_identifier FROM hartonomous.source WHERE kind = 'code' ORDER BY 1"
    ).fetchall()
    names = random.Random(_SEED).sample([name for (name,) in rows], GONE)
    seconds = []
    for name in names:
        started = perf_counter()
        delete_source(connection, name)
        seconds.append(perf_counter() - started)
    ingest_code(connection, library, source="library")
    same = substrate_fingerprint(connection) == before
    print(
        f"  one file of {len(rows)} gone in {np.median(seconds) * 1000:.0f} ms (median), "
        f"{max(seconds) * 1000:.0f} ms at most; back again the fingerprint is "
        f"{'the same' if same else 'ANOTHER'}"
    )


if __name__ == "__main__":
    main()
