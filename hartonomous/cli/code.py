"""``hartonomous code``: what is in code; `patterns` and `corrections` store nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import counted, show_json, show_table

if TYPE_CHECKING:
    from hartonomous.readers.code import CodeFile, LeftOut

app = typer.Typer(help="Look at code, and find functions of what is stored.", no_args_is_help=True)

#: Rows that one command prints.
MAX_ROWS = 100_000

Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, max=MAX_ROWS, help="Rows to show at most.")
]


@dataclass(frozen=True)
class _Row:
    """One pattern in one place."""

    pattern: str
    file: str
    line: int
    within: str


@dataclass
class _Survey:
    """What was read and what was left out."""

    files: int = 0
    lines: int = 0
    with_syntax_errors: int = 0
    found: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def count(self, record: CodeFile | LeftOut) -> None:
        from hartonomous.readers.code import LeftOut

        if isinstance(record, LeftOut):
            self.left_out[record.reason] += record.files
            return
        self.files += 1
        self.lines += record.lines
        self.with_syntax_errors += record.syntax_errors > 0


@app.command()
def patterns(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with code.")],
    pattern: Annotated[
        list[str] | None, typer.Option("--pattern", help="Show only this pattern; repeatable.")
    ] = None,
    limit: Limit = 1000,
    processes: Annotated[int, typer.Option("--processes", help="Processes that read.")] = 1,
    as_json: Json = False,
) -> None:
    """List loops, guard clauses, retries and other patterns, the same in eight languages."""
    survey = _Survey()
    wanted = _known(pattern or [])
    rows: list[_Row] = []
    for row in _rows(paths, processes, wanted, survey):
        survey.found[row.pattern] += 1
        if len(rows) < limit:
            rows.append(row)
    if as_json:
        show_json({"patterns": rows, "found": dict(survey.found), **_facts(survey)})
        return
    show_table(
        ("pattern", "file", "line", "function"),
        [(row.pattern, row.file, str(row.line), row.within) for row in rows],
    )
    hidden = survey.found.total() - len(rows)
    if hidden:
        typer.echo(f"{hidden:,} more: -n shows them", err=True)
    _tell(survey)


@app.command()
def corrections(
    folder: Annotated[Path, typer.Argument(help="A folder of a git repository.")],
    history: Annotated[
        int, typer.Option("--history", help="How many commits to look at, newest first.")
    ] = 1000,
    limit: Limit = 50,
    as_json: Json = False,
) -> None:
    """List what the fixes in a git history replaced by what, the most frequent first."""
    from hartonomous.readers.code.history import read_history

    read = read_history(folder, history)
    labels = [concept.label for concept in read.concepts]
    columns = (read.pairs.count.tolist(), read.pairs.a.tolist(), read.pairs.b.tolist())
    order = sorted(zip(*columns, strict=True), key=lambda row: (-row[0], row[1], row[2]))[:limit]
    rows = [(count, labels[a], labels[b]) for count, a, b in order]
    if as_json:
        keys = ("count", "before", "after")
        found = [dict(zip(keys, row, strict=True)) for row in rows]
        show_json({"corrections": found, "fixes": read.fixes})
        return
    show_table(("count", "before", "after"), rows)
    typer.echo(
        f"{counted(len(read.pairs), 'correction')} from {counted(read.fixes, 'fix', 'fixes')}",
        err=True,
    )


def _rows(
    paths: Iterable[Path], processes: int, wanted: frozenset[str], survey: _Survey
) -> Iterator[_Row]:
    from hartonomous.readers.code import CodeFile, read_code

    for path in paths:
        base = path.parent if path.is_file() else path
        for record in read_code(path, processes=processes):
            survey.count(record)
            if isinstance(record, CodeFile):
                for found in record.patterns:
                    if found.pattern in wanted:
                        file = str(base / record.path)
                        yield _Row(found.pattern, file, found.line, found.within)


def _known(names: list[str]) -> frozenset[str]:
    from hartonomous.errors import ParameterError
    from hartonomous.readers.code import PATTERNS

    unknown = [name for name in names if name not in PATTERNS]
    if unknown:
        raise ParameterError(f"no pattern {unknown[0]!r}; there are {', '.join(sorted(PATTERNS))}")
    return frozenset(names or PATTERNS)


def _facts(survey: _Survey) -> dict[str, object]:
    return {
        "files": survey.files,
        "lines": survey.lines,
        "files_with_syntax_errors": survey.with_syntax_errors,
        "left_out": dict(survey.left_out),
    }


def _tell(survey: _Survey) -> None:
    """Say what was read, on the stream for remarks, so that pipes get rows alone."""
    found = ", ".join(f"{n:,} {name}" for name, n in survey.found.most_common())
    errors = survey.with_syntax_errors
    typer.echo(
        f"read {counted(survey.files, 'file')} of {counted(survey.lines, 'line')}"
        + (
            f", {errors:,} with {'a syntax error' if errors == 1 else 'syntax errors'}"
            if errors
            else ""
        )
        + (f": {found}" if found else ""),
        err=True,
    )
    if survey.left_out:
        reasons = ", ".join(f"{n:,} {reason}" for reason, n in sorted(survey.left_out.items()))
        typer.echo(f"left out {survey.left_out.total():,}: {reasons}", err=True)
