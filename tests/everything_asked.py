"""What may be asked of a database by who looks for what it hides, and what it answers then."""

from __future__ import annotations

WORDS = ["king", "queen", *(f"word{i}" for i in range(10))]
OPEN = [(WORDS[i], WORDS[(i + step) % 12], step / 8) for i in range(12) for step in (1, 3, 5)]
#: What somebody may ask with, in place of each argument of a type.
TEXTS = ["king", "veila", "veilx", "konh", "king veila", "secret", "model:secret", "related"]
ASKED = {
    "text": TEXTS,
    "text[]": [[text] for text in TEXTS],
    "integer": [3],
    "bigint": [3],
    "smallint": [3],
    "double precision": [0.5],
    "boolean": [True],
    "integer[]": [[1, 2, 3]],
}


def answer(session, query, parameters=()):
    """Return what is answered, rows or error, with the notices."""
    heard = []
    session.add_notice_handler(lambda notice: heard.append(notice.message_primary))
    try:
        rows = session.execute(query, parameters).fetchall()
        shown = sorted(repr(row) for row in rows)
    except Exception as error:  # an error is an answer too
        shown = [str(error).splitlines()[0]]
    return shown, heard
