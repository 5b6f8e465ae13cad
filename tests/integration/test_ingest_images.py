"""Images in the substrate: found by what they show, known by their cells, gone without a trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from planted_images import COLOURS, plant_classifier, plant_pictures

from hartonomous.editing.deletion import delete_source, delete_subject
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.ingesting_images import ingest_captions, ingest_images
from hartonomous.readers.images.codebook import learn_codebook
from hartonomous.readers.images.decoding import decode
from hartonomous.readers.images.looking import Classifier
from hartonomous.readers.images.pictures import patches_of


@pytest.fixture
def places(tmp_path):
    """Give model, pictures and codebook."""
    model = plant_classifier(tmp_path / "model")
    folder = plant_pictures(tmp_path / "in", 3)
    book = tmp_path / "book.npy"
    learn_codebook(patches_of(folder, Classifier.of(model)), 8).save(book)
    return model, folder, book


@pytest.fixture
def substrate(connection, places):
    """Give a session in autocommit on a database that holds the pictures."""
    model, folder, book = places
    connection.autocommit = True
    ingest_images(connection, folder, classifier=model, codebook=book)
    return connection


def label_of(path):
    return decode(path).concept.label


def test_a_word_finds_its_images_and_an_image_its_words(substrate, places):
    _, folder, _ = places
    rows = substrate.execute(
        "SELECT neighbor FROM neighbors('red', relation_type => 'depicts', towards => true)"
    ).fetchall()
    assert {row[0] for row in rows} == {label_of(folder / f"red{n}.png") for n in range(3)}
    for colour in COLOURS:
        label = label_of(folder / f"{colour}1.png")
        rows = substrate.execute("SELECT object_labels FROM image_to_concepts(%s)", [label])
        assert rows.fetchall() == [(colour,)]


def test_cells_say_what_an_image_shows_that_nobody_has_named(substrate, places, tmp_path):
    model, _, book = places
    from hartonomous.readers.images.codebook import open_codebook
    from hartonomous.readers.images.looking import Square

    cells = open_codebook(book)
    for colour, tone in (("red", (240, 3, 9)), ("blue", (5, 9, 230))):
        Image.new("RGB", (50, 50), tone).save(tmp_path / "new.png")
        seen = Classifier.of(model).look(Square.of(decode(tmp_path / "new.png"), 300))
        shares = cells.shares(seen.patches).tolist()
        rows = substrate.execute(
            "SELECT object_labels FROM image_to_concepts(%s::real[])", [shares]
        ).fetchall()
        assert rows[0] == (colour,)


def test_words_lead_to_cells_and_back(substrate, places):
    _, folder, _ = places
    images = {
        colour: {label_of(folder / f"{colour}{n}.png") for n in range(3)} for colour in COLOURS
    }
    for colour in COLOURS:
        rows = substrate.execute(
            "SELECT visual_features, exemplars FROM text_to_image(%s)", [f"a {colour}"]
        ).fetchall()
        assert set(rows[0][1]) <= images[colour]
        number = int(rows[0][0].rpartition("/")[2])
        shares = np.zeros(8)
        shares[number] = 1
        back = substrate.execute(
            "SELECT object_labels FROM image_to_concepts(%s::real[])", [shares.tolist()]
        ).fetchall()
        assert back[0] == (colour,)


def test_one_image_goes_as_if_it_had_never_been_there(substrate, places, tmp_path):
    model, folder, book = places
    before = substrate_fingerprint(substrate)
    more = plant_pictures(tmp_path / "more", 5)
    for path in (more / "red4.png", more / "blue3.png"):
        ingest_images(substrate, path, classifier=model, codebook=book)
    assert substrate_fingerprint(substrate) != before
    delete_source(substrate, "image:red4.png")
    delete_source(substrate, "image:blue3.png")
    assert substrate_fingerprint(substrate) == before
    assert verify_ratings(substrate) == ()
    again = ingest_images(substrate, folder, classifier=model, codebook=book)
    assert again.new == 0


def test_all_images_of_a_person_go_and_the_models_stay(substrate, places, tmp_path):
    model, _, book = places
    before = substrate_fingerprint(substrate)
    theirs = plant_pictures(tmp_path / "theirs", 4)
    ingest_images(substrate, theirs, classifier=model, codebook=book, subject="anna")
    held = substrate.execute("SELECT count(*) FROM show_subject('anna')").fetchone()
    assert held == (12,)
    delete_subject(substrate, "anna")
    assert substrate_fingerprint(substrate) == before
    assert substrate.execute("SELECT count(*) FROM source WHERE kind = 'codebook'").fetchone() == (
        1,
    )


def test_what_an_image_says_does_not_depend_on_its_neighbours(substrate, places, dsn):
    _, folder, _ = places
    label = label_of(folder / "green2.png")
    rows = substrate.execute(
        "SELECT b, weight FROM evidence WHERE a = %s ORDER BY b", [label]
    ).fetchall()
    model, _, book = places
    delete_source(substrate, f"image:{folder.name}/green2.png")
    ingest_images(substrate, folder / "green2.png", classifier=model, codebook=book)
    again = substrate.execute(
        "SELECT b, weight FROM evidence WHERE a = %s ORDER BY b", [label]
    ).fetchall()
    assert again == rows != []


def test_without_a_codebook_features_are_refused_in_one_line(connection):
    with pytest.raises(Exception, match="one codebook; there are 0"):
        connection.execute("SELECT * FROM image_to_concepts(ARRAY[1]::real[])")


def test_describe_stores_nothing_and_says_in_one_line_what_is_wrong(places):
    model, folder, _ = places

    def run(path):
        command = [
            Path(sys.executable).parent / "hartonomous",
            "describe",
            path,
            "--classifier",
            model,
        ]
        return subprocess.run(command, capture_output=True, text=True)

    done = run(folder / "red0.png")
    assert done.returncode == 0
    assert "depicts   red" in done.stdout
    (folder / "bad.png").write_bytes(b"nothing")
    bad = run(folder / "bad.png")
    assert (bad.returncode, bad.stderr.count("\n")) == (2, 1)
    assert "no picture" in bad.stderr


def test_words_of_captions_and_what_models_see_meet_in_the_pixels(substrate, places):
    _, folder, _ = places
    said = folder / "said.jsonl"
    said.write_text('{"image": "red0.png", "text": "A poppy"}\n')
    before = substrate_fingerprint(substrate)
    ingest_captions(substrate, said)
    rows = substrate.execute("SELECT exemplars FROM text_to_image('poppy')").fetchall()
    assert {label for (labels,) in rows for label in labels} == {label_of(folder / "red0.png")}
    delete_source(substrate, "captions:said.jsonl/red0.png")
    assert substrate_fingerprint(substrate) == before
