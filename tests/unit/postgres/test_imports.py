"""The embedded server's package stands below the store."""

from __future__ import annotations

import subprocess
import sys


def test_the_embedded_server_needs_no_database_driver():
    script = (
        "import sys; import hartonomous.postgres.server, hartonomous.postgres.watchdog;"
        "print([name for name in sys.modules if name.startswith(('psycopg', 'numpy'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
