"""What AI models know, as a PostgreSQL graph that you can query, explain, compare and edit.

>>> import hartonomous
>>> with hartonomous.open() as substrate:  # doctest: +SKIP
...     for neighbor in substrate.neighbors("king"):
...         print(neighbor.label, neighbor.elo_score)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from hartonomous.substrate import Substrate

__all__ = ["open"]


def open(  # noqa: A001  # hartonomous.open(), like gzip.open()
    dsn: str | None = None,
    *,
    operator: str | None = None,
    reference: str | None = None,
    key_file: str | Path | None = None,
    sources: str | Sequence[str] | None = None,
    without: str | Sequence[str] | None = None,
    as_of: date | str | None = None,
    below_chance: bool = False,
) -> Substrate:
    """Open the substrate.

    Parameters
    ----------
    dsn
        A libpq connection string or URI of any PostgreSQL from 15 on. Without one it is
        ``HARTONOMOUS_DSN``, and without that the embedded server, started where it does not run.
    operator
        Who works, as the audit is to say; by default the user of the system.
    reference
        What the changes are made for, such as the number of a request; it goes into the audit and
        into receipts.
    key_file
        The key under which persons are forgotten; by default that of ``HARTONOMOUS_KEY_FILE``, and
        the embedded server has one of its own. It lies beside the database, never in it.
    sources
        Answers count these sources alone, as if nothing else had ever been loaded.
    without
        Answers leave these sources out: what they would be were these deleted.
    as_of
        Answers count what was loaded by then, minus what was forgotten since: a day, in UTC, or a
        moment with its time zone.
    below_chance
        Answers show also what no model knows above chance.

    Returns
    -------
    Substrate
        A context manager; its session ends with the block, or with ``close()``.

    Raises
    ------
    StoreError
        The database cannot be reached, or this version cannot work with it as it is.
    """
    from hartonomous.substrate import Substrate

    return Substrate(
        dsn,
        operator=operator,
        reference=reference,
        key_file=key_file,
        sources=sources,
        without=without,
        as_of=as_of,
        below_chance=below_chance,
    )


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("hartonomous")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
