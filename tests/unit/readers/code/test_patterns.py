"""Patterns in the forms that real code has, and what looks like them there and is none."""

from __future__ import annotations

import pytest

from hartonomous.readers.code import PATTERNS, read_code


def seen(folder, name, source):
    (folder / name).write_text(source)
    (record,) = read_code(folder)
    assert record.syntax_errors == 0
    return {found.pattern for found in record.patterns}


@pytest.mark.parametrize(
    ("name", "source", "patterns"),
    [
        ("a.c", "void f(node *p) { for (; p; ) { g(p); } }", set()),
        ("b.c", "void f(node *h) { for (node *p = h; p; p = p->next) { g(p); } }", {"each"}),
        ("c.c", "void f(int *a, int n) { for (int i = 0; i < n; i++) { a[i] = 0; } }", set()),
        (
            "d.cpp",
            "void f() { for (auto it = v.begin(); it != v.end(); ++it) { g(*it); } }",
            {"each"},
        ),
        ("e.js", "xs.forEach(function (x) { total += x.price; });", {"each", "accumulate"}),
        ("f.js", "xs.forEach(x => { if (x.ok) return x; g(x); });", {"each"}),
        ("g.js", "for (const key in object) { g(key); }", {"each"}),
        ("h.py", "total = sum(x.price for x in xs)", {"accumulate", "each", "map"}),
        ("i.py", "first = next(x for x in xs if x.ok)", {"each", "filter", "find_first"}),
        ("j.py", "for x in xs:\n    yield_(x)\n", {"each"}),
        ("k.py", "def f(xs):\n    for x in xs:\n        yield g(x)\n", {"each", "map"}),
        ("l.py", "for i in range(len(xs)):\n    g(xs[i])\n", {"each"}),
        (
            "m.py",
            "for x in xs:\n    if x.bad:\n        continue\n    out.append(x)\n",
            {"each", "filter"},
        ),
        (
            "n.py",
            "for x in xs:\n    if x.ok:\n        out.append(x.name)\n",
            {"each", "filter", "map"},
        ),
        ("o.py", "best = 0\nfor x in xs:\n    best = max(best, x.age)\n", {"each", "accumulate"}),
        ("p.rs", "fn f() { for x in xs { let p = p.join(x); g(p); } }", {"each"}),
        ("q.py", "for x in xs:\n    name = clean(x.name)\n", {"each"}),
        (
            "r.rs",
            "fn f() { let m: u32 = xs.iter().filter(|x| x.ok).map(|x| x.a).sum(); }",
            {"filter", "map", "accumulate"},
        ),
    ],
)
def test_iterations_are_what_goes_through_a_collection(tmp_path, name, source, patterns):
    assert seen(tmp_path, name, source) == patterns


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.go", "err := check(x); if err != nil { return err }"),
        ("b.go", 'if x == y { return fmt.Errorf("twice: %v", x) }'),
        ("c.go", "s := read(x); if !s.ok() { return s }"),
    ],
)
def test_leaving_a_loop_with_an_error_finds_nothing(tmp_path, name, body):
    source = f"package a\nfunc f() Any {{ for _, x := range xs {{ {body} }}; return nil }}\n"
    assert seen(tmp_path, name, source) == {"each"}


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        (
            "while True:\n try:\n  x = g()\n  break\n except E:\n  tries += 1\n",
            True,
        ),
        (
            "for i in range(3):\n try:\n  g()\n except E:\n  pass\n else:\n  break\n",
            True,
        ),
        (
            "while True:\n try:\n  g()\n  break\n except E:\n  retry()\n  raise\n",
            False,
        ),
        (
            "while True:  # retry\n try:\n  return_ = g()\n  break\n except E:\n  pass\n",
            False,
        ),
        ("while True:\n    time.sleep(1)\n    if g():\n        break\n", False),
        ("for i in range(3):\n    def attempt():\n        return 1\n    g(attempt)\n", False),
    ],
)
def test_a_retry_ends_by_success_and_says_what_it_is(tmp_path, source, is_one):
    assert ("retry" in seen(tmp_path, "a.py", source)) == is_one


@pytest.mark.parametrize(
    ("name", "source", "is_one"),
    [
        (
            "a.py",
            "def f():\n file = open(p)\n try:\n  g(file)\n finally:\n  file.close()\n",
            True,
        ),
        ("b.py", "def f():\n    file = open(p)\n    other.close()\n", False),
        ("c.py", "def f():\n    file = open(p)\ndef g():\n    file.close()\n", False),
        (
            "d.java",
            "class A { void f() { Reader r = new FileReader(p); r.read(); r.close(); } }",
            True,
        ),
        (
            "e.go",
            'package a\nfunc f() { c, err := net.Dial("tcp", a); defer c.Close(); g(c, err) }\n',
            True,
        ),
        ("f.rs", "fn f() { g(File::open(p)); }", False),
    ],
)
def test_what_is_opened_has_to_be_closed_in_the_same_function(tmp_path, name, source, is_one):
    assert ("open_use_close" in seen(tmp_path, name, source)) == is_one


@pytest.mark.parametrize(
    ("name", "source", "lines"),
    [
        (
            "a.py",
            'def f(a, b):\n """Doc."""\n if not a:\n  return\n if b:\n  raise E\n g()\n',
            [3, 5],
        ),
        ("b.py", "def f(a):\n    x = g(a)\n    if x:\n        return\n    h()\n", []),
        ("c.py", "def f(a):\n    if a:\n        return 1\n", []),
        ("d.go", "package a\nfunc f(a int) {\n\tif a < 0 {\n\t\tpanic(a)\n\t}\n\tg()\n}\n", [3]),
        (
            "e.c",
            "int f(int a) {\n  int b;\n  if (a) goto out;\n  b = g();\nout:\n  return b;\n}\n",
            [3],
        ),
    ],
)
def test_guards_stand_at_the_beginning_with_something_after_them(tmp_path, name, source, lines):
    (tmp_path / name).write_text(source)
    (record,) = read_code(tmp_path)
    assert [found.line for found in record.patterns if found.pattern == "guard"] == lines


def test_patterns_come_in_the_order_of_their_lines(tmp_path):
    source = "def f(a):\n    if a: return\n    [x.b for x in a]\n    for y in a:\n        g(y)\n"
    (tmp_path / "a.py").write_text(source)
    (record,) = read_code(tmp_path)
    lines = [found.line for found in record.patterns]
    assert lines == sorted(lines) == [2, 3, 3, 4]


def test_every_pattern_says_what_it_means():
    for name, pattern in PATTERNS.items():
        assert pattern.name == name
        assert pattern.meaning
        assert pattern.tree.count("(") == pattern.tree.count(")") > 0
