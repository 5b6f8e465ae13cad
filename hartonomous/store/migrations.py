"""The database's schema from numbered SQL files, each applied once in a transaction of its own.

``schema/`` and ``migrations/`` hold files that are never edited once applied; ``functions/`` holds
one file a function, applied again whenever it changes, group by group as ``functions/groups.txt``
has them. A function goes away by a migration that drops it and deletes its row of
``schema_migration``. ``hartonomous.schema_migration``, which ``bootstrap.sql`` makes, records the
SHA-256 of each file as it was applied.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hartonomous.errors import StoreError
from hartonomous.store.failures import first_line, store_errors
from hartonomous.store.ground import look_at
from hartonomous.store.rights import missing_roles, state_rights, wrong_rights

#: Folder -> kind, in the order of application.
_KINDS = {"schema": "schema", "migrations": "migration", "functions": "function"}
#: The file of the function that states all rights anew.
_RIGHTS = "functions/rights/state_rights.sql"
#: One migration goes on at a time, beside loads and not beside deletions; readers may not lock so.
_TAKE_TURN = "LOCK TABLE hartonomous.schema_migration IN SHARE UPDATE EXCLUSIVE MODE"
#: What the second of two learns who begin the schema at once.
_BEGUN = (
    psycopg.errors.UniqueViolation,
    psycopg.errors.DuplicateSchema,
    psycopg.errors.DuplicateTable,
)
_RECORD = """
INSERT INTO hartonomous.schema_migration (filename, kind, sha256) VALUES (%s, %s, %s)
ON CONFLICT (filename) DO UPDATE SET sha256 = excluded.sha256, applied_at = excluded.applied_at
"""
#: A text's bytes and a number's digits are the same whoever asks.
_SETTLED = """
SELECT set_config('client_encoding', 'UTF8', FALSE),
       set_config('standard_conforming_strings', 'on', FALSE),
       set_config('extra_float_digits', '1', FALSE),
       set_config('array_nulls', 'on', FALSE)
"""


@dataclass(frozen=True)
class SqlFile:
    """One SQL file of this version."""

    #: Path below the SQL folder, with forward slashes: its name in the database.
    filename: str
    #: ``schema``, ``migration`` or ``function``.
    kind: str
    text: str

    @property
    def sha256(self) -> bytes:
        """SHA-256 of the file."""
        return hashlib.sha256(self.text.encode()).digest()


def sql_folder() -> Path:
    """Return the SQL files' folder: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "sql"
    return installed if installed.is_dir() else package.parent / "sql"


def read_files(folder: Path | None = None) -> list[SqlFile]:
    """Return all SQL files in the order of their application."""
    folder = folder or sql_folder()
    if not (folder / "schema").is_dir():
        raise StoreError(f"the SQL files of hartonomous are not in {folder}: install it again")
    return [
        SqlFile(path.relative_to(folder).as_posix(), kind, path.read_text(encoding="utf-8"))
        for name, kind in _KINDS.items()
        for path in _in_order(folder / name)
    ]


def _in_order(folder: Path) -> list[Path]:
    """Return a folder's SQL files by name, those of groups in the order that the folder names."""
    listed = folder / "groups.txt"
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.is_file() else []
    ranks = {line.split()[0]: rank for rank, line in enumerate(lines) if line.strip()}
    files = folder.rglob("*.sql")
    return sorted(files, key=lambda path: (ranks.get(path.parent.name, len(ranks)), path))


def migrate(connection: psycopg.Connection, folder: Path | None = None) -> list[str]:
    """Bring the database up to date and return the names of the files that were applied.

    Parameters
    ----------
    connection
        A session outside a transaction, of a role that may create the schema, or owns an empty one.
    folder
        The SQL files, by default those of this version.

    Raises
    ------
    StoreError
        The schema is not ours, is newer than this version, or was made from a file that has been
        edited since; the role lacks a right; or a file failed, of which then nothing is applied.
    """
    files = read_files(folder)
    settle(connection)
    with store_errors():
        names = [file.filename for file in _pending(files, _recorded(connection))]
        applied = [name for name in names if _apply(connection, files, name)]
        if any(file.filename == _RIGHTS for file in files):
            _settle_rights(connection)
    return applied


