"""A backup that is older than deletions answers nothing until they were done again."""

from __future__ import annotations

import psycopg
import pytest
from restorable import forget_all_sorts

import hartonomous
from hartonomous.errors import StoreError


def test_nothing_is_answered_in_sql_either(database):
    database.back_up()
    forget_all_sorts(database)
    database.restore()
    with database.open():
        pass
    with database.session() as session:
        session.autocommit = True
        for question in (
            "SELECT * FROM neighbors('king')",
            "SELECT * FROM traverse('king')",
            "SELECT * FROM strongest()",
            "SELECT * FROM list_subjects()",
            "SELECT record_feedback('alice', 'king', 'queen', 'accept')",
            "SELECT add_evidence('by hand', 'king', 'queen', 1)",
            "SELECT restore_source('model:b')",
            "SELECT export_forgotten()",
        ):
            with pytest.raises(psycopg.Error, match=r"older than what was deleted|no concept"):
                session.execute(question)
        for view in ("relation", "relation_evidence", "source", "alignment"):
            assert session.execute(f"SELECT count(*) FROM {view}").fetchone() == (0,)
        assert session.execute("SELECT count_relations()").fetchone() == (0,)


def test_one_who_may_not_withhold_is_refused_all_the_same(database):
    database.back_up()
    forget_all_sorts(database)
    database.restore()
    name = f"test_reader_of_{database.name}"
    with database.session() as session:
        session.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_reader")
        session.commit()
    dsn = database.dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")
    with hartonomous.open(dsn) as substrate, pytest.raises(StoreError, match="older than"):
        substrate.neighbors("king")
    with database.session() as session:
        assert session.execute("SELECT count(*) FROM replay_due").fetchone() == (0,)
        session.execute(f"DROP ROLE {name}")


#: What tells an editor of sources and changes by name, and answers no question.
OF_EDITORS = "^(preview_|verify_|export_receipt|recent_changes)"
PUBLIC = """
SELECT p.proname, array(
    SELECT format_type(t.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, n)
    WHERE p.proargnames[t.n] IS NULL OR p.proargnames[t.n] <> ALL ('{sources,without,as_of}')
    ORDER BY t.n
)
FROM pg_proc AS p
WHERE p.pronamespace = 'hartonomous'::regnamespace AND p.provolatile = 's' AND p.prokind = 'f'
    AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal%%' AND p.proname !~ %s
ORDER BY p.proname, p.oid
"""
VIEWS = """
SELECT relname FROM pg_class WHERE relnamespace = 'hartonomous'::regnamespace AND relkind = 'v'
"""
#: What is asked with: a text of each kind that names something here.
TEXTS = ["king", "zyxa1", "met zyxa1", "model:b", "first", "second"]
OTHERS = {
    "integer": 9,
    "bigint": 9,
    "smallint": 2,
    "boolean": True,
    "double precision": 0.5,
    "text[]": ["zyxa1", "model:b"],
}


def questions(session):
    """Yield each public function that reads with what it may be asked, and each view."""
    for name, types in session.execute(PUBLIC, [OF_EDITORS]).fetchall():
        marks = ", ".join(f"%s::{kind}" for kind in types)
        if all(kind in OTHERS or kind == "text" for kind in types):
            for turn in range(len(TEXTS)):
                texts = iter(TEXTS[turn:] + TEXTS)
                given = [OTHERS.get(kind) or next(texts) for kind in types]
                yield f"SELECT * FROM hartonomous.{name}({marks})", given
    for (name,) in session.execute(VIEWS).fetchall():
        yield f"SELECT * FROM hartonomous.{name}", []


def test_no_public_function_or_view_shows_what_is_withheld(database):
    with database.session() as session:
        session.execute("SELECT snapshot_ratings('first')")
        session.execute("SELECT quarantine_source('model:b')")
        session.execute("SELECT snapshot_ratings('second')")
        session.execute("SELECT restore_source('model:b')")
        session.commit()
    database.back_up()
    forget_all_sorts(database)
    database.restore()
    with database.open():
        pass
    told, asked = set(), 0
    with database.session() as session:
        session.autocommit = True
        for question, given in list(questions(session)):
            try:
                rows = session.execute(question, given).fetchall()
            except psycopg.Error:
                continue
            asked += 1
            echoed = [[None if value in TEXTS else value for value in row] for row in rows]
            if any(name in repr(echoed) for name in ("zyxa1", "castle", "subject-", "model:")):
                told.add(question)
    assert asked > 50
    assert told == set()
