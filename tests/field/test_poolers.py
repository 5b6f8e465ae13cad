"""The same work through pgbouncer, which hands transactions to sessions of the server in turn."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
import time

import psycopg
import pytest
from planted_relations import load
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import hartonomous
from hartonomous.errors import StoreError
from hartonomous.store.connection import connect, url
from hartonomous.store.rights import find_names
from hartonomous.store.scrub import scrub

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="this machine has no pgbouncer")

WORDS = [f"word{number}" for number in range(12)]
SETTINGS = {
    "transaction": "pool_mode = transaction",
    "transaction, options ignored": (
        "pool_mode = transaction\nignore_startup_parameters = options"
    ),
    "session": "pool_mode = session",
    "session, options ignored": "pool_mode = session\nignore_startup_parameters = options",
}
AS_NOBODY = [
    "setpriv", "--reuid=nobody", "--clear-groups",
    "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
]  # fmt: skip
CONFIGURATION = """[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {free}
unix_socket_dir =
auth_type = any
default_pool_size = 3
{setting}
"""


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture(params=SETTINGS)
def pooled(request, dsn, tmp_path):
    """Give the DSN of a pooler before a fresh database; it runs as the one who may enter."""
    yield from pool(dsn, tmp_path, SETTINGS[request.param])


@pytest.fixture
def shared(dsn, tmp_path):
    """Give the DSN of a pooler in transaction mode."""
    yield from pool(dsn, tmp_path, SETTINGS["transaction, options ignored"])


def pool(dsn, folder, setting):
    given, free = conninfo_to_dict(dsn), free_port()
    # It refuses to run as root, and the folders above the server's socket may be closed to others.
    as_nobody = AS_NOBODY if os.geteuid() == 0 else []
    place = folder / "pgbouncer.ini"
    user = given.get("user") or getpass.getuser()
    port = given.get("port", "5432")
    place.write_text(
        CONFIGURATION.format(host=given["host"], port=port, user=user, free=free, setting=setting)
    )
    with place.open("rb") as configuration, (folder / "said").open("wb") as said:
        pooler = subprocess.Popen(
            [*as_nobody, PROGRAM, "/dev/stdin"], stdin=configuration, stdout=said, stderr=said
        )
    try:
        wait_for(free, pooler, folder / "said")
        yield make_conninfo(host="127.0.0.1", port=free, user=user, dbname=given["dbname"])
    finally:
        pooler.terminate()
        pooler.wait(60)


def wait_for(port, pooler, said):
    deadline = time.monotonic() + 60
    while not is_open(port):
        assert pooler.poll() is None, said.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_open(port):
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def planted(dsn):
    """Load two sources that say opposite things; return the addresses of their words."""
    seen = [(a, b, 1 / (2 + abs(i - j))) for i, a in enumerate(WORDS) for j, b in enumerate(WORDS)]
    related = [each for each in seen if each[0] != each[1]]
    with connect(dsn) as session:
        load(session, "model:near", related)
        load(session, "model:far", [(a, b, 0.6 - weight) for a, b, weight in related])
    return dsn


def test_changes_and_questions_go_through_a_pooler(planted, pooled, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("The king of the castle spoke with the queen about the harvest.")
    with hartonomous.open(planted) as direct, hartonomous.open(pooled, operator="ann") as substrate:
        substrate.ingest_text([note], subject="somebody")
        substrate.record_feedback("another", "king", "queen", "accept")
        for _ in range(8):  # psycopg prepares a statement by name at its sixth time
            assert substrate.neighbors("king") == direct.neighbors("king")
        substrate.quarantine_source("model:near")
        substrate.restore_source("model:near")
        substrate.delete_concept(["castle"], forget=True)
        substrate.delete_subject("somebody")
        assert substrate.verify_ratings() == direct.verify_ratings() == ()
        assert substrate.verify_audit() == ()
        assert substrate.fingerprint() == direct.fingerprint()
    with connect(planted) as session:
        said = session.execute("SELECT DISTINCT details ->> 'operator' FROM hartonomous.audit")
        assert ("ann",) in said.fetchall()


def test_a_schema_is_made_through_a_pooler(empty_dsn, tmp_path):
    for address in pool(empty_dsn, tmp_path, SETTINGS["transaction"]):
        connect(address, migrate=True).close()
        with hartonomous.open(address) as substrate:
            assert substrate.sources() == ()


def test_no_session_has_the_scope_of_another(planted, shared):
    """They take turns in the same three of the server, each with its own part of the sources."""
    scopes = [None, "model:near", "model:far"]
    truth = {}
    for scope in scopes:
        with hartonomous.open(planted, sources=scope) as direct:
            truth[scope] = [[n.neighbor for n in direct.neighbors(word)] for word in WORDS]
    assert truth["model:near"] != truth["model:far"]
    wrong = []

    def ask(scope):
        with hartonomous.open(shared, sources=scope) as substrate:
            for turn in range(60):
                index = turn % len(WORDS)
                found = [n.neighbor for n in substrate.neighbors(WORDS[index])]
                if found != truth[scope][index]:
                    wrong.append((scope, WORDS[index], found))

    threads = [threading.Thread(target=ask, args=[scope]) for scope in scopes * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert wrong == []


def test_a_session_leaves_nothing_behind_for_the_next(planted, shared, tmp_path):
    key = tmp_path / "key"
    key.write_text("ab" * 32 + "\n")
    key.chmod(0o600)
    with hartonomous.open(
        shared, sources="model:near", operator="ann", reference="T-1", key_file=key
    ) as substrate:
        substrate.neighbors(WORDS[0])
    names = ("sources", "operator", "reference", "forgetting_key")
    with connect(shared) as session:
        for name in names:
            (left,) = session.execute(
                "SELECT current_setting('hartonomous.' || %s, true)", [name]
            ).fetchone()
            assert not left, name


def test_options_that_a_pooler_refuses_are_said(planted, tmp_path):
    for address in pool(planted, tmp_path, SETTINGS["transaction"]):
        with pytest.raises(StoreError, match="pooler at this address takes no options") as refused:
            hartonomous.open(f"{address} options='-c work_mem=8MB'")
        assert "\n" not in str(refused.value)


def test_files_are_written_anew_by_the_servers_own_address_only(planted, shared):
    with pytest.raises(StoreError, match="give the server's own address"):
        scrub(shared)


def test_who_migrated_finds_names_through_a_pooler_that_drops_options(empty_dsn, tmp_path):
    with connect(empty_dsn, migrate=True) as session:
        assert find_names(session)
        assert not find_names(session)
    through = pool(empty_dsn, tmp_path, SETTINGS["transaction, options ignored"])
    with psycopg.connect(url(next(through)), prepare_threshold=None) as session:
        assert session.execute("SELECT count(*) FROM relation").fetchone() == (0,)
        session.execute("CREATE TABLE mine (n integer)")
        session.execute("SELECT FROM public.mine")
    through.close()
