"""``hartonomous ingest``: mine a source into the substrate."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import printable, say, show_json

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.observations import Site
    from hartonomous.readers import LeftOut

app = typer.Typer(help="Mine a source into relations and evidence.", no_args_is_help=True)


class Method(str, Enum):
    """How nearest neighbours are searched."""

    auto = "auto"
    exact = "exact"
    blocks = "blocks"
    hnsw = "hnsw"


@app.command()
def embeddings(
    path: Annotated[
        str,
        typer.Argument(help="A model folder, word vectors, or a model's name on the hub."),
    ],
    source: Annotated[
        str | None, typer.Option("--source", help="Name of the source.  [default: model:FOLDER]")
    ] = None,
    k: Annotated[int, typer.Option("--k", help="Neighbours of each concept.")] = 50,
    raw: Annotated[
        bool, typer.Option("--raw", help="Mine the vectors as they are, without cleaning.")
    ] = False,
    tensor: Annotated[
        str | None, typer.Option("--tensor", help="The tensor to read, if not the token embedding.")
    ] = None,
    vocabulary: Annotated[
        Path | None, typer.Option("--vocabulary", help="The words of a matrix, one a line.")
    ] = None,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Leave out rows that are not finite.")
    ] = False,
    method: Annotated[
        Method, typer.Option("--method", help="How neighbours are searched.")
    ] = Method.auto,
    threads: Annotated[
        int | None, typer.Option("--threads", help="Threads to use.  [default: one a core]")
    ] = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Mine the token embedding of a model, or word vectors."""
    import hartonomous
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    with hartonomous.open(dsn) as substrate:
        report = substrate.ingest_embeddings(
            path,
            source=source,
            k=k,
            raw=raw,
            tensor=tensor,
            vocabulary=vocabulary,
            skip_invalid=skip_invalid,
            method=method.value,
            threads=threads,
            stages=Stages(display_for(quiet=as_json)),
        )
    if as_json:
        show_json(report)
    else:
        say("\n".join(_lines(report)))


def _lines(report: IngestReport) -> list[str]:
    name = printable(report.source)
    if not report.is_new:
        return [f"{name} is loaded already, with these settings; nothing was changed"]
    counts = f"{report.concepts:,} concepts, {report.observations:,} observations"
    lines = [f"{name}: {counts}", *_left_out_line(report.left_out), *_site_line(report.site)]
    times = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in report.stages)
    lines += [f"note: {printable(note)}" for note in report.notes]
    lines += [f"warning: {printable(flag)}" for flag in report.flags]
    return [*lines, f"took {sum(stage.seconds for stage in report.stages):.1f} s: {times}"]


def _left_out_line(left_out: LeftOut) -> list[str]:
    reasons = [f"{count:,} {reason}" for reason, count in vars(left_out).items() if count]
    return [f"left out {left_out.total:,} rows: {', '.join(reasons)}"] if reasons else []


def _site_line(site: Site | None) -> list[str]:
    if site is None:
        return []
    search = "exact" if site.method == "exact" else f"{site.method} with recall {site.recall:.3f}"
    cleaned = f"mean and {site.components_removed} components removed"
    return [
        f"{site.position}: k = {site.k} by {site.space}, {search}, "
        f"{cleaned if site.mean_removed else 'vectors as they are'}"
    ]
