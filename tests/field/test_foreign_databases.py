"""The same work in databases as others make them: encodings, locales, settings of roles."""

from __future__ import annotations

import psycopg
import pytest
from ingesting import ingest_text
from planted_relations import load
from psycopg.conninfo import make_conninfo

from hartonomous.charting import align
from hartonomous.editing.audit import verify_audit
from hartonomous.editing.deletion import delete_concept, delete_subject, preview_delete_concept
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source, restore_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import StoreError
from hartonomous.store.connection import connect

WORDS = ["king", "König", "ΟΔΟΣ", "οδος", "İzmir", "i̇zmir", "ızgara", "IZGARA", "日本", "Straße"]
SEEN = [
    (a, b, ((7 * i + 3 * j) % 16 + 1) / 16)
    for i, a in enumerate(WORDS)
    for j, b in enumerate(WORDS)
    if i != j and (i + j) % 3
]
TEXT = "The king’s İZMİR and ΟΔΟΣ: «König» of 日本 went… to İzmir, to οδος. A city; cities!"
QUESTIONS = [
    "SELECT neighbor, elo_score FROM neighbors('König', 5)",
    "SELECT * FROM prompt_words('«ΟΔΟΣ» İZMİR, …KING! Straße' || chr(160) || 'x')",
    "SELECT a, b, source_identifier, weight, rank FROM evidence"
    ' ORDER BY relation_id::text COLLATE "C", source_identifier COLLATE "C"',
    "SELECT suggest_labels('KÖNIG')",
    "SELECT suggest_labels('İZMİR')",
    "SELECT suggest_labels('ıZGARA')",
    "SELECT fold('ΟΔΟΣ İIıi Straße'), relation_type_id('related')",
    "SELECT x, y, z, w FROM composition_position ORDER BY composition_id",
    "SELECT label FROM sphere_map(50)",
    "SELECT composition_path, score, elo_path FROM traverse_relations('King ΟΔΟΣ', 2, 4)",
]
#: In PostgreSQL's own words for CREATE DATABASE; "tr" is a locale with other case rules.
LOCALES = [
    "LOCALE 'C'",
    "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C'",
    "LOCALE_PROVIDER icu ICU_LOCALE 'en-u-ks-level1-kn-true' LOCALE 'C'",
]
SETTINGS = [
    "client_encoding = 'LATIN1'",
    "client_encoding = 'SQL_ASCII'",
    "standard_conforming_strings = off",
    "extra_float_digits = -15",
    "bytea_output = escape",
    "DateStyle = 'German, DMY'",
    "IntervalStyle = sql_standard",
    "array_nulls = off",
    "transform_null_equals = on",
    "quote_all_identifiers = on",
    "search_path = pg_catalog",
    "default_transaction_deferrable = on",
    "plan_cache_mode = force_generic_plan",
    "TimeZone = 'America/St_Johns'",
]


def work(session):
    """Do what people do; return every answer that has no local number in it."""
    session.autocommit = True
    load(session, "model:a", SEEN)
    load(session, "model:b", SEEN[::2])
    ingest_text(session, [text_file()], subject="user_1")
    record_feedback(session, "user_2", "king", "König", "reject")
    align(session, sample=0)
    answers = [session.execute(question).fetchall() for question in QUESTIONS]
    answers.append(substrate_fingerprint(session))
    quarantine_source(session, "model:b")
    answers += [session.execute(question).fetchall() for question in QUESTIONS]
    restore_source(session, "model:b")
    answers.append(preview_delete_concept(session, ["οδοσ", "İZMIR", "ΟΔΟΣ", "ızgara"]).names)
    answers.append(delete_concept(session, ["IZGARA", "ΟΔΟΣ", "strasse"], forget=True).names)
    answers.append(delete_subject(session, "user_1").counts)
    assert verify_ratings(session) == ()
    assert verify_audit(session) == ()
    return [*answers, substrate_fingerprint(session)]


_texts = []


def text_file():
    return _texts[-1]


@pytest.fixture(autouse=True)
def text(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text(TEXT, encoding="utf-8")
    _texts.append(path)
    yield
    _texts.pop()


@pytest.fixture
def expected(dsn):
    with connect(dsn) as session:
        return work(session)


@pytest.fixture(params=["embedded", "system"])
def server_dsn(request):
    """Give the address of a superuser's database on each of two versions of PostgreSQL."""
    if request.param == "system":
        return request.getfixturevalue("system_postgresql")
    request.getfixturevalue("admin")
    return request.getfixturevalue("address")("postgres")


@pytest.fixture
def make(server_dsn):
    """Make databases by the words of CREATE DATABASE and ALTER DATABASE."""
    made = []
    with psycopg.connect(server_dsn, autocommit=True) as admin:

        def make(how, setting=None):
            name = f"foreign_{len(made)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
            made.append(name)
            if setting:
                admin.execute(f"ALTER DATABASE {name} SET {setting}")
            return make_conninfo(server_dsn, dbname=name)

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_cannot_hold_every_word_is_refused(make, encoding):
    dsn = make(f"ENCODING '{encoding}' LOCALE 'C'")
    for migrate in (True, False):
        with pytest.raises(StoreError, match=f"encoded in {encoding}.*ENCODING 'UTF8'") as refused:
            connect(dsn, migrate=migrate)
        assert "\n" not in str(refused.value)
    with psycopg.connect(dsn) as session:
        assert session.execute("SELECT to_regnamespace('hartonomous')").fetchone() == (None,)


@pytest.mark.parametrize("locale", LOCALES)
def test_a_locale_changes_nothing(make, expected, locale):
    try:
        dsn = make(f"ENCODING 'UTF8' {locale}")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this PostgreSQL was built without ICU")
    with connect(dsn, migrate=True) as session:
        assert work(session) == expected


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_setting_changes_nothing(make, expected, setting):
    with connect(make("ENCODING 'UTF8' LOCALE 'C'", setting), migrate=True) as session:
        assert work(session) == expected


def test_functions_read_backslashes_alike_in_any_session(connection):
    """In sessions that are not ours, such as psql's, too."""
    load(connection, "model:a", SEEN)
    connection.execute("SET standard_conforming_strings = off")
    connection.execute("SELECT delete_concept(ARRAY['kings'])")
    rows = connection.execute("SELECT label FROM composition WHERE label LIKE 'k%%'").fetchall()
    assert rows == []
