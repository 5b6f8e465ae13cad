"""Rights that a restore lost or widened: named, stated anew, and asked for by the functions too."""

from __future__ import annotations

import re

import psycopg
import pytest
from planted_relations import load

from hartonomous.editing.verification import verify_ratings
from hartonomous.store import migrations
from hartonomous.store.connection import connect
from hartonomous.store.rights import wrong_rights
from hartonomous.store.status import database_status

#: What restores with --no-acl and other default privileges make of a schema.
LOSSES = [
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hartonomous, hartonomous_internal TO PUBLIC",
    "GRANT USAGE ON SCHEMA hartonomous, hartonomous_internal TO PUBLIC",
    "GRANT ALL ON ALL TABLES IN SCHEMA hartonomous, hartonomous_internal TO PUBLIC",
    "GRANT SELECT ON ALL TABLES IN SCHEMA hartonomous, hartonomous_internal TO hartonomous_reader",
    "GRANT INSERT ON relation_list TO hartonomous_contributor",
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hartonomous FROM PUBLIC",
    "REVOKE ALL ON SCHEMA hartonomous FROM hartonomous_reader",
    "REVOKE ALL ON ALL TABLES IN SCHEMA hartonomous FROM hartonomous_reader",
    "REVOKE ALL ON FUNCTION delete_model(text, boolean) FROM hartonomous_editor",
]

#: They wait or lock, and are volatile for that.
CHANGE_NOTHING = ("verify_ratings", "take_turn", "fingerprint_parts")


@pytest.fixture
def owner(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "king", 0.5)])
    return connection


@pytest.fixture
def stranger(owner, dsn):
    """Open a session of a role that is a member of nothing."""
    name = f"stranger_{owner.info.backend_pid}"
    owner.execute(f"CREATE ROLE {name} LOGIN")
    address = re.sub("(?<=://)[^@]*(?=@)", name, dsn)
    with psycopg.connect(address, autocommit=True) as session:
        yield session
    owner.execute(f"DROP OWNED BY {name}")
    owner.execute(f"DROP ROLE {name}")


def rights(session):
    query = """
        SELECT oid::regprocedure::text, coalesce(proacl, acldefault('f', proowner))::text
        FROM pg_proc
        WHERE pronamespace IN ('hartonomous'::regnamespace, 'hartonomous_internal'::regnamespace)
        UNION ALL
        SELECT oid::regclass::text, coalesce(relacl, acldefault('r', relowner))::text FROM pg_class
        WHERE relnamespace = 'hartonomous'::regnamespace AND relkind IN ('r', 'p', 'v')
        UNION ALL
        SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname ~ '^hartonomous'
    """
    shown = {}
    for name, acl in session.execute(query):
        shown[name] = set(re.findall(r"[^{},]+", acl or ""))
    return shown


def test_a_fresh_schema_has_the_rights_that_are_meant(owner):
    assert wrong_rights(owner) == []
    assert verify_ratings(owner) == ()


@pytest.mark.parametrize("loss", LOSSES)
def test_what_differs_is_named_and_stated_anew(owner, loss):
    before = rights(owner)
    owner.execute(loss)
    assert rights(owner) != before
    wrong = wrong_rights(owner)
    assert wrong
    assert wrong[0] in database_status(owner).state
    assert {found.problem.split()[0] for found in verify_ratings(owner)} == {"right"}
    assert migrations.migrate(owner) == []
    assert rights(owner) == before
    assert database_status(owner).state == "current"


def test_functions_that_change_something_ask_for_membership(owner, stranger):
    """With every right on every function, and on the schema, nothing can be changed."""
    owner.execute("GRANT USAGE ON SCHEMA hartonomous, hartonomous_internal TO PUBLIC")
    owner.execute(
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hartonomous, hartonomous_internal TO PUBLIC"
    )
    calls = owner.execute(
        "SELECT format('SELECT %%I.%%I(%%s)', p.pronamespace::regnamespace, p.proname,"
        " (SELECT string_agg(format('%%sNULL::%%s',"
        "     CASE WHEN p.provariadic <> 0 AND t.place = p.pronargs THEN 'VARIADIC ' END,"
        "     format_type(t.type, NULL)), ', ' ORDER BY t.place)"
        "     FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, place)))"
        " FROM pg_proc AS p WHERE p.pronamespace::regnamespace::text ~ '^hartonomous'"
        "     AND p.prosecdef AND p.provolatile = 'v' AND p.prorettype <> 'trigger'::regtype"
        "     AND NOT p.proisstrict AND p.proname <> ALL (%s)",
        [list(CHANGE_NOTHING)],
    ).fetchall()
    assert len(calls) > 15
    for (call,) in calls:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only members of"):
            stranger.execute(call)


def test_who_gave_up_membership_for_now_may_not_either(owner, stranger, dsn):
    owner.execute(f"GRANT hartonomous_editor TO {stranger.info.user}")
    owner.execute(
        "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA hartonomous, hartonomous_internal TO PUBLIC"
    )
    with connect(stranger.info.dsn) as member:
        member.execute("SET ROLE hartonomous_reader")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only members of"):
            member.execute("SELECT delete_concept(ARRAY['king'])")
        member.rollback()
        member.execute("SET ROLE hartonomous_editor")
        member.execute("SELECT delete_concept(ARRAY['king'])")
