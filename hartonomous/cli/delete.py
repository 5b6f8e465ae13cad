"""``hartonomous delete``: models, concepts, persons and single sources, for good."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import printable, show_json
from hartonomous.cli.session import session_on

if TYPE_CHECKING:
    from hartonomous.editing.deletion import Deletion
    from hartonomous.store.session import Connection

app = typer.Typer(help="Delete for good, and prove it.", no_args_is_help=True)

Preview = Annotated[
    bool, typer.Option("--preview", help="Say what would go and change, and touch nothing.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Fingerprints = Annotated[
    bool | None,
    typer.Option(
        "--fingerprints/--no-fingerprints",
        help="Put fingerprints of before and after into the receipt; it takes seconds for "
        "millions of pieces of evidence.  [default: up to 50,000 pieces]",
        show_default=False,
    ),
]
#: How many names a preview lists.
_SHOWN = 12


@app.command()
def model(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names of models.")],
    preview: Preview = False,
    yes: Yes = False,
    fingerprints: Fingerprints = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete models with every relation and concept that only they support."""
    from hartonomous.editing import deletion

    _delete_each(
        names,
        deletion.preview_delete_model,
        partial(deletion.delete_model, fingerprints=fingerprints),
        preview=preview,
        yes=yes,
        dsn=dsn,
        as_json=as_json,
    )


@app.command()
def source(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Names of sources.")],
    preview: Preview = False,
    yes: Yes = False,
    fingerprints: Fingerprints = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete single sources of any kind, such as one document."""
    from hartonomous.editing import deletion

    _delete_each(
        names,
        deletion.preview_delete_source,
        partial(deletion.delete_source, fingerprints=fingerprints),
        preview=preview,
        yes=yes,
        dsn=dsn,
        as_json=as_json,
    )


@app.command()
def subject(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Whose data has to go.")],
    preview: Preview = False,
    yes: Yes = False,
    fingerprints: Fingerprints = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete all that a person contributed: documents, feedback, and what only these support."""
    from hartonomous.editing import deletion

    _delete_each(
        names,
        deletion.preview_delete_subject,
        partial(deletion.delete_subject, fingerprints=fingerprints),
        preview=preview,
        yes=yes,
        dsn=dsn,
        as_json=as_json,
    )


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
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Delete concepts and every relation they are in."""
    from hartonomous.editing import deletion

    _delete(
        lambda session: deletion.preview_delete_concept(
            session, labels, variants=variants, forget=forget
        ),
        lambda session: deletion.delete_concept(
            session, labels, variants=variants, forget=forget, fingerprints=fingerprints
        ),
        preview=preview,
        yes=yes,
        dsn=dsn,
        as_json=as_json,
    )


def _delete_each(
    names: list[str],
    preview_of: Callable[[Connection, str], Deletion],
    delete: Callable[[Connection, str], Deletion],
    *,
    preview: bool,
    yes: bool,
    dsn: str | None,
    as_json: bool,
) -> None:
    distinct = list(dict.fromkeys(names))
    if len(distinct) > 1:  # a wrong name among them has to stop all, before any is gone
        with session_on(dsn) as session:
            for name in distinct:
                preview_of(session, name)
    for name in distinct:
        _delete(
            _of(preview_of, name),
            _of(delete, name),
            preview=preview,
            yes=yes,
            dsn=dsn,
            as_json=as_json,
        )


def _of(verb: Callable[[Connection, str], Deletion], name: str) -> Callable[[Connection], Deletion]:
    return lambda session: verb(session, name)


def _delete(
    preview_of: Callable[[Connection], Deletion],
    delete: Callable[[Connection], Deletion],
    *,
    preview: bool,
    yes: bool,
    dsn: str | None,
    as_json: bool,
) -> None:
    with session_on(dsn) as session:
        if preview or not yes:
            expected = preview_of(session)
            _show_deletion(expected, "would go", as_json=as_json)
            if preview:
                return
            if not typer.confirm("Delete this for good?"):
                typer.echo("nothing was changed")
                return
        _show_deletion(delete(session), "gone", as_json=as_json)


def _show_deletion(deletion: Deletion, verb: str, *, as_json: bool) -> None:
    if as_json:
        show_json(deletion)
        return
    names = ", ".join(map(printable, deletion.names[:_SHOWN]))
    more = len(deletion.names) - _SHOWN
    typer.echo(f"{names}{f' and {more:,} more' if more > 0 else ''}")
    typer.echo(
        f"  {verb}: {deletion.sources:,} sources, {deletion.evidence:,} pieces of evidence, "
        f"{deletion.concepts_removed:,} concepts, {deletion.coordinates:,} coordinates"
    )
    if deletion.relations_removed is not None:
        typer.echo(
            f"  with {deletion.relations_removed:,} relations that nothing else supports; "
            f"{deletion.relations_changed:,} others would change their ratings"
        )
    if deletion.audit_id is not None:
        typer.echo(f"  receipt: hartonomous receipt export {deletion.audit_id}")
