"""``hartonomous describe`` and ``images``: looking at pictures; nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.ingest_images import Book, Classifier, Detector
from hartonomous.cli.options import Json
from hartonomous.cli.output import note, printable, say, show_json, show_table

if TYPE_CHECKING:
    from hartonomous.describing import Statement

app = typer.Typer(help="Codebooks of images' features.", no_args_is_help=True)


@app.command()
def codebook(
    folder: Annotated[Path, typer.Argument(help="Pictures to learn from.")],
    classifier: Annotated[
        Path, typer.Option("--classifier", help="A model that gives a map of features.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    cells: Annotated[int, typer.Option("--cells", help="How many cells.")] = 256,
) -> None:
    """Learn from a folder's pictures the cells that images then consist of."""
    from hartonomous.readers.images.codebook import learn_codebook
    from hartonomous.readers.images.looking import Classifier as Model
    from hartonomous.readers.images.pictures import patches_of

    learned = learn_codebook(patches_of(folder, Model.of(classifier)), cells)
    learned.save(out)
    say(f"{printable(str(out))}: {len(learned.cells):,} cells, codebook "
        f"{learned.fingerprint.hex()[:12]}")  # fmt: skip


def describe(
    file: Annotated[Path, typer.Argument(help="A picture.")],
    classifier: Classifier = None,
    detector: Detector = None,
    codebook: Book = None,
    as_json: Json = False,
) -> None:
    """Say what models see in a picture; nothing is stored."""
    from hartonomous.describing import describe as described

    statements, notes = described(file, classifier, detector, codebook)
    if as_json:
        show_json(statements)
    else:
        show_table(("a", "relation", "b", "weight", "by"), list(map(_row, statements)))
    for line in notes:
        note(printable(line))


def _row(said: Statement) -> tuple[str, str, str, str, str]:
    return said.a, said.relation_type, said.b, f"{said.weight:.3f}", said.site


def register(group: typer.Typer) -> None:
    """Put the commands into a group."""
    group.command()(describe)
