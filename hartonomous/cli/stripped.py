"""Help for ``python -OO``, which takes away the docstrings that commands are described by."""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable


def described(callback: Callable[..., object] | None) -> str | None:
    """Return a command's docstring as its file has it, None where there is no such file."""
    if callback is None:
        return None
    module = sys.modules.get(callback.__module__)
    written = getattr(module, callback.__name__, inspect.unwrap(callback))
    try:
        lines = inspect.getsource(written)
    except OSError:
        return None
    (function,) = ast.parse(textwrap.dedent(lines)).body
    return ast.get_docstring(function) if isinstance(function, ast.FunctionDef) else None
