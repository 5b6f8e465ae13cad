"""Files that others cut short or write to while they are read: one line, and nothing mined."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from files_of_field import WORDS

from hartonomous.errors import DocumentFormatError, ModelFormatError
from hartonomous.miners.counts import count_sites
from hartonomous.readers import open_embeddings, usable
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request

VOCABULARY = {word: row for row, word in enumerate(WORDS)}


@pytest.fixture(params=["safetensors", "npy"])
def opened(field, request):
    """Give an opened table and the file that its numbers are in."""
    if request.param == "npy":
        np.save(field.folder / "v.npy", field.vectors[:40])
        field.write("v.txt", "".join(f"{word}\n" for word in WORDS))
        path = field.folder / "v.npy"
        return open_embeddings(path), path
    folder = field.model({"vocab.json": VOCABULARY})
    return open_embeddings(folder), folder / "model.safetensors"


READ = [
    lambda table: table.vectors(),
    lambda table: table.fingerprint(),
    usable,
]


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize("length", [0, 100, -1])
def test_a_file_that_is_cut_short_is_one_line_and_no_signal(opened, read, length):
    table, path = opened
    os.truncate(path, length if length >= 0 else path.stat().st_size - 1)
    with pytest.raises(ModelFormatError, match=r"was (cut off|changed) while it was read"):
        read(table)


@pytest.mark.parametrize("read", READ)
def test_a_file_that_is_written_to_is_not_mined(opened, read):
    table, path = opened
    with path.open("r+b") as file:
        file.seek(-4, 2)
        file.write(b"\0\0\0\0")
    with pytest.raises(ModelFormatError, match="was changed while it was read"):
        read(table)


def test_what_was_opened_is_what_is_read_though_another_file_takes_its_place(opened):
    table, path = opened
    vectors = table.vectors()
    other = path.with_suffix(".other")
    other.write_bytes(bytes(path.stat().st_size))
    other.rename(path)
    np.testing.assert_array_equal(table.vectors(), vectors)


@pytest.mark.parametrize("name", ["note.txt", "note.md"])
@pytest.mark.parametrize("change", ["append", "replace", "cut"])
def test_a_document_that_changes_after_its_digest_is_refused(tmp_path, name, change):
    path = tmp_path / name
    path.write_text("the king and the queen\n" * 10)
    (document,) = open_sources([path], "text", Request())
    if change == "append":
        path.write_text("the king and the queen\n" * 11)
    elif change == "cut":
        os.truncate(path, 20)
    else:
        (tmp_path / "new").write_text("the king and the queer\n" * 10)
        (tmp_path / "new").rename(path)
    with pytest.raises(DocumentFormatError, match="was changed while it was read"):
        count_sites(document.sites)


def test_a_command_whose_file_is_cut_short_ends_with_status_2(tmp_path, field):
    """The file is cut between its opening and its reading, as a full disk or a copy does."""
    folder = field.model({"vocab.json": VOCABULARY})
    script = (
        "import os, sys\n"
        "from hartonomous import cli\n"
        "from hartonomous.readers import embeddings\n"
        "real = embeddings.usable\n"
        "def cut(table, **options):\n"
        f"    os.truncate({str(folder / 'model.safetensors')!r}, 150)\n"
        "    return real(table, **options)\n"
        "embeddings.usable = cut\n"
        f"sys.argv = ['hartonomous', 'ingest', 'embeddings', {str(folder)!r}]\n"
        "cli.main()\n"
    )
    environment = {**os.environ, "HARTONOMOUS_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 2, done.stderr
    assert "was cut off while it was read" in done.stderr
    assert done.stderr.count("\n") == 1
