from __future__ import annotations

import pytest

from hartonomous.errors import DocumentFormatError
from hartonomous.readers.lexicon import RatedPair, read_lexicon


@pytest.mark.parametrize(
    "text",
    [
        "old\tnew\t1.58\nwife\thusband\t2.3\nbook\ttext\t6\n",
        "# SimLex\nword1\tword2\tPOS\tSimLex999\nold\tnew\tA\t1.58\nwife\thusband\tN\t2.3\n"
        "book\ttext\tN\t6\n",
        "\ufeffWord 1,Word 2,Human (mean)\r\nold,new,1.58\r\nwife,husband,2.3\r\n\r\nbook,text,6",
    ],
)
def test_the_usual_layouts_are_read(tmp_path, text):
    path = tmp_path / "pairs"
    path.write_text(text, encoding="utf-8")
    assert read_lexicon(path) == (
        RatedPair("old", "new", 1.58),
        RatedPair("wife", "husband", 2.3),
        RatedPair("book", "text", 6.0),
    )


@pytest.mark.parametrize(
    "line", ["a\tb\tx", "a\tb", "a\t\t1", "a\tb\tnan", "a\tb\tinf", "a\0\tb\t1"]
)
def test_a_line_that_is_no_rated_pair_is_named(tmp_path, line):
    path = tmp_path / "pairs"
    path.write_text("a\tb\t1\nc\td\t2\n" + line + "\ne\tf\t3\n")
    with pytest.raises(DocumentFormatError, match="line 3"):
        read_lexicon(path)


def test_files_that_cannot_be_lexicons_are_refused(tmp_path):
    path = tmp_path / "pairs"
    with pytest.raises(DocumentFormatError, match="no such file"):
        read_lexicon(path)
    path.write_bytes(b"\xff")
    with pytest.raises(DocumentFormatError, match="UTF-8"):
        read_lexicon(path)
    path.write_text("a\tb\t1\n")
    with pytest.raises(DocumentFormatError, match="fewer than three"):
        read_lexicon(path)
