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

    def start(self, does: str, total: float | None, then: str) -> Advance:
        """Begin a stage of ``total`` units, None when nobody knows, and say what it ``does``.

        ``then`` says what it still does once all units are done, so that nothing stands at 100 %.
        """

    def finish(self, is_done: bool) -> None:
        """End the stage that was begun last; it may have failed."""


class Silent:
    """Shows nothing."""

    def start(self, does: str, total: float | None, then: str) -> Advance:  # noqa: ARG002
        """Begin a stage that nobody watches."""
        return lambda _amount: None

    def finish(self, is_done: bool) -> None:
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
    def stage(
        self, name: str, total: float | None = None, *, does: str = "", then: str = ""
    ) -> Iterator[Advance]:
        """Time the block as one stage and give it the function that tells its progress.

        Parameters
        ----------
        name
            What reports call it.
        total
            Its units of work, None when nobody knows.
        does, then
            What a display says that it does, by default its name, and what is still to be done
            when all units are.
        """
        started, is_done = perf_counter(), False
        advance = self._display.start(does or name, total, then or f"{does or name}: finishing")
        try:
            yield advance
            is_done = True
        finally:
            self._display.finish(is_done)
            self._finished.append(Stage(name, perf_counter() - started))

    @property
    def finished(self) -> tuple[Stage, ...]:
        """The stages so far, in order; one that was run several times is one."""
        seconds: dict[str, float] = {}
        for stage in self._finished:
            seconds[stage.name] = seconds.get(stage.name, 0.0) + stage.seconds
        return tuple(map(Stage, seconds, seconds.values()))


def steps(advance: Advance) -> Advance:
    """Return what takes reports of the share that is done, and tells what each adds to the last."""
    done = 0.0

    def report(share: float) -> None:
        nonlocal done
        advance(share - done)
        done = share

    return report
