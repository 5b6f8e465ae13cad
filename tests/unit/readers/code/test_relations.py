"""What one file says: concepts, counted pairs, and what its names mean in each language."""

from __future__ import annotations

import numpy as np
import pytest

from hartonomous.concepts import Concept
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.readers.code import CodeConcept, read_code


def pairs(folder, name, source, relation, files=()):
    """Read one file of a folder; return its pairs of a relation as labels and counts."""
    for path, content in {name: source, **dict(files)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    record = next(one for one in read_code(folder, name="app") if one.path == name)
    found = [p for p in record.pairs if p.relation_type == relation]
    label = [f"{concept.kind} {concept.label}" for concept in record.concepts]
    return {
        (label[a], label[b]): count
        for p in found
        for a, b, count in zip(p.a.tolist(), p.b.tolist(), p.count.tolist(), strict=True)
    }


def called(folder, name, source, files=()):
    """Return what is called in one file, as kind and label."""
    return {b for _, b in pairs(folder, name, source, "calls", files)}


def test_python_names_are_followed_through_imports(tmp_path):
    source = """
import numpy as np
import os.path
from json import loads as read_json
from .sibling import helper, Thing
from app.other import work

class Shape:
    def area(self):
        return self.side() * self.unknown()
    def side(self):
        return local(np.linalg.norm(1))

def local(x):
    helper(); Thing(); work()
    os.path.join(read_json(x)); x.append(1); print(x); Shape()
"""
    files = {"app/__init__.py": "", "app/sibling.py": "", "app/other.py": ""}
    assert called(tmp_path, "app/a.py", source, files) == {
        "function app.a.Shape.side",
        "api .unknown",
        "function app.a.local",
        "api numpy.linalg.norm",
        "function app.sibling.helper",
        "class app.sibling.Thing",
        "function app.other.work",
        "api os.path.join",
        "api json.loads",
        "api .append",
        "api print",
        "class app.a.Shape",
    }


def test_javascript_names_are_followed_through_imports(tmp_path):
    source = """
import fs, {readFile as read} from 'fs';
import * as path from "node:path";
import {helper} from './lib/helper.js';
const {parse} = require('yaml');
const express = require('express');
const run = async () => { await read(path.join('a')); helper(); parse(); express(); fs.stat(); };
function go(list) { run(); list.push(1); console.log(JSON.stringify(list)); new Map(); }
"""
    assert called(tmp_path, "src/a.js", source) == {
        "api fs.readFile",
        "api node:path.join",
        "function app/src/lib/helper.helper",
        "api yaml.parse",
        "api express",
        "api fs.stat",
        "function app/src/a.run",
        "api .push",
        "api console.log",
        "api JSON.stringify",
        "api Map",
        "api require",
    }


def test_typescript_has_javascripts_names_and_interfaces(tmp_path):
    source = """
import {Base} from './base';
export class Shape extends Base implements Named {
  area(): number { return this.side(); }
  side() {}
}
interface Named extends Thing { name: string }
"""
    assert called(tmp_path, "a.ts", source) == {"function app/a.Shape.side"}
    assert set(pairs(tmp_path, "a.ts", source, "inherits")) == {
        ("class app/a.Shape", "class app/base.Base"),
        ("class app/a.Shape", "class app/a.Named"),
        ("class app/a.Named", "class Thing"),
    }


def test_c_names_are_functions_of_the_file_or_interfaces(tmp_path):
    source = """
#include <stdio.h>
#include "util.h"
static int twice(int x) { return 2 * x; }
int main(void) { printf("%d", twice(3)); ops->run(1); return 0; }
"""
    assert called(tmp_path, "src/a.c", source) == {
        "api printf",
        "function app/src/a.twice",
        "api .run",
    }
    assert set(pairs(tmp_path, "src/a.c", source, "imports")) == {
        ("module app/src/a", "module stdio.h"),
        ("module app/src/a", "module app/src/util"),
    }


def test_cpp_names_have_namespaces_and_classes(tmp_path):
    source = """
#include <algorithm>
using std::sort;
namespace shop {
class Cart : public Base, private Named { int total() const; void add(int x) { total(); } };
int Cart::total() const { sort(1); std::max(1, 2); return std::make_unique<Cart>(3)->total(); }
}
"""
    assert called(tmp_path, "a.cpp", source) == {
        "function app/a.shop.Cart.total",
        "api std.sort",
        "api std.max",
        "api std.make_unique",
        "api .total",
    }
    assert set(pairs(tmp_path, "a.cpp", source, "inherits")) == {
        ("class app/a.shop.Cart", "class Base"),
        ("class app/a.shop.Cart", "class Named"),
    }


def test_java_names_are_followed_through_imports(tmp_path):
    source = """
package org.shop.cart;
import java.util.List;
import static java.lang.Math.max;
import org.shop.Order;
class Cart extends Base<Order> implements Named, List<String> {
  int total(List<Order> orders) { helper(); return max(Order.price(orders.get(0)), Math.abs(1)); }
  void helper() { List.of(1); new Order(); }
}
"""
    assert called(tmp_path, "Cart.java", source) == {
        "function org.shop.cart.Cart.helper",
        "api java.lang.Math.max",
        "function org.shop.Order.price",
        "api .get",
        "api Math.abs",
        "api java.util.List.of",
        "class org.shop.Order",
    }
    assert set(pairs(tmp_path, "Cart.java", source, "inherits")) == {
        ("class org.shop.cart.Cart", "class Base"),
        ("class org.shop.cart.Cart", "class Named"),
        ("class org.shop.cart.Cart", "class java.util.List"),
    }


def test_go_names_are_followed_through_imports(tmp_path):
    source = """
package cart
import ( "fmt"; js "encoding/json"; "example.org/shop/order" )
type Cart struct { Base; total int }
func (c *Cart) Total() int { helper(); fmt.Println(order.Price(c)); js.Marshal(c); return c.Sum() }
func helper() { var s []int; _ = append(s, 1) }
"""
    files = {"go.mod": "module example.org/shop\n"}
    assert called(tmp_path, "cart/a.go", source, files) == {
        "function example.org/shop/cart.helper",
        "api fmt.Println",
        "function example.org/shop/order.Price",
        "api encoding/json.Marshal",
        "api .Sum",
        "api append",
    }
    assert set(pairs(tmp_path, "cart/a.go", source, "inherits")) == {
        ("class example.org/shop/cart.Cart", "class Base")
    }


def test_rust_names_are_followed_through_uses(tmp_path):
    source = """
use std::{fs::File, io::{self, Read as Reading}};
use crate::order::price;
struct Cart { total: u32 }
impl Named for Cart {
    fn total(&self) -> u32 { self.sum(); Self::new(); price(1); File::open("a"); io::stdin() }
    fn sum(&self) {}
    fn new() {}
}
fn main() { let v: Vec<u32> = xs.iter().collect::<Vec<u32>>(); println!("{}", v); }
"""
    files = {"Cargo.toml": '[package]\nname = "my-shop"\nversion = "1.0.0"\n'}
    assert called(tmp_path, "src/cart.rs", source, files) == {
        "function my_shop.cart.Cart.sum",
        "function my_shop.cart.Cart.new",
        "function my_shop.order.price",
        "api std.fs.File.open",
        "api std.io.stdin",
        "api .iter",
        "api .collect",
        "api println",
    }
    assert set(pairs(tmp_path, "src/cart.rs", source, "inherits")) == {
        ("class my_shop.cart.Cart", "class Named")
    }


def test_modules_contain_classes_and_these_their_methods(tmp_path):
    source = "class A:\n    def f(self):\n        def g(): pass\ndef h(): pass\n"
    assert set(pairs(tmp_path, "a.py", source, "contains")) == {
        ("module a", "class a.A"),
        ("class a.A", "function a.A.f"),
        ("function a.A.f", "function a.A.f.g"),
        ("module a", "function a.h"),
    }


def test_imports_name_modules(tmp_path):
    source = "import os.path, sys as system\nfrom . import b\nfrom json.decoder import *\n"
    found = pairs(tmp_path, "p/a.py", source, "imports", {"p/__init__.py": ""})
    assert {b for _, b in found} == {
        "module os.path",
        "module sys",
        "module p",
        "module json.decoder",
    }


def test_interfaces_precede_each_other_in_the_order_of_their_use(tmp_path):
    source = "import os\ndef f(p):\n    os.stat(os.path.join(p))\n    os.close(p)\n    own()\n"
    found = pairs(tmp_path, "a.py", source, "precedes")
    assert found == {
        ("api os.path.join", "api os.stat"): 1,
        ("api os.stat", "api os.close"): 1,
        ("api os.close", "api own"): 1,
    }


def test_calls_are_arguments_of_the_call_around_them(tmp_path):
    source = "def f():\n    outer(inner(deep()), [other()])\n    after()\n"
    found = pairs(tmp_path, "a.py", source, "argument_of")
    assert found == {
        ("api inner", "api outer"): 1,
        ("api deep", "api inner"): 1,
        ("api other", "api outer"): 1,
    }


def test_functions_are_instances_of_their_patterns(tmp_path):
    source = "def f(xs):\n    return [x.a for x in xs if x]\nprint([y.b for y in zs])\n"
    assert set(pairs(tmp_path, "a.py", source, "instance_of")) == {
        ("function a.f", "pattern each"),
        ("function a.f", "pattern filter"),
        ("function a.f", "pattern map"),
    }


def test_words_of_names_weigh_more_than_words_of_bodies(tmp_path):
    source = (
        'class Mailer:\n    def sendLetter(self, postage):\n        """Deliver by ship."""\n'
        "        weigh(stamp)\n"
    )
    found = pairs(tmp_path, "a.py", source, "related")
    function = "function a.Mailer.sendLetter"
    weight = {a.removeprefix("text "): count for (a, b), count in found.items() if b == function}
    assert set(weight) == {
        *["send", "letter", "mailer", "postage", "deliver", "by", "ship", "weigh", "stamp"]
    }
    assert weight["send"] == weight["letter"] > weight["mailer"] > weight["ship"]
    assert weight["ship"] > weight["postage"] > weight["weigh"] > weight["stamp"] > 0


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("a.js", "/** Sail the *ocean*. */\nexport const go = () => { x(); };\n"),
        ("a.c", "// Sail the ocean.\nint go(void) { return x(); }\n"),
        ("a.cpp", "/// Sail the ocean.\ntemplate <class T> int go() { return x(); }\n"),
        ("a.java", "class A {\n  /** Sail the ocean. */\n  @Override int go() { return 1; }\n}\n"),
        ("a.go", "package a\n\n// Sail the ocean.\nfunc sail2() { x() }\n"),
        ("a.rs", "/// Sail the ocean.\n#[inline]\nfn go() { x(); }\n"),
        ("a.py", 'def go():\n    r"""Sail the ocean."""\n    x()\n'),
    ],
)
def test_documentation_is_words_of_its_function(tmp_path, name, source):
    found = pairs(tmp_path, name, source, "related")
    assert {"text sail", "text ocean"} <= {a for a, _ in found}


