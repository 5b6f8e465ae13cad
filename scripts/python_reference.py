"""Write the reference in docs/python.md: every verb of the door, and the fields of its answers.

    python scripts/python_reference.py [--check]

With --check nothing is written, and a reference that is out of date is an error.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from hartonomous import answers, substrate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "python.md"
MARK = "<!-- From here on `make docs` writes this page. -->\n"


def main() -> int:
    """Write the page, or compare it; return 1 when it is out of date."""
    written = PAGE.read_text(encoding="utf-8")
    prose, mark, _ = written.partition(MARK)
    page = prose + (mark or MARK) + reference()
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    elif page != written:
        print("docs/python.md is out of date: run `make docs`")
        return 1
    return 0


def reference() -> str:
    """Return the reference: verbs first, then answers."""
    return "\n".join(["", "## Verbs", *methods(), "", "## Answers", *shapes(), ""])


def methods() -> Iterator[str]:
    """Yield each method of a substrate with what it does."""
    for name, method in substrate.verbs().items():
        yield f"\n```\n{name}{called(inspect.signature(method))}\n```\n{summary(method)}"


def called(signature: inspect.Signature) -> str:
    """Return a method's parameters and answer, as they are used."""
    shown, is_named = [], False
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not is_named:
            shown, is_named = [*shown, "*"], True
        default = "" if one.default is one.empty else f" = {one.default!r}"
        shown.append(f"{one.name}: {one.annotation}{default}")
    return f"({', '.join(shown[1:])}) → {signature.return_annotation.replace('answers.', '')}"


def summary(documented: object) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split()).replace("``", "`")


def shapes() -> Iterator[str]:
    """Yield each answer with its fields."""
    for name, kind in vars(answers).items():
        if (
            inspect.isclass(kind)
            and issubclass(kind, answers.Answer)
            and kind is not answers.Answer
        ):
            listed = "\n".join(f"    {f.name}: {f.type}" for f in fields(kind))
            yield f"\n```\n{name}\n{listed}\n```\n{summary(kind)}"


if __name__ == "__main__":
    sys.exit(main())
