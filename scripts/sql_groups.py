"""Check that no function calls one of a group that comes later in sql/functions/groups.txt.

    python scripts/sql_groups.py [FOLDER]

A group is a folder of functions and views. Calls are found by PostgreSQL's own parser, in PL/pgSQL
bodies, views and triggers too; what a function puts together as text before it runs it is not seen.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from check_sql import INTERNAL, SCHEMA, Statement, is_function, name_of, plpgsql_parts, statements
from pglast import ast, parse_sql
from pglast.visitors import Visitor


@dataclass(frozen=True)
class Group:
    """A folder of functions, and what they are about."""

    name: str
    about: str


def main() -> int:
    """Print what is wrong, one line a finding; return how many there are, at most 1."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "sql/functions")
    groups = read_groups(folder)
    findings = list(check(folder, [group.name for group in groups]))
    for finding in findings:
        print(finding)
    if not findings:
        print(f"{len(groups)} groups of functions, none calls a later one")
    return bool(findings)


def read_groups(folder: Path) -> list[Group]:
    """Return the groups of a folder of functions, the lowest first."""
    lines = (folder / "groups.txt").read_text(encoding="utf-8").splitlines()
    fields = [line.split(maxsplit=1) for line in lines if line.strip() and line[0] != "#"]
    return [Group(name, about) for name, about in fields]


def check(folder: Path, order: list[str]) -> Iterator[str]:
    """Yield what is wrong with the groups and with the calls between them."""
    found = sorted({path.parent.name for path in folder.rglob("*.sql")})
    yield from (f"{folder}: {name} is not in groups.txt" for name in found if name not in order)
    yield from (
        f"{folder}: groups.txt names {name}, where nothing is"
        for name in order
        if name not in found
    )
    parsed = {path: list(statements(path)) for path in sorted(folder.rglob("*.sql"))}
    owners = {name: path.parent.name for path, made in parsed.items() for name in made_by(made)}
    ranks = {name: rank for rank, name in enumerate(order)}
    for path, made in parsed.items():
        for name in sorted(called_by(made) & owners.keys()):
            if ranks.get(owners[name], 0) > ranks.get(path.parent.name, 0):
                yield f"{path}: calls {name} of {owners[name]}, which comes later"


def made_by(found: list[Statement]) -> Iterator[str]:
    """Yield the names of the functions and views that a file makes."""
    for statement in found:
        if is_function(statement):
            yield name_of(statement.node.funcname)
        elif isinstance(statement.node, ast.ViewStmt):
            yield statement.node.view.relname


def called_by(found: list[Statement]) -> set[str]:
    """Return all names of our schema that a file's statements and bodies use."""
    calls = Calls()
    for statement in found:
        calls(statement.node)
        for part in bodies(statement):
            for raw in parse_sql(part):
                calls(raw.stmt)
    return calls.names


def bodies(statement: Statement) -> Iterator[str]:
    """Yield the SQL inside a function, piece by piece."""
    if not is_function(statement):
        return
    options = {option.defname: option.arg for option in statement.node.options}
    if options["language"].sval == "plpgsql":
        yield from plpgsql_parts(name_of(statement.node.funcname), statement.text)
    else:
        yield options["as"][0].sval


class Calls(Visitor):
    """Collects the functions and tables of our schema that statements name."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_FuncCall(self, _: object, node: ast.FuncCall) -> None:  # noqa: N802
        """Note a function that is called."""
        self._note(node.funcname)

    def visit_CreateTrigStmt(self, _: object, node: ast.CreateTrigStmt) -> None:  # noqa: N802
        """Note the function of a trigger."""
        self._note(node.funcname)

    def visit_RangeVar(self, _: object, node: ast.RangeVar) -> None:  # noqa: N802
        """Note a table or view that is read."""
        if node.schemaname == SCHEMA:
            self.names.add(node.relname)

    def _note(self, name: tuple[ast.String, ...]) -> None:
        if len(name) > 1 and name[0].sval in (SCHEMA, INTERNAL):
            self.names.add(name_of(name))


if __name__ == "__main__":
    sys.exit(main())
