"""One file's bytes, read with care, or why it isn't read."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from hartonomous.readers.code.records import Reason

#: Larger files are data or generated; the largest written by hand are about 1 MB.
MAX_BYTES = 4 << 20
#: Nobody writes longer lines, nor lines this long on average.
MAX_LINE = 10_000
MAX_MEAN_LINE = 300

_HEAD_BYTES = 2048
_GENERATED = re.compile(
    rb"(?i)@generated|do not (edit|modify)|auto-?generated|automatically generated"
    rb"|generated (by|from|with|using) [\w./-]+|generated code"
)
_GENERATED_NAMES = re.compile(r"(\.pb\.(go|cc|h)|_pb2(_grpc)?\.pyi?|\.(generated|g|gen)\.\w+)$")
_MINIFIED_NAMES = re.compile(r"[.-]min\.\w+$|\.bundle\.js$")
#: How comments begin in the languages that are read.
_COMMENT = re.compile(rb"^\s*(#|//|/?\*|--|;|\"\"\"|''')")


def read_source(path: Path) -> bytes | Reason:
    """Return a file's bytes when they are code that somebody wrote, or why they aren't.

    Parameters
    ----------
    path
        The file; when it became a link or a device since it was listed, it isn't read.
    """
    if _MINIFIED_NAMES.search(path.name):
        return "minified"
    if _GENERATED_NAMES.search(path.name):
        return "generated"
    try:
        source = _bounded(path)
    except OSError:
        return "unreadable"
    if isinstance(source, str):
        return source
    return _judge(source) or source.removeprefix(b"\xef\xbb\xbf")


def _bounded(path: Path) -> bytes | Reason:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            return "special"
        source = file.read(MAX_BYTES + 1) if status.st_size <= MAX_BYTES else b""
        return "large" if status.st_size > MAX_BYTES or len(source) > MAX_BYTES else source


def _judge(source: bytes) -> Reason | None:
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "encoding"
    if b"\0" in source:
        return "binary"
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return "encoding"
    lines = source.splitlines() or [b""]
    if max(map(len, lines)) > MAX_LINE or len(source) > MAX_MEAN_LINE * len(lines):
        return "minified"
    return "generated" if _says_generated(source[:_HEAD_BYTES]) else None


def _says_generated(head: bytes) -> bool:
    """Say whether a comment at the file's beginning says that a program wrote it."""
    return any(_GENERATED.search(line) for line in head.splitlines() if _COMMENT.match(line))
