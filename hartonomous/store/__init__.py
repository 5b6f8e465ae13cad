"""PostgreSQL: the embedded server, connections, migrations and the load path."""
