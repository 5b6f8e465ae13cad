"""To who isn't among a source's viewers it is as if it weren't there, in tables too."""

from __future__ import annotations

import contextlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from everything_asked import ASKED, OPEN, TEXTS, WORDS, answer
from planted_relations import load

from hartonomous.editing.deletion import delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import open_source_to_all, restrict_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import UnknownNameError
from hartonomous.store import migrations
from hartonomous.store.connection import connect
from hartonomous.store.scope import Scope, enter_scope

OTHER = [(WORDS[i], WORDS[(i + step) % 12], step / 8) for i in range(12) for step in (2, 3, 7)]
SECRET = [
    *((f"veil{a}", f"veil{b}", 0.5) for a, b in zip("abcdefgh", "bcdefgha", strict=True)),
    *((word, "veila", 0.9) for word in WORDS[:6]),
    *((word, "queen", 1.0) for word in WORDS[2:8]),
    ("veilb", "king", 1.0),
    ("king", "queen", 1.0),
    ("kong", "veila", 0.5),
]
#: What is of all sources is refused to who may not see them all.
OF_THE_WHOLE = [
    "SELECT substrate_fingerprint()",
    "SELECT * FROM export_fingerprint()",
    "SELECT * FROM \"position\"('king')",
    "SELECT * FROM near('king')",
    "SELECT geodesic('king', 'queen')",
    "SELECT * FROM sphere_map(5)",
]
REFUSED = {*re.findall(r'(\w+)"?\(', " ".join(OF_THE_WHOLE)), "fingerprint_parts"} | {
    "compare_fingerprints"
}
#: How far the audit and its deletions go; a restriction is in the audit.
OF_THE_AUDIT = {"database_mark", "is_behind"}
PUBLIC = """
SELECT p.proname, array(
    SELECT format_type(t.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, n)
    ORDER BY t.n
)
FROM pg_proc AS p
WHERE p.pronamespace = 'hartonomous'::regnamespace AND p.prokind = 'f'
    AND (p.provolatile <> 'v' OR p.proname = 'verify_ratings')
    AND p.proname <> ALL (%s) AND has_function_privilege(p.oid, 'EXECUTE')
ORDER BY p.proname, p.oid
"""
READABLE = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'hartonomous'::regnamespace AND c.relkind IN ('r', 'p', 'v')
    AND has_table_privilege(c.oid, 'SELECT')
