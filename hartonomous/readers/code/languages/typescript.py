"""TypeScript, with and without JSX: JavaScript and types."""

from __future__ import annotations

from dataclasses import replace

from hartonomous.readers.code.language import read_table
from hartonomous.readers.code.languages.javascript import BOUND_FUNCTIONS, JAVASCRIPT, TABLE

_TYPES = """
    as_expression             wrap   inside=#0
    satisfies_expression      wrap   inside=#0
    non_null_expression       wrap   inside=#0
    abstract_class_declaration  class  name=name bases=>class_heritage body=body
    interface_declaration     class     name=name bases=>extends_type_clause body=body
    internal_module           namespace name=name body=body
"""

TYPESCRIPT = replace(
    JAVASCRIPT,
    name="typescript",
    suffixes=(".ts", ".mts", ".cts"),
    grammar=("tree_sitter_typescript", "language_typescript"),
    nodes=read_table(TABLE + _TYPES),
    bound_functions={
        **{type_: f for type_, f in BOUND_FUNCTIONS.items() if type_ != "field_definition"},
        "public_field_definition": "value",
    },
)

TSX = replace(TYPESCRIPT, suffixes=(".tsx",), grammar=("tree_sitter_typescript", "language_tsx"))
