"""Whatever is killed, and whenever, an operation has happened as a whole or not at all."""

from __future__ import annotations

import random
import subprocess
import time
from dataclasses import dataclass

import pytest
from laboratory import VICTIMS, Laboratory, State, faults_of, session, state_of
from operations import OPERATIONS, Operation

#: Two kills of each operation; the others are for the night.
FEW, MANY = 2 * len(OPERATIONS), 28 * len(OPERATIONS)


@dataclass(frozen=True)
class Draw:
    """What is killed during what, and when; all of it follows from the number."""

    number: int

    @property
    def operation(self) -> Operation:
        return OPERATIONS[self.number % len(OPERATIONS)]

    @property
    def victim(self) -> str:
        turn, place = divmod(self.number, len(OPERATIONS))
        return VICTIMS[(turn + place) % len(VICTIMS)]

    @property
    def fraction(self) -> float:
        """The share of the operation's undisturbed duration that passes before."""
        return random.Random(self.number).random()

    def __str__(self) -> str:
        name = self.operation.__name__
        return f"{self.number}: {self.victim} during {name} at {self.fraction:.0%}"


NIGHTLY = [pytest.param(Draw(number), marks=pytest.mark.nightly) for number in range(FEW, MANY)]


@pytest.mark.parametrize("draw", [*map(Draw, range(FEW)), *NIGHTLY], ids=str)
def test_a_kill_leaves_what_was_before_or_what_came_after(laboratory: Laboratory, draw: Draw):
    rehearsal = laboratory.rehearse(draw.operation)
    client, backend = laboratory.start_operation(draw.operation)
    time.sleep(draw.fraction * rehearsal.seconds)
    laboratory.kill(draw.victim, client, backend)
    found = remains(laboratory, client)
    assert found in rehearsal.states
    if found == rehearsal.states[0]:
        assert done_again(laboratory, draw.operation) == rehearsal.states[-1]


def remains(laboratory: Laboratory, client: subprocess.Popen[str]) -> State:
    """Return the state after a restart, when all that is left of the client has ended."""
    _, errors = client.communicate(timeout=60)
    assert client.returncode in (0, -9) or errors.splitlines()[-1].startswith("error: "), errors
    with session() as connection:
        laboratory.wait_alone(connection)
        assert faults_of(connection) == []
        assert laboratory.stray_files() == []
        return state_of(connection)


def done_again(laboratory: Laboratory, operation: Operation) -> State:
    """Do an operation to the database as it is."""
    with session() as connection:
        for _ in operation(connection, laboratory.vectors):
            pass
        return state_of(connection)
