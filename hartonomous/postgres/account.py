"""The user that owns the server's files and runs it: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hartonomous.errors import StoreError

#: System users that may run the server under root, the first that exists.
_SYSTEM_USERS = ("hartonomous", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An unprivileged user; ourselves, unless we are root."""

    uid: int
    gid: int
    name: str

    def run(self, command: Sequence[str | Path], **options: Any) -> int:  # noqa: ANN401
        """Run a command as this user and return its exit status; options as for subprocess."""
        if os.geteuid() != self.uid:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(command, check=False, **options).returncode

    def can_read(self, *paths: Path) -> bool:
        """Return whether this user can read all the paths; the kernel is asked as that user."""
        script = 'for path; do test -r "$path" || exit 1; done'
        return self.run(["/bin/sh", "-c", script, "sh", *paths], cwd="/") == 0

    def give(self, path: Path) -> None:
        """Make this user the owner of a file or folder of ours."""
        if os.geteuid() != self.uid:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def account_for(folder: Path) -> Account:
    """Return the user that is to run the server whose files lie in ``folder``.

    The folder's owner does; where that is root, the first of the users ``hartonomous``,
    ``postgres`` and ``nobody`` that this machine has.
    """
    owner = folder.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, user_name(owner.st_uid))
    for name in _SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise StoreError(
        "PostgreSQL does not run as root and this machine has none of the users "
        f"{', '.join(_SYSTEM_USERS)}: add one of them with useradd"
    )


def user_name(uid: int) -> str:
    """Return a user's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
