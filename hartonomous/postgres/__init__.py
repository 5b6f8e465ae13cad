"""The embedded PostgreSQL: binaries, cluster, account, locks, watchdog; knows no psycopg."""
