"""Code in the substrate: functions found by words, files and repositories gone without a trace."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted_code import FILES, plant_history, plant_repository
from planted_relations import load

from hartonomous.editing.deletion import (
    delete_concept,
    delete_repository,
    delete_source,
    delete_subject,
    preview_delete_repository,
)
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.state import quarantine_source
from hartonomous.editing.verification import verify_ratings
from hartonomous.errors import HartonomousError, SourceTakenError, UnknownNameError
from hartonomous.ingesting_code import ingest_code
from hartonomous.observations import pseudonym
from hartonomous.readers.code import PATTERNS

#: Those of the planted files that hold code which is read.
READ = ("shop/prices.py", "shop/basket.py", "web/list.js", "native/sum.c")
SORT = "function:python:shop.prices.sort_prices"


@pytest.fixture
def folder(tmp_path):
    return plant_repository(tmp_path / "in")


@pytest.fixture
def substrate(connection, folder):
    """Give a session in autocommit on a database that holds the repository."""
    connection.autocommit = True
    ingest_code(connection, folder, source="shop")
    return connection


def found(connection, words, **scope):
    named = "".join(f", {name} => %({name})s" for name in scope)
    asked = f"SELECT * FROM intent_to_code(%(words)s{named})"
    return connection.execute(asked, {"words": words, **scope}).fetchall()


def neighbors(connection, label, relation_type):
    asked = "SELECT neighbor FROM neighbors(%s, 50, %s)"
    return {row[0] for row in connection.execute(asked, [label, relation_type]).fetchall()}


def test_each_file_is_a_source_and_what_is_left_out_is_counted(connection, folder):
    connection.autocommit = True
    report = ingest_code(connection, folder, source="shop", processes=2)
    names = [row[0] for row in connection.execute("SELECT source_identifier FROM source")]
    assert sorted(names) == [
        "shop:native/sum.c", "shop:shop/basket.py", "shop:shop/prices.py", "shop:web/list.js",
    ]  # fmt: skip
    assert report.left_out == {
        "generated": 1, "ignored": 1, "minified": 1, "vendored": 1, "other": 2,
    }  # fmt: skip
    assert ingest_code(connection, folder, source="shop").new == 0


def test_words_find_functions_with_their_pattern_file_and_line(substrate):
    code_ast, function, file, line, score, stems, source = found(substrate, "Sorting by a PRICE")[0]
    assert (function, file, line) == (SORT, "shop/prices.py", 5)
    assert code_ast.split("; ")[0] == f"sort_by_key {PATTERNS['sort_by_key'].tree}"
    assert (stems, source) == (["price", "sort"], "shop:shop/prices.py")
    assert score > 0
    assert {row[2] for row in found(substrate, "sorted")} >= {"shop/prices.py", "web/list.js"}
    assert found(substrate, "locomotive") == []


def test_sql_and_the_reader_have_the_same_patterns(connection):
    rows = connection.execute("SELECT * FROM hartonomous_internal.code_patterns()").fetchall()
    assert rows == [(each.name, each.meaning, each.tree) for each in PATTERNS.values()]


def test_rarer_words_and_stronger_ones_count_more(substrate):
    first = found(substrate, "total amount")
    assert first[0][1] == "function:python:shop.basket.Basket.total"
    scores = [row[4] for row in first]
    assert scores == sorted(scores, reverse=True)
    assert found(substrate, "total total TOTAL") == found(substrate, "total")


def test_relations_of_code_are_asked_like_all_others(substrate):
    assert SORT in neighbors(
        substrate, "function:python:shop.basket.Basket.cheapest_first", "calls"
    )
    assert neighbors(substrate, "module:python:shop.basket", "imports") == {
        "module:python:shop.prices"
    }
    assert "pattern:sort_by_key" in neighbors(substrate, SORT, "instance_of")
    assert "line:5" in neighbors(substrate, SORT, "begins_at")
    assert "sort" in neighbors(substrate, SORT, "related")


def test_a_pattern_is_one_concept_in_all_languages(substrate):
    rows = substrate.execute(
        "SELECT neighbor FROM neighbors('pattern:accumulate', 10, 'instance_of', towards => true)"
    ).fetchall()
    assert {name.split(":")[1] for (name,) in rows} == {"python", "c"}


def test_words_of_code_are_those_of_models(substrate):
    load(substrate, "model:a", [("price", "cost", 0.9), ("cost", "price", 0.9)])
    rows = substrate.execute("SELECT source_identifier FROM evidence WHERE a = 'price'").fetchall()
    assert {("model:a",), ("shop:shop/prices.py",)} <= set(rows)


@pytest.mark.parametrize("words", ["", "   ", "the of a", "!?", "\u200b"])
def test_what_has_no_word_is_refused_in_one_line(substrate, words):
    with pytest.raises(Exception, match="no word to look for"):
        found(substrate, words)


@pytest.mark.parametrize("words", ["'); DROP -- ", "a & | ! <-> :*", "\\", "%s", "x" * 200])
def test_hostile_words_are_words(substrate, words):
    assert [row[1] for row in found(substrate, f"{words} sort")] == [
        row[1] for row in found(substrate, "sort")
    ]


def test_a_scope_answers_as_if_the_other_files_were_not_there(substrate):
    without = found(substrate, "sort total amount", without=["shop:shop/prices.py"])
    whole = found(substrate, "sort total amount")
    quarantine_source(substrate, "shop:shop/prices.py")
    assert found(substrate, "sort total amount") == without != whole
    delete_source(substrate, "shop:shop/prices.py")
    assert found(substrate, "sort total amount") == without


def test_one_file_goes_as_if_it_had_never_been_there(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    more = plant_repository(
        tmp_path / "more", {"shop/tax.py": "def tax(price):\n    return price\n"}
    )
    ingest_code(substrate, more, source="more")
    assert substrate_fingerprint(substrate) != before
    delete_source(substrate, "more:shop/tax.py")
    assert substrate_fingerprint(substrate) == before
    assert verify_ratings(substrate) == ()


def test_a_repository_goes_whole_and_none_whose_name_is_like_it(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    theirs = plant_history(tmp_path / "git")
    ingest_code(substrate, theirs, source="shop:web", history=5)
    said = preview_delete_repository(substrate, "shop:web")
    assert set(said.sources_that_go) == {"shop:web:a.py", "shop:web:(history)"}
    delete_repository(substrate, "shop:web")
    assert substrate_fingerprint(substrate) == before
    for name in ("sho", "shop:", "shop%", "shop:web", "Shop"):
        with pytest.raises(UnknownNameError):
            delete_repository(substrate, name)
    ingest_code(substrate, theirs, source="shop:web")
    again = substrate_fingerprint(substrate)
    ingest_code(substrate, plant_repository(tmp_path / "more"), source="other")
    delete_repository(substrate, "other")
    assert substrate_fingerprint(substrate) == again
    delete_repository(substrate, "shop")
    names = substrate.execute("SELECT source_identifier FROM source").fetchall()
    assert names == [("shop:web:a.py",)]
    assert verify_ratings(substrate) == ()


def test_all_code_of_an_author_goes(substrate, tmp_path):
    before = substrate_fingerprint(substrate)
    theirs = plant_repository(tmp_path / "theirs")
    ingest_code(substrate, theirs, subject="anna")
    held = substrate.execute("SELECT count(*) FROM show_subject('anna')").fetchone()
    assert held == (4,)
    names = {row[0] for row in substrate.execute("SELECT source_identifier FROM source")}
    assert f"{pseudonym('anna')}:code:theirs:shop/prices.py" in names
    delete_subject(substrate, "anna")
    assert substrate_fingerprint(substrate) == before


def test_a_function_that_is_forgotten_is_not_found(substrate):
    delete_concept(substrate, [SORT], variants=False)
    assert SORT not in [row[1] for row in found(substrate, "sort prices")]
    assert verify_ratings(substrate) == ()


parts = st.lists(st.sampled_from(READ), min_size=1, max_size=4, unique=True)


@settings(max_examples=8, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(kept=parts, gone=parts, data=st.data())
def test_any_files_go_as_if_they_had_never_been_there(
    connection, tmp_path_factory, kept, gone, data
):
    """Whatever is kept and goes, in any order; both may hold the same files."""
    connection.autocommit = True
    loads = [(f"kept{n}", name) for n, name in enumerate(kept)]
    base = tmp_path_factory.mktemp("law")

    def bring(pairs):
        for source, name in pairs:
            place = plant_repository(base / source, {name: FILES[name]})
            ingest_code(connection, place, source=source)

    def clear():
        for (name,) in connection.execute("SELECT source_identifier FROM source").fetchall():
            delete_source(connection, name)

    clear()
    bring(loads)
    alone = substrate_fingerprint(connection)
    clear()
    others = [(f"gone{n}", name) for n, name in enumerate(gone)]
    bring(data.draw(st.permutations(loads + others)))
    for (name,) in connection.execute("SELECT source_identifier FROM source").fetchall():
        if name.startswith("gone"):
            delete_source(connection, name)
    assert substrate_fingerprint(connection) == alone


def test_the_same_files_in_any_order_and_number_of_processes_are_the_same(connection, folder):
    connection.autocommit = True
    seen = set()
    for processes, order in itertools.product((1, 2), (1, -1)):
        for name in ("shop", "web", "native")[::order]:
            ingest_code(connection, folder / name, source=name, processes=processes)
        seen.add(substrate_fingerprint(connection))
        for (name,) in connection.execute("SELECT source_identifier FROM source").fetchall():
            delete_source(connection, name)
    assert len(seen) == 1


def test_what_fixes_replaced_comes_in_with_the_history(connection, tmp_path):
    connection.autocommit = True
    report = ingest_code(connection, plant_history(tmp_path / "git"), source="git", history=10)
    assert report.read == 2
    rows = connection.execute(
        "SELECT a, b FROM evidence WHERE relation_type = 'corrected_by'"
    ).fetchall()
    assert rows == [("pattern:(== $1 null)", "pattern:(is $1 null)")]


def test_a_changed_file_is_not_taken_for_the_one_that_is_there(substrate, folder):
    (folder / "web" / "list.js").write_text("function other(x) { return x }\n")
    with pytest.raises(SourceTakenError):
        ingest_code(substrate, folder, source="shop")


def test_syntax_errors_are_counted_and_the_rest_is_read(connection, tmp_path):
    connection.autocommit = True
    text = "def good():\n    return 1\n\ndef bad(:\n    return\n"
    place = plant_repository(tmp_path / "bad", {"a.py": text})
    report = ingest_code(connection, place, source="bad")
    assert report.notes[0].startswith("syntax errors in 1 file, in ")
    assert found(connection, "good")[0][1] == "function:python:a.good"


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no code to be read (empty)"),
        ({"README": "x"}, "no code to be read (1 other)"),
        ({"a.py": "\0\0"}, "no code to be read (1 binary)"),
        ({"a.py": "x" * 50_000_000}, "no code to be read (1 large)"),
        ({"a.js": f"var x = '{'x' * 20_000}'"}, "no code to be read (1 minified)"),
        ({"a.py": ""}, "no code to be read (1 nothing said)"),
    ],
    ids=["empty", "other", "binary", "large", "long line", "nothing"],
)
def test_what_holds_no_code_is_one_line_and_nothing_stays(connection, tmp_path, files, says):
    connection.autocommit = True
    (tmp_path / "in").mkdir()
    place = plant_repository(tmp_path / "in", files)
    before = substrate_fingerprint(connection)
    with pytest.raises(HartonomousError) as refused:
        ingest_code(connection, place, source="x")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert substrate_fingerprint(connection) == before


def test_links_out_of_the_folder_and_in_circles_are_counted(connection, tmp_path):
    connection.autocommit = True
    place = plant_repository(tmp_path / "in", {"a.py": "def inside():\n    pass\n"})
    (tmp_path / "outside.py").write_text("def outside():\n    pass\n")
    (place / "out.py").symlink_to(tmp_path / "outside.py")
    (place / "circle").symlink_to(place)
    report = ingest_code(connection, place, source="x")
    assert (report.read, report.left_out) == (1, {"link": 2})


def test_the_command_line_ingests_and_finds(folder, dsn):
    def run(*words):
        command = [Path(sys.executable).parent / "hartonomous", *words]
        environment = {**os.environ, "HARTONOMOUS_DSN": dsn}
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    done = run("ingest", "code", folder, "--source", "shop")
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 of 4 sources are new" in done.stdout
    assert "left out 6: " in done.stdout
    (first, *_) = json.loads(run("code", "find", "sort prices", "--json").stdout)
    assert (first["function"], first["line"]) == (SORT, 5)
    assert "sort_by_key" in run("code", "find", "sort prices").stdout
    bad = run("ingest", "code", folder / "missing")
    assert (bad.returncode, bad.stdout, bad.stderr.count("\n")) == (2, "", 1)
    bad = run("ingest", "code", folder, "--history", "5")
    assert (bad.returncode, bad.stderr.count("\n")) == (2, 1)
    assert "repository" in bad.stderr
