"""``vectors publish`` and ``search``: a folder of packages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table

Catalog = Annotated[Path, typer.Option("--catalog", help="The catalog's folder.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(publish)
    app.command()(search)


def publish(
    package: Annotated[Path, typer.Argument(help="The package.")],
    catalog: Catalog,
    tier: Annotated[
        str, typer.Option("--tier", help="basic, professional, premium or enterprise.")
    ] = "basic",
    price: Annotated[float, typer.Option("--price", help="An amount that is only shown.")] = 0.0,
    currency: Annotated[str, typer.Option("--currency", help="Of the price.")] = "",
    as_json: Json = False,
) -> None:
    """Copy a package into a catalog and list it there."""
    from hartonomous.vectors.packages.catalog import publish as add

    listing = add(package, catalog, tier=tier, price=price, currency=currency)
    if as_json:
        show_json(listing)
    else:
        typer.echo(f"{listing.package_id} is listed as {listing.title or listing.base}")


def search(
    catalog: Catalog,
    words: Annotated[str, typer.Argument(help="Words that a listing has to hold.")] = "",
    tier: Annotated[str | None, typer.Option("--tier", help="Only of this tier.")] = None,
    max_price: Annotated[
        float | None, typer.Option("--max-price", help="Only up to this price.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find packages in a catalog."""
    from hartonomous.vectors.packages.catalog import search as find

    found = find(catalog, words, tier=tier, max_price=max_price)
    if as_json:
        show_json(found)
        return
    titles = ("title", "domain", "base", "MB", "retention", "tier", "price", "package")
    rows = [
        (x.title, x.domain, x.base, x.size_mb, x.retention, x.tier, x.price, x.package_id[:16])
        for x in found
    ]
    show_table(titles, rows)
