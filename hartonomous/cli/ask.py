"""Questions: ``neighbors``, ``path``, ``traverse``, ``explain``, ``strongest``, ``sources``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json, Type
from hartonomous.cli.output import printable, show_json, show_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hartonomous.query.paths import Path

MaxDepth = Annotated[int, typer.Option("--max-depth", help="How many hops a path may have.")]
Beam = Annotated[int, typer.Option("--beam", help="How many paths of each depth are kept.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (neighbors, path, traverse, explain, strongest, sources):
        app.command()(command)


def neighbors(
    word: Annotated[str, typer.Argument(help="A concept; ##ing is the word piece.")],
    max_results: Annotated[
        int, typer.Option("--max-results", "-n", help="How many to show at most.")
    ] = 10,
    relation_type: Type = "related",
    towards: Annotated[
        bool, typer.Option("--towards", help="Show instead who lists the concept.")
    ] = False,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Show what a concept is most strongly related to."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.neighbors(word, max_results, relation_type, towards=towards)
    if as_json:
        show_json(found)
        return
    rows = [(n.label, n.elo_score, n.mean_weight, n.evidence_count, n.source_count) for n in found]
    show_table(("neighbor", "elo", "weight", "evidence", "sources"), rows)


def path(
    a: Annotated[str, typer.Argument(help="Where the path begins.")],
    b: Annotated[str, typer.Argument(help="Where it ends.")],
    max_depth: MaxDepth = 6,
    beam: Beam = 256,
    relation_type: Type = "related",
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Show the strongest path between two concepts."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.path(a, b, max_depth, beam, relation_type)
    if as_json:
        show_json(found)
    elif found is None:
        reach = f"within {max_depth} hops in a beam of {beam}"
        typer.echo(f"no path from {printable(a)} to {printable(b)} {reach}")
    else:
        _show_paths([found])


def traverse(
    prompt: Annotated[str, typer.Argument(help="Words to start from.")],
    max_depth: MaxDepth = 3,
    beam: Beam = 16,
    relation_type: Type = "related",
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Follow the strongest relations from the words of a prompt."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.traverse(prompt, max_depth, beam, relation_type)
    if as_json:
        show_json(found)
        return
    _show_paths(found.paths)
    if found.unknown_words:
        words = ", ".join(map(printable, found.unknown_words))
        typer.echo(f"unknown words were skipped: {words}", err=True)


def explain(
    a: Annotated[str, typer.Argument(help="A concept.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Show every piece of evidence that relates two concepts."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.explain(a, b)
    if as_json:
        show_json(found)
    elif not found:
        typer.echo(f"nothing relates {printable(a)} and {printable(b)}")
    else:
        rows = [
            (f"{e.from_label} → {e.to_label}", e.relation_type, e.source, e.site, e.weight, e.rank)
            for e in found
        ]
        show_table(("relation", "type", "source", "site", "weight", "rank"), rows)


def strongest(
    max_results: Annotated[
        int, typer.Option("--max-results", "-n", help="How many to show at most.")
    ] = 20,
    relation_type: Type = "related",
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Show the best rated relations of the whole graph; quick after `db summarise`."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.strongest_relations(max_results, relation_type)
    if as_json:
        show_json(found)
        return
    rows = [
        (r.from_label, r.to_label, r.elo_score, r.mean_weight, r.evidence_count, r.source_count)
        for r in found
    ]
    show_table(("from", "to", "elo", "weight", "evidence", "sources"), rows)


def sources(dsn: Dsn = None, as_json: Json = False) -> None:
    """List the sources that were loaded."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        found = substrate.sources()
    if as_json:
        show_json(found)
        return
    rows = [
        (s.name, s.kind, s.state, s.site_count, s.evidence_count, f"{s.created_at:%Y-%m-%d %H:%M}")
        for s in found
    ]
    show_table(("source", "kind", "state", "sites", "evidence", "loaded"), rows)


def _show_paths(paths: Sequence[Path]) -> None:
    rows = [
        (p.depth, p.score, " → ".join(p.concepts), " ".join(f"{elo:.0f}" for elo in p.elo_scores))
        for p in paths
    ]
    show_table(("hops", "score", "path", "elo of each hop"), rows)
