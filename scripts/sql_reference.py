"""Write the reference in docs/sql.md from the SQL files: each public function and its COMMENT.

    python scripts/sql_reference.py [--check]

A function whose comment begins with "Internal" is not for users and left out. With --check
nothing is written, and a reference that is out of date is an error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from check_sql import Statement, name_of, statements, type_name
from pglast import ast
from pglast.stream import RawStream

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "sql.md"
MARK = "<!-- From here on `make docs` writes this page. -->\n"


def main() -> int:
    """Write the page, or compare it; return 1 when it is out of date."""
    written = PAGE.read_text(encoding="utf-8")
    prose, mark, _ = written.partition(MARK)
    page = prose + (mark or MARK) + reference(ROOT / "sql" / "functions")
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    elif page != written:
        print("docs/sql.md is out of date: run `make docs`")
        return 1
    return 0


def reference(folder: Path) -> str:
    """Return the reference, one section a folder of functions."""
    files = sorted(folder.rglob("*.sql"))
    parts = []
    for group, paths in groupby(files, key=lambda path: path.parent.name):
        entries = [entry for path in paths for entry in entries_of(list(statements(path)))]
        if entries:
            parts.append(f"\n## {group.capitalize().replace('_', ' ')}\n" + "".join(entries))
    return "".join(parts)


def entries_of(found: list[Statement]) -> Iterator[str]:
    """Yield the entry of what a file makes, when it is public."""
    made = next(s.node for s in found if isinstance(s.node, (ast.CreateFunctionStmt, ast.ViewStmt)))
    comment = next(s.node.comment for s in found if isinstance(s.node, ast.CommentStmt))
    if comment.startswith("Internal"):
        return
    lines = signature(made) if isinstance(made, ast.CreateFunctionStmt) else view(made)
    yield f"\n```\n{lines}\n```\n{comment}\n"


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


def view(node: ast.ViewStmt) -> str:
    """Return a view's name and columns."""
    columns = [target.name or name_of(target.val.fields) for target in node.query.targetList]
    return f"{node.view.relname}: {', '.join(columns)}"


if __name__ == "__main__":
    sys.exit(main())