def test_a_comment_further_up_documents_nothing(tmp_path):
    source = "// Sail the ocean.\n\nint a;\nint go(void) { return x(); }\n"
    assert "text ocean" not in {a for a, _ in pairs(tmp_path, "a.c", source, "related")}


def test_columns_are_sorted_and_weights_lie_in_their_range(tmp_path):
    (tmp_path / "a.py").write_text(
        "import os\n" + "".join(f"def f{n}(x):\n    g(h(x))\n    g(x)\n" for n in range(20))
    )
    (record,) = read_code(tmp_path)
    for pairs_ in record.pairs:
        key = pairs_.a.astype(np.int64) << 32 | pairs_.b
        assert (np.diff(key) > 0).all()
        assert {c.dtype for c in (pairs_.a, pairs_.b, pairs_.count, pairs_.weight)} == {
            np.dtype(np.int32)
        }
        assert ((pairs_.weight >= 1) & (pairs_.weight <= WEIGHT_UNIT)).all()
        assert (pairs_.a != pairs_.b).all()
    calls = next(p for p in record.pairs if p.relation_type == "calls")
    counts = calls.count.astype(float)
    assert np.allclose(calls.weight / WEIGHT_UNIT, counts / (counts + 1), atol=1e-6)
    assert set(counts) == {1.0, 2.0}


def test_two_functions_of_one_name_are_one_concept_with_the_stronger_words(tmp_path):
    source = "def f(stone): pass\ndef f(stone, stone_wall): stone()\n"
    (tmp_path / "a.py").write_text(source)
    (record,) = read_code(tmp_path)
    assert len(set(record.concepts)) == len(record.concepts)
    assert [one.line for one in record.functions] == [1, 2]
    assert len({one.concept for one in record.functions}) == 1


def test_a_word_is_the_concept_that_texts_and_models_have():
    assert CodeConcept("text", "king").canonical_bytes == Concept("text", "king").canonical_bytes
    assert CodeConcept("api", "python:os.stat").canonical_bytes == b"api\0python:os.stat"
    assert CodeConcept("api", "python:os.stat").label == "os.stat"
