"""``vectors publish`` and ``search``: packages in a folder, or listed in the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.options import Dsn, Json, Operator
from hartonomous.cli.output import show_json, show_table

Catalog = Annotated[
    Path | None,
    typer.Option("--catalog", help="The catalog's folder.", show_default="the database"),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(publish)
    app.command()(search)


def publish(
    package: Annotated[Path, typer.Argument(help="The package.")],
    catalog: Catalog = None,
    tier: Annotated[
        str, typer.Option("--tier", help="basic, professional, premium or enterprise.")
    ] = "basic",
    price: Annotated[float, typer.Option("--price", help="An amount that is only shown.")] = 0.0,
    currency: Annotated[str, typer.Option("--currency", help="Of the price.")] = "",
    operator: Operator = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Copy a package into a folder and list it there; or list it in the database, as a source."""
    import hartonomous
    from hartonomous.vectors.packages.catalog import publish as add
    from hartonomous.vectors.packages.listed import publish_listed

    if catalog:
        listing = add(package, catalog, tier=tier, price=price, currency=currency)
    else:
        with hartonomous.open(dsn, operator=operator) as substrate:
            listing = publish_listed(substrate, package, tier=tier, price=price, currency=currency)
    if as_json:
        show_json(listing)
    else:
        typer.echo(f"{listing.package_id} is listed as {listing.title or listing.base}")


def search(
    words: Annotated[str, typer.Argument(help="Words that a listing has to hold.")] = "",
    catalog: Catalog = None,
    tier: Annotated[str | None, typer.Option("--tier", help="Only of this tier.")] = None,
    max_price: Annotated[
        float | None, typer.Option("--max-price", help="Only up to this price.")
    ] = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Find packages in a catalog."""
    import hartonomous
    from hartonomous.vectors.packages.catalog import search as find
    from hartonomous.vectors.packages.listed import search_listed

    if catalog:
        found = find(catalog, words, tier=tier, max_price=max_price)
    else:
        with hartonomous.open(dsn) as substrate:
            found = search_listed(substrate, words, tier=tier, max_price=max_price)
    if as_json:
        show_json(found)
        return
    titles = ("title", "domain", "base", "MB", "retention", "tier", "price", "package")
    rows = [
        (x.title, x.domain, x.base, x.size_mb, x.retention, x.tier, x.price, x.package_id[:16])
        for x in found
    ]
    show_table(titles, rows)
