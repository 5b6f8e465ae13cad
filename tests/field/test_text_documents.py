"""Documents that hold nothing, which look like any other until they are read."""

from __future__ import annotations

import pytest
from ingesting import ingest_text

from hartonomous.store.connection import connect

EMPTY = ["", "\n\n", "... --- !!!\n", "\ufeff"]


@pytest.fixture
def session(dsn):
    with connect(dsn) as opened:
        opened.autocommit = True
        yield opened


@pytest.mark.parametrize("text", EMPTY)
def test_a_document_without_a_word_is_noted(session, tmp_path, text):
    path = tmp_path / "empty.txt"
    path.write_text(text, encoding="utf-8")
    report = ingest_text(session, [path])
    assert report.notes == ("no word to be found in empty.txt",)
    assert report.concepts == 0


def test_one_among_others_is_noted(session, tmp_path):
    for name, text in (("empty", ""), ("full", "king and queen")):
        (tmp_path / f"{name}.txt").write_text(text)
    report = ingest_text(session, [tmp_path / "empty.txt", tmp_path / "full.txt"])
    assert report.notes == ("no word to be found in empty.txt",)
    assert report.new == 2
