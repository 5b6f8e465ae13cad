"""The sphere: ``align``, ``position``, ``near``, ``geodesic`` and ``plot map``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Csv, Dsn, Json, MaxResults, Tsv, asking, form_of

if TYPE_CHECKING:
    from hartonomous.answers import Answer, Answers
    from hartonomous.substrate import Substrate

plot = typer.Typer(help="Draw pictures.", no_args_is_help=True)
Concept = Annotated[str, typer.Argument(help="A concept; ##ing is the word piece.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(align)
    for command in (position, near, geodesic):
        app.command()(asking(command))
    plot.command("map")(plot_map)
    app.add_typer(plot, name="plot")


def align(
    again: Annotated[
        bool, typer.Option("--again", help="Lay out anew what is up to date.")
    ] = False,
    charts: Annotated[
        bool, typer.Option("--charts", help="Make each source's own chart too.")
    ] = False,
    dsn: Dsn = None,
    as_json: Json = False,
    as_csv: Csv = False,
    as_tsv: Tsv = False,
) -> None:
    """Lay out the concepts of all live models on one sphere, where that is due."""
    import hartonomous
    from hartonomous.cli.output import note, show, show_json
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    form = form_of(as_json, as_csv, as_tsv)
    with hartonomous.open(dsn) as substrate:
        report = substrate.align(
            again=again, charts=charts, stages=Stages(display_for(quiet=as_json))
        )
        alignments = substrate.alignments()
    if as_json:
        show_json({"report": report, "alignments": alignments})
    else:
        show(alignments, form)
    for each in report.notes:
        note(f"note: {each}")


def position(
    substrate: Substrate,
    label: Concept,
    chart: Annotated[
        str | None, typer.Option("--chart", metavar="SOURCE", help="Ask this source's own chart.")
    ] = None,
) -> Answer:
    """Show where a concept lies: a unit quaternion."""
    return substrate.position(label, chart)


def near(substrate: Substrate, label: Concept, max_results: MaxResults = 10) -> Answers[Answer]:
    """Show the concepts nearest to a concept on the sphere."""
    return substrate.near(label, max_results)


def geodesic(substrate: Substrate, a: Concept, b: Concept) -> float:
    """Show how far two concepts lie apart along the sphere, 0 to pi."""
    return substrate.geodesic(a, b)


def plot_map(
    out: Annotated[
        Path, typer.Option("--out", help="What to write: .png, .svg, .pdf or .html.")
    ] = Path("map.png"),
    max_results: Annotated[
        int | None,
        typer.Option(
            "--max-results",
            "-n",
            help="How many words to show at most.",
            show_default="2000, around a word 100",
        ),
    ] = None,
    around: Annotated[
        str | None, typer.Option("--around", metavar="WORD", help="Show what lies nearest to it.")
    ] = None,
    dsn: Dsn = None,
) -> None:
    """Draw words where they lie on the sphere: the best known, or those around one."""
    import hartonomous
    from hartonomous.cli.output import counted, say

    with hartonomous.open(dsn) as substrate:
        count = substrate.plot_map(out, max_results, around)
    say(f"{out}: {counted(count, 'word has', 'words have')} a label")
