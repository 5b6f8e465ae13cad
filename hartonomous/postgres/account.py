"""The user that owns the server's files and runs it: PostgreSQL refuses to run as root."""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
            with self._becoming():
                return subprocess.run(command, check=False, **options).returncode
        return subprocess.run(command, check=False, **options).returncode

    def can_read(self, *paths: Path) -> bool:
        """Return whether this user can read all the paths; the kernel is asked as that user."""
        script = 'for path; do test -r "$path" || exit 1; done'
        return self.run(["/bin/sh", "-c", script, "sh", *paths], cwd="/") == 0

    def give(self, path: Path) -> None:
        """Make this user the owner of a file or folder of ours."""
        if os.geteuid() != self.uid:
            with self._becoming():
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def open(self, path: Path, flags: int) -> int:
        """Open a file of this user's, made where it is missing; return a descriptor above 2.

        Its mode is 0600 whatever the umask, and where a standard stream is closed it does not
        take that one's place, to which others write.
        """
        descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if stat.S_IMODE(os.fstat(descriptor).st_mode) != 0o600:
                os.fchmod(descriptor, 0o600)
            if os.geteuid() != self.uid:
                with self._becoming():
                    os.fchown(descriptor, self.uid, self.gid)
            return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
        finally:
            os.close(descriptor)

    def require_entry(self) -> None:
        """Refuse a user without an entry in ``/etc/passwd``, which only ``initdb`` insists on.

        Raises
        ------
        StoreError
            The message says how to make one.
        """
        try:
            pwd.getpwuid(self.uid)
        except KeyError:
            raise StoreError(
                f"PostgreSQL's initdb needs an entry in /etc/passwd for user {self.uid}: add one "
                f"(hartonomous:x:{self.uid}:{self.gid}::/:/bin/false), run as a user that has "
                "one, or set HARTONOMOUS_DSN to a server of your own"
            ) from None

    @contextmanager
    def _becoming(self) -> Iterator[None]:
        """Say what root lacks where it may not give files to the server's user or become it."""
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EINVAL):
                raise
            raise StoreError(
                f"PostgreSQL does not run as root, and this root may not become {self.name} "
                f"({error.strerror}): run as an ordinary user (docker run --user), or give it the "
                "capabilities CHOWN, SETUID and SETGID"
            ) from error


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
