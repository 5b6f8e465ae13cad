"""The verbs that bring in what is seen in images; errors are those of `ingest.ingest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hartonomous.ingesting import day_of, listed_paths, path_of

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages
    from hartonomous.readers.opening import Request
    from hartonomous.store.session import Connection


def ingest_images(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    classifier: str | Path | None = None,
    detector: str | Path | None = None,
    codebook: str | Path | None = None,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    stages: Stages | None = None,
) -> IngestReport:
    """Relate images to what models see in them, one source an image.

    Parameters
    ----------
    paths
        Folders of pictures, or pictures.
    classifier, detector
        Models in ONNX or tflite with their labels; see `hartonomous.readers.images.models`.
    codebook
        A file that `learn_codebook` wrote: images then contain its cells.
    source
        What stands before the name of each image.
    subject
        The person whose images they are: `delete_subject` takes them all away.
    expires, stages
        As for `ingest_text`.
    """
    from hartonomous.ingest import ingest

    roles = {"classifier": classifier, "detector": detector, "codebook": codebook}
    asked = _asked(roles, source, subject, expires)
    return ingest(connection, "images", listed_paths(paths), asked, stages=stages)


def ingest_detections(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    images: str | Path | None = None,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    keep_going: bool = False,
    stages: Stages | None = None,
) -> IngestReport:
    """Relate images to what a detector found in them elsewhere, one source an image.

    Parameters
    ----------
    paths
        COCO's JSON files, or folders of YOLO's text files with their ``classes.txt``.
    images
        The folder of the pictures, whose pixels then say which image each is.
    source, subject, expires, keep_going, stages
        As for `ingest_text`.
    """
    from hartonomous.ingest import ingest

    asked = _asked({"images": images}, source, subject, expires)
    return ingest(
        connection, "detections", listed_paths(paths), asked, keep_going=keep_going, stages=stages
    )


def ingest_captions(
    connection: Connection,
    paths: str | Path | Sequence[str | Path],
    *,
    images: str | Path | None = None,
    source: str | None = None,
    subject: str | None = None,
    expires: date | str | None = None,
    keep_going: bool = False,
    stages: Stages | None = None,
) -> IngestReport:
    """Relate images to the words that people described them with, one source an image.

    Parameters
    ----------
    paths
        Markdown, HTML, COCO's captions, or JSON lines of ``image`` and ``text``.
    images
        The folder of the pictures; by default that of each file.
    source, subject, expires, keep_going, stages
        As for `ingest_text`.
    """
    from hartonomous.ingest import ingest

    asked = _asked({"images": images}, source, subject, expires)
    return ingest(
        connection, "captions", listed_paths(paths), asked, keep_going=keep_going, stages=stages
    )


def _asked(
    roles: dict[str, str | Path | None],
    source: str | None,
    subject: str | None,
    expires: date | str | None,
) -> Request:
    from hartonomous.readers.opening import Request

    named = tuple((role, path) for role, given in roles.items() if (path := path_of(given)))
    return Request(source, subject, expires=day_of(expires), models=named)
