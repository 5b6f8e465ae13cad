"""Long work says what it does: bars that never stand full, and lines where no terminal is."""

from __future__ import annotations

import io
import threading
import time

import pytest

from hartonomous.cli import output
from hartonomous.cli.progress import Bars, Lines, _Running, display_for
from hartonomous.progress import Silent, Stages, steps

#: Seconds within which a thread that writes now and then has written.
PATIENCE = 20.0


class Heard(io.StringIO):
    """Knows when the first line is there."""

    def __init__(self):
        super().__init__()
        self.has_line = threading.Event()

    def write(self, text):
        written = super().write(text)
        if "\n" in text:
            self.has_line.set()
        return written


def test_a_stage_without_a_terminal_writes_how_far_it_is():
    heard = Heard()
    stages = Stages(Lines(heard, every=0.01))
    with stages.stage("mine", 4, does="find neighbours\x1b[2J") as advance:
        advance(1)
        assert heard.has_line.wait(PATIENCE)
    first = heard.getvalue().splitlines()[0]
    assert first.startswith("find neighbours\\x1b[2J")
    assert ("25%" in first and "to go" in first) or first.endswith("s so far")


def test_no_line_is_written_once_the_stage_is_over():
    heard = Heard()
    stages = Stages(Lines(heard, every=0.01))
    with stages.stage("mine"):
        assert heard.has_line.wait(PATIENCE)
    said = heard.getvalue()
    time.sleep(0.1)
    assert heard.getvalue() == said
    assert not [t for t in threading.enumerate() if "_tell" in t.name]


def test_many_short_stages_are_heard_of_too():
    heard, deadline = Heard(), time.monotonic() + PATIENCE
    stages = Stages(Lines(heard, every=0.05))
    while not heard.has_line.is_set():
        assert time.monotonic() < deadline
        with stages.stage("count"):
            time.sleep(0.01)
    assert heard.getvalue().startswith("count: ")


def test_a_closed_stream_harms_no_work():
    stages = Stages(Lines(closed := io.StringIO(), every=0.001))
    closed.close()
    with stages.stage("mine"):
        time.sleep(0.02)
    assert [stage.name for stage in stages.finished] == ["mine"]


@pytest.mark.parametrize(
    ("total", "done", "line"),
    [
        (None, 0, "read: 20 s so far"),
        (100, 0, "read: 20 s so far"),
        (100, 40, "read: 40%, 20 s so far, about 30 s to go"),
        (100, 100, "index: 20 s so far"),
        (0, 0, "index: 20 s so far"),
    ],
)
def test_a_line_says_the_share_only_while_it_says_something(total, done, line):
    assert _Running("read", total, 100.0, "index", done).line(120.0) == line


def terminal(monkeypatch):
    """Put what a terminal of 60 columns would get in the place of standard error."""
    written = io.StringIO()
    written.isatty = lambda: True
    monkeypatch.setattr("sys.stderr", written)
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm")
    return written


def shown(display):
    """The lines that a bar is drawn as now."""
    from rich.console import Console

    console = Console(width=60, file=io.StringIO())
    console.print(display._progress.get_renderable())
    return console.file.getvalue().splitlines()


def test_a_bar_says_what_is_done_once_all_units_are(monkeypatch):
    terminal(monkeypatch)
    bars = Bars()
    advance = bars.start("store the lists", 3, "index them")
    advance(1)
    assert "store the lists" in shown(bars)[0]
    assert " 33%" in shown(bars)[0]
    advance(2)
    (line,) = shown(bars)
    assert line.startswith("index them")
    assert "%" not in line
    bars.finish(True)


def test_a_bar_fits_a_narrow_terminal_and_keeps_brackets_of_names(monkeypatch):
    terminal(monkeypatch)
    bars = Bars()
    advance = bars.start("lay out model:[red]" + "x" * 80, 1.0, "")
    advance(0.5)
    (line,) = shown(bars)
    assert "model:[red]x" in line
    assert " 50%" in line
    assert len(line) <= 60
    bars.finish(True)


def test_a_stage_that_fails_is_not_shown_as_done(monkeypatch):
    written = terminal(monkeypatch)
    stages = Stages(Bars())
    with pytest.raises(OSError, match="broke"):
        fail(stages)
    assert "store" in written.getvalue()
    assert "100%" not in written.getvalue()


def fail(stages):
    with stages.stage("store", 2) as advance:
        advance(1)
        raise OSError("broke")


def test_a_terminal_gets_bars_and_files_get_lines(monkeypatch):
    terminal(monkeypatch)
    assert isinstance(display_for(quiet=False), Bars)
    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert isinstance(display_for(quiet=False), Lines)


def test_nothing_is_shown_with_json_or_quiet(monkeypatch):
    terminal(monkeypatch)
    assert isinstance(display_for(quiet=True), Silent)
    monkeypatch.setattr(output._Voice, "is_quiet", True)
    assert isinstance(display_for(quiet=False), Silent)


def test_reports_of_a_share_become_steps():
    told = []
    report = steps(told.append)
    for share in (0.25, 0.5, 1.0):
        report(share)
    assert told == [0.25, 0.25, 0.5]
