"""Check every SQL file by PostgreSQL's own parser, PL/pgSQL bodies included.

    python scripts/check_sql.py [FOLDER]

Names of tables and of our functions are schema-qualified, so that nobody's search_path changes
what they mean; PL/pgSQL functions that are not immutable fix theirs as well; every table, view,
column and function has a comment; a function file holds one function and is named like it. What
Citus could not run (triggers on tables, MERGE, recursive queries) is refused.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pglast import ast, parse_plpgsql, parse_sql
from pglast.enums import ObjectType
from pglast.parser import ParseError
from pglast.stream import RawStream
from pglast.visitors import Visitor

SCHEMA = "hartonomous"
#: Where functions lie that nobody has to call.
INTERNAL = "hartonomous_internal"
#: Schemas that a name may lie in besides ours: built-in ones, and that of temporary tables.
KNOWN_SCHEMAS = {SCHEMA, INTERNAL, "pg_catalog", "pg_temp", "information_schema"}
REFUSED = {"MergeStmt": "MERGE"}
#: libpg_query's parse modes of an expression and of assignments to x, x.y and x.y.z.
EXPRESSION, *ASSIGNMENTS = range(2, 6)
#: Where a row type of ours is named; the parser has no catalogue to look it up in.
OUR_TYPE = re.compile(rf"\b([pv]_\w+ |\w+_(?:id|path) |RETURNS |SETOF ){SCHEMA}\.\w+(\[\])?")

Finding = tuple[Path, str]


@dataclass(frozen=True)
class Statement:
    """One top-level statement and the text it was parsed from."""

    node: ast.Node
    text: str


@dataclass
class Objects:
    """Objects that were created and commented, each as its kind and name."""

    created: dict[str, Path] = field(default_factory=dict)
    commented: set[str] = field(default_factory=set)
    misplaced: set[str] = field(default_factory=set)


def main() -> int:
    """Print what is wrong, one line a finding; return how many there are, at most 1."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "sql")
    files = sorted(folder.rglob("*.sql"))
    findings = list(check(files))
    for path, message in findings:
        print(f"{path}: {message}")
    if not files:
        print(f"{folder}: no SQL files")
    elif not findings:
        print(f"{len(files)} SQL files are in order")
    return bool(findings) or not files


def check(files: Iterable[Path]) -> Iterator[Finding]:
    """Check SQL files that belong together."""
    parsed = {path: list(statements(path)) for path in files}
    functions = {
        name_of(s.node.funcname) for all_ in parsed.values() for s in all_ if is_function(s)
    }
    views = {
        s.node.view.relname
        for all_ in parsed.values()
        for s in all_
        if isinstance(s.node, ast.ViewStmt)
    }
    objects = Objects()
    for path, found in parsed.items():
        collect(path, found, objects)
        if "functions" in path.parts:
            yield from ((path, message) for message in check_function_file(path, found))
        for statement in found:
            yield from ((path, message) for message in check_statement(statement, functions, views))
    for name, path in objects.created.items():
        if name not in objects.commented:
            yield path, f"{name} has no COMMENT"
        if name in objects.misplaced:
            yield path, f"{name} is internal or lies in {INTERNAL}, and not both"


def statements(path: Path) -> Iterator[Statement]:
    """Parse a file into its statements."""
    encoded = path.read_bytes()
    try:
        for raw in parse_sql(encoded.decode()):
            end = raw.stmt_location + raw.stmt_len if raw.stmt_len else None
            yield Statement(raw.stmt, encoded[raw.stmt_location : end].decode())
    except ParseError as error:
        sys.exit(f"{path}: is no SQL: {error}")


def check_statement(statement: Statement, functions: set[str], views: set[str]) -> Iterator[str]:
    """Check the names in a statement and in the body of the function that it makes."""
    node = statement.node
    yield from check_names(node, functions)
    if isinstance(node, ast.CreateTrigStmt) and node.relation.relname not in views:
        yield "triggers on tables are not for Citus"
    if not is_function(statement):
        return
    options = {option.defname: option.arg for option in node.options}
    language, name = options["language"].sval, name_of(node.funcname)
    if language == "plpgsql":
        volatility = options["volatility"].sval if "volatility" in options else "volatile"
        if volatility != "immutable" and not sets_search_path(node):
            yield f"{name} reads tables and has no SET search_path"
        for part in plpgsql_parts(name, statement.text):
            yield from (f"{name}: {message}" for message in check_text(part, functions))
    elif language == "sql":
        yield from (f"{name}: {m}" for m in check_text(options["as"][0].sval, functions))


def check_text(text: str, functions: set[str]) -> Iterator[str]:
    """Check a piece of SQL inside a function."""
    try:
        for raw in parse_sql(text):
            yield from check_names(raw.stmt, functions)
    except ParseError as error:
        yield f"holds no SQL: {error} in {text!r}"


def plpgsql_parts(name: str, text: str) -> Iterator[str]:
    """Yield every statement and expression of a PL/pgSQL function as SQL that stands alone."""
    try:
        parsed = parse_plpgsql(
            # the parser knows no variadic arrays
            OUR_TYPE.sub(lambda m: f"{m[1]}{'text[]' if m[2] else 'record'}", text).replace(
                "VARIADIC roles text[]", "roles text[]"
            )
        )
    except ParseError as error:
        sys.exit(f"{name}: is no PL/pgSQL: {error}")
    for expression in nested(parsed, "PLpgSQL_expr"):
        query, mode = expression["query"], expression.get("parseMode", 0)
        if mode in ASSIGNMENTS:
            query = query.partition(":=")[2] or query.partition("=")[2]
        yield query if mode not in (EXPRESSION, *ASSIGNMENTS) else f"SELECT {query}"


