"""Run all benchmarks, or those that are named: python -m benchmarks [NAME...].

Each is a process of its own, so that its peak memory is its own too.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent


def benchmarks() -> list[str]:
    """Return the modules that answer a question: those with a main."""
    files = sorted(FOLDER.glob("[!_]*.py"))
    return [path.stem for path in files if "\ndef main(" in path.read_text(encoding="utf-8")]


def main() -> int:
    """Run them one after the other; return how many failed."""
    known = benchmarks()
    chosen = sys.argv[1:] or known
    unknown = set(chosen) - set(known)
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    print(f"{date.today()}, {machine()}", flush=True)
    failed = 0
    for name in chosen:
        print(f"\n== {name}", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        failed += subprocess.run(command, cwd=FOLDER.parent, check=False).returncode != 0
    return failed


def machine() -> str:
    """Name the processor and the Python of this machine."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    cores = f"{len(models)} x {models[0]}" if models else platform.machine()
    return f"{cores}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
