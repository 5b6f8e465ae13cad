"""The command line: one file a group of commands; each calls the Python API and prints."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from hartonomous.cli import (
    ask,
    code,
    db,
    diff,
    forget,
    forgotten,
    images,
    ingest,
    ingest_code,
    ingest_images,
    ingest_texts,
    lineage,
    search,
    sphere,
    vectors,
)  # fmt: skip
from hartonomous.cli.streams import open_streams
from hartonomous.cli.stripped import described
from hartonomous.errors import HartonomousError

#: Exit status after Ctrl-C, as shells have it.
_INTERRUPTED = 130


class _Commands(TyperGroup):
    """The groups and commands, each with ``--quiet``."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  # typer's own
        super().__init__(*given, **named)
        for command in _leaves(self):
            command.params.append(_quiet())
            if any(param.name == "operator" for param in command.params):
                command.params.append(_key_file())
            if not command.help:
                command.help = described(command.callback)


app = typer.Typer(
    cls=_Commands,
    name="hartonomous",
    help="What AI models know, as a PostgreSQL graph you can query, explain, compare and edit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _leaves(group: TyperGroup) -> Iterator[TyperCommand]:
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            yield from _leaves(command)
        elif isinstance(command, TyperCommand):
            yield command


def _quiet() -> TyperOption:
    return TyperOption(
        param_decls=["--quiet", "-q"],
        is_flag=True,
        expose_value=False,
        callback=_hush,
        help="Print answers and errors alone: no progress, notes or reports.",
    )


def _key_file() -> TyperOption:
    return TyperOption(
        param_decls=["--key-file"],
        metavar="FILE",
        expose_value=False,
        callback=_name_key_file,
        help="The key under which persons are forgotten, for a server of your own.",
    )


def _name_key_file(_context: typer.Context, _option: object, path: str | None) -> None:
    if path is not None:
        os.environ["HARTONOMOUS_KEY_FILE"] = path  # as it may be named without the option


def _hush(_context: typer.Context, _option: object, wanted: bool) -> None:
    if wanted:
        from hartonomous.cli.output import be_quiet

        be_quiet()


ingest.app.add_typer(ingest_texts.app)
ingest.app.add_typer(ingest_images.app)
ingest.app.add_typer(ingest_code.app)
app.add_typer(ingest.app, name="ingest")
ask.register(app)
diff.register(app)
forget.register(app)
app.add_typer(forgotten.app, name="forgotten")
sphere.register(app)
app.add_typer(lineage.app, name="lineage")
search.register(app, code.app)
app.add_typer(code.app, name="code")
app.add_typer(images.app, name="images")
images.register(app)
app.add_typer(db.app, name="db")
db.register(app)
app.add_typer(vectors.app, name="vectors")


def main() -> None:
    """Run the command line; what a user can cause ends as one line and exit status 2."""
    open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that can't show a word shows its code
        sys.stdout.reconfigure(errors="backslashreplace")
    interrupts = _note_interrupts()
    try:
        _run()
    except Exception:
        if interrupts:  # while a module is imported, Ctrl-C can come out as an error of that module
            raise SystemExit(_INTERRUPTED) from None
        raise


def _run() -> None:
    try:
        status = app(standalone_mode=False)
    except typer.Abort:
        typer.echo("Aborted.", err=True)
        raise SystemExit(1) from None
    except TyperException as error:
        _fail_misuse(error)
    except HartonomousError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except MemoryError:
        _fail("this machine's memory is not enough")
    else:
        raise SystemExit(status if isinstance(status, int) else 0)


def _fail_misuse(error: TyperException) -> None:
    """Say what is wrong with the command line, in one line and not a box of them."""
    if type(error).__name__ == "NoArgsIsHelpError":  # a group alone: its help is printed by now
        raise SystemExit(2)
    said = getattr(error, "format_message", error.__str__)().rstrip(".")
    context = getattr(error, "ctx", None)
    _fail(f"{said}; see `{context.command_path} --help`" if context is not None else said)


def _note_interrupts() -> list[int]:
    """Return a list that gets an entry at each Ctrl-C, which interrupts as ever."""
    seen: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, note)
    return seen


def _fail(message: str) -> None:
    from hartonomous.cli.output import printable

    typer.echo(f"error: {printable(message)}", err=True)
    raise SystemExit(2)


def _print_version(wanted: bool) -> None:
    if wanted:
        import hartonomous

        typer.echo(f"hartonomous {hartonomous.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            callback=_print_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    pass
