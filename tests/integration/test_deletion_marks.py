"""The mark beside the key, by which a database knows that it is older than its deletions."""

from __future__ import annotations

import threading

import pytest

from hartonomous.errors import ParameterError


def test_marks_of_deletions_at_once_name_the_last(database):
    def delete(person):
        with database.open() as substrate:
            substrate.delete_subject(person, forget=True)

    persons = ["alice", "bob", "carol", "dave"]
    threads = [threading.Thread(target=delete, args=[person]) for person in persons]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session() as session:
        last = session.execute("SELECT audit_id, hash FROM database_mark()").fetchone()
    (line,) = (database.folder / "key.mark").read_text().splitlines()
    assert line.split()[1:] == [str(last[0]), last[1].hex()]


@pytest.mark.parametrize("text", ["nonsense", "0" * 64 + " 1", "\0", "x" * (1 << 21)])
def test_marks_that_are_not_as_written_are_refused_in_one_line(database, text):
    with database.open() as substrate:
        substrate.delete_subject("alice")
    (database.folder / "key.mark").write_text(text)
    with pytest.raises(ParameterError, match="is not as it was written"):
        database.open()
