"""Files of every format with bytes changed at random: read, or refused in one line, and no more."""

from __future__ import annotations

import random

import pytest
from planted_models import FORMATS
from planted_tables import TABLES
from planted_weights import WEIGHTS

from hartonomous.errors import HartonomousError
from hartonomous.readers import open_embeddings, usable

#: The same changes each time; another number makes others.
SEED = 8
_EVIL = (b"", b"\0", b"\xff", b" ", b"\n", b"9" * 30, b"-", b"[" * 50, b'"', b"\xf0", b"{", b"\x80")


def mutated(content, rng):
    """Return content with some stretches replaced, moved or cut off."""
    for _ in range(rng.randint(1, 4)):
        start = rng.randint(0, len(content))
        stop = min(len(content), start + rng.choice((0, 1, 1, 4, 64)))
        content = content[:start] + rng.choice(_EVIL) + content[stop:]
    return content[: rng.randint(0, len(content))] if rng.random() < 0.2 else content


def read(path):
    """Read what there is, and return the line with which it is refused, or none."""
    try:
        table = usable(open_embeddings(path), skip_invalid=True)
        assert len(table.vectors()) == len(table.vocabulary.rows)
        assert len(table.fingerprint()) == 32
    except HartonomousError as error:
        return str(error)
    return ""


def attack(build, folder, rounds):
    planted = build(folder)
    rng = random.Random(f"{SEED} {build.__name__}")
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    for _ in range(rounds):
        path = rng.choice(files)
        content = path.read_bytes()
        path.write_bytes(mutated(content, rng))
        line = read(planted.path)
        assert "\n" not in line
        assert len(line) < 1500
        path.write_bytes(content)


@pytest.mark.parametrize("build", [*FORMATS, *TABLES, *WEIGHTS], ids=lambda build: build.__name__)
def test_a_few_mutations(build, tmp_path):
    attack(build, tmp_path, 25)


@pytest.mark.nightly
@pytest.mark.parametrize("build", [*FORMATS, *TABLES, *WEIGHTS], ids=lambda build: build.__name__)
def test_many_mutations(build, tmp_path):
    attack(build, tmp_path, 1000)
