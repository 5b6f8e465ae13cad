"""What changed in a model: ``diff``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import (
    AsOf,
    Csv,
    Dsn,
    Form,
    Json,
    MaxResults,
    Sources,
    Tsv,
    Without,
    form_of,
)

if TYPE_CHECKING:
    from hartonomous.answers import Answers, ConceptChange, RelationChange, SiteChange

#: Sites that a table shows.
SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


def diff(
    a: Annotated[str, typer.Argument(help="Name of a live source.")],
    b: Annotated[str, typer.Argument(help="Of another with the same words: a fine-tune, say.")],
    nulls: Annotated[
        list[str] | None,
        typer.Option(
            "--null",
            metavar="SOURCE",
            help="A source that says the same as the first, in int8 say; repeatable.",
            show_default="what a site's own lists do",
        ),
    ] = None,
    max_results: MaxResults = 40,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Draw layers by heads: .png, .svg or .pdf."),
    ] = None,
    in_sources: Sources = None,
    out_sources: Without = None,
    as_of: AsOf = None,
    dsn: Dsn = None,
    as_json: Json = False,
    as_csv: Csv = False,
    as_tsv: Tsv = False,
) -> None:
    """Show what changed in a model: site by site, and the relations gained and lost."""
    import hartonomous
    from hartonomous.cli.output import note, show, show_json

    form = form_of(as_json, as_csv, as_tsv)
    if out:
        from hartonomous.evaluation.difference import draw_difference, require_plot

        require_plot(out)
    with hartonomous.open(dsn, sources=in_sources, without=out_sources, as_of=as_of) as substrate:
        sites = substrate.diff(a, b, nulls or ())
        moved = [site for site in sites if site.moved]
        where = [site.site_position for site in moved], [site.bound for site in moved]
        relations = substrate.diff_relations(a, b, (), *where, max_results)
        concepts = substrate.diff_concepts(a, b, (), *where)
    if out:
        draw_difference(sites, f"{a} to {b}", out)
        note(f"{out} shows layers by heads")
    if as_json:
        show_json({"sites": sites, "relations": relations, "concepts": concepts})
    elif form is Form.table:
        _show(sites, relations, concepts)
    else:
        show(relations, form)


def _show(
    sites: Answers[SiteChange],
    relations: Answers[RelationChange],
    concepts: Answers[ConceptChange],
) -> None:
    """Print the sites that changed most, the relations, and the concepts that moved most often."""
    from hartonomous.answers import SiteChange
    from hartonomous.cli.options import Form
    from hartonomous.cli.output import counted, note, show
    from hartonomous.tables import Answers

    show(Answers(sites[:SHOWN], SiteChange, sites.notes), Form.table)
    moved = sum(site.moved > 0 for site in sites)
    note(f"{moved} of {counted(len(sites), 'site')} moved further than the null")
    if not relations:
        note("no relation was gained or lost beyond the null")
    for rows in (Answers(relations, relations.kind), Answers(concepts, concepts.kind)):
        if rows:
            typer.echo()
            show(rows, Form.table)
