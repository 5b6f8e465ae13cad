"""The type of a session, for the layers above the store that pass one on."""

from __future__ import annotations

import psycopg

#: A session on the substrate; rows are tuples.
Connection = psycopg.Connection
