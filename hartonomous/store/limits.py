"""What a transaction of ours takes off, and what it puts on; for its own length only."""

from __future__ import annotations

#: Limits that a role or database has are made for questions; to load a model takes longer.
_LIFTED = ("statement_timeout", "idle_in_transaction_session_timeout")
#: PostgreSQL 17 brought one for the whole transaction.
_TRANSACTION_TIMEOUT = "transaction_timeout"
_WITH_TRANSACTION_TIMEOUT = 170000
#: So soon does the server notice that a client is gone whose change waits for others; it refuses to
#: look on Windows, as what it was compiled by says.
_NOTICE_CLIENTS = (
    "SELECT set_config('client_connection_check_interval', '2s', true)"
    " WHERE version() !~* 'windows|mingw|msvc|visual c'"
)


def statements(server_version: int) -> bytes:
    """Return what a transaction begins with, so that it takes its time and ends with its client.

    ``lock_timeout`` stays as it is: it says how long to wait for others.
    """
    has_more = server_version >= _WITH_TRANSACTION_TIMEOUT
    lifted = (*_LIFTED, *([_TRANSACTION_TIMEOUT] if has_more else []))
    return "; ".join([*(f"SET LOCAL {name} = 0" for name in lifted), _NOTICE_CLIENTS]).encode()
