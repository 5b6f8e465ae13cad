"""A new model loads: the token table of every architecture is found without being named."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("architectures.py")
#: Which architectures `make test` takes; another number takes others.
SEED = 20
#: Some need libraries that aren't there, or are never small; more than this share hides faults.
MOST_NOT_BUILT = 0.12

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("torch", "transformers")),
    reason="needs torch and transformers: pip install 'hartonomous[models]'",
)


def run(*arguments):
    command = [sys.executable, "-W", "ignore", str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines() if line[:1] in "[{"]


def judge(names):
    found = run(*names)
    counts = Counter(said for _, said, _ in found)
    others = [line for line in found if line[1] != "found"]
    sys.stdout.write("\n".join(map(str, [dict(counts), *others])) + "\n")
    assert not [line for line in found if line[1] in ("refused", "wrong")]
    return counts


def test_the_token_table_of_a_dozen_architectures_is_found():
    (known,) = run("list")
    counts = judge(random.Random(SEED).sample(known["causal"], 12))
    assert counts["found"] >= 12


@pytest.mark.nightly
def test_the_token_table_of_every_architecture_is_found():
    (known,) = run("list")
    counts = judge(known["all"])
    assert counts["found"] > len(known["causal"])
    assert counts["not built"] <= MOST_NOT_BUILT * counts.total()
