"""The Python API: a `Substrate` answers the same questions as SQL and the command line."""

from __future__ import annotations

from hartonomous.substrate.asking import Asking
from hartonomous.substrate.editing import Editing
from hartonomous.substrate.ingesting import Ingesting
from hartonomous.substrate.placing import Placing


class Substrate(Asking, Ingesting, Editing, Placing):
    """A session on the database of concepts, relations and evidence.

    Use it as a context manager. One thread at a time may use it; open one for each thread. When
    the server is restarted between two questions, the next one opens a new session.

    Parameters
    ----------
    dsn
        As in `hartonomous.open`.

    Raises
    ------
    StoreError
        The database cannot be reached, or this version cannot work with it as it is.
    """
