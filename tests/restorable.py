"""A database whose backup is older than what was deleted in it since."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
from planted_relations import load

import hartonomous
from hartonomous.charting import align
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.editing.verification import verify_ratings
from hartonomous.store.connection import connect

WORDS = ["king", "queen", "castle", *(f"word{i}" for i in range(9))]
SEEN = [(WORDS[i], WORDS[(i + step) % 12], step / 4) for i in range(12) for step in (1, 3)]

BY_HAND = """
DELETE FROM relation_evidence AS e
WHERE (e.relation_id).composition_a_id = composition_id('word1')
    AND (e.relation_id).composition_b_id = composition_id('word2')
"""


class Restorable:
    """A database, its key, and copies of it that are put in its place."""

    def __init__(self, dsn: str, admin: psycopg.Connection, folder: Path) -> None:
        self.dsn, self.folder, self._admin = dsn, folder, admin
        self.name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]

    def open(self) -> hartonomous.substrate.Substrate:
        return hartonomous.open(self.dsn)

    def back_up(self) -> None:
        self._copy(self.name, f"{self.name}_backup")

    def restore(self) -> None:
        self._copy(f"{self.name}_backup", self.name)

    def _copy(self, origin: str, target: str) -> None:
        self._admin.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        self._admin.execute(f"CREATE DATABASE {target} TEMPLATE {origin}")

    def session(self) -> psycopg.Connection:
        return connect(self.dsn)

    def fingerprint(self) -> str:
        with self.session() as session:
            assert verify_ratings(session) == ()
            return substrate_fingerprint(session)

    def note(self, person: str | None, *names: str) -> None:
        """Load documents, each with a word of its own."""
        path = self.folder / "notes.jsonl"
        lines = [{"id": n, "text": f"the king met zyx{n} at the castle gate"} for n in names]
        path.write_text("\n".join(map(json.dumps, lines)))
        with self.open() as substrate:
            substrate.ingest_text([path], subject=person)


def fill(restorable: Restorable) -> None:
    """Load two models, relations, and the documents of two persons."""
    with connect(restorable.dsn) as session:
        load(session, "model:a", SEEN)
        load(session, "model:b", SEEN[2:])
        load(session, "thesaurus", SEEN[:4], kind="relations")
        session.commit()
        session.autocommit = True
        align(session, sample=0)
    restorable.note("alice", "a1", "a2")
    restorable.note("bob", "b1")


def forget_all_sorts(database):
    """Delete a person, a model, a concept and a piece of evidence, with loads in between."""
    with database.open() as substrate:
        substrate.delete_subject("alice", forget=True)
    database.note("carol", "c1")
    with database.open() as substrate:
        substrate.delete_concept("castle")
        substrate.delete_model("model:b")
        substrate.delete_concept("zyxc1", forget=True)
    with database.session() as session:
        session.execute(BY_HAND)
        session.commit()
    with database.open() as substrate:
        substrate.delete_subject("carol")
        return substrate.export_forgotten()