def settle(connection: psycopg.Connection) -> None:
    """Take from a session what its role, its database or its machine set for text and numbers.

    Raises
    ------
    StoreError
        The database is not encoded in UTF-8, so that it could not hold every word.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"database {connection.info.dbname} is encoded in {encoding}, which cannot hold every "
            "word: make one by CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
        )
    with store_errors(), connection.transaction():
        connection.execute(_SETTLED)


def require_current(connection: psycopg.Connection, folder: Path | None = None) -> None:
    """Refuse a database that this version cannot work with as it is.

    Raises
    ------
    StoreError
        The schema is missing, not ours, older or newer; the message says what to do.
    """
    settle(connection)
    with store_errors():
        recorded = _recorded(connection)
        pending = _pending(read_files(folder), recorded)
    database = connection.info.dbname
    if recorded is None:
        raise StoreError(
            f"database {database} has no hartonomous schema: run `hartonomous db migrate`"
        )
    if pending:
        raise StoreError(
            f"database {database} is older than this hartonomous and lacks "
            f"{pending[0].filename}: run `hartonomous db migrate`"
        )


def count_functions() -> int:
    """Return how many functions and views this version has."""
    return sum(file.kind == "function" for file in read_files())


def schema_version(connection: psycopg.Connection) -> str | None:
    """Return the last schema or migration file that was applied, None in an empty database."""
    with store_errors():
        recorded = _recorded(connection) or {}
    once = [name for name in recorded if not name.startswith("functions/")]
    # Migrations follow all schema files, and within each folder the number decides.
    return max(once, key=lambda name: (name.startswith("migrations/"), name), default=None)


def _recorded(connection: psycopg.Connection) -> dict[str, bytes] | None:
    """Return file names and digests as the database records them, None where there are none."""
    with connection.transaction():
        ground = look_at(connection)
        if not ground.is_recorded:
            ground.require_free()
            return None
        ground.require_whole()
        rows = connection.execute("SELECT filename, sha256 FROM hartonomous.schema_migration")
        return dict(rows.fetchall())


def _pending(files: list[SqlFile], recorded: dict[str, bytes] | None) -> list[SqlFile]:
    """Return the files to apply; refuse a database that other files made."""
    recorded = recorded or {}
    changed = [file for file in files if recorded.get(file.filename) != file.sha256]
    unknown = sorted(recorded.keys() - {file.filename for file in files})
    # A migration that is still to come may be the one that takes functions away.
    leaving = "functions/" if any(file.kind == "migration" for file in changed) else "nothing"
    if not all(name.startswith(leaving) for name in unknown):
        raise StoreError(
            f"the database was made by a newer hartonomous (it has {unknown[-1]}): "
            "install that version"
        )
    for file in changed:
        if file.kind != "function" and file.filename in recorded:
            raise StoreError(
                f"{file.filename} is not as it was when it was applied to this database: "
                "put the old text back and the change into a new migration"
            )
    return changed


def _apply(connection: psycopg.Connection, files: list[SqlFile], filename: str) -> bool:
    """Apply one file in one transaction; return False if another process did meanwhile."""
    with connection.transaction():
        _take_turn(connection)
        pending = _pending(files, _recorded(connection))
        file = {file.filename: file for file in pending}.get(filename)
        if file is None:
            return False
        # Functions may call ones that come later, and names are found whoever runs this.
        connection.execute("SET LOCAL check_function_bodies = off")
        connection.execute("SET LOCAL search_path = hartonomous, public")
        try:
            connection.execute(file.text.encode())
        except psycopg.Error as error:
            raise StoreError(f"{filename} cannot be applied: {first_line(error)}") from error
        connection.execute(_RECORD, [filename, file.kind, file.sha256])
    return True


def _take_turn(connection: psycopg.Connection) -> None:
    """Wait for who migrates at the same time; begin the schema where nobody did."""
    if _recorded(connection) is None:
        look_at(connection).require_rights()
        # there is nothing to lock yet: the second of two waits here for the first, and fails
        with suppress(*_BEGUN), connection.transaction():
            connection.execute((sql_folder() / "bootstrap.sql").read_bytes())
    connection.execute(_TAKE_TURN)


def _settle_rights(connection: psycopg.Connection) -> None:
    """Make rights what they are meant to be; a backup may have come without them."""
    if not (missing_roles(connection) or wrong_rights(connection)):
        return
    with connection.transaction():
        connection.execute(_TAKE_TURN)
        state_rights(connection)
