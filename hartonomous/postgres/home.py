"""The folder that holds the embedded server, and where its socket lies.

``<home>/server`` is the only folder we own: the home and all above it keep their mode and owner.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import StoreError
from hartonomous.postgres.account import Account, account_for, user_name

HOME_VARIABLE = "HARTONOMOUS_HOME"
#: ``sun_path`` of a Unix socket address holds 108 bytes, the last of them NUL.
_LONGEST_SOCKET = 107
SOCKET_NAME = ".s.PGSQL.5432"
#: libpq splits host lists at commas and PostgreSQL splits socket folders: other names need care.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+~-]+", re.ASCII)


@dataclass(frozen=True)
class Home:
    """The paths under one data home; making one touches nothing on disk."""

    #: The data home itself, absolute and without symbolic links.
    path: Path

    @property
    def server(self) -> Path:
        """Everything that belongs to the server and to its user."""
        return self.path / "server"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.server / "data"

    @property
    def log(self) -> Path:
        """What the server says; it never holds a statement or a value."""
        return self.server / "server.log"

    @property
    def socket(self) -> Path:
        """The folder of the Unix socket, private to the server's user.

        It is the data directory, which the server's user alone may enter, unless that lies too
        deep for a socket's address.
        """
        fits = len(os.fsencode(self.data / SOCKET_NAME)) <= _LONGEST_SOCKET
        if fits and _PLAIN_PATH.fullmatch(str(self.data)):
            return self.data
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]
        return Path(f"/tmp/hartonomous-{os.geteuid()}-{digest}")  # noqa: S108  made with care

    @property
    def spare(self) -> Path:
        """The folder of a second socket, for when somebody removed the first."""
        return self.server / "spare"

    def read_identity(self) -> int:
        """Return the number that PostgreSQL gave the cluster when it made it, signed as in SQL.

        Raises
        ------
        StoreError
            There is no cluster, or its control file cannot be read.
        """
        path = self.data / "global/pg_control"
        try:
            with path.open("rb") as file:
                return int.from_bytes(file.read(8), sys.byteorder, signed=True)
        except OSError as error:
            raise StoreError(f"cannot read {path} ({error.strerror})") from error


def find_home(path: Path | str | None = None) -> Home:
    """Return the data home: ``path``, else ``HARTONOMOUS_HOME``, else the usual place.

    The usual place is ``/var/lib/hartonomous`` for root and ``~/.local/share/hartonomous`` for
    everyone else.

    Raises
    ------
    StoreError
        The usual place is asked for and this user has no home folder.
    """
    chosen = path or os.environ.get(HOME_VARIABLE)
    if not chosen and os.geteuid() == 0:
        return Home(Path("/var/lib/hartonomous"))
    try:
        return Home(Path(chosen or "~/.local/share/hartonomous").expanduser().resolve())
    except RuntimeError:  # HOME is unset, and /etc/passwd knows nobody of this name or number
        raise StoreError(
            f"user {user_name(os.geteuid())} has no home folder for {chosen or 'the server'}: "
            f"set {HOME_VARIABLE} to a folder that you can write"
        ) from None


def prepare(home: Home) -> Account:
    """Make the server's folders where they are missing and return the user that owns them.

    Raises
    ------
    StoreError
        A folder cannot be made, is none, or belongs to another user.
    """
    try:
        _make_parents(home.path)
        home.server.mkdir(mode=0o700, exist_ok=True)
        account = account_for(home.server)
        _claim(home.server, account)
        for folder in {home.socket, home.spare} - {home.data}:
            folder.mkdir(mode=0o700, exist_ok=True)
            _claim(folder, account)
    except OSError as error:
        raise StoreError(
            f"cannot make the server's folder {home.server} ({error.strerror}): "
            f"set {HOME_VARIABLE} to a folder that you can write"
        ) from error
    return account


def _make_parents(path: Path) -> None:
    """Make a folder and those above it where they are missing; whatever the umask, usable by us.

    Nobody else may write there, who could put another server's folder in the place of ours.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        mode = stat.S_IMODE(folder.stat().st_mode)
        folder.chmod((mode | 0o700) & 0o755)


def _claim(folder: Path, account: Account) -> None:
    """Make sure that a folder is the account's alone; refuse one that somebody else planted."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise StoreError(f"{folder} is not a folder: move it away")
    if os.geteuid() not in (0, account.uid) or found.st_uid not in (0, account.uid):
        raise StoreError(
            f"{folder} belongs to user {user_name(found.st_uid)}: run as that user, "
            f"or set {HOME_VARIABLE} to a folder of your own"
        )
    if found.st_uid != account.uid:
        account.give(folder)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
