"""The key under which persons are forgotten: a file beside the database, and never in it."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.postgres.account import account_for
from hartonomous.postgres.home import Home, find_home
from hartonomous.store.connection import chosen_dsn
from hartonomous.store.failures import store_errors
from hartonomous.store.session import Connection, hold

KEY_VARIABLE = "HARTONOMOUS_KEY_FILE"
#: 32 bytes in hexadecimal, as many as HMAC-SHA256 has use for.
_KEY = re.compile(rb"([0-9a-f]{64})\s*")
_MAX_BYTES = 100


def chosen_key_file(key_file: str | Path | None = None) -> Path | None:
    """Return the file that was named, by a parameter or by the variable."""
    named = key_file or os.environ.get(KEY_VARIABLE)
    return Path(named).expanduser() if named else None


def own_key_file(home: Home) -> Path:
    """Return the key file of the embedded server, made where it is missing."""
    path = home.server / "forgetting.key"
    if not path.exists():
        with suppress(FileExistsError):  # another process was quicker
            create_key(path)
    return path


def create_key(path: Path) -> None:
    """Write a new key, which its owner alone may read; whole or not at all.

    Raises
    ------
    FileExistsError
        The file is there.
    OSError
        It can't be written.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{secrets.token_hex(32)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        make_private(draft)
        os.link(draft, path)
    finally:
        draft.unlink()


def make_private(path: Path) -> None:
    """Let the owner alone read a file, whatever the umask; root makes it the folder's owner's."""
    path.chmod(0o600)
    if os.geteuid() == 0 and path.parent.stat().st_uid != 0:
        account_for(path.parent).give(path)


def read_key(path: Path) -> str:
    """Return a key, 64 hexadecimal digits.

    Raises
    ------
    ParameterError
        The file is missing, or is no such key.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ParameterError(
            f"cannot read the key for forgetting, {path} ({error.strerror}): "
            "`hartonomous forgotten key FILE` makes one"
        ) from None
    found = _KEY.fullmatch(data)
    if found is None or len(data) > _MAX_BYTES:
        raise ParameterError(f"{path}: a key for forgetting is one line of 64 hexadecimal digits")
    return found[1].decode()


def bring_key(connection: Connection, dsn: str | None, key_file: Path | None) -> None:
    """Give a session the key of a file, by default of the embedded server's; see `read_key`.

    A session on a server of the user's for which no file is named has none.
    """
    own = own_key_file(find_home()) if chosen_dsn(dsn) is None else None
    path = key_file or own
    if path is None:
        return
    key = read_key(path)
    with store_errors():
        hold(connection, {"hartonomous.forgetting_key": key})
