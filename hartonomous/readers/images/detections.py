"""Detections that were made elsewhere: COCO's JSON, and a folder of YOLO's text files.

Where the pictures are named too, an image is the concept of its pixels, the same that looking at it
gives; else it is known by the name of its file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from hartonomous.concepts import Concept, is_storable
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import Source
from hartonomous.readers.files import read_json_object, read_text, shown
from hartonomous.readers.images.boxes import Box, Found
from hartonomous.readers.images.naming import image_folder, image_named
from hartonomous.readers.images.observing import Observing
from hartonomous.readers.opening import Place, Request
from hartonomous.sites import OpenedSource

#: The names of YOLO's classes, a line each, in the folder of the labels.
CLASSES = "classes.txt"
MOST_IMAGES = 1 << 20
MOST_FOUND = 1 << 22

Fault = Callable[[DocumentFormatError], None]


@dataclass(frozen=True)
class _Image:
    """A file's name, and width and height in pixels."""

    name: str
    width: float
    height: float


def is_coco(place: Place) -> bool:
    """Say whether a file is JSON, by its suffix."""
    return place.is_file() and place.path.suffix.lower() == ".json"


def is_yolo(place: Place) -> bool:
    """Say whether it is a folder that names classes."""
    return place.is_folder and (place.path / CLASSES).is_file()


def open_coco(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open COCO's JSON with ``images``, ``categories`` and ``annotations``; one source an image.

    Raises
    ------
    DocumentFormatError
        It is no such file, or an annotation is wrong and nobody takes note by ``request.fault``.
    """
    fields = read_json_object(place.path)
    images = dict(_listed(fields, "images", _image, place.path))
    labels = dict(_listed(fields, "categories", _label, place.path))
    found: dict[str, list[Found]] = {}
    for number, each in enumerate(_rows(fields, "annotations", place.path)):
        read = _annotation(each, images, labels)
        if isinstance(read, str):
            request.fault(DocumentFormatError(f"{place.path}: annotation {number} {read}"))
        else:
            found.setdefault(read[0].name, []).append(read[1])
    yield from _sources(found, place, request)


def open_yolo(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a folder of ``NAME.txt``, each line class, centre and size; as `open_coco`."""
    labels = [Concept("text", name) for name in _lines(place.path / CLASSES) if is_storable(name)]
    found: dict[str, list[Found]] = {}
    files = sorted(each for each in place.path.glob("*.txt") if each.name != CLASSES)
    if len(files) > MOST_IMAGES:
        raise DocumentFormatError(f"{place.path}: more than {MOST_IMAGES:,} files: split it")
    for file in files:
        for number, line in enumerate(_lines(file), 1):
            read = _yolo(line.split(), labels)
            if isinstance(read, str):
                request.fault(DocumentFormatError(f"{file}: line {number} {read}"))
            else:
                found.setdefault(file.stem, []).append(read)
    yield from _sources(found, place, request)


def _sources(
    found: dict[str, list[Found]], place: Place, request: Request
) -> Iterator[OpenedSource]:
    if not found:
        raise DocumentFormatError(f"{place.path}: holds no detection")
    folder = image_folder(request)
    for name in sorted(found):
        yield _source(name, image_named(name, folder), found[name], place, request)


def _source(
    name: str, image: Concept, found: list[Found], place: Place, request: Request
) -> OpenedSource:
    things = sorted(found, key=lambda each: each.written)
    observing = Observing(image)
    observing.find("detections", things)
    observed = observing.observed()
    said = "\0".join([request.subject or "", image.text, *(each.written for each in things)])
    own = request.name_for(f"detections:{place.path.name}/{name}", is_part=True)
    return OpenedSource(
        Source(own, "detections", blake3(said.encode()), request.subject),
        lambda: observed.concepts,
        observed.sites,
    )


def _listed(
    fields: dict[str, Any], name: str, read: Callable[[dict[str, Any]], Any], path: Path
) -> Iterator[tuple[int | str, Any]]:
    for number, row in enumerate(_rows(fields, name, path)):
        key, made = row.get("id"), read(row)
        if not isinstance(key, (int, str)) or made is None:
            raise DocumentFormatError(f"{path}: number {number} of its {name} is malformed")
        yield key, made


def _rows(fields: dict[str, Any], name: str, path: Path) -> list[dict[str, Any]]:
    rows = fields.get(name)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DocumentFormatError(f"{path}: no COCO file: it has no list of {name}")
    if len(rows) > MOST_FOUND:
        raise DocumentFormatError(f"{path}: more than {MOST_FOUND:,} {name}: split it")
    return rows


def _image(row: dict[str, Any]) -> _Image | None:
    name, width, height = row.get("file_name"), row.get("width"), row.get("height")
    if not isinstance(name, str) or not is_storable(name) or not name.isprintable():
        return None
    if not _is_number(width) or not _is_number(height) or min(width, height) <= 0:
        return None
    return _Image(name, float(width), float(height))


def _label(row: dict[str, Any]) -> Concept | None:
    name = row.get("name")
    return Concept("text", name) if isinstance(name, str) and is_storable(name) else None


def _annotation(
    row: dict[str, Any], images: dict[Any, _Image], labels: dict[Any, Concept]
) -> tuple[_Image, Found] | str:
    image, label = (_known(row.get(f"{what}_id"), known) for what, known in
                    (("image", images), ("category", labels)))  # fmt: skip
    if image is None:
        return "is of no known image"
    if label is None:
        return f"has the unknown category {shown(str(row.get('category_id')))}"
    numbers, score = row.get("bbox"), row.get("score", 1.0)
    if not isinstance(numbers, list) or len(numbers) != 4 or not all(map(_is_number, numbers)):
        return "has no box of four numbers"
    left, top, width, height = numbers
    across, down = image.width, image.height
    box = (left / across, top / down, (left + width) / across, (top + height) / down)
    found = _found(label, box, score)
    return found if isinstance(found, str) else (image, found)


def _known(key: object, known: dict[Any, Any]) -> Any:  # noqa: ANN401  # what is known by a key
    return known.get(key) if isinstance(key, (int, str)) else None


def _yolo(fields: list[str], labels: list[Concept]) -> Found | str:
    try:
        numbers = [float(field) for field in fields]
    except ValueError:
        numbers = []
    if len(numbers) not in {5, 6} or not all(map(math.isfinite, numbers)):
        return "is not class, centre, size and perhaps confidence"
    place, x, y, width, height = numbers[:5]
    if place != int(place) or not 0 <= place < len(labels):
        return f"has the unknown class {shown(fields[0])}"
    box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return _found(labels[int(place)], box, numbers[5] if len(numbers) == 6 else 1.0)


def _found(label: Concept, box: tuple[float, ...], score: object) -> Found | str:
    """Cut a box to the image; refuse what lies outside or has no size."""
    if not _is_number(score) or not 0 <= score <= 1:
        return "has no score from 0 to 1"
    if not box[0] < box[2] or not box[1] < box[3]:
        return "has a box without a size"
    cut = Box(*(min(1.0, max(0.0, corner)) for corner in box))
    return Found(label, cut, float(score)) if cut.area > 0 else "has a box outside its image"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _lines(path: Path) -> list[str]:
    text = read_text(path)
    return [line.strip() for line in text.splitlines() if line.strip()]
