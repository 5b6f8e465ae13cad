"""Progress on standard error: bars with rates and time left, on terminals only."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from hartonomous.cli.output import is_quiet
from hartonomous.progress import Advance, Display, Silent

if TYPE_CHECKING:
    from rich.progress import Progress


def display_for(*, quiet: bool) -> Display:
    """Return bars where a person can see them, else silence."""
    return Silent() if quiet or is_quiet() or not sys.stderr.isatty() else Bars()


class Bars:
    """One bar a stage, on standard error."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def start(self, name: str, total: float | None) -> Advance:
        """Begin a stage; without a total the bar only says that it runs."""
        progress = self._progress = _bars()
        progress.start()
        task = progress.add_task(name, total=total)
        return lambda amount: progress.advance(task, amount)

    def finish(self) -> None:
        """Leave the bar as it stands."""
        if self._progress:
            self._progress.stop()
            self._progress = None


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        """Observations a second, where there are many to count."""

        def render(self, task: Task) -> Text:
            counted = task.speed and task.total and task.total > 1
            return Text(f"{task.speed:,.0f}/s" if counted else "", style="cyan")

    return Progress(
        TextColumn("{task.description:<6}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
