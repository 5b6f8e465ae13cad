"""A load is all there at commit or not at all, whoever calls the functions it is made of."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg
import pytest
from planted_relations import load

from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.store.connection import connect

_OPEN = (
    "SELECT content_id, list_table FROM open_source(%s, 'model',"
    " decode(repeat('00', 32), 'hex'), NULL, %s)"
)
_SITE = (
    "SELECT add_site(%s, 'heads', 'join', jsonb_build_object("
    "'k', 2, 'space', 'cosine', 'method', 'exact', 'recall', 1), p_group_length => %s)"
)
_IS_LINGERING = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')"


@dataclass
class Load:
    """A load that is open, and the numbers of the three concepts that are known."""

    session: psycopg.Connection
    content_id: int
    table: str
    numbers: tuple[int, ...]
    site_id: int = 0

    def add_site(self, length=None):
        (self.site_id,) = self.session.execute(_SITE, [self.content_id, length]).fetchone()

    def insert(self, number, neighbours, weights):
        self.session.execute(
            f"INSERT INTO {self.table} VALUES"
            " (%s, %s, %s, relation_type_id('related'), %s::integer[], %s::integer[])",
            [number, self.content_id, self.site_id, neighbours, weights],
        )

    def close(self):
        self.session.execute("SELECT close_sources()")
        self.session.commit()


@pytest.fixture
def owner(connection):
    connection.autocommit = True
    load(connection, "model:a", [("king", "queen", 0.5), ("queen", "man", 0.5)])
    return connection


@pytest.fixture
def contributor(owner, dsn):
    """Open a session as a fresh contributor."""
    name = f"test_loader_{owner.info.backend_pid}"
    owner.execute(f"CREATE ROLE {name} LOGIN IN ROLE hartonomous_contributor")
    with connect(dsn.replace("postgresql://hartonomous@", f"postgresql://{name}@")) as member:
        yield member
        member.rollback()
        member.execute("DISCARD TEMP")  # or the role would own something until the session is gone
    owner.execute(f"DROP ROLE {name}")


@pytest.fixture(params=[0, 100_000], ids=["shared", "own partition"])
def opened(owner, contributor, request):
    rows = owner.execute("SELECT composition_number FROM composition ORDER BY 1").fetchall()
    numbers = tuple(number for (number,) in rows)
    row = contributor.execute(_OPEN, ["model:n", request.param]).fetchone()
    return Load(contributor, *row, numbers)


@pytest.fixture
def unchanged(owner):
    before = substrate_fingerprint(owner)
    yield
    assert substrate_fingerprint(owner) == before
    assert verify_ratings(owner) == ()


def test_lists_of_a_group_that_are_whole_are_taken(opened, owner):
    king, queen, man = opened.numbers
    opened.add_site(length=2)
    opened.insert(king, [queen, man], [7, 5])
    for number in (queen, man):
        opened.insert(number, [], [])
    opened.close()
    assert verify_ratings(owner) == ()
    assert owner.execute("SELECT sum(evidence_count) FROM relation").fetchone() == (4,)


@pytest.mark.usefixtures("unchanged")
def test_a_load_that_nobody_closes_is_not_committed(opened):
    opened.add_site()
    with pytest.raises(psycopg.DatabaseError, match="ends with close_sources"):
        opened.session.commit()


@pytest.mark.usefixtures("unchanged")
def test_a_load_that_is_asked_at_once_whether_it_is_closed_does_not_begin(opened):
    opened.session.rollback()
    opened.session.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(psycopg.DatabaseError, match="ends with close_sources"):
        opened.session.execute(_OPEN, ["model:n", 0])
    opened.session.rollback()


@pytest.mark.parametrize(
    ("neighbours", "weights"), [("{}", "{}"), ("{0}", "{5}")], ids=["no list", "an empty place"]
)
@pytest.mark.usefixtures("unchanged")
def test_words_of_lists_that_hold_nobody_go_with_their_source(opened, owner, neighbours, weights):
    opened.session.execute(
        "INSERT INTO pg_temp.incoming_composition"
        " VALUES (0, composition_hash('zyxlone', 'text'), 'zyxlone', 'text')"
    )
    rows = opened.session.execute("SELECT composition_number FROM number_compositions()").fetchall()
    opened.add_site()
    opened.insert(rows[0][0], neighbours, weights)
    opened.close()
    assert owner.execute("SELECT count(*) FROM composition WHERE label ~ '^zyx'").fetchone() == (0,)
    assert owner.execute("SELECT count(*) FROM content").fetchone() == (1,)


@pytest.fixture
def closed(opened):
    """Close a load of one relation, and leave it to be committed."""
    king, queen, man = opened.numbers
    opened.add_site()
    opened.insert(king, [queen], [7])
    for number in (queen, man):
        opened.insert(number, [], [])
    opened.session.execute("SELECT close_sources()")
    return opened


def is_readable(owner):
    """Whether others may still plan questions about the lists."""
    with owner.transaction():
        owner.execute("SET LOCAL lock_timeout = '200ms'")
        try:
            return owner.execute("SELECT count(*) > 0 FROM relation_list").fetchone()[0]
        except psycopg.errors.LockNotAvailable:
            return False


@pytest.mark.parametrize("asked", ["ALL", "pg_temp.require_closed"])
@pytest.mark.usefixtures("unchanged")
def test_who_asks_before_the_commit_keeps_no_reader_waiting(closed, owner, asked):
    with contextlib.suppress(psycopg.DatabaseError), closed.session.transaction():
        closed.session.execute(f"SET CONSTRAINTS {asked} IMMEDIATE")
    assert is_readable(owner)
    closed.session.rollback()


def test_what_others_do_at_the_commit_of_a_load_keeps_no_reader_waiting(closed, owner):
    closed.session.execute(
        "CREATE TEMP TABLE linger (n integer);"
        "CREATE FUNCTION pg_temp.linger() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';"
        "CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON linger DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION pg_temp.linger();"
        "INSERT INTO linger VALUES (1)"
    )
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(closed.session.commit)
        while owner.execute(_IS_LINGERING).fetchone() == (False,):
            assert not done.done()
        assert is_readable(owner)
    done.result()
    assert owner.execute("SELECT count(*) FROM source").fetchone() == (2,)


@pytest.mark.usefixtures("unchanged")
def test_no_concept_comes_after_the_end_of_a_load(opened):
    opened.session.execute("SELECT close_sources()")
    opened.session.execute(
        "INSERT INTO pg_temp.incoming_composition VALUES (0, sha256('x'), 'x', 'text')"
    )
    with pytest.raises(psycopg.DatabaseError, match="no load is open"):
        opened.session.execute("SELECT * FROM number_compositions()")
    opened.session.rollback()


@pytest.mark.parametrize(
    ("neighbours", "weights", "length"),
    [
        ("{%(queen)s, %(man)s}", "{1, 2}", 1),
        ("{%(queen)s, %(queen)s}", "{1, 2}", None),
        ("{{%(queen)s}, {%(man)s}}", "{{1}, {2}}", None),
        ("[3:4]={%(queen)s, %(man)s}", "{1, 2}", None),
        ("{%(queen)s, %(man)s}", "[0:1]={1, 2}", None),
        ("{%(king)s, %(man)s}", "{1, 2}", None),
    ],
    ids=["behind the group", "twice", "two dimensions", "from 3", "weights from 0", "itself"],
)
@pytest.mark.usefixtures("unchanged")
def test_a_list_that_nobody_could_have_mined_is_refused(opened, neighbours, weights, length):
    names = dict(zip(("king", "queen", "man"), opened.numbers, strict=True))
    opened.add_site(length)
    opened.insert(names["king"], neighbours % names, weights)
    for name in ("queen", "man"):
        opened.insert(names[name], [], [])
    with pytest.raises(psycopg.DatabaseError, match=r"at most once|counts from 1"):
        opened.close()
    opened.session.rollback()


@pytest.mark.usefixtures("unchanged")
def test_a_number_that_is_still_to_be_given_is_refused(opened):
    *_, last = opened.numbers
    opened.add_site()
    opened.insert(last, [last + 1], [1])
    opened.insert(last + 1, [], [])
    with pytest.raises(psycopg.DatabaseError, match="known concept"):
        opened.close()
    opened.session.rollback()


@pytest.mark.parametrize(
    "flags", ["NULL", "ARRAY[NULL, 'x']", "ARRAY['']", "array_fill('x'::text, '{99}')"]
)
def test_a_flag_that_says_nothing_is_refused(opened, flags):
    with pytest.raises(psycopg.DatabaseError, match=r"flag") as refused:
        opened.session.execute(f"SELECT flag_source({opened.content_id}, {flags})")
    assert refused.value.sqlstate == "HT004"
    opened.session.rollback()


_JOIN = '{"k": 2, "space": "cosine", "method": "exact", "recall": 1}'


@pytest.mark.parametrize(
    ("position", "kind", "settings", "place", "length", "told"),
    [
        ("", "count", "{}", 0, None, "name of a site is empty"),
        ("x" * 1001, "count", "{}", 0, None, "at most 1000 bytes"),
        ("p", "x", "{}", 0, None, "join or count, not x"),
        ("p", None, "{}", 0, None, "join or count, not null"),
        ("p", "count", "[1]", 0, None, "are no object"),
        ("p", "count", None, 0, None, "are no object"),
        ("p", "join", "{}", 0, None, "says its k"),
        ("p", "join", _JOIN.replace("2", '"x"'), 0, None, "says its k"),
        ("p", "join", _JOIN.replace("2", "99999999999"), 0, None, "says its k"),
        ("p", "join", _JOIN.replace("2", "2.5"), 0, None, "says its k"),
        ("p", "join", _JOIN.replace("1}", "1e400}"), 0, None, "says its k"),
        ("p", "join", _JOIN.replace("cosine", "cos"), 0, None, "says its k"),
        ("p", "count", "{}", -1, 1, "no place in a group"),
        ("p", "count", "{}", None, None, "no place in a group"),
        ("p", "count", "{}", 0, 2147483647, "no place in a group"),
        ("p", "count", "{}", 1, None, "no place in a group"),
        ("heads", "count", "{}", 0, None, "has a site heads already"),
    ],
)
def test_a_site_that_cannot_be_is_refused_in_one_line(
    opened, position, kind, settings, place, length, told
):
    opened.add_site()
    with pytest.raises(psycopg.DatabaseError, match=told) as refused:
        opened.session.execute(
            "SELECT add_site(%s, %s, %s, %s::jsonb, NULL, %s, %s)",
            [opened.content_id, position, kind, settings, place, length],
        )
    assert refused.value.sqlstate == "HT004"


@pytest.mark.parametrize(
    ("positions", "signals"),
    [(["q", "q"], ["{}", "{}"]), ([None], ["{}"]), ([""], ["{}"]), (["q"], ["[1]"]),
     (["q"], [None]), (["q"], []), (["q"], ["null"])],
)  # fmt: skip
def test_a_site_that_cannot_have_been_left_out_is_refused_in_one_line(opened, positions, signals):
    with pytest.raises(psycopg.DatabaseError) as refused:
        opened.session.execute(
            "SELECT add_screened_sites(%s, %s::text[], %s::jsonb[])",
            [opened.content_id, positions, signals],
        )
    assert refused.value.sqlstate == "HT004"


@pytest.mark.parametrize(
    ("name", "symmetric"), [("", True), ("x" * 33, True), (None, True), ("x", None)]
)
def test_a_relation_type_that_cannot_be_is_refused_in_one_line(opened, name, symmetric):
    with pytest.raises(psycopg.DatabaseError) as refused:
        opened.session.execute("SELECT ensure_relation_type(%s, %s)", [name, symmetric])
    assert refused.value.sqlstate == "HT004"


@pytest.mark.parametrize(
    ("label", "kind", "told"),
    [("é" * 40_000, "text", "at most 65536 bytes"), ("king", "Text", "a kind of concept")],
)
def test_a_concept_that_cannot_be_is_refused_before_it_is_hashed(opened, label, kind, told):
    opened.session.execute(
        "INSERT INTO pg_temp.incoming_composition VALUES (0, blake3('king'), %s, %s)", [label, kind]
    )
    with pytest.raises(psycopg.DatabaseError, match=told) as refused:
        opened.session.execute("SELECT * FROM number_compositions()")
    assert refused.value.sqlstate == "HT004"


@pytest.mark.parametrize("observations", [0, 100_000])
def test_where_tables_are_stored_is_not_for_who_loads_to_say(owner, contributor, observations):
    owner.execute("SET allow_in_place_tablespaces = true")
    owner.execute("CREATE TABLESPACE elsewhere LOCATION ''")
    owner.execute("GRANT CREATE ON TABLESPACE elsewhere TO hartonomous_contributor")
    try:
        contributor.execute("SET default_tablespace = elsewhere; SET temp_tablespaces = elsewhere")
        contributor.execute(_OPEN, ["model:n", observations])
        there = "SELECT relname FROM pg_class WHERE reltablespace = %s::oid"
        (place,) = owner.execute(
            "SELECT oid FROM pg_tablespace WHERE spcname = 'elsewhere'"
        ).fetchone()
        assert contributor.execute(there, [place]).fetchall() == []
        contributor.rollback()
    finally:
        owner.execute("DROP TABLESPACE elsewhere")
