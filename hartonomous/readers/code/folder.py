"""Folders of code: which files are read, and which are left out, counted by reason.

Links are never followed, so nothing outside the folder is read and no circle is walked. Files come
in the order of their paths, so that reading can go on after any of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.errors import CodeError
from hartonomous.readers.code.language import word_set
from hartonomous.readers.code.languages import BY_SUFFIX
from hartonomous.readers.code.records import LeftOut, Reason

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: Files and folders of one source; the largest repositories in use have about 500,000.
MAX_ENTRIES = 2_000_000
#: Folders inside folders.
MAX_DEPTH = 200
#: The largest .gitignore that is read.
MAX_IGNORE_BYTES = 1 << 20
#: Rules of one .gitignore, and stars of one rule: they are matched by backtracking.
MAX_RULES = 2000
MAX_STARS = 4

#: Never part of a source: what version control and tools keep for themselves.
_HIDDEN = word_set(
    """
    .git .hg .svn .tox .nox .venv .mypy_cache .ruff_cache .pytest_cache __pycache__ .idea
    """
)
#: Others' code.
_VENDORED = word_set(
    """
    node_modules bower_components vendor vendors vendored _vendor third_party third-party
    thirdparty 3rdparty external externals site-packages dist-packages venv Pods Godeps
    """
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to be read."""

    path: Path
    #: Relative to the folder, with slashes.
    name: str


@dataclass(frozen=True, slots=True)
class _Ignore:
    """The rules of one .gitignore; they hold below its folder."""

    folder: str
    spec: GitIgnoreSpec

    def decides(self, name: str) -> bool | None:
        """Say whether its rules ignore a name, None when they say nothing."""
        return self.spec.check_file(name.removeprefix(self.folder)).include


@dataclass(frozen=True, slots=True)
class _Level:
    """One folder on the way down: what of it is still to be seen, and the rules that hold in it."""

    entries: Iterator[os.DirEntry[str]]
    ignores: tuple[_Ignore, ...]


def walk(root: Path, after: str = "") -> Iterator[Candidate | LeftOut]:
    """Give the files of a folder in the order of their paths, and what is left out of it.

    Parameters
    ----------
    root
        The folder, or one file.
    after
        Only what comes after this path, relative to the folder, is given.

    Raises
    ------
    CodeError
        There is no such file or folder, it is not to be read, or it has more than 2,000,000
        files and folders.
    """
    if root.is_file():
        yield Candidate(root, root.name)
        return
    if not root.is_dir():
        raise CodeError(f"{root}: no such file or folder")
    try:
        _listed(root)
    except OSError as error:
        raise CodeError(f"{root}: {error.strerror or error}") from None
    seen = 0
    for found in _walk(root, after):
        seen += found.files if isinstance(found, LeftOut) else 1
        if seen > MAX_ENTRIES:
            raise CodeError(f"{root}: more than {MAX_ENTRIES:,} files")
        yield found


def _walk(root: Path, after: str) -> Iterator[Candidate | LeftOut]:
    """Walk without recursion: what waits is one list of entries a level."""
    levels = [_Level(iter(_listed(root)), _with_rules(root, "", ()))]
    while levels:
        level = levels[-1]
        entry = next(level.entries, None)
        if entry is None:
            levels.pop()
            continue
        name = _relative(entry, root)
        is_folder = entry.is_dir(follow_symlinks=False)
        if entry.name in _HIDDEN or _is_before(name, is_folder, after):
            continue
        reason = _reason(entry, name, is_folder, level.ignores)
        below = _below(entry, name, levels) if is_folder and reason is None else None
        if below is not None:
            levels.append(below)
        elif is_folder or reason is not None:
            yield _left_out(entry, name, reason or "unreadable")
        else:
            yield Candidate(Path(entry.path), name)


def _is_before(name: str, is_folder: bool, after: str) -> bool:
    """Say whether all of an entry comes before what was read last; ``0`` is right after ``/``."""
    return bool(after) and (f"{name}0" <= after if is_folder else name <= after)


def _below(entry: os.DirEntry[str], name: str, levels: list[_Level]) -> _Level | None:
    """Open a folder, None when it may not be listed or lies too deep."""
    folder = Path(entry.path)
    if len(levels) >= MAX_DEPTH:
        return None
    try:
        return _Level(iter(_listed(folder)), _with_rules(folder, f"{name}/", levels[-1].ignores))
    except OSError:
        return None


def _left_out(entry: os.DirEntry[str], name: str, reason: Reason) -> LeftOut:
    files = _count_files(Path(entry.path)) if reason == "vendored" else 1
    return LeftOut(name.encode("utf-8", "backslashreplace").decode(), reason, files)


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """List a folder in the order of the paths of what is in it."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=_place)


def _place(entry: os.DirEntry[str]) -> str:
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name


def _relative(entry: os.DirEntry[str], root: Path) -> str:
    return entry.path[len(str(root)) :].lstrip("/")


def _reason(
    entry: os.DirEntry[str], name: str, is_folder: bool, ignores: tuple[_Ignore, ...]
) -> Reason | None:
    """Say why an entry is left out before it is opened, None when it isn't."""
    if entry.is_symlink():
        return "link"
    if not is_folder and not entry.is_file(follow_symlinks=False):
        return "special"
    if not name.isprintable() or not _is_text(name):
        return "name"
    if _is_ignored(name, is_folder, ignores):
        return "ignored"
    if is_folder:
        return "vendored" if entry.name in _VENDORED else None
    return None if Path(entry.name).suffix.lower() in BY_SUFFIX else "other"


def _is_text(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _is_ignored(name: str, is_folder: bool, ignores: tuple[_Ignore, ...]) -> bool:
    """Ask the rules from the innermost out; the first that says something decides, as in git."""
    shown = f"{name}/" if is_folder else name
    for ignore in reversed(ignores):
        decided = ignore.decides(shown)
        if decided is not None:
            return decided
    return False


def _with_rules(folder: Path, name: str, above: tuple[_Ignore, ...]) -> tuple[_Ignore, ...]:
    """Add the rules of a folder's .gitignore to those above it."""
    path = folder / ".gitignore"
    try:
        if not path.is_file() or path.is_symlink() or path.stat().st_size > MAX_IGNORE_BYTES:
            return above
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return above
    return (*above, _Ignore(name, _spec(lines)))


def _spec(lines: list[str]) -> GitIgnoreSpec:
    """Compile rules; one that git wouldn't understand, or that could match for ever, is skipped."""
    try:
        from pathspec import GitIgnoreSpec
    except ImportError:
        raise CodeError("reading code needs pathspec: pip install 'hartonomous[code]'") from None
    kept = []
    for line in lines[:MAX_RULES]:
        if line.replace("**", "").count("*") > MAX_STARS:
            continue
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error):
            continue
        kept.append(line)
    return GitIgnoreSpec.from_lines(kept)


def _count_files(folder: Path) -> int:
    """Count the files of a folder that isn't read, without following links."""
    count = 0
    for _, _, files in os.walk(folder, followlinks=False):
        count += len(files)
        if count > MAX_ENTRIES:
            break
    return count
