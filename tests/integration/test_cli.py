"""The command line as a user runs it: processes, their output and their exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from planted_relations import load

HARTONOMOUS = str(Path(sys.executable).with_name("hartonomous"))
WORDS = [f"{group}{number}" for group in ("royal", "animal", "music") for number in range(12)]


@pytest.fixture
def run(dsn):
    """Run the command line on a fresh database."""

    def run(*arguments, **environment):
        return subprocess.run(
            [HARTONOMOUS, *arguments],
            env={**os.environ, "HARTONOMOUS_DSN": dsn, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def vectors(tmp_path):
    """Give a file of word vectors in which the words of a group lie near each other."""
    rng = np.random.default_rng(0)
    centres = np.repeat(rng.normal(size=(3, 8)), 12, axis=0)
    points = centres + 0.1 * rng.normal(size=(36, 8))
    path = tmp_path / "planted.txt"
    rows = (" ".join(f"{x:.6f}" for x in point) for point in points)
    path.write_text("".join(f"{word} {row}\n" for word, row in zip(WORDS, rows, strict=True)))
    return path


@pytest.fixture
def known(connection):
    """Give a database that knows something."""
    load(
        connection,
        "model:a",
        [("king", "queen", 0.9), ("queen", "king", 0.9), ("king", "the", 0.1)],
    )
    load(connection, "model:b", [("king", "queen", 0.7), ("queen", "crown", 0.8)])


def assert_fails(done, message):
    """One line on standard error, nothing on standard output, exit status 2."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr


def test_ingest_then_ask(run, vectors):
    done = run("ingest", "embeddings", str(vectors), "--k", "5", "--raw")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("model:planted: 36 concepts, 180 observations\n")
    assert "k = 5 by cosine, exact, vectors as they are" in done.stdout
    assert done.stderr == ""
    lines = run("neighbors", "royal3").stdout.splitlines()
    assert len(lines) == 6
    assert all(line.startswith("royal") for line in lines[1:])


def test_ingest_again_changes_nothing_and_says_so(run, vectors):
    arguments = ("ingest", "embeddings", str(vectors), "--k", "5", "--source", "model:mine")
    run(*arguments)
    done = run(*arguments)
    assert (done.returncode, "nothing was changed" in done.stdout) == (0, True)
    assert_fails(run(*arguments[:-3], "6", *arguments[-2:]), "model:mine is taken")


def test_ingest_reports_to_machines(run, vectors):
    report = json.loads(run("ingest", "embeddings", str(vectors), "--k", "5", "--json").stdout)
    assert (report["sources"], report["new"]) == (["model:planted"], 1)
    assert report["sites"] == [report["site"]]
    assert (report["site"]["k"], report["site"]["method"], report["flags"]) == (5, "exact", [])
    assert {"read", "clean", "mine"} <= {stage["name"] for stage in report["stages"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--k", "0"], "k"),
        (["--k", "36"], "k"),
        (["--tensor", "wte"], "no tensor to choose"),
        (["--vocabulary", "words.txt"], "holds its words itself"),
    ],
)
def test_ingest_refuses_bad_parameters(run, vectors, connection, arguments, message):
    assert_fails(run("ingest", "embeddings", str(vectors), *arguments), message)
    assert connection.execute("SELECT count(*) FROM content").fetchone() == (0,)


def test_ingest_refuses_what_is_no_model(run, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "model.bin").write_bytes(b"\x80\x02}q\x00.")
    assert_fails(run("ingest", "embeddings", str(tmp_path / "missing")), "missing")
    assert_fails(run("ingest", "embeddings", str(tmp_path / "empty")), "empty")
    assert_fails(run("ingest", "embeddings", str(tmp_path / "model.bin")), "pickle")


def test_ingest_names_rows_that_are_not_finite(run, vectors):
    lines = vectors.read_text().splitlines()
    lines[7] = f"royal7 nan{' 1' * 7}"
    vectors.write_text("\n".join(lines))
    assert_fails(run("ingest", "embeddings", str(vectors), "--k", "5"), "'royal7'")
    done = run("ingest", "embeddings", str(vectors), "--k", "5", "--skip-invalid")
    assert "left out 1: 1 invalid" in done.stdout


