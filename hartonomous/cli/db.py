"""``hartonomous db`` and ``psql``: the embedded server, and the schema of any database."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json, Operator, Reference
from hartonomous.errors import StoreError

if TYPE_CHECKING:
    from hartonomous.store.status import DatabaseStatus, ServerStatus


class Role(str, Enum):
    """Who may do what."""

    reader = "reader"
    contributor = "contributor"
    editor = "editor"


app = typer.Typer(
    help="Run the embedded PostgreSQL, and keep a database's schema up to date.",
    no_args_is_help=True,
)


def register(whole: typer.Typer) -> None:
    """Add the commands that stand outside the group."""
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    whole.command(context_settings=passed_on)(psql)


@app.command()
def start() -> None:
    """Start the embedded server and keep it running until `db stop`."""
    from hartonomous.store import connection

    _refuse_dsn("start")
    connection.connect().close()
    server = connection.attach()
    server.keep()
    typer.echo(f"running until `hartonomous db stop`: {server.dsn}")


@app.command()
def stop() -> None:
    """Stop the embedded server, also for the processes that are attached to it.

    What they have not committed is undone; their next command starts the server again.
    """
    from hartonomous.postgres import server
    from hartonomous.store.status import server_status

    _refuse_dsn("stop")
    attached = server_status().attached
    if not server.stop():
        typer.echo("the server was not running")
    elif attached:
        typer.echo(f"stopped under the attached processes {_listed(attached)}")
    else:
        typer.echo("stopped")


@app.command()
def status(dsn: Dsn = None, as_json: Json = False) -> None:
    """Say how the server and the database do; the embedded server is not started for it."""
    from hartonomous.store import connection, status

    server = None if dsn else status.server_status()
    database = None
    if dsn or (server and server.running):
        with connection.open_unchecked(dsn) as session:
            database = status.database_status(session, dsn)
    if as_json:
        facts = {"server": server and asdict(server), "database": database and asdict(database)}
        typer.echo(json.dumps(facts, default=str))
    else:
        typer.echo("\n".join([*_server_lines(server), *_database_lines(database)]))


@app.command()
def url(dsn: Dsn = None) -> None:
    """Print a connection URI, for example for psql.

    The embedded server then waits a minute for the first session, and for the end of the last.
    """
    from hartonomous.store import connection

    typer.echo(connection.url(dsn))


@app.command()
def migrate(dsn: Dsn = None) -> None:
    """Bring the database's schema up to date."""
    from hartonomous.store import connection, migrations, rights

    with connection.open_unchecked(dsn) as session:
        applied = migrations.migrate(session)
        missing = rights.missing_roles(session)
        found_by = session.info.user if rights.find_names(session) else None
    functions = [name for name in applied if name.startswith("functions/")]
    for filename in applied[: len(applied) - len(functions)]:
        typer.echo(f"applied {filename}")
    if functions:
        typer.echo(f"applied {_counted(len(functions))}")
    if missing:
        typer.echo(f"missing roles: {', '.join(missing)}; `hartonomous db grant` makes them")
    if found_by:
        typer.echo(f"{found_by} finds its names in this database without the schema in front")
    typer.echo(f"the schema is up to date: {_counted(migrations.count_functions())}")


@app.command()
def grant(
    role: Annotated[
        Role, typer.Argument(help="What they may do; each may do what those before may.")
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Roles of the server, such as logins."),
    ] = None,
    dsn: Dsn = None,
) -> None:
    """Let roles of the server ask, load or delete; roles of ours that are missing are made.

    A reader asks; a contributor also loads, adds evidence and gives feedback; an editor also
    deletes, quarantines and restores. Take it back with REVOKE in psql.
    """
    from hartonomous.cli.output import say
    from hartonomous.store import connection, rights

    with connection.connect(dsn) as session:
        rights.grant_role(session, role.value, names or [])
    say(f"{', '.join(names)}: {role.value}" if names else "the roles are there")


@app.command()
def summarise(
    minimum_evidence: Annotated[
        int, typer.Option("--minimum-evidence", help="Sum up concepts with so much evidence.")
    ] = 1000,
    dsn: Dsn = None,
) -> None:
    """Sum up what concepts with much evidence are related to; answers get quicker, not other."""
    import hartonomous
    from hartonomous.cli.output import say

    with hartonomous.open(dsn) as substrate:
        summed = substrate.summarise_relations(minimum_evidence)
        relations = substrate.count_relations()
    say(f"{relations:,} relations, {summed:,} concepts summed up")


@app.command()
def scrub(
    operator: Operator = None,
    reference: Reference = None,
    wait: Annotated[
        float, typer.Option("--wait", help="Seconds to wait for who may still see deleted rows.")
    ] = 10.0,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Write everything anew that may still hold deleted rows; exit status 1 when some stay."""
    from hartonomous.cli.output import printable, show_json
    from hartonomous.store import scrub

    report = scrub.scrub(dsn, operator=operator, reference=reference, wait=wait)
    if as_json:
        show_json(report)
    else:
        typer.echo(f"written anew: {', '.join(report.done) or 'nothing'}")
        typer.echo(f"out of reach: {'; '.join(report.not_done) or 'nothing'}")
        for holder in report.held_by:
            typer.echo(f"not done, deleted rows are kept by {printable(str(holder))}", err=True)
    if not report.is_done:
        raise typer.Exit(1)


def psql(context: typer.Context, dsn: Dsn = None) -> None:
    """Open psql on the database, with psql's own options; names need no schema there.

    What you make lies in the schema public. The exit status is psql's.
    """
    from hartonomous.cli.output import is_quiet
    from hartonomous.store.psql import run_psql

    raise typer.Exit(run_psql(dsn, [*(["--quiet"] if is_quiet() else []), *context.args]))


def _counted(functions: int) -> str:
    return f"{functions} functions and views"


def _refuse_dsn(verb: str) -> None:
    from hartonomous.store.connection import DSN_VARIABLE, chosen_dsn

    if chosen_dsn():
        raise StoreError(
            f"`db {verb}` is for the embedded server and {DSN_VARIABLE} names another: unset it"
        )


def _server_lines(server: ServerStatus | None) -> list[str]:
    if server is None:
        return []
    stays = " until `hartonomous db stop`" if server.kept else ""
    return [
        f"server     {f'running{stays}, process {server.pid}' if server.running else 'stopped'}",
        f"data       {server.data_directory} ({_megabytes(server.data_bytes)})",
        f"socket     {server.socket_directory}",
        f"attached   {_listed(server.attached) or 'nobody'}",
    ]


def _database_lines(database: DatabaseStatus | None) -> list[str]:
    if database is None:
        return []
    return [
        f"version    PostgreSQL {database.server_version}",
        f"database   {database.name} ({_megabytes(database.database_bytes)})",
        f"schema     {database.schema_version or 'none'}: {database.state}",
    ]


def _listed(pids: tuple[int, ...]) -> str:
    return ", ".join(map(str, pids))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
