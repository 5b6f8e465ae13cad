"""Progress on standard error: a bar on terminals, elsewhere a line now and then."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, TextIO

from hartonomous.cli.output import is_quiet, printable
from hartonomous.progress import Advance, Display, Silent

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, Task
    from rich.text import Text

#: Seconds between two lines where no terminal shows a bar.
EVERY = 10.0
#: Seconds that a stage takes at least for its bar to stay when it is over.
_WORTH_KEEPING = 1.0
#: Columns of a bar, on a narrow terminal and else, and those that its figures take.
_BARS, _FIGURES = (10, 30), 22
#: Narrower terminals do without rates.
_WIDE = 80


def display_for(*, quiet: bool) -> Display:
    """Return bars where a person can see them, lines elsewhere, and silence where asked for."""
    if quiet or is_quiet():
        return Silent()
    return Bars() if sys.stderr.isatty() else Lines(sys.stderr)


@dataclass
class _Running:
    """A stage that runs."""

    does: str
    total: float | None
    started: float
    then: str
    done: float = 0.0

    def advance(self, amount: float) -> None:
        """Count what is done."""
        self.done += amount

    @property
    def has_all(self) -> bool:
        """Whether all units are done, by what floating sums of them can tell."""
        return self.total is not None and self.done >= self.total * (1 - 1e-9)

    def line(self, now: float) -> str:
        """Say how it stands."""
        passed = now - self.started
        if self.has_all:
            return f"{self.then}: {passed:,.0f} s so far"
        if not self.total or not self.done:
            return f"{self.does}: {passed:,.0f} s so far"
        share = self.done / self.total
        left = passed / share - passed
        return f"{self.does}: {share:.0%}, {passed:,.0f} s so far, about {left:,.0f} s to go"


class Lines:
    """A line each ``every`` seconds, which says what the stage that runs then does."""

    def __init__(self, stream: TextIO, every: float = EVERY) -> None:
        self._stream, self._every = stream, every
        self._due: float | None = None
        self._over = Event()
        self._thread: Thread | None = None

    def start(self, does: str, total: float | None, then: str) -> Advance:
        """Begin a stage, whose lines a thread writes."""
        running = _Running(does, total, monotonic(), then)
        self._due = self._due or running.started + self._every
        self._over.clear()
        self._thread = Thread(target=self._tell, args=[running], daemon=True)
        self._thread.start()
        return running.advance

    def finish(self, is_done: bool) -> None:  # noqa: ARG002  # a report or an error follows
        """Write no more lines about the stage."""
        self._over.set()
        if self._thread:
            self._thread.join()
            self._thread = None

    def _tell(self, running: _Running) -> None:
        while self._due and not self._over.wait(self._due - monotonic()):
            with suppress(OSError, ValueError):  # nobody reads them any more
                print(printable(running.line(monotonic())), file=self._stream, flush=True)
            self._due = monotonic() + self._every


class Bars:
    """One bar a stage, on standard error."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._running = _Running("", None, 0.0, "")

    def start(self, does: str, total: float | None, then: str) -> Advance:
        """Begin a stage; without a total, and when all units are done, the bar only runs."""
        running = self._running = _Running(printable(does), total, monotonic(), printable(then))
        progress = self._progress = _bars()
        progress.start()
        task = progress.add_task(running.does, total=total)

        def advance(amount: float) -> None:
            had_all = running.has_all
            running.advance(amount)
            progress.advance(task, amount)
            if running.has_all and not had_all:
                progress.update(task, visible=False)
                progress.add_task(running.then, total=None)

        return advance

    def finish(self, is_done: bool) -> None:
        """Leave the bar full where all is done and took long enough to be worth a line."""
        progress, self._progress = self._progress, None
        if progress is None:
            return
        if is_done:
            _fill(progress, self._running)
        progress.live.transient = monotonic() - self._running.started < _WORTH_KEEPING
        progress.stop()


def _fill(progress: Progress, running: _Running) -> None:
    task, *rest = progress.task_ids
    total = running.total or 1.0
    progress.update(task, visible=True, total=total, completed=total)
    for other in rest:
        progress.update(other, visible=False)


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    console = Console(stderr=True)
    is_wide = console.width >= _WIDE
    room = max(console.width - _BARS[is_wide] - _FIGURES - is_wide * 12, 8)
    does = Column(no_wrap=True, overflow="ellipsis", max_width=room)
    return Progress(
        TextColumn("{task.description}", markup=False, table_column=does),
        BarColumn(bar_width=_BARS[is_wide]),
        *_figures(is_wide=is_wide),
        TimeElapsedColumn(),
        console=console,
    )


def _figures(*, is_wide: bool) -> list[ProgressColumn]:
    """Return columns for share, rate and time left, each empty where nobody knows it."""
    from rich.progress import ProgressColumn
    from rich.text import Text

    class Share(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.percentage:>3.0f}%" if task.total else "    ")

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            is_counted = task.speed and task.total and task.total > 1 and not task.finished
            return Text(f"{task.speed:,.0f}/s" if is_counted else "", style="cyan")

    class Left(ProgressColumn):
        def render(self, task: Task) -> Text:
            left = task.time_remaining
            is_known = task.total and left is not None and not task.finished
            return Text(f"-{left:.0f} s" if is_known else "", style="cyan")

    return [Share(), *([Rate()] if is_wide else []), Left()]
