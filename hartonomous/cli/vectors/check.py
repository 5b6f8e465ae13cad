"""``vectors check``: whether a vector does what it says, beside its controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Dsn, Json
from hartonomous.cli.output import show_json, show_table
from hartonomous.cli.vectors.options import BatchSize, Device, Dtype, Seed, remark
from hartonomous.cli.vectors.packages import PublicKey

if TYPE_CHECKING:
    from hartonomous.vectors.packages.catalog import Listing
    from hartonomous.vectors.tasks.check import TaskCheck


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    path: Annotated[Path, typer.Argument(help="A task vector session, or a package.")],
    other: Annotated[
        list[Path] | None, typer.Option("--other", help="Another task's session, as a control.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Where the session's model is now.")
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--target", help="The model that a package should fit.")
    ] = None,
    public_key: PublicKey = None,
    listed: Annotated[
        bool, typer.Option("--listed", help="Say how the database lists a package.")
    ] = False,
    dsn: Dsn = None,
    items: Annotated[int, typer.Option("--items", help="At most so many items a split.")] = 64,
    batch_size: BatchSize = 32,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Add a task vector to prompts without examples, beside controls; or verify a package."""
    if path.is_file():
        _check_package(path, target, public_key, as_json=as_json, listed=listed, dsn=dsn)
        return
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.tasks.check import check_task
    from hartonomous.vectors.tasks.sessions import read_session
    from hartonomous.vectors.tensor_files import write_json

    session = read_session(path)
    others = [read_session(folder) for folder in other or []]
    opened = open_model(model or session.metadata["model"], dtype=dtype, device=device)
    with Stages(display_for(quiet=as_json)).stage("check") as advance:
        found = check_task(
            opened, session, others,
            items=items, batch_size=batch_size, seed=seed, advance=advance, remark=remark,
        )  # fmt: skip
    from dataclasses import asdict

    write_json(path / "check.json", asdict(found))
    if as_json:
        show_json(found)
    else:
        _show(found)


def _check_package(
    path: Path,
    target: Path | None,
    public_key: Path | None,
    *,
    as_json: bool,
    listed: bool,
    dsn: str | None,
) -> None:
    from dataclasses import asdict

    from hartonomous.vectors.packages.compatibility import check_compatibility
    from hartonomous.vectors.packages.container import open_container

    container = open_container(path)
    if public_key:
        container.check_signature(public_key)
    found = check_compatibility(container, target)
    listing = _listing(found.package_id, dsn) if listed else None
    if as_json:
        show_json({**asdict(found), "listing": listing} if listed else found)
        return
    typer.echo(f"{path}: every bit is as it was, package {found.package_id}")
    if target:
        fits = "fits" if found.aligned else "has to be aligned with"
        known = "unknown" if found.retention_rate is None else f"{found.retention_rate:.2f}"
        typer.echo(f"it {fits} {target}; expected retention {known}: {found.rests_on}")
    if listing:
        said = f"{listing.title or listing.base}, {listing.tier}, {listing.price:g}"
        typer.echo(f"it is listed as {said} {listing.currency}".rstrip())
    elif listed:
        typer.echo("it is not listed")


def _listing(package_id: str, dsn: str | None) -> Listing | None:
    import hartonomous
    from hartonomous.vectors.packages.listed import search_listed

    with hartonomous.open(dsn) as substrate:
        return next(iter(search_listed(substrate, package_id)), None)


def _show(found: TaskCheck) -> None:
    rows = [
        ("without examples", str(found.zero_shot), None),
        ("with examples", str(found.few_shot), None),
        ("with shuffled answers (no control)", str(found.shuffled), None),
        (f"vector added at block {found.layer}", None, str(found.recovery)),
    ]
    if found.function_vector:
        layer, estimate = found.function_vector
        rows.append((f"function vector at block {layer}", None, str(estimate)))
    rows += [(f"control: {c.name}", None, str(c.recovery)) for c in found.controls]
    show_table((f"{found.task}, {found.items} items", "right", "recovered"), rows)
    if not found.measurable:
        typer.echo("not measurable: with examples the model answers less than half right")
