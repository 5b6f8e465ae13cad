"""The door for asyncio: the verbs of Substrate, awaited, cancelled in the database, and closed."""

from __future__ import annotations

import ast
import asyncio
import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from planted_relations import load

import hartonomous
import hartonomous.aio
from hartonomous.aio import AsyncSubstrate
from hartonomous.errors import ParameterError, StoreError, UnknownNameError
from hartonomous.substrate import Substrate, verbs

WORDS = [f"word{i}" for i in range(20)]
VERBS = list(verbs())
#: Seconds that a statement is made to take, and that nobody may wait for.
LONG, PATIENCE = 30, 20.0


@pytest.fixture
def loaded(dsn, connection):
    load(connection, "model:a", [(word, f"like {word}", 0.9) for word in WORDS])
    connection.commit()
    connection.autocommit = True  # what others do now is seen by new transactions alone
    return dsn


def slowly(substrate):
    """Await a statement that takes long."""
    return substrate._run(lambda door: door._session.ask(sleep))


def sleep(connection):
    return connection.execute("SELECT pg_sleep(%s)", [LONG]).fetchone()


async def until_asked(connection, query):
    """Wait until a session runs a query."""
    running = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s"
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while connection.execute(running, [f"{query}%"]).fetchone() == (0,):
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.01)


def test_twenty_questions_at_once_each_get_their_answer(loaded):
    async def ask():
        async with hartonomous.aio.open(loaded) as substrate:
            return await asyncio.gather(*(substrate.neighbors(word) for word in WORDS))

    with hartonomous.open(loaded) as substrate:
        assert asyncio.run(ask()) == [substrate.neighbors(word) for word in WORDS]


def test_the_loop_goes_on_while_the_database_works(loaded, connection):
    async def ask():
        async with hartonomous.aio.open(loaded) as substrate:
            waiting = asyncio.create_task(slowly(substrate))
            await until_asked(connection, "SELECT pg_sleep")
            assert not waiting.done()
            waiting.cancel()

    asyncio.run(ask())


def test_a_cancelled_question_ends_in_the_database_and_harms_no_other(loaded, connection):
    async def ask():
        async with hartonomous.aio.open(loaded) as substrate:
            cancelled = asyncio.create_task(slowly(substrate))
            others = [asyncio.create_task(substrate.neighbors(word)) for word in WORDS]
            await until_asked(connection, "SELECT pg_sleep")
            cancelled.cancel()
            with pytest.raises(asyncio.CancelledError):
                await cancelled
            return [found[0].neighbor for found in await asyncio.gather(*others)]

    found = asyncio.run(asyncio.wait_for(ask(), PATIENCE))
    assert found == [f"like {word}" for word in WORDS]


def test_questions_cancelled_in_turn_leave_the_rest_right(loaded):
    async def ask():
        async with hartonomous.aio.open(loaded) as substrate:
            for _ in range(5):
                tasks = [asyncio.create_task(substrate.neighbors(word)) for word in WORDS]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks[::2]:
                    task.cancel()
                found = await asyncio.gather(*tasks, return_exceptions=True)
                right = [[f"like {word}"] for word in WORDS[1::2]]
                assert [[n.neighbor for n in answer] for answer in found[1::2]] == right

    asyncio.run(asyncio.wait_for(ask(), PATIENCE * 2))


def test_a_question_that_waits_its_turn_is_cancelled_unasked(loaded, connection):
    async def ask():
        async with hartonomous.aio.open(loaded) as substrate:
            first = asyncio.create_task(slowly(substrate))
            await until_asked(connection, "SELECT pg_sleep")
            second = asyncio.create_task(substrate.delete_model("model:a"))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            first.cancel()
        async with hartonomous.aio.open(loaded) as substrate:
            return await substrate.sources()

    assert len(asyncio.run(asyncio.wait_for(ask(), PATIENCE))) == 1


