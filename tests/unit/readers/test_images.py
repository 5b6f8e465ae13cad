"""Pictures are untrusted: each is decoded, or is one reason to leave it out."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import zlib
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from planted_images import plant_classifier, plant_pictures

from hartonomous.concepts import Concept
from hartonomous.errors import DocumentFormatError, HartonomousError, ModelFormatError
from hartonomous.readers.images.boxes import Box, Found, arranged, suppressed
from hartonomous.readers.images.codebook import Codebook, learn_codebook, open_codebook
from hartonomous.readers.images.decoding import LeftOutError, decode
from hartonomous.readers.images.folder import pictures_in
from hartonomous.readers.images.models import open_vision_model
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request


def noise(height=20, width=30, channels=3):
    shape = (height, width, channels)[: 2 + (channels > 1)]
    return np.random.default_rng(1).integers(0, 256, shape, np.uint8)


def saved(folder, name, image, **options):
    image.save(folder / name, **options)
    return folder / name


def test_the_same_pixels_in_two_formats_are_one_concept(tmp_path):
    image = Image.fromarray(noise())
    kinds = {decode(saved(tmp_path, f"a.{s}", image)).concept for s in ("png", "bmp", "tif", "ppm")}
    assert len(kinds) == 1
    turned = decode(saved(tmp_path, "b.png", image.transpose(Image.Transpose.ROTATE_90)))
    assert turned.concept not in kinds
    long = Image.new("RGB", (2, 8))
    flat = Image.new("RGB", (4, 4))
    shapes = [
        decode(saved(tmp_path, f"{i}.png", each)).concept for i, each in enumerate((long, flat))
    ]
    assert shapes[0] != shapes[1]


def test_a_turned_photograph_stands_upright(tmp_path):
    image = Image.fromarray(noise())
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path, "a.png", image, exif=exif)
    expected = np.asarray(image.transpose(Image.Transpose.ROTATE_270))
    np.testing.assert_array_equal(decode(path).pixels, expected)


def test_every_mode_becomes_colours(tmp_path):
    grey = noise(channels=1)
    deep = Image.fromarray(grey.astype(np.uint16) << 8)
    np.testing.assert_array_equal(decode(saved(tmp_path, "16.png", deep)).pixels[..., 1], grey)
    clear = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert (decode(saved(tmp_path, "clear.png", clear)).pixels == 255).all()
    palette = Image.new("P", (4, 4))
    palette.putpalette([10, 20, 30])
    assert decode(saved(tmp_path, "p.png", palette)).pixels[0, 0].tolist() == [10, 20, 30]
    ink = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    red, green, blue = decode(saved(tmp_path, "ink.jpg", ink, quality=100)).pixels[0, 0].tolist()
    assert red > 200 > 60 > max(green, blue)


def test_of_an_animation_the_first_frame_is_read_and_that_is_said(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    path = saved(tmp_path, "a.gif", frames[0], save_all=True, append_images=frames[1:])
    picture = decode(path)
    assert picture.pixels[0, 0].tolist() == [255, 0, 0]
    assert "first frame" in picture.notes[0]


def bomb(path, width=60_000, height=60_000):
    def chunk(name, content):
        rest = name + content
        return struct.pack(">I", len(content)) + rest + struct.pack(">I", zlib.crc32(rest))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"\0" * 1000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed))
    return path


def test_bad_pictures_are_one_line_and_one_reason(tmp_path):
    whole = saved(tmp_path, "whole.png", Image.fromarray(noise(200, 200))).read_bytes()
    made = {"empty": b"", "no picture": b"not a picture at all", "broken": whole[: len(whole) // 2]}
    for reason, content in made.items():
        path = tmp_path / f"{reason}.png"
        path.write_bytes(content)
        with pytest.raises(LeftOutError) as found:
            decode(path)
        assert (found.value.reason, "\n" in str(found.value)) == (reason, False)
    for size in ((60_000, 60_000), (9_000, 9_000), (2**31 - 1, 1)):
        with pytest.raises(LeftOutError) as found:
            decode(bomb(tmp_path / "bomb.png", *size))
        assert found.value.reason == "large"
    floats = Image.fromarray(noise(channels=1).astype(np.float32))
    with pytest.raises(LeftOutError, match="32 bits"):
        decode(saved(tmp_path, "f.tif", floats))


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "tif", "bmp"])
def test_any_damage_is_refused_or_read_and_nothing_else(tmp_path, suffix):
    whole = saved(tmp_path, f"a.{suffix}", Image.fromarray(noise())).read_bytes()
    chance = np.random.default_rng(7)
    for _ in range(60):
        damaged = bytearray(whole)
        for place in chance.integers(0, len(whole), 4).tolist():
            damaged[place] = int(chance.integers(256))
        path = tmp_path / f"b.{suffix}"
        path.write_bytes(damaged[: int(chance.integers(1, len(whole) + 1))])
        with contextlib.suppress(LeftOutError):  # anything else is a fault
            assert decode(path).pixels.dtype == np.uint8


def test_a_folder_is_read_without_its_links(tmp_path):
    folder = plant_pictures(tmp_path / "in", 1)
    (folder / "circle").symlink_to(folder, target_is_directory=True)
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "notes.txt").write_text("none")
    os.mkfifo(folder / "pipe.png")
    left_out = Counter()
    assert pictures_in(folder, left_out) == ["blue0.png", "green0.png", "red0.png"]
    assert left_out == {"link": 2, "other": 1, "special": 1}


def opened(path, models, **asked):
    return list(open_sources([path], "images", Request(models=tuple(models.items()), **asked)))


def test_what_cannot_be_read_is_counted_and_the_rest_is_there(tmp_path):
    model = plant_classifier(tmp_path / "model")
    folder = plant_pictures(tmp_path / "in", 1)
    bomb(folder / "bomb.png")
    (folder / "zero.jpg").write_bytes(b"")
    sources = opened(folder, {"classifier": model})
    names = [each.source.identifier for each in sources]
    assert names == ["image:in/blue0.png", "image:in/green0.png", "image:in/red0.png"]
    assert sum((Counter(each.left_out) for each in sources), Counter()) == {"large": 1, "empty": 1}
    with pytest.raises(DocumentFormatError, match=r"bomb\.png"):
        opened(folder / "bomb.png", {"classifier": model})


def test_models_that_do_not_look_at_images_are_refused(tmp_path):
    folder = plant_pictures(tmp_path / "in", 1)
    wrong = plant_classifier(tmp_path / "model")
    with pytest.raises(HartonomousError, match="--classifier or --detector"):
        opened(folder, {})
    with pytest.raises(ModelFormatError, match="outputs aren't"):
        opened(folder, {"detector": wrong})
    (wrong / "labels.txt").write_text("one\ntwo\n")
    with pytest.raises(ModelFormatError, match="2 labels"):
        opened(folder, {"classifier": wrong})
    (wrong / "model.onnx").write_bytes(b"no model")
    with pytest.raises(ModelFormatError, match="no ONNX model"):
        open_vision_model(wrong)
    (wrong / "model.onnx").unlink()
    (wrong / "model.pth").write_bytes(b"\x80\x02.")
    with pytest.raises(ModelFormatError, match="export"):
        open_vision_model(wrong / "model.pth")


def test_planted_directions_are_learned_whatever_the_order_says(tmp_path):
    chance = np.random.default_rng(3)
    centres = np.eye(4, 16, dtype=np.float32)
    patches = [c + chance.normal(0, 0.05, (50, 16)).astype(np.float32) for c in centres]
    book = learn_codebook(patches, 12)
    assert (np.max(book.cells @ centres.T, axis=0) > 0.97).all()
    assert learn_codebook(patches, 12).fingerprint == book.fingerprint
    book.save(tmp_path / "book.npy")
    assert open_codebook(tmp_path / "book.npy").fingerprint == book.fingerprint
    assert book.shares(patches[0]).sum() == 1
    with pytest.raises(ModelFormatError, match="another model"):
        book.shares(np.ones((3, 5), np.float32))


@pytest.mark.parametrize(
    "made", [np.ones((1, 4)), np.zeros((3, 4)), np.full((3, 4), np.nan), np.ones((2, 2, 2))]
)
def test_what_is_no_codebook_is_refused(tmp_path, made):
    np.save(tmp_path / "b.npy", made.astype(np.float32))
    with pytest.raises(ModelFormatError, match="codebook"):
        open_codebook(tmp_path / "b.npy")
    np.save(tmp_path / "o.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ModelFormatError, match="codebook"):
        open_codebook(tmp_path / "o.npy")
    assert Codebook(np.eye(2, dtype=np.float32)).concepts[1].label.endswith("/1")


def things(**boxes):
    return [Found(Concept("text", name), Box(*corners), 0.9) for name, corners in boxes.items()]


def said(*found):
    return {(kind.name, a.text, b.text) for kind, a, b in arranged(found)} - {("related", "a", "b")}


@pytest.mark.parametrize(
    ("a", "b", "relations"),
    [
        ((0.1, 0, 0.5, 0.3), (0.2, 0.6, 0.6, 1), {"above"}),
        ((0, 0.2, 0.3, 0.6), (0.6, 0.2, 0.9, 0.6), {"left_of"}),
        ((0.4, 0.4, 0.5, 0.5), (0.2, 0.2, 0.8, 0.8), {"inside"}),
        ((0, 0.2, 0.3, 0.6), (0.35, 0.2, 0.6, 0.6), {"left_of", "adjacent_to"}),
        ((0, 0, 0.2, 0.2), (0.7, 0.7, 1, 1), set()),
        ((0, 0, 0.6, 0.6), (0.1, 0.1, 0.7, 0.7), set()),
    ],
)
def test_boxes_say_how_things_lie(a, b, relations):
    assert said(*things(a=a, b=b)) == {(name, "a", "b") for name in relations}


def test_what_is_seen_twice_is_kept_once():
    twice = [
        Found(Concept("text", "cat"), Box(0, 0, 0.5, 0.5), 0.6),
        Found(Concept("text", "cat"), Box(0, 0, 0.5, 0.52), 0.9),
        Found(Concept("text", "dog"), Box(0, 0, 0.5, 0.5), 0.7),
    ]
    assert [(f.label.text, f.score) for f in suppressed(twice)] == [("cat", 0.9), ("dog", 0.7)]


def coco(folder, annotations, **fields):
    made = {
        "images": [{"id": 1, "file_name": "red0.png", "width": 40, "height": 30}],
        "categories": [{"id": 7, "name": "cat"}, {"id": 8, "name": "mat"}],
        "annotations": annotations,
        **fields,
    }
    (folder / "coco.json").write_text(json.dumps(made))
    return folder / "coco.json"


def box(category=7, bbox=(0, 0, 10, 10), image=1, **more):
    return {"image_id": image, "category_id": category, "bbox": list(bbox), **more}


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        (box(9), "unknown category"),
        (box(image=2), "no known image"),
        (box(bbox=(0, 0, -5, 5)), "without a size"),
        (box(bbox=(50, 50, 5, 5)), "outside"),
        (box(bbox=(0, 0, 1)), "four numbers"),
        (box(score=3), "score"),
        (box(category=[7]), "unknown category"),
    ],
)
def test_wrong_annotations_are_one_line_or_left_out(tmp_path, annotation, reason):
    path = coco(tmp_path, [box(), annotation])
    with pytest.raises(DocumentFormatError, match=reason):
        list(open_sources([path], "detections", Request()))
    faults = []
    (source,) = open_sources([path], "detections", Request(fault=faults.append))
    assert len(faults) == 1
    assert source.concepts()[0].kind == "image"


def test_detections_of_a_picture_are_about_its_pixels(tmp_path):
    folder = plant_pictures(tmp_path / "in", 1)
    path = coco(tmp_path, [box(), box(8, (0, 15, 40, 15))])
    asked = Request(models=(("images", folder),))
    (source,) = open_sources([path], "detections", asked)
    assert decode(folder / "red0.png").concept in source.concepts()
    assert {site.relation_type.name for site in source.sites} == {"depicts", "related", "above"}
    (named,) = open_sources([path], "detections", Request())
    assert Concept("image", "red0.png") in named.concepts()


def test_a_name_leads_to_no_file_outside_the_folder(tmp_path):
    folder = plant_pictures(tmp_path / "in" / "deep", 1)
    Image.new("RGB", (5, 5)).save(tmp_path / "in" / "secret.png")
    images = [{"id": 1, "file_name": "../secret.png", "width": 40, "height": 30}]
    path = coco(tmp_path, [box()], images=images)
    (source,) = open_sources([path], "detections", Request(models=(("images", folder),)))
    assert Concept("image", "../secret.png") in source.concepts()


def test_yolo_names_classes_by_their_number(tmp_path):
    (tmp_path / "classes.txt").write_text("cat\nmat\n")
    (tmp_path / "one.txt").write_text("0 .5 .25 .2 .2 .9\n1 .5 .75 .4 .2\n")
    (source,) = open_sources([tmp_path], "detections", Request())
    assert source.source.identifier == f"detections:{tmp_path.name}/one"
    assert {c.label for c in source.concepts()} == {"image:one", "cat", "mat"}
    (tmp_path / "one.txt").write_text("5 .5 .5 .2 .2\n")
    with pytest.raises(DocumentFormatError, match="unknown class"):
        list(open_sources([tmp_path], "detections", Request()))


def caption_labels(path, **asked):
    (source,) = open_sources([path], "captions", Request(**asked))
    return {concept.label for concept in source.concepts()}


def test_captions_are_about_the_pixels_that_lie_beside_them(tmp_path):
    plant_pictures(tmp_path, 1)
    image = decode(tmp_path / "red0.png").concept.label
    (tmp_path / "page.md").write_text("Text ![A red thing on the wall](red0.png 'Title') more.")
    assert caption_labels(tmp_path / "page.md") == {image, "red", "thing", "wall"}
    (tmp_path / "page.html").write_text("<IMG alt='Red &amp; round' src=red0.png><img src=x>")
    assert caption_labels(tmp_path / "page.html") == {image, "red", "round"}
    (tmp_path / "far.md").write_text("![A cat](https://example.org/cat.png)")
    assert caption_labels(tmp_path / "far.md") == {"image:https://example.org/cat.png", "cat"}


@pytest.mark.parametrize(
    "line", ["[]", '{"image": 1, "text": "a cat"}', '{"image": "a.png"}', "no json", "[" * 10**5]
)
def test_a_line_that_is_no_caption_is_refused_or_left_out(tmp_path, line):
    path = tmp_path / "said.jsonl"
    path.write_text(f'{{"image": "a.png", "text": "a cat"}}\n{line}\n')
    with pytest.raises(DocumentFormatError, match="line 2"):
        list(open_sources([path], "captions", Request()))
    faults = []
    assert caption_labels(path, fault=faults.append) == {"image:a.png", "cat"}
    assert len(faults) == 1


def test_a_picture_that_is_broken_beside_its_caption_is_one_line(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"none")
    (tmp_path / "page.md").write_text("![A cat](bad.png)")
    with pytest.raises(DocumentFormatError, match=r"bad\.png") as found:
        list(open_sources([tmp_path / "page.md"], "captions", Request()))
    assert "\n" not in str(found.value)
