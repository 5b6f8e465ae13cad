"""What commands that load share, and how a verb becomes a command that has it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from hartonomous.cli.ingested import show_report
from hartonomous.cli.options import Dsn, Json, Operator, Reference, with_options

if TYPE_CHECKING:
    from hartonomous.ingest import IngestReport
    from hartonomous.progress import Stages

Source = Annotated[
    str | None,
    typer.Option("--source", help="Name of the source, or what stands before each name."),
]
Subject = Annotated[
    str | None,
    typer.Option("--subject", help="Whose they are: `delete subject` takes them."),
]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="DATE", help="`forget-expired` takes it from this day on."),
]
KeepGoing = Annotated[
    bool,
    typer.Option("--keep-going", help="Leave malformed lines out; without, it is all or nothing."),
]
Vocabulary = Annotated[
    Path | None, typer.Option("--vocabulary", help="The words of a matrix, one a line.")
]
Base = Annotated[Path | None, typer.Option("--base", help="The model that a LoRA adapter changes.")]


class Method(str, Enum):
    """How nearest neighbours are searched."""

    auto = "auto"
    exact = "exact"
    blocks = "blocks"
    hnsw = "hnsw"


SearchMethod = Annotated[Method, typer.Option("--method", help="How neighbours are searched.")]
Threads = Annotated[
    int | None, typer.Option("--threads", help="Threads to use.", show_default="one a core")
]


class Said(TypedDict):
    """What every source is loaded with."""

    source: str | None
    subject: str | None
    expires: str | None
    stages: Stages


def loading(verb: Callable[..., IngestReport]) -> Callable[..., None]:
    """Make a command of a verb that takes a substrate and what is said; its report is printed."""

    @wraps(verb)
    def command(
        *given: object,
        source: str | None,
        subject: str | None,
        expires: str | None,
        operator: str | None,
        reference: str | None,
        dsn: str | None,
        as_json: bool,
        **named: object,
    ) -> None:
        import hartonomous
        from hartonomous.cli.progress import display_for
        from hartonomous.progress import Stages

        with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
            stages = Stages(display_for(quiet=as_json))
            said = Said(source=source, subject=subject, expires=expires, stages=stages)
            report = verb(substrate, said, *given, **named)
        show_report(report, as_json=as_json)

    return with_options(verb, command, _SHARED, inner=("substrate", "said"))


_SHARED: dict[str, tuple[object, object]] = {
    "source": (Source, None), "subject": (Subject, None), "expires": (Expires, None),
    "operator": (Operator, None), "reference": (Reference, None), "dsn": (Dsn, None),
    "as_json": (Json, False),
}  # fmt: skip