def test_a_change_that_is_cancelled_is_undone(loaded, connection):
    with hartonomous.open(loaded) as substrate:
        before = substrate.fingerprint()

    def delete_slowly(session):
        with session.transaction():
            session.execute("SELECT hartonomous.delete_model('model:a')")
            sleep(session)

    async def change():
        async with hartonomous.aio.open(loaded) as substrate:
            deleting = substrate._run(lambda door: door._session.change(delete_slowly))
            task = asyncio.create_task(deleting)
            await until_asked(connection, "SELECT pg_sleep")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return await substrate.fingerprint()

    assert asyncio.run(asyncio.wait_for(change(), PATIENCE)) == before


def test_work_outside_the_database_fails_at_its_next_statement(loaded, monkeypatch):
    monkeypatch.setattr("hartonomous.aio._GRACE", 0.0)
    begun, told = [], []

    async def change():
        async with hartonomous.aio.open(loaded) as substrate:
            go_on = asyncio.Event()
            loop = asyncio.get_running_loop()

            def mine(connection):
                begun.append(True)
                asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(PATIENCE)
                try:
                    connection.execute("SELECT 1")
                except Exception as error:
                    told.append(error)
                    raise

            task = asyncio.create_task(substrate._run(lambda door: door._session.change(mine)))
            while not begun:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            go_on.set()
            return await substrate.sources()

    assert len(asyncio.run(asyncio.wait_for(change(), PATIENCE))) == 1
    assert len(told) == 1


def test_errors_are_those_of_the_door(loaded):
    async def ask(verb, *arguments):
        async with hartonomous.aio.open(loaded) as substrate:
            return await getattr(substrate, verb)(*arguments)

    with pytest.raises(UnknownNameError, match="no concept 'nobody'"):
        asyncio.run(ask("neighbors", "nobody"))
    with pytest.raises(ParameterError):
        asyncio.run(ask("neighbors", "word1", 0))
    with pytest.raises(TypeError, match="label is text"):
        asyncio.run(ask("position", None))


def test_it_can_be_awaited_and_answers_no_more_once_closed(loaded):
    async def ask():
        substrate = await hartonomous.aio.open(loaded)
        assert await substrate.count_relations() == len(WORDS) * 1
        waiting = asyncio.create_task(substrate.neighbors("word1"))
        await asyncio.sleep(0)
        await substrate.close()
        await substrate.close()
        assert len(await waiting) == 1
        with pytest.raises(StoreError, match="this substrate is closed"):
            await substrate.neighbors("word1")
        with pytest.raises(StoreError, match="this substrate is closed"):
            await substrate

    asyncio.run(asyncio.wait_for(ask(), PATIENCE))


def test_a_database_that_cannot_be_reached_is_said_when_it_is_entered():
    async def ask():
        async with hartonomous.aio.open("host=/nowhere"):
            pass

    with pytest.raises(StoreError, match="cannot connect"):
        asyncio.run(ask())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_awaited_with_the_same_parameters(verb):
    awaited = getattr(AsyncSubstrate, verb)
    assert inspect.iscoroutinefunction(awaited)
    assert inspect.signature(awaited) == inspect.signature(getattr(Substrate, verb)) or (
        verb == "close"
    )
    assert awaited.__doc__


def test_types_are_known_of_every_verb_and_of_no_other():
    tree = ast.parse(Path(hartonomous.aio.__file__).read_text(encoding="utf-8"))
    (door,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "AsyncSubstrate")
    (typed,) = (node for node in door.body if isinstance(node, ast.If))
    lines = [ast.unparse(node) for node in typed.body]
    assert lines == [f"{v} = _awaited(Substrate.{v})" for v in VERBS if v != "close"]


@pytest.mark.nightly
def test_a_type_checker_knows_arguments_and_answers(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import hartonomous.aio\n"
        "async def main() -> None:\n"
        "    async with hartonomous.aio.open() as substrate:\n"
        "        reveal_type(await substrate.neighbors('king', max_results=3))\n"
        "        reveal_type(await substrate.delete_model('model:a'))\n"
        "        await substrate.neighbors(3)\n",
        encoding="utf-8",
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", program],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    said = checked.stdout.splitlines()
    assert 'Answers[hartonomous.answers.questions.Neighbor]"' in said[0]
    assert 'Deletion"' in said[1]
    assert 'incompatible type "int"' in said[2]
    assert len(said) == 4
