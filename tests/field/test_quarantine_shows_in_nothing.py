"""Every public function and view answers as if a quarantined source had never been there."""

from __future__ import annotations

import pytest
from everything_asked import ASKED, OPEN, TEXTS, WORDS, answer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted_relations import load

from hartonomous.charting import align
from hartonomous.editing.feedback import record_feedback
from hartonomous.editing.state import quarantine_source
from hartonomous.store.connection import connect

SECRET = [
    *((f"veil{a}", f"veil{b}", 0.5) for a, b in zip("abcdefgh", "bcdefgha", strict=True)),
    *((f"veil{a}", f"veil{b}", 0.5) for a, b in zip("abcdefgh", "defghabc", strict=True)),
    *((word, "veila", 0.9) for word in WORDS[:6]),
    ("veilb", "king", 1.0),
    ("king", "queen", 1.0),
    ("kong", "veila", 0.5),
]
#: Who keeps order sees what is out of sight: what is loaded, and what a deletion would take.
OF_KEEPERS = {
    "source",
    "source_site",
    "sites",
    "substrate_fingerprint",
    "export_fingerprint",
    "fingerprint_parts",
    "compare_fingerprints",
    "schema_migration",
    "recent_changes",
    "placed_sources",  # aligns live ones only
    "preview_delete_concept",
    "preview_delete_model",
    "preview_delete_source",
    "preview_delete_repository",
    "preview_delete_subject",
    "preview_forget_expired",
    # what is held of a person, in answers or not
    "list_subjects",
    "show_subject",
    "export_subject",
    "verify_audit",
    "verify_ratings",
    "export_receipt",
    "verify_receipt",
    # compares quarantined sources when they are named
    "rate_pairs",
}
PUBLIC = """
SELECT p.proname, array(
    SELECT format_type(t.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS t (type, n)
    WHERE p.proargnames[t.n] IS NULL OR p.proargnames[t.n] <> ALL ('{sources,without,as_of}')
    ORDER BY t.n
)
FROM pg_proc AS p
WHERE p.pronamespace = 'hartonomous'::regnamespace AND p.provolatile <> 'v' AND p.prokind = 'f'
    AND obj_description(p.oid, 'pg_proc') NOT LIKE 'Internal%%' AND p.proname <> ALL (%s)
ORDER BY p.proname, p.oid
"""
VIEWS = """
SELECT relname FROM pg_class
WHERE relnamespace = 'hartonomous'::regnamespace AND relkind = 'v' AND relname <> ALL (%s)
"""


def calls(session):
    """Yield every public function that reads, with some arguments of its types."""
    for name, types in session.execute(PUBLIC, [list(OF_KEEPERS)]).fetchall():
        if all(kind in ASKED for kind in types):
            for turn in range(len(TEXTS)):
                yield (
                    f"SELECT * FROM hartonomous.{name}({', '.join(f'%s::{t}' for t in types)})",
                    [ASKED[kind][(turn + n) % len(ASKED[kind])] for n, kind in enumerate(types)],
                )
                yield (
                    f"SELECT * FROM hartonomous.{name}({', '.join(f'%s::{t}' for t in types)})",
                    [ASKED[kind][turn % len(ASKED[kind])] for kind in types],
                )
    for (name,) in session.execute(VIEWS, [list(OF_KEEPERS)]).fetchall():
        yield f"SELECT * FROM hartonomous.{name}", []


def without_numbers(session):
    """Leave out what holds local numbers, which only seem to say something."""
    session.autocommit = True
    return session


@pytest.fixture
def pair(dsn, empty_dsn):
    """Give two databases: one with a quarantined source, one where it never was."""
    with connect(dsn) as hiding, connect(empty_dsn, migrate=True) as never:
        for session in (without_numbers(hiding), without_numbers(never)):
            load(session, "model:open", OPEN)
            record_feedback(session, "user_1", "king", "queen", "accept")
        load(hiding, "model:secret", SECRET)
        record_feedback(hiding, "user_2", "king", "veila", "accept")
        align(hiding, sample=0)
        (said,) = hiding.execute(
            "SELECT source_identifier FROM source WHERE kind = 'feedback'"
            " ORDER BY created_at DESC LIMIT 1"
        ).fetchone()
        quarantine_source(hiding, "model:secret")
        quarantine_source(hiding, said)
        for session in (hiding, never):  # positions are due
            align(session, sample=0)
        yield hiding, never


def test_every_public_function_and_view_is_silent(pair):
    hiding, never = pair
    asked = list(calls(never))
    assert len({query for query, _ in asked}) > 20
    told = []
    for query, parameters in asked:
        if "relation_evidence" in query:  # its numbers are local ones
            query = query.replace("*", "relation_id, weight, rank")
        if answer(hiding, query, parameters) != answer(never, query, parameters):
            told.append((query, parameters))
    assert told == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from([*WORDS, "veila", "veilb", "kong", "vei", "!"]), max_size=4))
def test_prompts_and_suggestions_are_silent(pair, words):
    hiding, never = pair
    prompt = " ".join(words)
    for query in (
        "SELECT * FROM prompt_words(%s)",
        "SELECT composition_path FROM traverse(%s)",
        "SELECT * FROM suggest_labels(%s)",
        "SELECT * FROM neighbors(%s)",
    ):
        assert answer(hiding, query, [prompt]) == answer(never, query, [prompt])
