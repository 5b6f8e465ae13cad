"""Folders as streams: errors of syntax, going on, several processes, and files made to do harm."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from hartonomous.errors import CodeError, ParameterError
from hartonomous.hashing import blake3
from hartonomous.readers.code import CodeFile, LeftOut, read_code

SOURCE = "import os\ndef f(xs):\n    for x in xs:\n        os.stat(x)\n"


def same(a, b):
    """Say whether two records agree in everything, columns included."""
    if isinstance(a, LeftOut):
        return a == b
    fields = ("path", "language", "digest", "lines", "syntax_errors", "concepts", "functions")
    columns = ("a", "b", "count", "weight")
    return (
        all(getattr(a, name) == getattr(b, name) for name in (*fields, "patterns"))
        and [p.relation_type for p in a.pairs] == [p.relation_type for p in b.pairs]
        and all(
            np.array_equal(getattr(p, name), getattr(q, name))
            for p, q in zip(a.pairs, b.pairs, strict=True)
            for name in columns
        )
    )


def one(folder, name, source):
    (folder / name).write_text(source)
    return next(record for record in read_code(folder) if record.path == name)


def test_a_file_says_what_it_is(tmp_path):
    record = one(tmp_path, "a.py", SOURCE)
    assert (record.language, record.lines, record.syntax_errors) == ("python", 4, 0)
    assert record.digest == blake3(SOURCE.encode())
    assert [(p.pattern, p.within, p.line, p.end_line) for p in record.patterns] == [
        ("each", "a.f", 3, 4)
    ]
    assert [(record.concepts[f.concept].label, f.line) for f in record.functions] == [("a.f", 2)]


def test_an_empty_file_is_a_module(tmp_path):
    record = one(tmp_path, "a.py", "")
    assert (record.lines, [c.label for c in record.concepts], record.pairs) == (0, ["a"], ())


def test_a_mark_of_byte_order_is_no_code(tmp_path):
    assert one(tmp_path, "a.py", "\ufeff" + SOURCE).syntax_errors == 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.py", "def good(xs):\n    for x in xs: f(x)\n\ndef bad(:\n    retrun ((\n"),
        (
            "a.c",
            "int good(int *a, int n) { for (int i = 0; i < n; i++) f(a[i]); }\nint b( { ;;\n",
        ),
        ("a.js", "function good(xs) { for (const x of xs) f(x); }\nfunction bad( { }}}\n"),
        ("a.go", "package a\nfunc good(xs []int) { for _, x := range xs { f(x) } }\nfunc bad( {\n"),
    ],
)
def test_code_with_errors_is_read_as_far_as_it_goes(tmp_path, name, source):
    record = one(tmp_path, name, source)
    assert record.syntax_errors >= 1
    assert [p.pattern for p in record.patterns] == ["each"]


def test_several_processes_give_the_same_records_in_the_same_order(tmp_path):
    for number in range(100):
        (tmp_path / f"{number}.py").write_text(SOURCE.replace("f", f"f{number}"))
        (tmp_path / f"{number}.txt").write_text("no code")
    alone, together = list(read_code(tmp_path)), list(read_code(tmp_path, processes=2))
    assert len(alone) == 200
    assert all(same(a, b) for a, b in zip(alone, together, strict=True))


def test_reading_twice_gives_the_same_records(tmp_path):
    for name in ("a.py", "b.js"):
        (tmp_path / name).write_text(SOURCE if name == "a.py" else "xs.map(x => f(x)); g(h());\n")
    first, second = list(read_code(tmp_path)), list(read_code(tmp_path))
    assert all(same(a, b) for a, b in zip(first, second, strict=True))


def test_reading_goes_on_where_it_ended(tmp_path):
    for number in range(20):
        (tmp_path / f"{number:02}.py").write_text(SOURCE)
    whole = [record.path for record in read_code(tmp_path)]
    stream = read_code(tmp_path)
    begun = [next(stream).path for _ in range(7)]
    assert begun + [r.path for r in read_code(tmp_path, after=begun[-1])] == whole


@pytest.mark.parametrize("processes", [0, 65])
def test_a_number_of_processes_that_is_none_is_refused(tmp_path, processes):
    with pytest.raises(ParameterError, match=f"from 1 to 64, not {processes}"):
        read_code(tmp_path, processes=processes)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("deep.js", "a(" * 200_000),
        ("chain.js", "x" + ".b()" * 100_000 + ";"),
        ("deep.py", "x = " + "[" * 100_000),
        ("wide.c", "{" * 200_000),
        ("nested.rs", "use a::{" + "b::{" * 50_000),
    ],
)
def test_code_that_is_nested_without_end_is_left_out(tmp_path, name, source):
    record = one(tmp_path, name, "\n".join(source[i : i + 80] for i in range(0, len(source), 80)))
    assert record == LeftOut(name, "tangled")


def test_scopes_are_read_to_a_depth_and_no_further(tmp_path):
    source = "".join(f"{' ' * n}def f{n}():\n" for n in range(60)) + " " * 60 + "pass\n"
    record = one(tmp_path, "a.py", source)
    assert len(record.functions) == 32
    assert max(concept.text.count(".") for concept in record.concepts) == 32


def test_memory_does_not_grow_with_the_number_of_files(tmp_path):
    def peak(count):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.py").write_text(SOURCE * 5)
        tracemalloc.start()
        assert sum(isinstance(r, CodeFile) for r in read_code(folder)) == count
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)  # grammars are loaded
    assert peak(110) - peak(10) < 100 * 2_500  # records that are kept take 5,400 bytes each


def test_a_parser_that_is_not_installed_is_one_line(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    script = (
        "import sys; sys.modules['tree_sitter_python'] = None\n"
        "from hartonomous.errors import CodeError\n"
        "from hartonomous.readers.code import read_code\n"
        f"try: list(read_code({str(tmp_path)!r}))\n"
        "except CodeError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == ("reading python needs tree-sitter: pip install 'hartonomous[code]'\n"), (
        done.stderr
    )


def test_a_process_that_dies_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text(SOURCE)
    monkeypatch.setattr("hartonomous.readers.code.reading._records", die)
    with pytest.raises(CodeError, match="died; read it with one process"):
        list(read_code(tmp_path, processes=2))


def die(*_arguments):
    import os

    os._exit(1)
