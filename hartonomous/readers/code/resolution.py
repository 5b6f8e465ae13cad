"""Resolution: which function, class or interface a name in the source means.

Names are followed through the file's imports and its own definitions; nothing is run and no type
is inferred, so a method of an unknown object is known by its name alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from hartonomous.readers.code.outline import Outline
from hartonomous.readers.code.project import Module, Project
from hartonomous.readers.code.records import CodeConcept, CodeKind


class Names:
    """The names of one file and what they mean."""

    def __init__(self, outline: Outline, module: Module, project: Project) -> None:
        self._language, self._module, self._project = outline.language, module, project
        self._scopes = outline.scopes
        self._defined: dict[tuple[str, ...], CodeKind] = {
            scope.path: "class" if scope.kind == "class" else "function"
            for scope in outline.scopes
            if scope.kind in {"class", "function"}
        }
        self._aliases = {
            imported.alias: self._full(imported.target)
            for imported in outline.imports
            if imported.alias
        }

    def module(self, name: str) -> CodeConcept:
        """Return the concept of a module by its full name."""
        return self._concept("module", self._full(name))

    def own_module(self) -> CodeConcept:
        """Return the concept of this file's module."""
        return self._concept("module", self._module.name)

    def definition(self, place: int) -> CodeConcept:
        """Return the concept of what a scope defines, the module's for scopes that are none."""
        scope = self._scopes[place]
        while scope.kind == "namespace":
            scope = self._scopes[scope.parent]
        if scope.kind == "module":
            return self.own_module()
        return self._concept(scope.kind, self._joined(scope.path))

    def called(self, path: Sequence[str], scope: int, is_static: bool) -> CodeConcept:
        """Return the concept of what is called by a dotted path in a scope."""
        head, last = path[0], path[-1]
        if head in self._language.selves and len(path) == 2:
            return self._of_self(last, scope)
        own = self._own(tuple(path), scope)
        if own is not None:
            return own
        if head in self._aliases:
            return self._outside(".".join([self._aliases[head], *path[1:]]))
        if len(path) == 1 or is_static or self._is_type(head):
            return self._concept("api", self._full(".".join(filter(None, path))))
        return self._concept("api", f".{last}")

    def inherited(self, path: Sequence[str], scope: int) -> CodeConcept:
        """Return the concept of a class that another builds on."""
        own = self._own(tuple(path), scope)
        if own is not None:
            return own
        head = self._aliases.get(path[0], path[0])
        return self._concept("class", ".".join([head, *path[1:]]))

    def _of_self(self, name: str, scope: int) -> CodeConcept:
        """Return the method of the object itself: of the innermost class around a scope."""
        path = self._scopes[scope].path
        for length in range(len(path) - 1, 0, -1):
            kind = self._defined.get((*path[:length], name))
            if kind is not None:
                return self._concept(kind, self._joined((*path[:length], name)))
            if self._defined.get(path[:length]) == "class":
                break
        return self._concept("api", f".{name}")

    def _own(self, path: tuple[str, ...], scope: int) -> CodeConcept | None:
        """Look a path up in what is around a scope, innermost first.

        The methods of a class are known by their bare names only where its language says so.
        """
        around = self._scopes[scope].path
        for length in range(len(around), -1, -1):
            full = (*around[:length], *path)
            kind = self._defined.get(full)
            if kind is None or (length and len(path) == 1 and self._hides(around[:length])):
                continue
            return self._concept(kind, self._joined(full))
        return None

    def _hides(self, path: tuple[str, ...]) -> bool:
        return self._defined.get(path) == "class" and not self._language.bare_methods

    def _outside(self, target: str) -> CodeConcept:
        """Return what is imported: a definition when it is the project's own, else an interface."""
        if not self._project.is_own(target, self._module, self._language):
            return self._concept("api", target)
        last = target.rpartition(".")[2]
        is_class = self._language.capital_is_class and last[:1].isupper()
        return self._concept("class" if is_class else "function", target)

    def _is_type(self, name: str) -> bool:
        return name[:1].isupper() or name in self._language.globals

    def _full(self, name: str) -> str:
        """Replace Rust's words for where a module is."""
        if self._language.ecosystem != "rust":
            return name
        head, _, rest = name.partition(".")
        here = self._module.name.split(".")
        base = {"crate": here[:1], "self": here, "super": here[:-1]}.get(head)
        return name if base is None else ".".join([*base, *filter(None, [rest])])

    def _joined(self, path: tuple[str, ...]) -> str:
        return ".".join([self._module.name, *path])

    def _concept(self, kind: CodeKind, text: str) -> CodeConcept:
        return CodeConcept(kind, f"{self._language.ecosystem}:{text}")
