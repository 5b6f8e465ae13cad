"""A folder of packages that can be searched; tiers and prices are plain words and numbers in it."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.files import read_json_object
from hartonomous.vectors.packages.container import SUFFIX, Container, open_container
from hartonomous.vectors.tensor_files import write_json

TIERS = ("basic", "professional", "premium", "enterprise")
#: Most packages of one catalog.
MAX_LISTINGS = 100_000


@dataclass(frozen=True)
class Listing:
    """One package of a catalog.

    Parameters
    ----------
    package_id
        The package's id; its file is named by it.
    title, domain, training_context
        What its manifest says.
    tier, price, currency
        What whoever published it says.
    model_type, base
        Of which architecture and model it is.
    size_mb
        Of the file.
    energy_kept, retention
        What its certificate says; retention is None where nobody measured it.
    """

    package_id: str
    title: str
    domain: str
    training_context: str
    tier: str
    price: float
    currency: str
    model_type: str
    base: str
    size_mb: float
    energy_kept: float
    retention: float | None


def publish(
    package: Path, catalog: Path, *, tier: str = "basic", price: float = 0.0, currency: str = ""
) -> Listing:
    """Copy a package into a catalog, after reading every bit of it, and list it.

    Raises
    ------
    ModelFormatError
        The package disagrees with itself.
    ParameterError
        The tier is unknown, or the price is no amount.
    """
    listing = listing_of(package, tier, price, currency)
    catalog.mkdir(parents=True, exist_ok=True)
    made = catalog / f".{listing.package_id}.unfinished"
    shutil.copyfile(package, made)
    made.replace(package_file(catalog, listing.package_id))
    write_json(catalog / f"{listing.package_id}.json", asdict(listing))
    return listing


def listing_of(package: Path, tier: str, price: float, currency: str) -> Listing:
    """Read every bit of a package and return what a catalog says of it.

    Raises
    ------
    ModelFormatError
        The package disagrees with itself.
    ParameterError
        The tier is unknown, or the price is no amount.
    """
    if tier not in TIERS:
        raise ParameterError(f"a tier is {', '.join(TIERS)}, not {tier!r:.40}")
    if not 0 <= price < math.inf:
        raise ParameterError("a price is 0 or more")
    container = open_container(package)
    container.verify()
    return _listing(container, tier, price, currency)


def package_file(catalog: Path, package_id: str) -> Path:
    """Return where a catalog keeps a package."""
    return catalog / f"{package_id}{SUFFIX}"


def _listing(container: Container, tier: str, price: float, currency: str) -> Listing:
    manifest = container.parts["source_manifest"]
    certificate = container.parts["quality_certificate"]
    measured = [r["retention"] for r in certificate["retention"] if r["retention"] is not None]
    return Listing(
        container.package_id,
        manifest["title"],
        manifest["domain"],
        manifest["training_context"],
        tier,
        price,
        currency,
        str(manifest["base"]["architecture"].get("model_type")),
        manifest["base"]["name"],
        container.path.stat().st_size / 1e6,
        certificate["energy_kept"],
        max(measured, default=None),
    )


def search(
    catalog: Path, words: str = "", *, tier: str | None = None, max_price: float | None = None
) -> tuple[Listing, ...]:
    """Return the listings that hold all words, by title; and, if asked, of a tier and a price.

    Raises
    ------
    ParameterError
        There is no such catalog.
    ModelFormatError
        A listing is malformed.
    """
    if not catalog.is_dir():
        raise ParameterError(f"{catalog}: no such catalog")
    paths = sorted(catalog.glob("*.json"))
    if len(paths) > MAX_LISTINGS:
        raise ParameterError(f"{catalog}: more than {MAX_LISTINGS:,} packages")
    return fitting(map(_read, paths), words, tier, max_price)


def fitting(
    listings: Iterable[Listing], words: str, tier: str | None, max_price: float | None
) -> tuple[Listing, ...]:
    """Return those that hold all words, are of a tier and cost at most so much, by title."""
    wanted = words.lower().split()
    found = []
    for listing in listings:
        text = " ".join(map(str, asdict(listing).values())).lower()
        fits = tier in (None, listing.tier) and (max_price is None or listing.price <= max_price)
        if fits and all(word in text for word in wanted):
            found.append(listing)
    return tuple(sorted(found, key=lambda entry: (entry.title, entry.package_id)))


def _read(path: Path) -> Listing:
    parsed: Mapping[str, Any] = read_json_object(path)
    try:
        listing = Listing(**parsed)
    except TypeError:
        raise ModelFormatError(f"{path}: is no listing of a catalog") from None
    numbers = (listing.price, listing.size_mb, listing.energy_kept)
    if listing.package_id != path.stem or not all(type(n) in (int, float) for n in numbers):
        raise ModelFormatError(f"{path}: is no listing of a catalog")
    return listing
