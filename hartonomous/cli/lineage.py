"""``hartonomous lineage``: which model comes from which."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json

if TYPE_CHECKING:
    from hartonomous.lineage.families import SharedRelation
    from hartonomous.lineage.kinship import Kinship
    from hartonomous.lineage.sketch import Sketch

app = typer.Typer(help="Say which model comes from which, by models or sketches of them.",
                  no_args_is_help=True)  # fmt: skip

Layout = Annotated[
    Path | None,
    typer.Option("--layout", help="Names of tensors, for architectures that are not known."),
]


@app.command()
def sketch(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model's folder.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, 200 kB at most.")],
    name: Annotated[str | None, typer.Option("--name", help="What to call the model.")] = None,
    layout: Layout = None,
) -> None:
    """Write what is near to what in a model: no weight, no label, enough to compare it."""
    from hartonomous.cli.output import note, say
    from hartonomous.lineage.sketch_file import write_sketch
    from hartonomous.lineage.sketching import sketch_model

    made = sketch_model(model, name, layout, note)
    size = write_sketch(made, out)
    say(f"{out}: {size:,} bytes, {len(made.ids):,} concepts at {len(made.places)} places")


@app.command()
def compare(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="Models' folders, sketches, or names of live sources such as model:x.",
        ),
    ],
    why: Annotated[
        bool, typer.Option("--why", help="Show what kin list and no stranger among them does.")
    ] = False,
    layout: Layout = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Compare all pairs of models: what they are to each other, and how sure that is."""
    from hartonomous.cli.output import show_json
    from hartonomous.lineage.families import reasons
    from hartonomous.lineage.kinship import compare

    sketches = _sketches(models, layout, dsn)
    pairs = compare(sketches)
    found = reasons(sketches, pairs) if why else []
    if as_json:
        show_json(found if why else pairs)
    else:
        _show(sketches, pairs, found)


def _sketches(models: Sequence[str], layout: Path | None, dsn: str | None) -> list[Sketch]:
    """Read the sketches, and make those of models and of live sources."""
    from hartonomous.lineage.kinship import require_number

    require_number(len(models))
    stored = _of_sources([model for model in models if _is_source(model)], dsn)
    return [
        stored[model]
        if model in stored
        else _of_path(Path(model), layout, with_stored=bool(stored))
        for model in models
    ]


def _is_source(model: str) -> bool:
    """Say whether a model is meant that is loaded: a name with its kind, and no path."""
    return ":" in model and not Path(model).exists()


def _of_sources(names: Sequence[str], dsn: str | None) -> dict[str, Sketch]:
    """Sketch live sources in one session, which is opened where there are any."""
    import hartonomous

    if not names:
        return {}
    with hartonomous.open(dsn) as substrate:
        return {name: substrate.sketch_source(name) for name in names}


def _of_path(path: Path, layout: Path | None, *, with_stored: bool) -> Sketch:
    from hartonomous.cli.output import note
    from hartonomous.lineage.sketch_file import is_sketch, read_sketch
    from hartonomous.lineage.sketching import sketch_model
    from hartonomous.lineage.stored import sketch_table

    if is_sketch(path):
        return read_sketch(path)
    return sketch_table(path) if with_stored else sketch_model(path, None, layout, note)


def _show(
    sketches: Sequence[Sketch], pairs: Sequence[Kinship], reasons: Sequence[SharedRelation]
) -> None:
    from hartonomous.cli.options import Form
    from hartonomous.cli.output import printable, show
    from hartonomous.lineage.families import SharedRelation, families, lines
    from hartonomous.lineage.kinship import Kinship
    from hartonomous.tables import Answers

    show(Answers(pairs, Kinship), Form.table)
    typer.echo()
    for tree in families([sketch.name for sketch in sketches], pairs):
        for line in lines(tree):
            typer.echo(printable(line))
    if reasons:
        typer.echo()
        show(Answers(reasons, SharedRelation), Form.table)
