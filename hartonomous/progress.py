"""How a long job tells what it is doing; the command line shows it, everybody else stays silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

#: Told how much more of a stage is done, in the stage's own units.
Advance = Callable[[float], None]


class Display(Protocol):
    """Shows one stage at a time."""

    def start(self, name: str, total: float | None) -> Advance:
        """Begin a stage of ``total`` units, None when nobody knows."""

    def finish(self) -> None:
        """End the stage that was begun last."""


class Silent:
    """Shows nothing."""

    def start(self, name: str, total: float | None) -> Advance:  # noqa: ARG002  # the protocol's
        """Begin a stage that nobody watches."""
        return lambda _amount: None

    def finish(self) -> None:
        """End it."""


@dataclass(frozen=True)
class Stage:
    """A finished stage and how many seconds it took."""

    name: str
    seconds: float


class Stages:
    """Runs named stages one after the other, shows them and remembers how long each took."""

    def __init__(self, display: Display | None = None) -> None:
        self._display = display or Silent()
        self._finished: list[Stage] = []

    @contextmanager
    def stage(self, name: str, total: float | None = None) -> Iterator[Advance]:
        """Time the block as one stage and give it the function that tells its progress."""
        started = perf_counter()
        advance = self._display.start(name, total)
        try:
            yield advance
        finally:
            self._display.finish()
            self._finished.append(Stage(name, perf_counter() - started))

    @property
    def finished(self) -> tuple[Stage, ...]:
        """The stages so far, in order; one that was run several times is one."""
        seconds: dict[str, float] = {}
        for stage in self._finished:
            seconds[stage.name] = seconds.get(stage.name, 0.0) + stage.seconds
        return tuple(map(Stage, seconds, seconds.values()))
