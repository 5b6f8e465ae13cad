from __future__ import annotations

import socket
import threading
import traceback

import psycopg
import pytest
from psycopg import sql

from hartonomous.errors import StoreError
from hartonomous.store.connection import connect, url
from hartonomous.store.failures import store_errors


def test_names_are_found_without_the_schema(dsn):
    with connect(dsn) as connection:
        assert connection.execute("SHOW search_path").fetchone() == ("hartonomous,public",)
        assert connection.execute("SHOW application_name").fetchone() == ("hartonomous",)


def test_the_users_own_options_stay(dsn, monkeypatch):
    with connect(f"{dsn}&options=-c%20work_mem%3D7MB&application_name=mine") as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("7MB",)
        assert connection.execute("SHOW search_path").fetchone() == ("hartonomous,public",)
        assert connection.execute("SHOW application_name").fetchone() == ("mine",)
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=9MB")
    with connect(dsn) as connection:
        assert connection.execute("SHOW work_mem").fetchone() == ("9MB",)


def test_the_dsn_comes_from_the_environment(dsn, monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_DSN", dsn)
    with connect() as connection:
        assert f"/{connection.info.dbname}?" in dsn


def test_without_a_dsn_the_embedded_server_has_a_current_database(server):
    with connect() as connection:
        assert connection.info.dbname == "hartonomous"
        assert connection.execute("SELECT count(*) > 0 FROM schema_migration").fetchone() == (True,)
    assert url() == server.dsn


def test_a_url_of_a_dsn_finds_the_names_and_keeps_the_rest(dsn):
    with psycopg.connect(url(f"{dsn}&connect_timeout=7")) as connection:
        assert connection.execute("SHOW search_path").fetchone() == ("public,hartonomous",)
        assert connection.info.get_parameters()["connect_timeout"] == "7"


@pytest.mark.parametrize("host", ["/no/such/folder", "127.0.0.1"])
def test_a_server_that_is_not_there_is_one_line(host):
    with pytest.raises(StoreError, match=f"cannot connect to database d at {host}") as caught:
        connect(f"postgresql://someone:secret@/d?host={host}&port=1")
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_database_that_is_missing_is_one_line(dsn):
    missing = dsn.replace("/test_", "/no_such_test_")
    with pytest.raises(
        StoreError, match=r'database "no_such_test_[0-9]+" does not exist'
    ) as caught:
        connect(missing)
    assert "\n" not in str(caught.value)


def test_an_unknown_role_is_one_line(dsn):
    with pytest.raises(StoreError, match='role "no such role" does not exist'):
        connect(dsn.replace("//hartonomous@", "//no%20such%20role@"))


def test_a_string_that_is_no_dsn_is_refused_without_being_shown():
    with pytest.raises(StoreError, match="no connection string") as caught:
        connect("password=secret nonsense")
    assert "secret" not in str(caught.value)


def test_an_older_server_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer_as_version_14, args=[listener])
        thread.start()
        port = listener.getsockname()[1]
        with pytest.raises(StoreError, match=r"is PostgreSQL 14\.9: hartonomous needs 15 or newer"):
            connect(f"postgresql://u@127.0.0.1:{port}/d?sslmode=disable&gssencmode=disable")
        thread.join()


def answer_as_version_14(listener: socket.socket) -> None:
    """Speak just enough of the protocol to be logged in to."""
    with listener.accept()[0] as client:
        client.recv(65536)
        client.sendall(b"R" + (8).to_bytes(4, "big") + bytes(4))
        for pair in (b"server_version\0" + b"14.9\0", b"client_encoding\0UTF8\0"):
            client.sendall(b"S" + (4 + len(pair)).to_bytes(4, "big") + pair)
        client.sendall(b"K" + (12).to_bytes(4, "big") + bytes(8))
        client.sendall(b"Z" + (5).to_bytes(4, "big") + b"I")
        client.recv(65536)


def test_a_session_that_was_ended_is_one_line(connection, admin):
    admin.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
    with pytest.raises(StoreError, match="the server was stopped") as caught, store_errors():
        connection.execute("SELECT 1")
    assert "\n" not in str(caught.value)
    with pytest.raises(StoreError, match="the server is gone"), store_errors():
        connection.execute("SELECT 1")
    connection.close()


def test_what_the_server_refuses_is_one_line(connection):
    with pytest.raises(StoreError, match="the server refused: division by zero"), store_errors():
        connection.execute("SELECT 1 / 0")


def test_a_server_whose_transactions_keep_their_snapshot_takes_changes(dsn):
    with connect(dsn) as admin:
        name = sql.Identifier(admin.info.dbname)
        admin.execute(
            sql.SQL(
                "ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'"
            ).format(name)
        )
    with connect(dsn) as own:
        assert own.execute("SELECT add_evidence('by hand', 'king', 'queen', 1)").fetchone() == (2,)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://u:s3cret@127.0.0.1:1/x?bogus=1",
        "postgresql://u:s3cret@127.0.0.1:1/x",
        "host=127.0.0.1 port=1 password=s3cret bogus",
        "host=127.0.0.1 port=1 password='s3cret",
    ],
)
def test_no_error_or_traceback_shows_a_password(dsn):
    with pytest.raises(StoreError) as raised:
        connect(dsn)
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def test_a_printed_address_holds_no_password():
    given = "postgresql://reader:s3cret@127.0.0.1:1/db?sslpassword=t0psecret&sslmode=prefer"
    shown = url(given)
    assert "s3cret" not in shown
    assert "t0psecret" not in shown
    assert "user=reader" in shown