def nested(value: object, key: str) -> Iterator[dict[str, object]]:
    """Yield everything that stands under a key, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from nested(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from nested(inner, key)


class Names(Visitor):
    """Collects what is wrong with the names in one statement."""

    def __init__(self, functions: set[str]) -> None:
        self.functions = functions
        self.ctes: set[str] = set()
        self.unqualified: list[str] = []
        self.found: list[str] = []

    def visit_WithClause(self, _: object, node: ast.WithClause) -> None:  # noqa: N802
        """Note what the statement calls its subqueries."""
        if node.recursive:
            self.found.append("recursive queries are not for Citus")
        self.ctes.update(cte.ctename for cte in node.ctes)

    def visit_RangeVar(self, _: object, node: ast.RangeVar) -> None:  # noqa: N802
        """Check a table's name."""
        # pg_catalog is on every search_path, and what is made temporary lies in pg_temp
        found_anyway = node.relname.startswith("pg_") or node.relpersistence == "t"
        if node.schemaname is None and not found_anyway:
            self.unqualified.append(node.relname)
        elif node.schemaname and node.schemaname not in KNOWN_SCHEMAS:
            self.found.append(f"schema {node.schemaname} is not ours")

    def visit_FuncCall(self, _: object, node: ast.FuncCall) -> None:  # noqa: N802
        """Check a function's name."""
        if len(node.funcname) == 1 and name_of(node.funcname) in self.functions:
            self.found.append(f"function {name_of(node.funcname)} has no schema")

    def visit(self, _: object, node: ast.Node) -> None:
        """Check the kind of statement."""
        refused = REFUSED.get(type(node).__name__)
        if refused:
            self.found.append(f"{refused} are not for Citus")


def check_names(node: ast.Node, functions: set[str]) -> list[str]:
    """Return what is wrong with the names in one statement."""
    names = Names(functions)
    names(node)
    tables = [name for name in names.unqualified if name not in names.ctes]
    return [*names.found, *(f"table {name} has no schema" for name in tables)]


def check_function_file(path: Path, found: list[Statement]) -> Iterator[str]:
    """Check that a file holds one function or view, named like it or like it and its argument."""
    made = [
        name_of(s.node.funcname) if is_function(s) else s.node.view.relname
        for s in found
        if isinstance(s.node, (ast.CreateFunctionStmt, ast.ViewStmt))
    ]
    if len(made) != 1:
        yield f"holds {len(made)} functions or views instead of one"
    elif path.stem != made[0] and not path.stem.startswith(f"{made[0]}_"):
        yield f"is named otherwise than its {made[0]}"


def collect(path: Path, found: list[Statement], objects: Objects) -> None:
    """Note what a file creates and what it comments."""
    for statement in found:
        node = statement.node
        if isinstance(node, ast.CommentStmt):
            objects.commented.add(commented_name(node))
            objects.misplaced.update(misplaced_by(node))
        for name in created_names(node):
            objects.created[name] = path


def created_names(node: ast.Node) -> Iterator[str]:
    """Yield the objects that a statement creates, where they need a comment."""
    if isinstance(node, ast.CreateFunctionStmt):
        yield f"function {name_of(node.funcname)}({', '.join(input_types(node))})"
    elif isinstance(node, ast.ViewStmt):
        yield f"view {node.view.relname}"
        for target in node.query.targetList:
            yield f"column {node.view.relname}.{target.name or name_of(target.val.fields)}"
    elif isinstance(node, ast.CreateStmt) and not node.partbound:
        yield f"table {node.relation.relname}"
        for column in node.tableElts or ():
            if isinstance(column, ast.ColumnDef):
                yield f"column {node.relation.relname}.{column.colname}"


def commented_name(node: ast.CommentStmt) -> str:
    """Return the object of a COMMENT as `created_names` writes it."""
    kind = ObjectType(node.objtype).name.removeprefix("OBJECT_").lower()
    if kind == "function":
        types = ", ".join(type_name(t) for t in node.object.objargs or ())
        return f"function {name_of(node.object.objname)}({types})"
    if kind == "column":
        return f"column {node.object[-2].sval}.{node.object[-1].sval}"
    return f"{kind} {name_of(node.object) if isinstance(node.object, tuple) else ''}"


def misplaced_by(node: ast.CommentStmt) -> Iterator[str]:
    """Yield a function whose comment says that it lies in the other schema."""
    if ObjectType(node.objtype) is ObjectType.OBJECT_FUNCTION:
        is_internal = (node.comment or "").startswith("Internal")
        if is_internal != (node.object.objname[0].sval == INTERNAL):
            yield commented_name(node)


def input_types(node: ast.CreateFunctionStmt) -> Iterator[str]:
    """Yield the types of a function's arguments, without the columns it returns."""
    for parameter in node.parameters or ():
        if parameter.mode.value not in ("o", "t"):
            yield type_name(parameter.argType)


def type_name(node: ast.TypeName) -> str:
    """Return a type as it is written, without the schema of built-in ones."""
    return RawStream()(node).removeprefix("pg_catalog.")


def is_function(statement: Statement) -> bool:
    """Say whether a statement creates a function."""
    return isinstance(statement.node, ast.CreateFunctionStmt)


def sets_search_path(node: ast.CreateFunctionStmt) -> bool:
    """Say whether a function fixes its search_path."""
    return any(o.defname == "set" and o.arg.name == "search_path" for o in node.options)


def name_of(parts: tuple[ast.String, ...]) -> str:
    """Return the last part of a qualified name."""
    return str(parts[-1].sval)


if __name__ == "__main__":
    sys.exit(main())
