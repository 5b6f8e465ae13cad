"""Say in one line what this machine lacks to build hartonomous; any Python 3 can run it."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path


def missing() -> str:
    """Return what to install, or nothing when all is there."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if sys.version_info < (3, 10):  # noqa: UP036  # the one file that older ones run
        return f"Python 3.10 or newer, this is {version}: name another by `make PYTHON=...`"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return f"Python's venv module: on Debian and Ubuntu install python{version}-venv"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return f"Python's headers: install python{version}-dev, on Fedora python3-devel"
    chosen = os.environ.get("CXX", "").split()[:1]
    if not any(shutil.which(name) for name in chosen or ["c++", "g++", "clang++"]):
        return "a C++17 compiler: install g++ or clang"
    return ""


if __name__ == "__main__":
    needed = missing()
    if needed:
        sys.exit(f"hartonomous needs {needed}")