"""
#: Tables whose numbers are local, and tables that say the same in any database.
NOT_COMPARED = {"function_right", "schema_migration"}


@contextlib.contextmanager
def member_of(owner, role, name):
    """Open a session of a fresh role that is a member of another."""
    login = f"{name}_{owner.info.backend_pid}"
    owner.execute(f"CREATE ROLE {login} LOGIN IN ROLE {role}")
    address = re.sub("(?<=://)[^@]*(?=@)", login, owner.info.dsn)
    with connect(address if "://" in address else f"{owner.info.dsn} user={login}") as session:
        session.autocommit = True
        yield session
    owner.execute(f"DROP ROLE {login}")


@pytest.fixture(params=["model", "document"], ids=["own partition", "shared"])
def hiding(connection, request):
    connection.autocommit = True
    load(connection, "model:open", OPEN)
    load(connection, "model:other", OTHER)
    load(connection, "model:secret", SECRET, kind=request.param)
    connection.execute(
        "SELECT add_evidence('model:by hand', 'veila', 'veilz', 0.5, 'precedes', 'veiled site')"
    )
    for name in ("model:secret", "model:by hand"):
        assert restrict_source(connection, name)
    return connection


@pytest.fixture
def never(empty_dsn):
    with connect(empty_dsn, migrate=True) as session:
        session.autocommit = True
        load(session, "model:open", OPEN)
        load(session, "model:other", OTHER)
        yield session


@pytest.fixture
def reader(hiding):
    with member_of(hiding, "hartonomous_reader", "test_unseeing") as session:
        yield session


def calls(session):
    """Yield every public function with some arguments of its types, and every view."""
    for name, types in session.execute(PUBLIC, [[*REFUSED, *OF_THE_AUDIT]]).fetchall():
        if all(kind in ASKED for kind in types):
            marks = ", ".join(f"%s::{kind}" for kind in types)
            for turn in range(len(TEXTS)):
                yield (
                    f"SELECT * FROM hartonomous.{name}({marks})",
                    [ASKED[kind][(turn + n) % len(ASKED[kind])] for n, kind in enumerate(types)],
                )


def test_every_public_function_answers_a_reader_as_if_it_were_not_there(hiding, reader, never):
    with member_of(never, "hartonomous_reader", "test_seeing") as other:
        asked = list(calls(other))
        assert len({query for query, _ in asked}) > 30
        told = [(q, p) for q, p in asked if answer(reader, q, p) != answer(other, q, p)]
        assert told == []
        for scope in (Scope(sources=("model:secret",)), Scope(without=("model:secret",))):
            for session in (reader, other):
                with pytest.raises(UnknownNameError, match="there is no source model:secret"):
                    enter_scope(session, scope)
                session.execute(
                    "SELECT set_config('hartonomous.sources', %s, false),"
                    " set_config('hartonomous.without', %s, false)",
                    [",".join(scope.sources or ()), ",".join(scope.without or ())],
                )
            question = "SELECT * FROM neighbors('king')"
            assert answer(reader, question) == answer(other, question)
            assert "there is no source model:secret" in answer(reader, question)[0][0]


def test_no_table_or_view_shows_it(hiding, reader):
    shown = set()
    for (name,) in reader.execute(READABLE).fetchall():
        rows = repr(reader.execute(f"SELECT t::text FROM {name} AS t").fetchall())
        if "veil" in rows or "secret" in rows or "by hand" in rows:
            shown.add(name)
    assert shown == set()
    (lists,) = reader.execute("SELECT count(DISTINCT content_id) FROM relation_list").fetchone()
    assert lists == 2
    for (name,) in hiding.execute(
        "SELECT oid::regclass::text FROM pg_class"
        " WHERE relname ~ '^relation_list' AND relkind = 'r'"
    ).fetchall():
        assert reader.execute(
            f"SELECT count(*) FROM {name} WHERE content_id IN ("
            " SELECT unnest(hartonomous_internal.hidden_sources()))"
        ).fetchone() == (0,)


@pytest.mark.parametrize("question", OF_THE_WHOLE)
def test_what_is_of_all_sources_is_refused(reader, question):
    with pytest.raises(psycopg.Error, match="ask somebody who may see them all"):
        reader.execute(question)


def test_viewers_and_editors_see_it(hiding):
    with member_of(hiding, "hartonomous_reader", "test_viewing") as viewer:
        restrict_source(hiding, "model:secret", viewer.info.user)
        assert viewer.execute("SELECT count(*) FROM neighbors('veila')").fetchone()[0] > 0
        assert viewer.execute("SELECT count(*) FROM source").fetchone() == (3,)
    with member_of(hiding, "hartonomous_editor", "test_editing") as editor:
        assert editor.execute("SELECT count(*) FROM source").fetchone() == (4,)
        assert substrate_fingerprint(editor) == substrate_fingerprint(hiding)


def test_who_may_not_see_a_source_adds_nothing_to_it_and_learns_nothing(hiding):
    with member_of(hiding, "hartonomous_contributor", "test_adding") as contributor:
        for name in ("model:secret", "model:by hand"):
            with pytest.raises(psycopg.Error) as refused:
                contributor.execute("SELECT add_evidence(%s, 'king', 'veila', 0.25)", [name])
            assert refused.value.diag.message_primary == f"the source name {name} is taken"


def test_restrictions_come_and_go_and_leave_nothing(hiding, never):
    guarded = "SELECT count(*) FROM pg_class WHERE relrowsecurity"
    assert hiding.execute(guarded).fetchone() > (10,)
    assert not restrict_source(hiding, "model:secret")
    assert open_source_to_all(hiding, "model:secret")
    assert not open_source_to_all(hiding, "model:secret")
    assert hiding.execute(guarded).fetchone() > (10,)
    delete_source(hiding, "model:by hand")
    delete_source(hiding, "model:secret")
    migrations.migrate(hiding)
    assert hiding.execute(guarded).fetchone() == (0,)
    assert substrate_fingerprint(hiding) == substrate_fingerprint(never)


def test_guards_that_a_restore_lost_come_back_with_the_next_migration(hiding, reader):
    for (name,) in hiding.execute("SELECT relname FROM pg_class WHERE relrowsecurity").fetchall():
        hiding.execute(f"ALTER TABLE hartonomous.{name} DISABLE ROW LEVEL SECURITY")
    migrations.migrate(hiding)
    assert reader.execute("SELECT count(*) FROM content").fetchone() == (2,)


def test_what_is_not_there_is_not_restricted(hiding):
    with pytest.raises(UnknownNameError, match=r"there is no source model:sekret.*model:secret"):
        restrict_source(hiding, "model:sekret")
    with pytest.raises(UnknownNameError, match="there is no role nobody-is"):
        restrict_source(hiding, "model:open", "nobody-is")


def test_who_reads_for_long_is_not_made_to_stand_in_others_way(connection, dsn):
    connection.autocommit = True
    load(connection, "model:open", OPEN)
    with connect(dsn) as backup:
        backup.execute("SELECT count(*) FROM relation_list")
        with pytest.raises(psycopg.Error, match="somebody reads for long"):
            connection.execute("SELECT restrict_source('model:open')")
    assert connection.execute("SELECT viewers FROM source").fetchone() == (None,)


@pytest.mark.parametrize(
    ("view", "column"), [("source", "source_identifier"), ("source_site", "source_identifier"),
                         ("evidence", "a"), ("evidence", "source_identifier")]
)  # fmt: skip
def test_no_function_of_a_readers_own_sees_rows_before_they_are_left_out(reader, view, column):
    told = []
    reader.add_notice_handler(lambda notice: told.append(notice.message_primary))
    reader.execute(
        "CREATE FUNCTION pg_temp.tell(v text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001"
        " AS 'BEGIN RAISE NOTICE ''%'', v; RETURN true; END'"
    )
    reader.execute(f"SELECT count(*) FROM {view} WHERE pg_temp.tell({column})")
    reader.execute("DROP FUNCTION pg_temp.tell(text)")
    assert told
    assert not [text for text in told if "veil" in text or "secret" in text or "hand" in text]


def test_who_reads_in_a_transaction_is_no_victim_of_a_restriction(connection, dsn):
    connection.autocommit = True
    load(connection, "model:open", OPEN)
    with connect(dsn) as asking:
        asking.execute("SELECT count(*) FROM relation_list")
        with ThreadPoolExecutor(1) as pool:
            restricting = pool.submit(connection.execute, "SELECT restrict_source('model:open')")
            with contextlib.suppress(TimeoutError, psycopg.Error):
                restricting.result(0.3)
            assert asking.execute("SELECT count(*) FROM content").fetchone() == (1,)
            with pytest.raises(psycopg.Error, match="somebody reads for long"):
                restricting.result()


def test_many_short_readers_do_not_keep_a_restriction_from_being_made(connection, dsn):
    connection.autocommit = True
    load(connection, "model:open", OPEN)
    is_over = threading.Event()

    def read():
        with connect(dsn) as asking:
            while not is_over.is_set():
                with asking.transaction():
                    for asked in ("relation_list", "content", "composition", "site"):
                        asking.execute(f"SELECT count(*), pg_sleep(0.02) FROM {asked}")

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for _ in range(3):
                assert restrict_source(connection, "model:open")
                assert open_source_to_all(connection, "model:open")
        finally:
            is_over.set()
        for reader in readers:
            reader.result()


def test_guards_go_with_the_last_source_that_has_viewers(connection):
    connection.autocommit = True
    load(connection, "model:open", OPEN)
    load(connection, "model:secret", SECRET)
    guarded = "SELECT count(*) FROM pg_class WHERE relrowsecurity"
    restrict_source(connection, "model:secret")
    assert connection.execute(guarded).fetchone() > (0,)
    open_source_to_all(connection, "model:secret")
    assert connection.execute(guarded).fetchone() == (0,)
    restrict_source(connection, "model:secret")
    delete_source(connection, "model:secret")
    assert connection.execute(guarded).fetchone() == (0,)
    assert verify_ratings(connection) == ()
