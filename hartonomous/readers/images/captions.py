"""What people wrote about images: an image depicts the words of its captions.

Markdown and HTML give images with their alt texts, COCO's JSON captions, JSON lines an ``image``
and a ``text`` each. Where an image's file lies beside the file that names it, or in a
folder that is named, it is the concept of its pixels; else it is known by its name or address.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from hartonomous.concepts import Concept, is_storable
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import Source
from hartonomous.readers.files import read_json_object, read_text
from hartonomous.readers.images.naming import image_folder, image_named
from hartonomous.readers.images.observing import Observing
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.relations.lines import Fault, read_lines
from hartonomous.readers.running_text import split_words
from hartonomous.sites import OpenedSource

#: Longer captions and names are none.
MOST_CHARACTERS = 2000
MOST_CAPTIONS = 1 << 20
_POSITION = "captions"
#: An image in Markdown: its alt text, and its address without a title.
_IMAGE = re.compile(r"!\[([^\[\]]{1,2000})\]\(\s*<?([^\s()<>]{1,2000})")
#: Words that say nothing of what an image shows.
_FUNCTION_WORDS = frozenset({
    "a", "an", "the", "of", "on", "in", "at", "to", "by", "for", "from", "with", "and", "or", "is",
    "are", "was", "were", "be", "its", "it", "this", "that", "these", "those", "as", "into", "over",
    "under", "near", "next", "some", "his", "her", "their", "there",
})  # fmt: skip

#: Image and caption.
Caption = tuple[str, str]


def is_html(place: Place) -> bool:
    """Say whether a file holds HTML, by its suffix."""
    return place.is_file() and place.path.suffix.lower() in {".html", ".htm", ".xhtml"}


def open_markdown(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open the images of a Markdown file that have an alt text; one source an image.

    Raises
    ------
    ModelFormatError
        It can't be read, or is not UTF-8.
    DocumentFormatError
        No image in it has a caption.
    """
    found = ((address, alt) for alt, address in _IMAGE.findall(read_text(place.path)))
    yield from _sources(found, place, request)


def open_html(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open the images of a page that have an alt text; as `open_markdown`."""
    page = _Page()
    page.feed(read_text(place.path))
    yield from _sources(iter(page.found), place, request)


def open_coco(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open COCO's captions: ``images`` with ``file_name``, ``annotations`` with ``caption``.

    Raises
    ------
    DocumentFormatError
        It is no such file, or an annotation is wrong and nobody takes note by ``request.fault``.
    """
    fields = read_json_object(place.path)
    images, rows = fields.get("images"), fields.get("annotations")
    if not isinstance(images, list) or not isinstance(rows, list):
        raise DocumentFormatError(f"{place.path}: no COCO file: it has no images and annotations")
    names = {
        row["id"]: row.get("file_name")
        for row in images
        if isinstance(row, dict) and isinstance(row.get("id"), (int, str))
    }
    yield from _sources(_annotated(rows, names, place.path, request), place, request)


def open_json_lines(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open an ``image`` and a ``text`` a line; as `open_coco`."""
    yield from _sources(_lines(place.path, request), place, request)


class _Page(HTMLParser):
    """Collects the images of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Caption] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an image that has an address and an alt text."""
        said = dict(attrs)
        source, alt = said.get("src"), said.get("alt")
        if tag == "img" and source and alt:
            self.found.append((source, alt))


def _annotated(
    rows: list[object], names: dict[object, object], path: Path, request: Request
) -> Iterator[Caption]:
    for number, row in enumerate(rows):
        key = row.get("image_id") if isinstance(row, dict) else None
        name = names.get(key) if isinstance(key, (int, str)) else None
        caption = row.get("caption") if isinstance(row, dict) else None
        if isinstance(name, str) and isinstance(caption, str):
            yield name, caption
        else:
            said = "has no caption of a known image"
            request.fault(DocumentFormatError(f"{path}: annotation {number} {said}"))


def _lines(path: Path, request: Request) -> Iterator[Caption]:
    for number, line in read_lines(path):
        try:
            fields = None if isinstance(line, Fault) else json.loads(line or "null")
        except (ValueError, RecursionError):
            fields = None
        image = fields.get("image") if isinstance(fields, dict) else None
        text = fields.get("text") if isinstance(fields, dict) else None
        if isinstance(image, str) and isinstance(text, str):
            yield image, text
        elif isinstance(line, Fault) or line.strip():
            said = 'is no object with an "image" and a "text"'
            request.fault(DocumentFormatError(f"{path}: line {number} {said}"))


def _sources(captions: Iterator[Caption], place: Place, request: Request) -> Iterator[OpenedSource]:
    """Give a source for each image that has words, in the order of their names."""
    found: dict[str, list[str]] = {}
    left_out = 0
    for count, (name, caption) in enumerate(captions):
        if count >= MOST_CAPTIONS:
            raise DocumentFormatError(
                f"{place.path}: more than {MOST_CAPTIONS:,} captions: split it"
            )
        if _is_named(name) and len(caption) <= MOST_CHARACTERS and words_of(caption):
            found.setdefault(name, []).append(caption)
        else:
            left_out += 1
    if not found:
        raise DocumentFormatError(f"{place.path}: holds no image with a caption")
    folder = image_folder(request, place.path.parent)
    for number, name in enumerate(sorted(found)):
        reasons = {"without words": left_out} if left_out and not number else {}
        yield _source(name, found[name], folder, place, request, reasons)


def _source(
    name: str,
    captions: list[str],
    folder: Path | None,
    place: Place,
    request: Request,
    left_out: dict[str, int],
) -> OpenedSource:
    observing = Observing(image_named(name, folder))
    observing.mention(_POSITION, [word for each in sorted(captions) for word in words_of(each)])
    observed = observing.observed()
    said = "\0".join([request.subject or "", observing.image.text, *sorted(captions)])
    own = request.name_for(f"captions:{place.path.name}/{name}", is_part=True)
    return OpenedSource(
        Source(own, "captions", blake3(said.encode()), request.subject),
        lambda: observed.concepts,
        observed.sites,
        left_out,
    )


def words_of(caption: str) -> list[Concept]:
    """Return the words of a caption that say what is to be seen, as plain text in lower case."""
    whole = caption.encode("utf-8", "replace").decode()
    words = (word.lower() for word in split_words([whole]) if word)
    return [Concept("text", word) for word in words if word not in _FUNCTION_WORDS]


def _is_named(name: str) -> bool:
    return len(name) <= MOST_CHARACTERS and name.isprintable() and is_storable(name)
