"""Erasure on disk: nothing that a person said is left in the data directory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from processes import Processes

from hartonomous.hashing import blake3

PLANTED = ["zyxplanted", "qqsecretqq", "wörtlichüß"]
SUBJECT = "user_4711_planted"
NOTE = "note_0815_planted"
#: Weights of a list, in units of 2^-20; four bytes each, one behind the other on disk.
LIST = [0x0B1A2C, 0x0A2D19, 0x0C1B2A]

INGEST = """
import json, sys
from pathlib import Path
from hartonomous.editing.feedback import record_feedback
from hartonomous.ingest import ingest
from hartonomous.readers.opening import Request
from hartonomous.store.connection import connect
connection = connect()
connection.autocommit = True
notes = Path({folder!r}, "notes.jsonl")
notes.write_text({lines!r}, encoding="utf-8")
ingest(connection, "text", [notes], Request(subject={subject!r}))
others = Path({folder!r}, "others.txt")
others.write_text("the cat sat on the mat. the dog sat on the cat.")
ingest(connection, "text", [others])
connection.execute("SELECT summarise_relations(0)")
record_feedback(connection, {subject!r}, {a!r}, {b!r}, "accept")
notes.unlink()
connection.execute("ANALYZE")
connection.execute("CHECKPOINT")
"""
FORGET = """
from hartonomous.editing.deletion import delete_subject
from hartonomous.store.connection import connect
connection = connect()
connection.autocommit = True
delete_subject(connection, {subject!r})
connection.close()
"""
TELL_BY_HAND = """
from hartonomous.store.connection import connect
connection = connect()
connection.autocommit = True
said = [("cat", word, units / 2**20) for word, units in zip({words!r}, {units!r})]
connection.execute(
    "SELECT " + ", ".join(3 * ["add_evidence('by hand', %s, %s, %s, 'precedes')"]), sum(said, ())
)
connection.execute("CHECKPOINT")
connection.execute("SELECT delete_concept(ARRAY[%s], false)", [{words!r}[1]])
"""
SCRUB = """
from hartonomous.store.scrub import scrub
print(scrub().done)
"""
ASK = """
from hartonomous.store.connection import connect
from hartonomous.editing.audit import verify_audit
from hartonomous.editing.verification import verify_ratings
connection = connect()
assert verify_audit(connection) == () and verify_ratings(connection) == ()
print(connection.execute("SELECT count(*) FROM relation").fetchone()[0])
"""


def traces() -> dict[str, bytes]:
    """Everything that a word or name becomes: its text, and its hashes and ids, raw and as hex."""
    found = {}
    for text in [*PLANTED, SUBJECT, NOTE]:
        digest = blake3(text.encode())
        found |= {
            text: text.encode(),
            f"id of {text}": digest[:16],
            f"hash of {text} in hex": digest.hex().encode(),
        }
    return found


def files_with(folder: Path, wanted: dict[str, bytes]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            for name, trace in wanted.items():
                if trace in data:
                    found.setdefault(name, []).append(str(path.relative_to(folder)))
    return found


@pytest.fixture
def told(ours: Processes, tmp_path: Path) -> Processes:
    said = f"{PLANTED[0]} told {PLANTED[1]} about {PLANTED[2]} and {PLANTED[0]} again"
    lines = "\n".join(
        json.dumps({"id": f"{NOTE}_{number}", "text": f"{said} number{number}"})
        for number in range(30)
    )
    ours.run("from hartonomous.postgres.server import EmbeddedServer; EmbeddedServer().keep()")
    ours.run(
        INGEST.format(
            folder=str(tmp_path), lines=lines, subject=SUBJECT, a=PLANTED[0], b=PLANTED[1]
        )
    )
    return ours


def test_nothing_is_left_on_disk_after_a_deletion_and_a_scrub(told: Processes):
    wanted = traces()
    before = files_with(told.home, wanted)
    assert before.keys() >= {*PLANTED, SUBJECT}, "the test must find what is there"
    told.run(FORGET.format(subject=SUBJECT))
    assert files_with(told.home, wanted), "a deletion alone leaves traces"
    assert "write-ahead log" in told.run(SCRUB)
    assert files_with(told.home, wanted) == {}
    assert int(told.run(ASK)) > 0


def test_a_scrub_keeps_what_was_not_deleted(told: Processes):
    count = told.run(ASK)
    told.run(SCRUB)
    assert told.run(ASK) == count
    assert files_with(told.home, {"kept": PLANTED[0].encode()})


def test_old_versions_of_a_list_go_with_a_scrub(ours: Processes):
    ours.run("from hartonomous.postgres.server import EmbeddedServer; EmbeddedServer().keep()")
    ours.run(TELL_BY_HAND.format(words=PLANTED, units=LIST))
    whole = {"list": b"".join(units.to_bytes(4, "little") for units in LIST)}
    assert files_with(ours.home, whole), "a deletion alone leaves what the list was"
    ours.run(SCRUB)
    assert files_with(ours.home, whole) == {}
    assert int(ours.run(ASK)) == 2
    kept = {"list": b"".join(units.to_bytes(4, "little") for units in (LIST[0], 0, LIST[2]))}
    assert files_with(ours.home, kept), "the places behind are where they were"
