"""blake3 in PL/pgSQL gives what the reference implementation gives."""

from __future__ import annotations

import pytest
from blake3 import blake3 as reference

#: Around the borders of blocks (64 bytes), chunks (1,024) and the subtrees that chunks make.
LENGTHS = (0, 1, 3, 4, 63, 64, 65, 127, 128, 1023, 1024, 1025, 2048, 2049, 3073, 5120, 7169)


@pytest.mark.parametrize("length", LENGTHS)
def test_bytes_of_every_length(connection, length):
    message = bytes(number % 251 for number in range(length))
    row = connection.execute("SELECT blake3(%s::bytea)", [message]).fetchone()
    assert row[0] == reference(message).digest()


@pytest.mark.parametrize(
    "text", ["", "king", "naïve", "日本", "ملك", "'; DROP TABLE x; --", "🙂" * 300]
)
def test_text_is_hashed_as_utf8(connection, text):
    row = connection.execute("SELECT blake3(%s::text)", [text]).fetchone()
    assert row[0] == reference(text.encode()).digest()


def test_null_gives_null(connection):
    assert connection.execute("SELECT blake3(NULL::text)").fetchone() == (None,)


def test_a_literal_folds_to_a_constant_and_finds_the_index(connection):
    connection.execute("SET enable_seqscan = off")
    plan = connection.execute(
        "EXPLAIN (COSTS OFF) SELECT * FROM composition WHERE hash = blake3('king')"
    ).fetchall()
    text = "\n".join(line for (line,) in plan)
    assert reference(b"king").hexdigest() in text
    assert "blake3(" not in text
