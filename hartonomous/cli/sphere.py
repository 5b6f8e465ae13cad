"""The sphere: ``align``, ``position``, ``near``, ``geodesic`` and ``plot map``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import show_json, show_table

plot = typer.Typer(help="Draw pictures.", no_args_is_help=True)
Concept = Annotated[str, typer.Argument(help="A concept; ##ing is the word piece.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (align, position, near, geodesic):
        app.command()(command)
    plot.command("map")(plot_map)
    app.add_typer(plot, name="plot")


def align(
    again: Annotated[
        bool, typer.Option("--again", help="Make the charts anew that are there already.")
    ] = False,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Place the concepts of all live models on one sphere."""
    import hartonomous
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    with hartonomous.open(dsn) as substrate:
        report = substrate.align(again=again, stages=Stages(display_for(quiet=as_json)))
        alignments = substrate.alignments()
    if as_json:
        show_json({"report": report, "alignments": alignments})
        return
    titles = ("source", "concepts", "anchors", "residual", "trust", "contin", "pca t", "pca c")
    rows = [
        (
            a.source, a.concepts, a.anchors, a.residual,
            a.trustworthiness, a.continuity, a.pca_trustworthiness, a.pca_continuity,
        )
        for a in alignments
    ]  # fmt: skip
    show_table(titles, rows)


def position(label: Concept, dsn: Dsn = None, as_json: Json = False) -> None:
    """Show where a concept lies: a unit quaternion."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        at = substrate.position(label)
    if as_json:
        show_json(at)
    else:
        typer.echo(f"{at.x:+.6f} {at.y:+.6f} {at.z:+.6f} {at.w:+.6f}")


def near(
    label: Concept,
    n: Annotated[int, typer.Option("--max-results", "-n", help="How many to show.")] = 10,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Show the concepts nearest to a concept on the sphere."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.near_on_sphere(label, n)
    if as_json:
        show_json(found)
    else:
        show_table(("concept", "geodesic"), [(c.label, c.geodesic) for c in found])


def geodesic(a: Concept, b: Concept, dsn: Dsn = None, as_json: Json = False) -> None:
    """Show how far two concepts lie apart along the sphere, 0 to pi."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        distance = substrate.geodesic(a, b)
    if as_json:
        show_json({"geodesic": distance})
    else:
        typer.echo(f"{distance:.6f}")


def plot_map(
    out: Annotated[Path, typer.Option("--out", help="The PNG to write.")] = Path("map.png"),
    words: Annotated[int, typer.Option("--words", help="How many words to show.")] = 2000,
    dsn: Dsn = None,
) -> None:
    """Draw the best known words where they lie on the sphere."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        count = substrate.plot_map(out, words)
    typer.echo(f"{out}: {count:,} words have a label")
