"""What people type for a model: paths with a slip, names without an organisation, addresses."""

from __future__ import annotations

import pytest
from files_of_field import WORDS

from hartonomous.readers import hub, open_embeddings


@pytest.fixture
def asked(monkeypatch):
    """Give the names that the hub was asked for, which is never reached."""
    names = []

    def download(name):
        names.append(name)
        raise hub.not_found(name)

    monkeypatch.setattr("hartonomous.readers.embeddings.download_model", download)
    return names


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("bert-base-uncased", "models of the hub are named organisation/model"),
        ("https://example.org/acme/tiny", "https://example.org/acme/tiny: an address"),
        ("C:\\models\\tiny", "no such folder or file"),
        ("models/tinny", "did you mean models/tiny?"),
        ("./models/tinny", "did you mean models/tiny?"),
        ("models/nothing-like-it", "no such folder or file"),
        ("glove/vectors.txt", "no such folder or file"),
        ("acme/vectors.vec.gz", "no such folder or file"),
        ("~/no/such/place", "no such folder or file"),
        ("", "no such folder or file"),
        ("a/b/c", "no such folder or file"),
    ],
)
def test_a_mistyped_path_is_no_question_to_the_hub(field, asked, monkeypatch, typed, says):
    field.model({"vocab.txt": "king\n"}, name="models/tiny", rows=1)
    monkeypatch.chdir(field.folder)
    assert says in field.refusal(typed)
    assert asked == []


@pytest.mark.parametrize("typed", ["acme/tiny", "acme/tiny@v2", "modles/tiny"])
def test_a_name_of_a_model_is_one(field, asked, typed):
    field.refusal(typed)
    assert asked == [typed]


def test_the_home_folder_is_written_as_people_do(field, monkeypatch):
    monkeypatch.setenv("HOME", str(field.folder))
    field.write("v.vec", field.text(WORDS, header="40 6"))
    assert len(open_embeddings("~/v.vec").vocabulary.concepts) == 40


def test_a_pipe_is_no_file(field):
    import os

    os.mkfifo(field.folder / "pipe")
    assert "a device or a pipe" in field.refusal(field.folder / "pipe")
