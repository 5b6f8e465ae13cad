from __future__ import annotations

import tracemalloc

import pytest

from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.readers.documents import Document
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request


@pytest.fixture
def read(monkeypatch):
    """Read the documents of a file, as they are before they are taken for sources."""
    taken: list[Document] = []
    opened = Document.opened

    def take(document, name, request):
        taken.append(document)
        return opened(document, name, request)

    def read(path):
        taken.clear()
        for _source in open_sources([path], "text", Request()):
            pass
        return list(taken)

    monkeypatch.setattr(Document, "opened", take)
    return read


@pytest.fixture
def text_of(read):
    def text(path):
        (document,) = read(path)
        return "".join(document.blocks())

    return text


def test_plain_text_comes_as_it_is(read, text_of, tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("é" * 100_000 + "\nthe end")
    (document,) = read(path)
    assert document.name == "note.txt"
    assert document.digest == blake3(path.read_bytes())
    assert text_of(path) == path.read_text()
    assert text_of(path) == path.read_text(), "it can be read again"


def test_markdown_loses_code_addresses_and_marks(text_of, tmp_path):
    path = tmp_path / "note.md"
    path.write_text(
        "# The *king*\n\n- spoke to [the queen](https://example.org/secret)\n"
        "```python\nimport secret\n```\n> and <b>left</b> `now`\n"
    )
    assert " ".join(text_of(path).split()) == "The king spoke to the queen and left now"


def test_json_lines_are_a_document_each(read, tmp_path):
    path = tmp_path / "notes.jsonl"
    path.write_text('{"id": "a", "text": "one"}\n\n{"id": 2, "text": "two \\ud800 x", "more": 1}\n')
    first, second = read(path)
    assert (first.name, "".join(first.blocks())) == ("a", "one")
    assert second.name == "2"
    "".join(second.blocks()).encode()


@pytest.mark.parametrize("place", [0, 65_535, 65_536, 200_000])
def test_what_is_not_utf8_is_refused_with_its_place(text_of, tmp_path, place):
    path = tmp_path / "note.txt"
    path.write_bytes(b"x" * place + b"\xff" + b"y" * 100)
    with pytest.raises(DocumentFormatError, match=f"note.txt: byte {place} is not UTF-8"):
        text_of(path)


def test_a_cut_character_at_the_end_is_refused(text_of, tmp_path):
    path = tmp_path / "note.txt"
    path.write_bytes("é".encode()[:1])
    with pytest.raises(DocumentFormatError, match="byte 0"):
        text_of(path)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        '{"id": "a"}',
        '{"text": "a"}',
        '{"id": "", "text": "a"}',
        '{"id": true, "text": "a"}',
        '{"id": "a", "text": 1}',
        '{"id": "a\\u0000b", "text": "a"}',
        '{"id": "a\\nb", "text": "a"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_document_is_named(read, tmp_path, line):
    path = tmp_path / "notes.jsonl"
    path.write_text('{"id": "a", "text": "one"}\n' + line + "\n")
    with pytest.raises(DocumentFormatError, match="line 2"):
        list(read(path))


def test_a_missing_file_and_a_folder_are_named(read, tmp_path):
    for path in (tmp_path, tmp_path / "missing.txt"):
        with pytest.raises(DocumentFormatError, match=str(path)):
            list(read(path))


@pytest.mark.parametrize("name", ["note.txt", "note.md"])
def test_a_huge_line_streams_in_little_memory(read, tmp_path, name):
    path = tmp_path / name
    path.write_text("word " * 4_000_000)
    (document,) = read(path)
    tracemalloc.start()
    length = sum(len(block) for block in document.blocks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length == 20_000_000
    assert peak < 4 << 20
