from __future__ import annotations

import pytest
from programs import run_program

from hartonomous.store.connection import connect

WORDS = [f"w{i:02d}" for i in range(30)]

#: Opens a substrate, forks, and asks in parent and children at once; prints what went wrong.
ASK = """
import json, multiprocessing, random, sys
import hartonomous

def ask(substrate, truth, seed, queue):
    words = random.Random(seed).choices(sorted(truth), k=60)
    queue.put(sum([n.neighbor for n in substrate.neighbors(w, 5)] != truth[w] for w in words))

context = multiprocessing.get_context("fork")
queue = context.Queue()
with hartonomous.open(sys.argv[1] if len(sys.argv) > 1 else None) as substrate:
    truth = {f"w{i:02d}": None for i in range(30)}
    for word in truth:
        truth[word] = [n.neighbor for n in substrate.neighbors(word, 5)]
    children = [context.Process(target=ask, args=(substrate, truth, i, queue)) for i in range(3)]
    for child in children:
        child.start()
    ask(substrate, truth, 9, queue)
    wrong = [queue.get(timeout=60) for _ in range(4)]
    for child in children:
        child.join(60)
    same = [n.neighbor for n in substrate.neighbors("w00", 5)] == truth["w00"]
    print(json.dumps([wrong, [child.exitcode for child in children], same]))
"""

#: Forks after opening; each child gives verdicts, beside the parent's own.
TELL = """
import json, multiprocessing, sys
import hartonomous

def tell(substrate, me):
    for i in range(10):
        substrate.record_feedback(f"person_{me}", f"w{i:02d}", f"w{i + 5:02d}", "accept")

context = multiprocessing.get_context("fork")
with hartonomous.open(sys.argv[1]) as substrate:
    children = [context.Process(target=tell, args=(substrate, i)) for i in range(3)]
    for child in children:
        child.start()
    tell(substrate, "parent")
    for child in children:
        child.join(60)
    print(json.dumps(sorted(s.subject_key for s in substrate.sources() if s.subject_key)))
"""

#: Sends a substrate to processes that are not forked.
SPAWN = """
import json, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from operator import methodcaller
import hartonomous

with hartonomous.open(sys.argv[1]) as substrate:
    truth = [n.neighbor for n in substrate.neighbors("w00", 5)]
    with ProcessPoolExecutor(2, mp_context=get_context(sys.argv[2])) as pool:
        ask = methodcaller("neighbors", "w00", 5)
        answers = list(pool.map(ask, [substrate] * 4))
    print(json.dumps([[n.neighbor for n in answer] == truth for answer in answers]))
"""

#: A child ends in each of the ways that children end; the parent asks on in the same session.
END = """
import gc, json, os, sys
import hartonomous

def end_by(how, substrate):
    if how == "close":
        substrate.close()
    elif how == "block":
        with substrate:
            pass
    elif how == "collect":
        del substrate
        gc.collect()
    elif how == "exit":
        sys.exit(0)
    os._exit(0)

substrate = hartonomous.open(sys.argv[1])
ask = lambda: substrate._session.ask(lambda c: c.execute("SELECT pg_backend_pid()").fetchone()[0])
ask()
seen = []
for how in ["close", "block", "collect", "exit"]:
    child = os.fork()
    if child == 0:
        end_by(how, substrate)
    seen.append((how, os.waitpid(child, 0)[1], ask()))
print(json.dumps(seen))
"""


@pytest.fixture
def planted(dsn):
    with connect(dsn) as session:
        session.autocommit = True
        for i, word in enumerate(WORDS):
            for step in range(1, 6):
                other = WORDS[(i + step) % len(WORDS)]
                session.execute(
                    "SELECT add_evidence('by hand', %s, %s, %s)", [word, other, step / 8]
                )
    return dsn


def test_children_and_parent_each_get_their_own_answers(planted):
    wrong, ends, same = run_program(ASK, planted)
    assert wrong == [0, 0, 0, 0]
    assert ends == [0, 0, 0]
    assert same


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_substrate_that_is_sent_to_another_process_opens_a_session_there(planted, method):
    assert run_program(SPAWN, planted, method) == [True] * 4


def test_every_verdict_of_every_child_is_stored(planted):
    persons = run_program(TELL, planted)
    expected = ["person_0", "person_1", "person_2", "person_parent"]
    assert persons == [person for person in expected for _ in range(10)]


def test_the_end_of_a_child_does_not_end_its_parents_session(dsn):
    seen = run_program(END, dsn)
    assert [how for how, _, _ in seen] == ["close", "block", "collect", "exit"]
    assert {end for _, end, _ in seen} == {0}
    assert len({backend for _, _, backend in seen}) == 1


def test_a_session_of_the_parents_refuses_the_child(dsn):
    program = """
import json, os, sys
import psycopg
from hartonomous.store.connection import connect

connection = connect(sys.argv[1])
reader, writer = os.pipe()
if os.fork() == 0:
    try:
        connection.execute("SELECT 1")
        said = "an answer"
    except psycopg.Error as error:
        said = str(error)
    refused = connection.pgconn.exec_(b"SELECT 1").status == psycopg.pq.ExecStatus.FATAL_ERROR
    os.write(writer, json.dumps([said, refused]).encode())
    os._exit(0)
os.wait()
parents = connection.execute("SELECT 7").fetchone()[0]
print(json.dumps([*json.loads(os.read(reader, 10000)), parents]))
"""
    assert run_program(program, dsn) == [
        "this session belongs to the process that opened it",
        True,  # not even below psycopg does the child reach the server
        7,
    ]


def test_a_session_ends_with_its_parent_while_a_child_lives_on(dsn, admin):
    program = """
import json, os, sys, time
from hartonomous.store.connection import connect

connection = connect(sys.argv[1])
if os.fork() == 0:
    os.close(1), os.close(2)
    time.sleep(20)
    os._exit(0)
print(json.dumps(connection.info.backend_pid), flush=True)
os._exit(0)
"""
    backend = run_program(program, dsn)
    ended = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s"
    for _ in range(100):
        if admin.execute(ended, [backend]).fetchone() == (0,):
            return
        admin.execute("SELECT pg_sleep(0.05)")
    pytest.fail("the session lives on in the child")


def test_a_child_holds_a_share_of_its_own_in_the_embedded_server(server):
    program = """
import json, os
from pathlib import Path
import hartonomous
from hartonomous.store.connection import attach
from hartonomous.store.status import server_status

with hartonomous.open() as substrate:
    asked, answered = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.read(asked[0], 1)
        substrate.sources()
        os.write(answered[1], b"1")
        os.read(asked[0], 1)
        os._exit(0)
    me = os.getpid()
    before = server_status().attached
    os.write(asked[1], b"1")
    os.read(answered[0], 1)
    after = server_status().attached
    os.write(asked[1], b"1")
    os.wait()
    print(json.dumps([me in before, child in before, me in after, child in after]))
"""
    assert run_program(program) == [True, False, True, True]
