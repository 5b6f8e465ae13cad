"""Editing: ``quarantine``, ``restore``, ``feedback``, ``add``, ``compare``, and what deletes."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli import audit, delete
from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import printable, show_json, show_table
from hartonomous.cli.session import session_on

if TYPE_CHECKING:
    from hartonomous.evaluation.comparison import Comparison
    from hartonomous.store.session import Connection


class RollBack(str, Enum):
    """What to do with a source that makes the answers worse."""

    quarantine = "quarantine"
    delete = "delete"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(delete.app, name="delete")
    app.add_typer(audit.receipt_app, name="receipt")
    for command in (
        quarantine,
        restore,
        feedback,
        add,
        audit.audit,
        audit.fingerprint,
        audit.verify,
        compare,
    ):
        app.command()(command)


def quarantine(
    name: Annotated[str, typer.Argument(help="Name of the source.")], dsn: Dsn = None
) -> None:
    """Take a source out of every answer; `restore` brings it back."""
    from hartonomous.editing.state import quarantine_source

    with session_on(dsn) as session:
        changed = quarantine_source(session, name)
    typer.echo(f"{printable(name)} is {'quarantined' if changed else 'quarantined already'}")


def restore(
    name: Annotated[str, typer.Argument(help="Name of the source.")], dsn: Dsn = None
) -> None:
    """Bring a quarantined source back into the answers."""
    from hartonomous.editing.state import restore_source

    with session_on(dsn) as session:
        changed = restore_source(session, name)
    typer.echo(f"{printable(name)} is {'live again' if changed else 'live already'}")


def feedback(
    person: Annotated[str, typer.Argument(metavar="SUBJECT", help="Whose verdict it is.")],
    verdict: Annotated[str, typer.Argument(help="accept, reject or correct.")],
    a: Annotated[str, typer.Argument(help="The concept that the relation starts from.")],
    b: Annotated[str, typer.Argument(help="The concept that it leads to.")],
    corrected: Annotated[
        str | None, typer.Option("--corrected", help="What b ought to be, with `correct`.")
    ] = None,
    relation_type: Annotated[str, typer.Option("--type", help="The relation's type.")] = "related",
    dsn: Dsn = None,
) -> None:
    """Record a person's verdict on a relation; it moves the rating and can be deleted."""
    from hartonomous.editing.feedback import record_feedback

    with session_on(dsn) as session:
        name = record_feedback(
            session,
            person,
            a,
            b,
            verdict,  # type: ignore[arg-type]  # the database says what a verdict is
            corrected=corrected,
            relation_type=relation_type,
        )
    typer.echo(f"recorded as {printable(name)}")


def add(
    source: Annotated[str, typer.Argument(help="Name of the source, made when it is new.")],
    a: Annotated[str, typer.Argument(help="The concept that the relation starts from.")],
    b: Annotated[str, typer.Argument(help="The concept that it leads to.")],
    weight: Annotated[
        float, typer.Argument(help="From 0, which says that it does not hold, to 1.")
    ] = 1.0,
    relation_type: Annotated[str, typer.Option("--type", help="The relation's type.")] = "related",
    site: Annotated[str, typer.Option("--site", help="Where in the source.")] = "by hand",
    subject: Annotated[
        str | None, typer.Option("--subject", help="Whose source it is, where it is a person's.")
    ] = None,
    dsn: Dsn = None,
) -> None:
    """Add one piece of evidence by hand; a symmetric relation is meant in both directions."""
    import hartonomous

    with hartonomous.open(dsn) as substrate:
        added = substrate.add_evidence(
            source, a, b, weight, relation_type=relation_type, site=site, subject=subject
        )
    typer.echo(f"{added} added" if added else "this was there already, so nothing was changed")


def compare(
    file: Annotated[
        Path, typer.Option("--on", help="Held-out lexicon: two words and a score a line.")
    ],
    included: Annotated[
        list[str] | None, typer.Option("--with", help="Source of the first side.")
    ] = None,
    excluded: Annotated[
        list[str] | None, typer.Option("--without", help="Source that the second side lacks.")
    ] = None,
    flag: Annotated[
        bool,
        typer.Option(
            "--flag",
            help="Flag those sources when they make it worse, and clear the flag when not.",
        ),
    ] = False,
    roll_back: Annotated[
        RollBack | None,
        typer.Option("--roll-back", help="Do this to the sources when they make it worse."),
    ] = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Say whether sources make the answers better or worse, on words that people rated.

    Nothing is changed but by --flag and --roll-back, which are about the sources of --without.
    """
    from hartonomous.editing.state import flag_quality
    from hartonomous.evaluation.comparison import compare_sources
    from hartonomous.readers.lexicon import read_lexicon

    lexicon = read_lexicon(file)
    with session_on(dsn) as session:
        found = compare_sources(session, lexicon, included=included or [], excluded=excluded or [])
        for name in (excluded or []) if flag else []:
            flag_quality(session, name, found)
        if roll_back and found.effect == "worse":
            _roll_back(session, excluded or [], roll_back)
    if as_json:
        show_json({**vars(found), "effect": found.effect})
        return
    _show_comparison(found)
    if roll_back and found.effect == "worse":
        typer.echo(f"rolled back by {roll_back.value}")


def _roll_back(session: Connection, names: list[str], how: RollBack) -> None:
    from hartonomous.editing.deletion import delete_source
    from hartonomous.editing.state import quarantine_source

    for name in names:
        if how is RollBack.delete:
            delete_source(session, name)
        else:
            quarantine_source(session, name)


def _show_comparison(found: Comparison) -> None:
    show_table(
        ("", "Spearman", "related pairs"),
        [
            ("with", f"{found.with_sources:.3f}", found.related_with),
            ("without", f"{found.without_sources:.3f}", found.related_without),
        ],
    )
    typer.echo(
        f"{found.effect}: {found.difference:+.3f}, 95 % confidence {found.low:+.3f} to "
        f"{found.high:+.3f}, on {found.pairs:,} pairs ({found.unknown_pairs:,} unknown)"
    )
