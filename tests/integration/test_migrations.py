from __future__ import annotations

import pytest

from hartonomous.errors import StoreError
from hartonomous.store import migrations
from hartonomous.store.connection import connect


def test_a_template_database_is_current(dsn):
    with connect(dsn) as connection:
        assert migrations.migrate(connection) == []


def test_the_system_server_takes_the_schema(system_dsn):
    with pytest.raises(StoreError, match="hartonomous db migrate"):
        connect(system_dsn)
    connect(system_dsn, migrate=True).close()
    with connect(system_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM schema_migration").fetchone() != (0,)
