"""``hartonomous delete``: models, concepts, persons and single sources, for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

import hartonomous
from hartonomous.cli.options import Dsn, Json, Operator, Reference
from hartonomous.cli.output import counted, printable, say, show_json

if TYPE_CHECKING:
    from hartonomous.answers import Deletion, Kept

app = typer.Typer(help="Delete for good, and prove it.", no_args_is_help=True)

Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", help="What goes; all of it has to be known.")
]
Preview = Annotated[
    bool, typer.Option("--preview", help="Say what would go and change, and touch nothing.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Fingerprints = Annotated[
    bool | None,
    typer.Option(
        "--fingerprints/--no-fingerprints",
        help="Put fingerprints of before and after into the receipt; it takes seconds for "
        "millions of pieces of evidence.",
        show_default="up to 50,000 pieces",
    ),
]
#: How many names a preview lists.
_SHOWN = 12
#: What is deleted name by name, by verbs that differ in it alone.
_BY_NAME = {
    "model": "Delete models with every relation and concept that only they support.",
    "source": "Delete single sources of any kind, such as one document.",
    "repository": "Delete all files of repositories of code.",
}


def _deleting(kind: str) -> Callable[..., None]:
    def delete(
        names: Names,
        preview: Preview = False,
        yes: Yes = False,
        fingerprints: Fingerprints = None,
        operator: Operator = None,
        reference: Reference = None,
        dsn: Dsn = None,
        as_json: Json = False,
    ) -> None:
        with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
            preview_of: Callable[[str], Deletion] = getattr(substrate, f"preview_delete_{kind}")
            delete = partial(getattr(substrate, f"delete_{kind}"), fingerprints=fingerprints)
            _delete_each(names, preview_of, delete, preview, yes, as_json)

    return delete


def _delete_each(
    names: Iterable[str],
    preview_of: Callable[[str], Deletion],
    delete: Callable[[str], Deletion],
    preview: bool,
    yes: bool,
    as_json: bool,
) -> None:
    distinct = list(dict.fromkeys(names))
    if len(distinct) > 1:  # a wrong name among them has to stop all, before any is gone
        for name in distinct:
            preview_of(name)
    for name in distinct:
        _delete(partial(preview_of, name), partial(delete, name), preview, yes, as_json)


for _kind, _help in _BY_NAME.items():
    app.command(_kind, help=_help)(_deleting(_kind))


@app.command()
def subject(
    names: Names,
    forget: Annotated[
        bool,
        typer.Option("--forget", help="Keep their documents and feedback out of later loads."),
    ] = False,
    preview: Preview = False,
    yes: Yes = False,
    fingerprints: Fingerprints = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete all that a person contributed: documents, feedback, and what only these support."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        preview_of = partial(substrate.preview_delete_subject, forget=forget)
        delete = partial(substrate.delete_subject, forget=forget, fingerprints=fingerprints)
        _delete_each(names, preview_of, delete, preview, yes, as_json)


@app.command()
def concept(
    labels: Annotated[list[str], typer.Argument(metavar="NAME...", help="Words or phrases.")],
    variants: Annotated[
        bool,
        typer.Option(
            "--variants/--exactly", help="Take case, plural and word-piece forms along, or not."
        ),
    ] = True,
    forget: Annotated[
        bool, typer.Option("--forget", help="Keep them from coming back with later loads.")
    ] = False,
    preview: Preview = False,
    yes: Yes = False,
    fingerprints: Fingerprints = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete concepts and every relation they are in."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        _delete(
            partial(substrate.preview_delete_concept, labels, variants=variants, forget=forget),
            partial(
                substrate.delete_concept,
                labels,
                variants=variants,
                forget=forget,
                fingerprints=fingerprints,
            ),
            preview,
            yes,
            as_json,
        )


def forget_expired(
    preview: Preview = False,
    yes: Yes = False,
    fingerprints: Fingerprints = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete all sources whose day of expiry has come, as `ingest --expires` set it."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        _delete(
            substrate.preview_forget_expired,
            partial(substrate.forget_expired, fingerprints=fingerprints),
            preview,
            yes,
            as_json,
        )


def _delete(
    preview_of: Callable[[], Deletion],
    delete: Callable[[], Deletion],
    preview: bool,
    yes: bool,
    as_json: bool,
) -> None:
    if preview or not yes:
        show_deletion(preview_of(), "would go", as_json)
        if preview:
            return
        if not typer.confirm("Delete this for good?"):
            say("nothing was changed")
            return
    show_deletion(delete(), "gone", as_json)


def show_deletion(deletion: Deletion, verb: str, as_json: bool) -> None:
    """Print what a deletion takes or took."""
    if as_json:
        show_json(deletion)
        return
    typer.echo(_listed(deletion.names) or "nothing")
    typer.echo(
        f"  {verb}: {counted(deletion.sources, 'source')}, "
        f"{counted(deletion.evidence, 'piece of evidence', 'pieces of evidence')}, "
        f"{counted(deletion.concepts_removed, 'concept')}, "
        f"{counted(deletion.coordinates, 'coordinate')}"
    )
    if deletion.relations_removed is not None:
        typer.echo(
            f"  with {counted(deletion.relations_removed, 'relation')} that nothing else supports; "
            f"{_others(deletion.relations_changed or 0)}"
        )
    if deletion.sources_that_go and deletion.sources_that_go != deletion.names:
        typer.echo(f"  sources: {_listed(deletion.sources_that_go, deletion.sources)}")
    if deletion.goes is not None and deletion.stays is not None:
        typer.echo(f"  goes: {_listed(deletion.goes, deletion.concepts_removed) or 'no concept'}")
        typer.echo(f"  stays: {_listed(map(_shown, deletion.stays)) or 'nothing of it'}")
    if deletion.alike:
        typer.echo(f"  looks alike and stays: {', '.join(map(_spelled, deletion.alike))}")
    if deletion.audit_id is not None:
        typer.echo(f"  receipt: hartonomous receipt export {deletion.audit_id}")


def _spelled(key: str) -> str:
    """Show a key so that blanks and characters that nobody sees are seen."""
    return printable(ascii(key) if key != key.strip() or not key.isprintable() else key)


def _others(count: int) -> str:
    return counted(count, "other would change its rating", "others would change their ratings")


def _listed(names: Iterable[str], count: int | None = None) -> str:
    """Return the first of some names, and how many more there are."""
    known = list(names)
    more = (count or len(known)) - _SHOWN
    first = ", ".join(map(printable, known[:_SHOWN]))
    return f"{first}{f' and {more:,} more' if more > 0 else ''}"


def _shown(kept: Kept) -> str:
    """Return what stays, with one who said it too."""
    others = f" and {len(kept.also) - 1} more" if len(kept.also) > 1 else ""
    relation = f" ({kept.relation_type})" if kept.relation_type else ""
    return f"{' – '.join(kept.what)}{relation} by {kept.also[0]}{others}"
