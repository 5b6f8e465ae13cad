"""A git repository's history, read with git's plumbing: no hook, filter or setting of it runs."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hartonomous.errors import CodeError
from hartonomous.readers.code.source import MAX_BYTES

#: What one commit's changes may be, in bytes; of a larger one the beginning is read.
MAX_CHANGES = 8 << 20
#: Commits that are looked at.
MAX_COMMITS = 100_000

_FIXES = re.compile(
    r"\b(fix(e[sd]|ing)?|bug(fix)?|repair(s|ed)?|correct(s|ed)?|crash(es)?|regressions?|leaks?)\b",
    re.IGNORECASE,
)
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_INDEX = re.compile(rb"index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})")
#: What a repository's own settings could make git run, and what could reach the network.
_SAFE = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=true",
)
_ENVIRONMENT = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that a commit replaced by others; blobs are the whole files, lines count from 1."""

    suffix: str
    before_blob: str
    after_blob: str
    before_line: int
    before_lines: int
    after_line: int
    after_lines: int


def fixes(folder: Path, commits: int) -> Iterator[str]:
    """Give the names of the commits whose subject says that they fix something, newest first.

    Parameters
    ----------
    folder
        A folder of a git repository.
    commits
        How many commits are looked at, merges left out.

    Raises
    ------
    CodeError
        It is no repository, has no commit, or git is not installed.
    """
    command = ["rev-list", "--no-merges", f"--max-count={min(commits, MAX_COMMITS)}"]
    name = ""
    with _git(folder, [*command, "--format=%s", "HEAD", "--"]) as output:
        for line in iter(lambda: output.readline(1 << 16), b""):
            text = line.decode("utf-8", "replace").strip()
            if re.fullmatch("commit [0-9a-f]{40,64}", text):
                name = text.removeprefix("commit ")
            elif name and _FIXES.search(text):
                yield name
                name = ""


def hunks(folder: Path, commit: str, suffixes: Sequence[str]) -> Iterator[Hunk]:
    """Give what a commit replaced in files with one of the suffixes below a folder."""
    command = ["diff-tree", "-r", "-p", "-U0", "--full-index", "--no-ext-diff", "--no-textconv"]
    command += ["--no-renames", "--no-color", "--diff-filter=M", "--no-commit-id", commit, "--"]
    suffix, blobs = "", (b"", b"")
    with _git(folder, [*command, *(f"*{suffix}" for suffix in suffixes)]) as output:
        for line in output.read(MAX_CHANGES).splitlines():
            if line.startswith(b"diff --git "):
                suffix, blobs = Path(line.decode("utf-8", "replace").rstrip('"')).suffix, (b"", b"")
            elif found := _INDEX.match(line):
                blobs = found[1], found[2]
            elif (found := _HUNK.match(line)) and blobs[0]:
                a, a_lines, b, b_lines = (int(g) if g is not None else 1 for g in found.groups())
                yield Hunk(suffix, blobs[0].decode(), blobs[1].decode(), a, a_lines, b, b_lines)


class Blobs:
    """Reads files of a repository by the name of their content, with one process of git."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, None when it is missing or larger than 4 MiB."""
        questions, answers = self._process.stdin, self._process.stdout
        if questions is None or answers is None:
            return None
        questions.write(f"{name}\n".encode())
        questions.flush()
        header = answers.readline(1 << 10).split()
        if len(header) != 3 or not header[2].isdigit():
            return None
        size = int(header[2])
        content = answers.read(min(size, MAX_BYTES))
        rest = size - len(content) + 1  # a line end closes it
        while rest > 0 and (skipped := answers.read(min(rest, 1 << 20))):
            rest -= len(skipped)
        return content if size <= MAX_BYTES else None


@contextmanager
def blobs(folder: Path) -> Iterator[Blobs]:
    """Start the process that reads files, and end it."""
    process = _start(folder, ["cat-file", "--batch"], stdin=subprocess.PIPE)
    with process:
        yield Blobs(process)
        process.kill()


@contextmanager
def _git(folder: Path, arguments: Sequence[str]) -> Iterator[IO[bytes]]:
    process = _start(folder, arguments, stdin=subprocess.DEVNULL)
    with process:
        if process.stdout is None or process.stderr is None:
            raise CodeError("git gives no output")
        yield process.stdout
        rest = process.stdout.read(1)
        if rest:
            process.kill()  # enough of it was read
        elif process.wait() != 0:
            raise CodeError(f"{folder}: {_message(process.stderr.read(1 << 12))}")


def _start(folder: Path, arguments: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    try:
        return subprocess.Popen(
            ["git", "--no-pager", *_SAFE, "-C", str(folder), *arguments],  # noqa: S607
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**inherited, **_ENVIRONMENT},
        )
    except FileNotFoundError:
        raise CodeError("reading a history needs git, which is not installed") from None


def _message(errors: bytes) -> str:
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    first = lines[0].removeprefix("fatal: ") if lines else "git failed"
    return "no commits yet" if "HEAD" in first else first[:300]
