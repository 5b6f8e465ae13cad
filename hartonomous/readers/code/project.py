"""Projects: what a file's module is called, and which modules are the project's own."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from hartonomous.readers.code.language import Language

#: Packages inside packages.
MAX_PACKAGES = 50
_MANIFEST_BYTES = 1 << 16

_JAVA_PACKAGE = re.compile(rb"^\s*package\s+([\w.]+)\s*;", re.MULTILINE)
_GO_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_CRATE = re.compile(r"^\[package\][^\[]*?^name\s*=\s*\"([\w-]+)\"", re.MULTILINE | re.DOTALL)
#: Files that are their folder's module.
_FOLDER_MODULES = frozenset({"__init__", "index", "mod", "lib", "main"})


@dataclass(frozen=True)
class Module:
    """One file's module: its dotted name, and what its relative imports start from."""

    name: str
    package: str


@dataclass(frozen=True)
class Project:
    """A folder that is read, under the name that stands before paths as names of modules."""

    root: Path
    name: str

    def module_of(self, relative: str, language: Language, source: bytes) -> Module:
        """Return the module of a file.

        Parameters
        ----------
        relative
            Its path in the folder, with slashes.
        source
            Its bytes, as Java's packages stand inside.
        """
        path = PurePosixPath(relative)
        if language.ecosystem == "python":
            return self._python(path)
        if language.ecosystem == "java":
            found = _JAVA_PACKAGE.search(source[:_MANIFEST_BYTES])
            name = found[1].decode() if found else self.name
            return Module(name, name)
        if language.ecosystem == "go":
            name = posixpath.join(self.go_module, str(path.parent)).removesuffix("/.")
            return Module(name, name)
        if language.ecosystem == "rust":
            return self._rust(path)
        name = posixpath.join(self.name, str(path.with_suffix("")))
        is_index = language.ecosystem == "javascript" and path.stem == "index"
        return Module(posixpath.dirname(name) if is_index else name, name)

    def _python(self, path: PurePosixPath) -> Module:
        above = _packages(self.root.resolve() / path.parent) or self._plain(path)
        name = ".".join(above if path.stem == "__init__" else (*above, path.stem)) or self.name
        return Module(name, name if path.stem == "__init__" else ".".join(above))

    @staticmethod
    def _plain(path: PurePosixPath) -> tuple[str, ...]:
        """Return the folders of a file outside of any package; `src` is no part of a name."""
        parts = path.parts[:-1]
        return parts[1:] if parts[:1] == ("src",) else parts

    def _rust(self, path: PurePosixPath) -> Module:
        crate, inside = _crate_of(self.root, path.parent)
        parts = [part for part in inside if part != "src"]
        stem = [] if path.stem in _FOLDER_MODULES else [path.stem]
        name = ".".join([crate or _as_crate(self.name), *parts, *stem])
        return Module(name, name)

    @property
    def go_module(self) -> str:
        """The path that Go's imports of this project begin with."""
        found = _GO_MODULE.search(_beginning(self.root / "go.mod"))
        return found[1].strip('"') if found else self.name

    def is_own(self, target: str, module: Module, language: Language) -> bool:
        """Say whether a full name lies in this project, as far as the folder shows."""
        if language.ecosystem == "python":
            return _is_python_here(self.root, target.split(".")[0], module.name)
        if language.ecosystem == "go":
            return target == self.go_module or target.startswith(f"{self.go_module}/")
        if language.ecosystem == "rust":
            return target.split(".")[0] == module.name.split(".")[0]
        if language.ecosystem == "java":
            return target.split(".")[:2] == module.name.split(".")[:2] and "." in module.name
        return target.startswith(f"{self.name}/")


@cache
def _packages(folder: Path) -> tuple[str, ...]:
    """Return the packages that a folder is in, outermost first; above the root they count too."""
    names: list[str] = []
    for _ in range(MAX_PACKAGES):
        if not (folder / "__init__.py").is_file():
            break
        names.append(folder.name)
        folder = folder.parent
    return tuple(reversed(names))


@cache
def _is_python_here(root: Path, top: str, module: str) -> bool:
    if top == module.split(".")[0]:
        return True
    return any(
        (root / base / top).is_dir() or (root / base / f"{top}.py").is_file()
        for base in ("", "src")
    )


@cache
def _crate_of(root: Path, folder: PurePosixPath) -> tuple[str | None, tuple[str, ...]]:
    """Return the crate that a folder is in, and the folders below the crate's own."""
    for above in (folder, *folder.parents):
        found = _CRATE.search(_beginning(root / above / "Cargo.toml"))
        if found:
            return _as_crate(found[1]), folder.relative_to(above).parts
    return None, folder.parts


def _as_crate(name: str) -> str:
    return name.replace("-", "_")


@cache
def _beginning(path: Path) -> str:
    """Return the beginning of a manifest, nothing when it isn't there or no regular file."""
    if not path.is_file() or path.is_symlink():
        return ""
    with path.open("rb") as file:
        return file.read(_MANIFEST_BYTES).decode("utf-8", "replace")
