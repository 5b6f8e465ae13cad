"""``hartonomous ingest``: mine sources into the substrate."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json, Operator, Reference
from hartonomous.cli.output import note, printable, say, show_json

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.observations import SiteRecord
    from hartonomous.progress import Stages

app = typer.Typer(help="Mine sources into relations and evidence.", no_args_is_help=True)

Source = Annotated[
    str | None,
    typer.Option("--source", help="Name of the source, or what stands before each name."),
]
Subject = Annotated[
    str | None,
    typer.Option("--subject", help="Whose they are: `delete subject` takes them."),
]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="DATE", help="`forget-expired` takes it from this day on."),
]
KeepGoing = Annotated[
    bool,
    typer.Option("--keep-going", help="Leave malformed lines out; without, it is all or nothing."),
]


class Method(str, Enum):
    """How nearest neighbours are searched."""

    auto = "auto"
    exact = "exact"
    blocks = "blocks"
    hnsw = "hnsw"


@app.command()
def embeddings(
    paths: Annotated[
        list[str],
        typer.Argument(help="Models' folders or files, word vectors, or names on the hub."),
    ],
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
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
    base: Annotated[
        Path | None, typer.Option("--base", help="The model that a LoRA adapter changes.")
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
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Mine the token embeddings of models, or word vectors."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_embeddings(
            paths,
            source=source,
            subject=subject,
            expires=expires,
            k=k,
            raw=raw,
            tensor=tensor,
            vocabulary=vocabulary,
            base=base,
            skip_invalid=skip_invalid,
            method=method.value,
            threads=threads,
            stages=_stages(quiet=as_json),
        )
    _show(report, as_json=as_json)


@app.command()
def text(
    paths: Annotated[
        list[str], typer.Argument(help="Plain text, Markdown, or JSON lines of id and text.")
    ],
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    window: Annotated[
        int, typer.Option("--window", help="Words this near to each other are related.")
    ] = 5,
    keep_going: KeepGoing = False,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Count which words of documents follow each other and which occur together."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_text(
            paths,
            source=source,
            subject=subject,
            expires=expires,
            window=window,
            keep_going=keep_going,
            stages=_stages(quiet=as_json),
        )
    _show(report, as_json=as_json)


@app.command()
def relations(
    paths: Annotated[
        list[str],
        typer.Argument(help="Lines of a, b, type, weight and source: TSV, JSON lines, parquet."),
    ],
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    keep_going: KeepGoing = False,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Load relations that somebody wrote down; ConceptNet's dump is read as it is."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_relations(
            paths,
            source=source,
            subject=subject,
            expires=expires,
            keep_going=keep_going,
            stages=_stages(quiet=as_json),
        )
    _show(report, as_json=as_json)


def _stages(*, quiet: bool) -> Stages:
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    return Stages(display_for(quiet=quiet))


def _show(report: IngestReport, *, as_json: bool) -> None:
    if as_json:
        show_json(report)
        return
    say("\n".join(_lines(report)))
    for line in _warnings(report):
        note(line)


def _lines(report: IngestReport) -> list[str]:
    if not report.new and report.read == 1:
        name = printable(report.sources[0])
        return [f"{name} is loaded already, with these settings; nothing was changed"]
    what = printable(report.sources[0]) if report.read == 1 else _new(report)
    counts = f"{report.concepts:,} concepts, {report.observations:,} observations"
    times = ", ".join(f"{stage.name} {stage.seconds:.1f} s" for stage in report.stages)
    return [
        f"{what}: {counts}",
        *_left_out_line(report.left_out),
        *map(_site_line, report.sites),
        *(f"note: {printable(note)}" for note in report.notes),
        f"took {sum(stage.seconds for stage in report.stages):.1f} s: {times}",
    ]


def _new(report: IngestReport) -> str:
    return f"{report.new:,} of {report.read:,} sources are new"


def _left_out_line(left_out: dict[str, int]) -> list[str]:
    reasons = [f"{count:,} {reason}" for reason, count in left_out.items() if count]
    return [f"left out {sum(left_out.values()):,}: {', '.join(reasons)}"] if reasons else []


def _site_line(site: SiteRecord) -> str:
    join = site.join
    if join is None:
        return f"{site.position}: counted"
    search = "exact" if join.method == "exact" else f"{join.method} with recall {join.recall:.3f}"
    cleaned = f"mean and {join.components_removed} components removed"
    how = cleaned if join.mean_removed else "vectors as they are"
    return f"{site.position}: k = {join.k} by {join.space}, {search}, {how}"


def _warnings(report: IngestReport) -> list[str]:
    flagged = [f"warning: {printable(name)}: {', '.join(flags)}" for name, flags in report.flagged]
    return flagged + [f"left out: {printable(fault)}" for fault in report.faults]
