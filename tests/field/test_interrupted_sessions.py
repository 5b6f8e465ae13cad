from __future__ import annotations

import threading

import pytest
from programs import run_program

import hartonomous
from hartonomous.errors import ParameterError, StoreError
from hartonomous.store.connection import connect
from hartonomous.store.failures import store_errors

#: Interrupts questions and verdicts after random times; each must leave a session that works.
INTERRUPT = """
import json, random, signal, sys
import hartonomous

signal.signal(signal.SIGALRM, lambda *_: raising())
def raising():
    raise random.choice([KeyboardInterrupt, TimeoutError])

def soon():
    signal.setitimer(signal.ITIMER_REAL, random.uniform(1e-5, 8e-3))

random.seed(int(sys.argv[2]))
substrate = hartonomous.open(sys.argv[1])
truth = substrate.neighbors("king", 3)
told, hit, wrong = 0, 0, []
for turn in range(150):
    try:
        try:
            soon()
            if turn % 2:
                substrate.neighbors("king", 3)
            else:
                substrate.record_feedback(f"interrupted_{turn}", "one", "other", "reject")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except (KeyboardInterrupt, TimeoutError) as error:
        held = error  # as a notebook keeps the last error, with all that its frames hold
        hit += 1
    if turn % 10 == 0:
        substrate.record_feedback(f"told_{turn}", "one", "other", "accept")
        told += 1
    if [n.neighbor for n in substrate.neighbors("king", 3)] != [n.neighbor for n in truth]:
        wrong.append(turn)
substrate.close()
with hartonomous.open(sys.argv[1]) as fresh:
    stored = sum((s.subject_key or "").startswith("told_") for s in fresh.sources())
print(json.dumps([hit, wrong, told - stored]))
"""


@pytest.fixture
def planted(dsn):
    with connect(dsn) as session:
        session.autocommit = True
        for word in ("queen", "crown", "throne"):
            session.execute("SELECT add_evidence('by hand', 'king', %s, 0.5)", [word])
            session.execute("SELECT add_evidence('by hand', %s, 'king', 0.5)", [word])
        session.execute("SELECT add_evidence('by hand', 'one', 'other', 0.5)")
    return dsn


@pytest.mark.parametrize("seed", [1, 2])
def test_an_interrupt_at_any_moment_leaves_the_session_usable(planted, seed):
    hit, wrong, lost = run_program(INTERRUPT, planted, seed)
    assert hit > 20
    assert wrong == []
    assert lost == 0


def test_threads_take_turns_in_one_substrate(planted):
    words = ["king", "queen", "crown", "throne", "one"]
    with hartonomous.open(planted) as substrate:
        truth = {word: [n.neighbor for n in substrate.neighbors(word)] for word in words}
        wrong: list[object] = []

        def work(me: int) -> None:
            for turn in range(20):
                word = words[(me + turn) % len(words)]
                if [n.neighbor for n in substrate.neighbors(word)] != truth[word]:
                    wrong.append(word)
                substrate.record_feedback(f"person_{me}_{turn}", "one", "other", "accept")
                with pytest.raises(ParameterError):
                    substrate.add_evidence("by hand", "king", f"never_{me}_{turn}", 7.0)

        run_threads(work, 4)
        assert wrong == []
        persons = [s.subject_key for s in substrate.sources() if s.subject_key]
        assert set(persons) == {f"person_{me}_{turn}" for me in range(4) for turn in range(20)}


def run_threads(work, count):
    """Run a function in threads and raise what any of them raised."""
    raised: list[BaseException] = []

    def guarded(me: int) -> None:
        try:
            work(me)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=guarded, args=[me]) for me in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    assert raised == []


def test_a_session_that_is_idle_for_long_is_not_ended(dsn, admin):
    name = dsn.rpartition("/")[2].partition("?")[0]
    admin.execute(f"ALTER DATABASE {name} SET idle_session_timeout = '50ms'")
    with connect(dsn) as session:
        session.autocommit = True
        admin.execute("SELECT pg_sleep(0.3)")
        with store_errors():
            assert session.execute("SELECT 1").fetchone() == (1,)


def test_a_dead_session_is_replaced_for_a_question_and_for_a_change(planted, admin):
    with hartonomous.open(planted) as substrate:
        for ask in (lambda: substrate.neighbors("king"), lambda: substrate.verify_audit()):
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'hartonomous' AND datname = %s",
                [planted.rpartition("/")[2].partition("?")[0]],
            )
            ask()


def test_a_change_is_not_made_twice_when_the_server_ends_it(planted, admin):
    with hartonomous.open(planted) as substrate:
        calls = []

        def change(session):
            calls.append(session.info.backend_pid)
            admin.execute("SELECT pg_terminate_backend(%s)", [session.info.backend_pid])
            with store_errors():
                session.execute("SELECT 1")

        with pytest.raises(StoreError):
            substrate._session.change(change)
        assert len(calls) == 1
