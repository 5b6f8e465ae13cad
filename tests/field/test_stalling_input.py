"""Input made to stall its readers: a megabyte of it is read in the time that a megabyte takes.

Each runs in a process of its own, which is stopped after two minutes: what took time with the
square of its length would take hours.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

SIZE = 1_000_000
STOPPED_AFTER = 120

STALLING = (
    "](", "](](a)", "](()", "<a", "<", "[", "`", "*", "~~~ ", " -", "# ", "> ", "_", "'", "a'",
    ".", "...!", "!. ", "\n", "\n ", "\r", "\t", " ", "\u2028", "a\u0300\u0323", "\u0323\u0300",
    "\u1100\u1161", "\U0001d157\U0001d165", "é", "İ", "{", '{"', '["', "\\", '"', "1", "1 ", "-",
    "1.", "a,", ",", "[[", '{"a":', "\0",
)  # fmt: skip

READ_DOCUMENT = """
import sys
from hartonomous.errors import HartonomousError
from hartonomous.miners.counts import count_sites
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
for path in sys.argv[1:]:
    try:
        for source in open_sources([path], "text", Request()):
            count_sites(source.sites)
    except HartonomousError:
        pass
"""

READ_VECTORS = """
import sys
from hartonomous.errors import HartonomousError
from hartonomous.readers import open_embeddings
for path in sys.argv[1:]:
    try:
        open_embeddings(path)
    except HartonomousError as error:
        assert len(str(error)) < 1000, path
"""


def finishes(script, paths):
    command = [sys.executable, "-W", "ignore", "-c", script, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=STOPPED_AFTER)
    assert done.returncode == 0, done.stderr[-2000:]


def write(path, pattern):
    path.write_text(pattern * (SIZE // len(pattern)) + "x", encoding="utf-8")
    return path


NIGHTLY = pytest.mark.nightly


@pytest.mark.parametrize("suffix", [".md", pytest.param(".txt", marks=NIGHTLY)])
def test_documents(tmp_path, suffix):
    paths = [write(tmp_path / f"{i}{suffix}", text) for i, text in enumerate(STALLING)]
    finishes(READ_DOCUMENT, paths)


@NIGHTLY
@pytest.mark.parametrize("suffix", [".txt", ".json", ".csv", ".jsonl", ".tsv"])
def test_word_vectors(tmp_path, suffix):
    paths = [write(tmp_path / f"{i}{suffix}", text) for i, text in enumerate(STALLING)]
    finishes(READ_VECTORS, paths)


@NIGHTLY
def test_words_and_vocabularies(field):
    folders = []
    for number, pattern in enumerate(STALLING):
        token = pattern * (SIZE // len(pattern))
        for file, content in (
            ("vocab.json", {token: 0, "king": 1}),
            ("vocab.txt", f"{token}\nking\n"),
            ("tokenizer.json", {"model": {"type": "BPE", "vocab": {token: 0, "king": 1}}}),
        ):
            folder = f"{number}-{file}"
            folders.append(field.model({file: content}, name=folder, rows=2))
    finishes(READ_VECTORS, folders)
