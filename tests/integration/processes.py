"""Client processes of the embedded server that the tests start, watch and kill."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hartonomous.store.status import ServerStatus, server_status

#: Attaches, says the postmaster's process id, and stays until its input ends.
ATTACH = """
import sys
from hartonomous.postgres.server import EmbeddedServer
from hartonomous.postgres.watchdog import read_postmaster
server = EmbeddedServer()
print(read_postmaster(server.home.data).pid, flush=True)
sys.stdin.read()
"""


@dataclass
class Processes:
    """Processes that share one data home, all run as one user."""

    home: Path
    #: What stands before the interpreter to run it as another user.
    prefix: tuple[str, ...] = ()
    _started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, program: str) -> subprocess.Popen[str]:
        """Start a Python program, with its input, output and errors on pipes."""
        process = subprocess.Popen(
            [*self.prefix, sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=self.environment,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def run(self, program: str) -> str:
        """Run a Python program to its end and return its output."""
        process = self.start(program)
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        return output.strip()

    def attach(self) -> tuple[subprocess.Popen[str], int]:
        """Start a client that stays attached, and return it with the postmaster's process id."""
        client = self.start(ATTACH)
        line = client.stdout.readline()
        assert line, client.stderr.read()
        return client, int(line)

    @property
    def environment(self) -> dict[str, str]:
        """The environment that names the home."""
        inherited = {name: value for name, value in os.environ.items() if name != "HARTONOMOUS_DSN"}
        return inherited | {"HARTONOMOUS_HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}

    @property
    def status(self) -> ServerStatus:
        """How the server does."""
        return server_status(self.home)

    def wait_stopped(self) -> None:
        """Wait until the server is gone."""
        wait_until(lambda: not self.status.running)

    def clear(self) -> None:
        """Kill what still runs."""
        for process in self._started:
            kill(process)
            for pipe in (process.stdin, process.stdout, process.stderr):
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        (self.home / "server/keep").unlink(missing_ok=True)
        if pid := self.status.pid:
            os.kill(pid, signal.SIGQUIT)
            self.wait_stopped()
        shutil.rmtree(self.home / "server", ignore_errors=True)  # tens of megabytes each


def leave(process: subprocess.Popen[str]) -> None:
    """Let a client that waits for its input's end come to its own."""
    process.communicate(timeout=60)
    assert process.returncode == 0


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process as nothing can refuse."""
    if process.poll() is None:
        process.kill()
    process.wait(timeout=60)


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until a condition holds; the limit only ends tests that would hang."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@contextlib.contextmanager
def processes_of(home: Path, prefix: tuple[str, ...] = ()) -> Iterator[Processes]:
    """Give processes that share a home, and leave none behind."""
    processes = Processes(home, prefix)
    try:
        yield processes
    finally:
        processes.clear()
