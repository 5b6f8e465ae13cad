"""A migration of an empty database that is killed, and what the next start makes of it."""

from __future__ import annotations

import random
import time

import pytest
from laboratory import EMPTY, VICTIMS, Laboratory, session

from hartonomous.store.session import Connection

MIGRATE = """
import sys
from hartonomous.store.connection import open_unchecked
from hartonomous.store.migrations import migrate
connection = open_unchecked()
print(connection.info.backend_pid, flush=True)
migrate(connection)
"""
#: Everything in the schema: what a kill could leave half made.
CATALOGUE = """
SELECT 'file ' || filename || encode(sha256, 'hex') FROM hartonomous.schema_migration
UNION ALL
SELECT concat_ws(' ', 'function', pg_get_functiondef(oid), proacl, obj_description(oid, 'pg_proc'))
FROM pg_proc WHERE pronamespace::regnamespace::text ~ '^hartonomous'
UNION ALL
SELECT concat_ws(
    ' ', c.relname, c.relkind, c.relacl, c.reloptions, obj_description(c.oid, 'pg_class'),
    pg_get_viewdef(c.oid), a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
    col_description(c.oid, a.attnum)
)
FROM pg_class AS c LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relnamespace = 'hartonomous'::regnamespace
UNION ALL
SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'hartonomous'::regnamespace
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'hartonomous'
ORDER BY 1
"""
SECONDS = 0.3
FEW, MANY = 4, 40


@pytest.mark.parametrize(
    "number",
    [*range(FEW), *(pytest.param(n, marks=pytest.mark.nightly) for n in range(FEW, MANY))],
)
def test_the_next_start_completes_a_migration_that_was_killed(laboratory: Laboratory, number: int):
    laboratory.put_back(EMPTY)
    with session() as connection:
        expected = catalogue(connection)
    laboratory.put_back("template0")
    client = laboratory.start("-c", MIGRATE)
    backend = int(client.stdout.readline())
    time.sleep(random.Random(number).random() * SECONDS)
    laboratory.kill(VICTIMS[number % len(VICTIMS)], client, backend)
    client.communicate(timeout=60)
    with session() as connection:
        laboratory.wait_alone(connection)
        assert catalogue(connection) == expected


def catalogue(connection: Connection) -> list[str]:
    """Return all that is in the schema, as text."""
    return [line for (line,) in connection.execute(CATALOGUE)]