def test_neighbors_shows_ratings_and_evidence(run, known):
    assert run("neighbors", "king", "-n", "1").stdout == (
        "concept  neighbor     elo  consensus  evidence  sources  weight\n"
        "king     queen     1940.2     1829.6         2        2   0.800\n"
    )


def test_path_explain_traverse_and_sources(run, known):
    assert "king → queen → crown" in run("path", "king", "crown").stdout
    assert "no path from crown to king within 6 hops" in run("path", "crown", "king").stderr
    assert run("path", "king", "king").stdout.splitlines()[1].split() == ["king", "1.000", "0"]
    assert run("explain", "king", "queen").stdout.count("king   queen") == 2
    assert "nothing relates king and crown" in run("explain", "king", "crown").stderr
    done = run("traverse", "The king slept", "--max-depth", "2")
    assert "king → queen → crown" in done.stdout
    assert "skipped: slept" in done.stderr.replace("The, ", "")
    listed = run("sources").stdout.splitlines()
    assert [line.split()[0] for line in listed[1:]] == ["model:a", "model:b"]


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["neighbors", "king"], "king"),
        (["path", "king", "crown"], ["king", "queen", "crown"]),
        (["traverse", "king"], ["king", "queen"]),
        (["explain", "king", "queen"], "king"),
        (["sources"], "model:a"),
    ],
)
def test_every_question_answers_in_json(run, known, arguments, first):
    answer = json.loads(run(*arguments, "--json").stdout)
    one = answer[0] if isinstance(answer, list) else answer
    assert next(iter(one.values())) == first


@pytest.mark.parametrize("command", [["neighbors"], ["path", "king"], ["explain", "king"]])
def test_an_unknown_word_lists_near_matches(run, known, command):
    assert_fails(run(*command, "Queens"), "no concept 'Queens'; near it: queen")


@pytest.mark.parametrize(
    "word",
    [
        "",
        "'; DROP TABLE hartonomous.content; --",
        "x" * 10_000,
        "\x1b[31m",
        "ملك",
        "🙂",
        "%",
        "a\nb",
        b"\xff",
    ],
)
def test_any_text_may_be_asked_for(run, known, word):
    assert_fails(run("neighbors", word), "no ")
    assert_fails(run("traverse", word), "no ")


def test_an_empty_answer_says_why_to_people_alone(run, known):
    asked = ("neighbors", "king", "--relation-type", "precedes")
    said = "'king' has no relation of type precedes, but of related\n"
    assert run(*asked).stderr == said
    to_machines = run(*asked, "--json")
    assert (to_machines.stdout, to_machines.stderr) == ("[]\n", "")
    found = run("neighbors", "king", "nothere", "--json")
    assert {row["concept"] for row in json.loads(found.stdout)} == {"king"}
    assert (found.returncode, found.stderr) == (0, "unknown words are skipped: nothere\n")


def test_many_words_and_words_from_standard_input(run, known, dsn):
    done = run("neighbors", "king", "queen", "--json")
    assert {row["concept"] for row in json.loads(done.stdout)} == {"king", "queen"}
    piped = subprocess.run(
        [HARTONOMOUS, "neighbors", "-", "--json", "--dsn", dsn],
        input="king\r\n\nqueen\n",
        capture_output=True,
        text=True,
    )
    assert piped.stdout == done.stdout
    wrong = subprocess.run(
        [HARTONOMOUS, "neighbors", "-", "--dsn", dsn], input=b"king\n\xff\n", capture_output=True
    )
    assert (wrong.returncode, wrong.stderr.count(b"\n")) == (2, 1)


@pytest.mark.parametrize(("option", "delimiter"), [("--csv", ","), ("--tsv", "\t")])
def test_rows_come_separated_with_every_field(run, known, option, delimiter):
    done = run("neighbors", "king", option)
    (first, *_) = csv.DictReader(io.StringIO(done.stdout), delimiter=delimiter)
    (same, *_) = json.loads(run("neighbors", "king", "--json").stdout)
    assert first == {name: str(value) for name, value in same.items()}
    (path,) = csv.DictReader(
        io.StringIO(run("path", "king", "crown", option).stdout), delimiter=delimiter
    )
    assert json.loads(path["composition_path"]) == ["king", "queen", "crown"]
    assert_fails(run("neighbors", "king", option, "--json"), "choose one")


