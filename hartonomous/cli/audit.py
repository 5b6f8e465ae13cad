"""``hartonomous audit``, ``fingerprint``, ``verify`` and ``receipt``: what was done, and proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import hartonomous
from hartonomous.cli.options import (
    Csv,
    Dsn,
    Json,
    MaxResults,
    Operator,
    Reference,
    Tsv,
    form_of,
)
from hartonomous.cli.output import counted, printable, say, show, show_json, show_table

if TYPE_CHECKING:
    from hartonomous.answers import AuditRow

receipt_app = typer.Typer(help="Export and check receipts of deletions.", no_args_is_help=True)


def audit(
    max_results: MaxResults = 20,
    verify: Annotated[bool, typer.Option("--verify", help="Check the chain instead.")] = False,
    expected_hash: Annotated[
        str | None, typer.Option("--expect", help="With --verify, a hash that must be there.")
    ] = None,
    dsn: Dsn = None,
    as_json: Json = False,
    as_csv: Csv = False,
    as_tsv: Tsv = False,
) -> None:
    """Show what was done, latest first; with --verify, whether the record is whole."""
    form = form_of(as_json, as_csv, as_tsv)
    with hartonomous.open(dsn) as substrate:
        if verify:
            problems = substrate.verify_audit(expected_hash)
            _show_problems([f"row {p.audit_id}: {p.problem}" for p in problems], "whole", as_json)
            return
        rows = substrate.audit(max_results)
    if form is form.table:
        _show_audit(rows)
    else:
        show(rows, form)


def fingerprint(
    parts: Annotated[bool, typer.Option("--parts", help="Print each part's digest.")] = False,
    dsn: Dsn = None,
) -> None:
    """Print the fingerprint of all that the database knows."""
    with hartonomous.open(dsn) as substrate:
        if not parts:
            typer.echo(substrate.fingerprint())
            return
        for name, digest in substrate.fingerprint_parts().items():
            typer.echo(f"{digest}  {name}")


def verify(
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Take away what nothing supports.")
    ] = False,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Check that all that is stored hangs together."""
    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        stale = substrate.verify_ratings()
        if stale and refresh:
            done = substrate.refresh_ratings()
            say(
                f"made right: {counted(done.evidence, 'piece of evidence', 'pieces of evidence')} "
                f"and {counted(done.concepts_removed, 'concept')} gone"
            )
            stale = substrate.verify_ratings()
    shown = [" ".join(filter(None, (s.problem, s.label, s.source_identifier))) for s in stale]
    _show_problems(shown, "everything hangs together", as_json)


@receipt_app.command("export")
def export_receipt(
    audit_id: Annotated[
        int | None, typer.Argument(help="Row of the audit.", show_default="the last deletion")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="Ed25519 private key in PEM to sign with.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File to write.")] = None,
    dsn: Dsn = None,
) -> None:
    """Print the receipt of a deletion as JSON."""
    with hartonomous.open(dsn) as substrate:
        text = substrate.export_receipt(audit_id, key=key)
    if out is None:
        typer.echo(text)
    else:
        out.write_text(f"{text}\n", encoding="utf-8")
        say(f"wrote {out}")


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
    from hartonomous.editing.receipts import read_receipt

    with hartonomous.open(dsn) as substrate:
        check = substrate.verify_receipt(read_receipt(file), public_key=public_key)
    _show_problems(check.problems, f"{file}: the receipt holds", as_json)


@receipt_app.command("key")
def create_key(
    file: Annotated[Path, typer.Argument(help="File of the private key to write.")],
) -> None:
    """Make an Ed25519 key to sign receipts with."""
    from hartonomous.editing.signing import create_key

    say(f"wrote {file}, to be kept secret, and {create_key(file)}")


def _show_audit(rows: Iterable[AuditRow]) -> None:
    show_table(
        ("row", "when", "who", "what", "evidence", "reference", "hash"),
        [
            (
                str(row.audit_id),
                f"{row.happened_at:%Y-%m-%d %H:%M:%S}",
                row.details.get("operator") or row.actor,
                f"{row.action} {row.details.get('source') or ''}".strip(),
                row.details.get("evidence"),
                row.details.get("reference"),
                row.hash[:16],
            )
            for row in rows
        ],
    )


def _show_problems(problems: Sequence[str], all_right: str, as_json: bool) -> None:
    if as_json:
        show_json({"problems": problems})
    else:
        typer.echo("\n".join(map(printable, problems)) or all_right)
    if problems:
        raise typer.Exit(1)
