"""``hartonomous ingest images``, ``detections`` and ``captions``: what is seen in images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.loading import KeepGoing, loading

if TYPE_CHECKING:
    from hartonomous.cli.loading import Said
    from hartonomous.ingest import IngestReport
    from hartonomous.substrate import Substrate

app = typer.Typer()

Classifier = Annotated[
    Path | None, typer.Option("--classifier", help="A model that names what an image shows.")
]
Detector = Annotated[
    Path | None, typer.Option("--detector", help="A model that says what is where.")
]
Book = Annotated[
    Path | None, typer.Option("--codebook", help="Cells of features, from `images codebook`.")
]


@app.command()
@loading
def images(
    substrate: Substrate,
    said: Said,
    paths: Annotated[list[str], typer.Argument(help="Folders of pictures, or pictures.")],
    classifier: Classifier = None,
    detector: Detector = None,
    codebook: Book = None,
) -> IngestReport:
    """Relate images to what vision models see in them."""
    return substrate.ingest_images(
        paths, classifier=classifier, detector=detector, codebook=codebook, **said
    )


@app.command()
@loading
def detections(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str], typer.Argument(help="COCO's JSON, or folders of YOLO's text and classes.txt.")
    ],
    images: Annotated[
        Path | None, typer.Option("--images", help="The folder of the pictures.")
    ] = None,
    keep_going: KeepGoing = False,
) -> IngestReport:
    """Relate images to what a detector found in them elsewhere."""
    return substrate.ingest_detections(paths, images=images, keep_going=keep_going, **said)


@app.command()
@loading
def captions(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str],
        typer.Argument(help="Markdown, HTML, COCO's captions, JSON lines of image and text."),
    ],
    images: Annotated[
        Path | None,
        typer.Option(
            "--images", help="The folder of the pictures.", show_default="beside each file"
        ),
    ] = None,
    keep_going: KeepGoing = False,
) -> IngestReport:
    """Relate images to the words that people described them with."""
    return substrate.ingest_captions(paths, images=images, keep_going=keep_going, **said)
