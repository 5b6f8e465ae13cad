"""Editing: ``quarantine``, ``restore``, ``feedback``, ``add``, ``judge``, and what deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import hartonomous
from hartonomous.cli import audit, delete, subject
from hartonomous.cli.options import Dsn, Json, Operator, Reference, RelationType
from hartonomous.cli.output import counted, printable, say, show_json, show_table

if TYPE_CHECKING:
    from hartonomous.evaluation.comparison import Comparison
    from hartonomous.substrate import Substrate


class RollBack(str, Enum):
    """What to do with a source that makes the answers worse."""

    quarantine = "quarantine"
    delete = "delete"


#: Commands that change one thing of a source: the verb, what it does, and what to say when it did
#: and didn't.
_CHANGES = {
    "quarantine": (
        "quarantine_source",
        "Take a source out of every answer; `restore` brings it back.",
        "quarantined",
        "quarantined already",
    ),
    "restore": (
        "restore_source",
        "Bring a quarantined source back into the answers.",
        "live again",
        "live already",
    ),
    "open-to-all": (
        "open_source_to_all",
        "Let everybody see a source who may ask; `restrict` undoes it.",
        "seen by everybody",
        "seen already by everybody",
    ),
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(delete.app, name="delete")
    app.command("forget-expired")(delete.forget_expired)
    app.add_typer(subject.app, name="subject")
    app.add_typer(audit.receipt_app, name="receipt")
    for command, (verb, meaning, changed, unchanged) in _CHANGES.items():
        app.command(command, help=meaning)(_changing(verb, changed, unchanged))
    for own in (restrict, feedback, add, audit.audit, audit.fingerprint, audit.verify, judge):
        app.command()(own)


def _changing(verb: str, changed: str, unchanged: str) -> Callable[..., None]:
    def command(
        source: Annotated[str, typer.Argument(help="Name of the source.")],
        operator: Operator = None,
        reference: Reference = None,
        dsn: Dsn = None,
    ) -> None:
        with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
            is_new = getattr(substrate, verb)(source)
        say(f"{printable(source)} is {changed if is_new else unchanged}")

    return command


def restrict(
    source: Annotated[str, typer.Argument(help="Name of the source.")],
    roles: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ROLE]...", help="Roles of the server; none: editors alone."),
    ] = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
) -> None:
    """Let only the members of some roles, and editors, see a source."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        is_new = substrate.restrict_source(source, roles or ())
    seen = ", ".join(map(printable, (*(roles or ()), "editors")))
    say(f"{printable(source)} is seen {'' if is_new else 'already '}by {seen} alone")


def feedback(
    subject: Annotated[str, typer.Argument(help="Whose verdict it is.")],
    verdict: Annotated[str, typer.Argument(help="accept, reject or correct.")],
    a: Annotated[str, typer.Argument(help="The concept that the relation starts from.")],
    b: Annotated[str, typer.Argument(help="The concept that it leads to.")],
    corrected: Annotated[
        str | None, typer.Option("--corrected", help="What b ought to be, with `correct`.")
    ] = None,
    relation_type: RelationType = "related",
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
) -> None:
    """Record a person's verdict on a relation; it moves the rating and can be deleted."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        name = substrate.record_feedback(
            subject,
            a,
            b,
            verdict,  # type: ignore[arg-type]  # the database says what a verdict is
            corrected=corrected,
            relation_type=relation_type,
        )
    say(f"recorded as {printable(name)}" if name else "left out: this person is to stay forgotten")


def add(
    source: Annotated[str, typer.Argument(help="Name of the source, made when it is new.")],
    a: Annotated[str, typer.Argument(help="The concept that the relation starts from.")],
    b: Annotated[str, typer.Argument(help="The concept that it leads to.")],
    weight: Annotated[
        float, typer.Argument(help="From 0, which says that it does not hold, to 1.")
    ] = 1.0,
    relation_type: RelationType = "related",
    site: Annotated[str, typer.Option("--site", help="Where in the source.")] = "by hand",
    subject: Annotated[
        str | None, typer.Option("--subject", help="Whose source it is, where it is a person's.")
    ] = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
) -> None:
    """Add one piece of evidence by hand; a symmetric relation is meant in both directions."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        added = substrate.add_evidence(
            source, a, b, weight, relation_type=relation_type, site=site, subject=subject
        )
    say(f"{added} added" if added else "this was there already, so nothing was changed")


def judge(
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
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Say whether sources make the answers better or worse, on words that people rated.

    Nothing is changed but by --flag and --roll-back, which are about the sources of --without.
    """
    from hartonomous.readers.lexicon import read_lexicon

    lexicon = read_lexicon(file)
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        found = substrate.judge_sources(lexicon, included=included or (), excluded=excluded or ())
        for name in (excluded or []) if flag else []:
            substrate.flag_quality(name, found)
        if roll_back and found.effect == "worse":
            _roll_back(substrate, excluded or [], roll_back)
    if as_json:
        show_json({**vars(found), "effect": found.effect})
        return
    _show_comparison(found)
    if roll_back and found.effect == "worse":
        typer.echo(f"rolled back by {roll_back.value}")


def _roll_back(substrate: Substrate, names: Iterable[str], how: RollBack) -> None:
    for name in names:
        if how is RollBack.delete:
            substrate.delete_source(name)
        else:
            substrate.quarantine_source(name)


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
        f"{found.high:+.3f}, on {counted(found.pairs, 'pair')} ({found.unknown_pairs:,} unknown)"
    )
