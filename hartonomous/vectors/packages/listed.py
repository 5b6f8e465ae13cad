"""A catalog in the database: each published package is a source, and what is said of it relations.

So its listing is quarantined, restricted to viewers and deleted as any other source is, and answers
as of a date. Only the listing is there; the file stays where it is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Protocol

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers.files import shown
from hartonomous.vectors.packages.catalog import (
    MAX_LISTINGS,
    Listing,
    fitting,
    listing_of,
)

#: What a listing's source is called before the package's id, its concept, and its relations.
SOURCE, CONCEPT, RELATION = "catalog:", "package:", "listed"
#: Longest text of one field.
MAX_TEXT = 900
_NUMBERS = ("price", "size_mb", "energy_kept", "retention")


class Door(Protocol):
    """What of a `Substrate` a catalog needs."""

    def sources(self) -> Iterable[Any]:
        """Return the sources that may be seen."""

    def neighbors(self, label: str, max_results: int, relation_type: str) -> Iterable[Any]:
        """Return what a concept is related to."""

    def ingest_relations(self, paths: Path, *, source: str) -> object:
        """Load written relations as one source."""


def publish_listed(
    door: Door, package: Path, *, tier: str = "basic", price: float = 0.0, currency: str = ""
) -> Listing:
    """Read every bit of a package and list it in the database.

    Raises
    ------
    ModelFormatError
        The package disagrees with itself.
    ParameterError
        The tier is unknown, the price is no amount, a text is too long, or it is listed already.
    """
    listing = listing_of(package, tier, price, currency)
    source = f"{SOURCE}{listing.package_id}"
    if any(known.source_identifier == source for known in door.sources()):
        raise ParameterError(f"{source} is listed already: hartonomous delete source takes it out")
    lines = [json.dumps(line) for line in _lines(listing)]
    with tempfile.TemporaryDirectory(prefix="listing-") as scratch:
        path = Path(scratch) / "listing.jsonl"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        door.ingest_relations(path, source=source)
    return listing


def _lines(listing: Listing) -> list[dict[str, object]]:
    said = {name: str(value) for name, value in asdict(listing).items() if value not in (None, "")}
    for name, text in said.items():
        if len(text) > MAX_TEXT:
            raise ParameterError(f"{name} is longer than {MAX_TEXT} characters: {shown(text)}")
    concept = f"{CONCEPT}{listing.package_id}"
    return [
        {"a": concept, "b": f"{name}={text}", "type": RELATION, "weight": 1}
        for name, text in said.items()
    ]


def search_listed(
    door: Door, words: str = "", *, tier: str | None = None, max_price: float | None = None
) -> tuple[Listing, ...]:
    """Return the database's listings that hold all words, as `search` does those of a folder.

    Raises
    ------
    ModelFormatError
        A listing is malformed.
    """
    live = [source.source_identifier for source in door.sources() if source.state == "live"]
    names = [name for name in live if name.startswith(SOURCE)]
    if len(names) > MAX_LISTINGS:
        raise ParameterError(f"more than {MAX_LISTINGS:,} packages are listed")
    return fitting((_read(door, name) for name in names), words, tier, max_price)


def _read(door: Door, source: str) -> Listing:
    concept = CONCEPT + source.removeprefix(SOURCE)
    found = door.neighbors(concept, len(fields(Listing)), RELATION)
    said: dict[str, Any] = {field.name: "" for field in fields(Listing)}
    said |= dict.fromkeys(_NUMBERS)
    said |= dict(relation.neighbor.split("=", 1) for relation in found)
    try:
        numbers = {n: float(said[n]) for n in _NUMBERS if said[n] is not None}
        listing = Listing(**{**said, **numbers})
    except (TypeError, ValueError):
        raise ModelFormatError(f"{source}: is no listing of a package") from None
    if f"{CONCEPT}{listing.package_id}" != concept or None in (listing.price, listing.size_mb):
        raise ModelFormatError(f"{source}: is no listing of a package")
    return listing