def test_quiet_prints_answers_and_errors_alone(run, known, vectors):
    done = run("traverse", "the king slept", "--quiet")
    assert ("queen" in done.stdout, done.stderr) == (True, "")
    done = run("ingest", "embeddings", str(vectors), "--k", "5", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert_fails(run("neighbors", "nobody", "-q"), "no concept 'nobody'")


def test_an_empty_database_says_how_to_fill_it(run):
    assert_fails(run("neighbors", "king"), "nothing is loaded yet: hartonomous ingest")
    assert_fails(run("strongest"), "nothing is loaded yet")
    assert_fails(run("traverse", "king"), "nothing is loaded yet")
    done = run("sources")
    assert (done.returncode, "nothing is loaded yet" in done.stderr) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["neighbors", "king", "-n", "-1"],
        ["neighbors", "king", "-n", "99999999999"],
        ["path", "king", "queen", "--beam", "0"],
        ["traverse", "king", "--max-depth", "-3"],
        ["strongest", "-n", "0"],
        ["audit", "-n", "-1"],
        ["audit", "--verify", "--expect", "zz"],
        ["plot", "map", "-n", "0"],
        ["near", "king", "-n", "0"],
    ],
)
def test_a_number_out_of_range_is_one_line(run, known, arguments):
    assert_fails(run(*arguments), "")


def test_a_prompt_without_known_words_is_an_error(run, known):
    assert_fails(run("traverse", "nobody nowhere"), "no word of 'nobody nowhere'")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nieghbors"], "No such command 'nieghbors'"),
        (["neighbors"], "Missing argument"),
        (["neighbors", "a", "-n", "x"], "'x' is not a valid int"),
        (["neighbors", "a", "--nope"], "No such option: --nope"),
        (["vectors", "nope"], "see `hartonomous vectors --help`"),
    ],
)
def test_wrong_usage_is_one_line(run, arguments, says):
    assert_fails(run(*arguments), says)


def test_a_group_alone_shows_its_help(run):
    done = run("ingest")
    assert (done.returncode, "Usage" in done.stdout, "Traceback" in done.stderr) == (2, True, False)


def test_a_server_that_cannot_be_reached_is_one_line(run):
    done = run("sources", "--dsn", "postgresql://nobody:secret@/none?host=/nowhere")
    assert_fails(done, "cannot connect")
    assert "secret" not in done.stderr


def test_a_database_that_is_not_ours_is_refused(run, empty_dsn):
    assert_fails(run("neighbors", "king", "--dsn", empty_dsn), "hartonomous db migrate")


def test_version(run):
    done = run("--version")
    assert run("-V").stdout == done.stdout
    assert done.stdout.split()[0] == "hartonomous"
    assert done.stdout.split()[1][0].isdigit()


def test_shell_completion_lists_the_commands(run):
    done = run(_HARTONOMOUS_COMPLETE="complete_bash", COMP_WORDS="hartonomous ", COMP_CWORD="1")
    assert {"ingest", "neighbors", "path", "traverse", "explain", "sources", "db"} <= set(
        done.stdout.split()
    )


def test_a_closed_pipe_is_quiet(dsn, known):
    done = subprocess.run(
        f"{HARTONOMOUS} neighbors king --dsn '{dsn}' | true",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""


def test_ctrl_c_in_mid_load_exits_with_130_and_leaves_nothing(dsn, connection, admin, tmp_path):
    path = tmp_path / "large.npy"
    np.save(path, np.random.default_rng(0).normal(size=(20_000, 16)).astype(np.float32))
    path.with_suffix(".txt").write_text("\n".join(f"w{i}" for i in range(20_000)))
    arguments = [HARTONOMOUS, "ingest", "embeddings", str(path), "--dsn", dsn]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        copying = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND query LIKE 'COPY%%'"
        while not admin.execute(copying, [connection.info.dbname]).fetchone():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in errors) == (130, False)
    assert connection.execute("SELECT count(*) FROM content").fetchone() == (0,)
