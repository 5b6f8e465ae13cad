"""``hartonomous audit``, ``fingerprint``, ``verify`` and ``receipt``: what was done, and proof."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import printable, show_json, show_table
from hartonomous.cli.session import session_on

receipt_app = typer.Typer(help="Export and check receipts of deletions.", no_args_is_help=True)


def audit(
    max_results: Annotated[int, typer.Option("--max-results", "-n", help="How many rows.")] = 20,
    verify: Annotated[bool, typer.Option("--verify", help="Check the chain instead.")] = False,
    expected_hash: Annotated[
        str | None, typer.Option("--expect", help="With --verify, a hash that must be there.")
    ] = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Show what was done, latest first; with --verify, whether the record is whole."""
    from hartonomous.editing import audit as audits

    with session_on(dsn) as session:
        if verify:
            problems = audits.verify_audit(session, expected_hash)
            _show_problems([f"row {p.audit_id}: {p.problem}" for p in problems], "whole", as_json)
            return
        rows = audits.audit(session, max_results)
    if as_json:
        show_json(rows)
        return
    show_table(
        ("row", "when", "who", "what", "evidence", "hash"),
        [
            (
                str(row.audit_id),
                f"{row.happened_at:%Y-%m-%d %H:%M:%S}",
                row.actor,
                f"{row.action} {row.details.get('source') or ''}".strip(),
                row.details.get("evidence"),
                row.hash[:16],
            )
            for row in rows
        ],
    )


def fingerprint(
    parts: Annotated[bool, typer.Option("--parts", help="Print each part's digest.")] = False,
    dsn: Dsn = None,
) -> None:
    """Print the fingerprint of all that the database knows."""
    from hartonomous.editing import fingerprint as prints

    with session_on(dsn) as session:
        if parts:
            for name, digest in prints.fingerprint_parts(session).items():
                typer.echo(f"{digest}  {name}")
        else:
            typer.echo(prints.substrate_fingerprint(session))


def verify(
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Take away what nothing supports.")
    ] = False,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Check that all that is stored hangs together."""
    from hartonomous.editing import verification

    with session_on(dsn) as session:
        stale = verification.verify_ratings(session)
        if stale and refresh:
            done = verification.refresh_ratings(session)
            typer.echo(
                f"made right: {done.evidence:,} pieces of evidence and "
                f"{done.concepts_removed:,} concepts gone"
            )
            stale = verification.verify_ratings(session)
    shown = [" ".join(filter(None, (row.problem, row.label, row.source))) for row in stale]
    _show_problems(shown, "everything hangs together", as_json)


@receipt_app.command("export")
def export_receipt(
    audit_id: Annotated[
        int | None, typer.Argument(help="Row of the audit.  [default: the last deletion]")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Ed25519 private key in PEM to sign with.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write.")] = None,
    dsn: Dsn = None,
) -> None:
    """Print the receipt of a deletion as JSON."""
    from hartonomous.editing import receipts

    with session_on(dsn) as session:
        text = receipts.export_receipt(session, audit_id, key=key)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(f"{text}\n", encoding="utf-8")
        typer.echo(f"wrote {out}")


@receipt_app.command("verify")
def verify_receipt(
    file: Annotated[Path, typer.Argument(help="A receipt.")],
    public_key: Annotated[
        Path | None, typer.Option("--public-key", help="Who must have signed it, in PEM.")
    ] = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Check a receipt against the database; exit status 1 when it does not hold."""
    from hartonomous.editing import receipts

    text = receipts.read_receipt(file)
    with session_on(dsn) as session:
        check = receipts.verify_receipt(session, text, public_key=public_key)
    _show_problems(list(check.problems), f"{file}: the receipt holds", as_json)


@receipt_app.command("key")
def create_key(
    file: Annotated[Path, typer.Argument(help="File of the private key to write.")],
) -> None:
    """Make an Ed25519 key to sign receipts with."""
    from hartonomous.editing.signing import create_key

    typer.echo(f"wrote {file}, to be kept secret, and {create_key(file)}")


def _show_problems(problems: list[str], all_right: str, as_json: bool) -> None:
    if as_json:
        show_json({"problems": problems})
    else:
        typer.echo("\n".join(map(printable, problems)) or all_right)
    if problems:
        raise typer.Exit(1)
