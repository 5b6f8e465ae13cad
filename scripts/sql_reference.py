"""Write the reference in docs/sql.md from the SQL files: what is public, and what its COMMENT says.

    python scripts/sql_reference.py [--check]

Tables, views and types come with their columns, functions group by group as groups.txt has them.
What has a comment that begins with "Internal" is not for users and left out. With --check nothing
is written, and a reference that is out of date is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from check_sql import Statement, commented_name, name_of, statements, type_name
from pglast import ast
from pglast.stream import RawStream
from sql_groups import read_groups

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sql.md"
MARK = "<!-- From here on `make docs` writes this page. -->\n"

Columns = list[tuple[str, str]]


def main() -> int:
    """Write the page, or compare it; return 1 when it is out of date."""
    written = PAGE.read_text(encoding="utf-8")
    prose, mark, _ = written.partition(MARK)
    page = prose + (mark or MARK) + reference(ROOT / "sql")
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    elif page != written:
        print("docs/sql.md is out of date: run `make docs`")
        return 1
    return 0


def reference(folder: Path) -> str:
    """Return the reference: tables and views, then one section a group of functions."""
    functions = folder / "functions"
    tables = [*sorted((folder / "schema").glob("*.sql")), folder / "bootstrap.sql"]
    views = [
        path
        for group in read_groups(functions)
        for path in sorted((functions / group.name).glob("*.sql"))
    ]
    parts = [section("Tables and types: what is stored", relations_of(tables))]
    parts.append(section("Views: what is computed from it", relations_of(views)))
    for group in read_groups(functions):
        files = sorted((functions / group.name).glob("*.sql"))
        title = f"{group.name.capitalize()}: {group.about}"
        parts.append(section(title, (entry for path in files for entry in functions_of(path))))
    return "".join(parts)


def section(title: str, entries: Iterator[str]) -> str:
    """Return a section, nothing where it has no entries."""
    text = "".join(entries)
    return f"\n## {title}\n{text}" if text else ""


def relations_of(paths: list[Path]) -> Iterator[str]:
    """Yield the entry of each public table, view and composite type that files make."""
    for path in paths:
        found = list(statements(path))
        comments = comments_of(found)
        for name, columns in made_by(found):
            comment = next(comments[f"{k} {name}"] for k in KINDS if f"{k} {name}" in comments)
            if comment.startswith("Internal"):
                continue
            yield f"\n### `{name}`\n\n{comment}\n\n| column | |\n|---|---|\n"
            for column, written in columns:
                yield f"| {written} | {comments[f'column {name}.{column}']} |\n"


#: What a COMMENT may be on, of what has columns.
KINDS = ("table", "view", "type")


def made_by(found: list[Statement]) -> Iterator[tuple[str, Columns]]:
    """Yield name and columns, each by its name and as it is written, of what statements make."""
    for node in (statement.node for statement in found):
        if isinstance(node, ast.CreateStmt) and not node.partbound:
            yield node.relation.relname, typed(node.tableElts)
        elif isinstance(node, ast.CompositeTypeStmt):
            yield node.typevar.relname, typed(node.coldeflist)
        elif isinstance(node, ast.ViewStmt):
            names = [target.name or name_of(target.val.fields) for target in node.query.targetList]
            yield node.view.relname, [(name, f"`{name}`") for name in names]


def typed(elements: tuple[ast.Node, ...]) -> Columns:
    """Return the columns among a table's elements, with their types."""
    columns = [e for e in elements if isinstance(e, ast.ColumnDef)]
    return [(c.colname, f"`{c.colname}` {type_name(c.typeName)}") for c in columns]


def comments_of(found: list[Statement]) -> dict[str, str]:
    """Return the comments on tables, views, types and columns by what they are on."""
    nodes = [s.node for s in found if isinstance(s.node, ast.CommentStmt)]
    return {named(node): node.comment for node in nodes}


def named(node: ast.CommentStmt) -> str:
    """Return what a comment is on as kind and name."""
    if isinstance(node.object, ast.TypeName):
        return f"type {name_of(node.object.names)}"
    return commented_name(node)


def functions_of(path: Path) -> Iterator[str]:
    """Yield the entry of the function that a file makes, when it is public."""
    found = list(statements(path))
    made = [s.node for s in found if isinstance(s.node, ast.CreateFunctionStmt)]
    comment = next(s.node.comment for s in found if isinstance(s.node, ast.CommentStmt))
    if made and not comment.startswith("Internal"):
        yield f"\n```\n{signature(made[0])}\n```\n{comment}\n"


def signature(node: ast.CreateFunctionStmt) -> str:
    """Return a function's name, arguments and result, as they are used."""
    arguments = [argument(p) for p in node.parameters or () if p.mode.value not in ("o", "t")]
    columns = [argument(p) for p in node.parameters or () if p.mode.value in ("o", "t")]
    many = "rows of " if node.returnType and node.returnType.setof and not columns else ""
    result = "\n    ".join(columns) or many + type_name(node.returnType)
    separator = " →\n    " if columns else " → "
    return f"{name_of(node.funcname)}({', '.join(arguments)}){separator}{result}"


def argument(node: ast.FunctionParameter) -> str:
    """Return an argument or a column as it is declared."""
    default = f" => {RawStream()(node.defexpr)}" if node.defexpr else ""
    return f"{node.name} {type_name(node.argType)}{default}"


if __name__ == "__main__":
    sys.exit(main())
