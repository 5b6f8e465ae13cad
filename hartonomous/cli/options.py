"""Options that commands share, and how a question becomes a command that has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, get_type_hints

import typer

Dsn = Annotated[
    str | None,
    typer.Option(
        "--dsn",
        envvar="HARTONOMOUS_DSN",
        show_envvar=False,
        help="Use this PostgreSQL, 15 or newer, instead of the embedded one.",
    ),
]
Operator = Annotated[
    str | None,
    typer.Option(
        "--operator",
        envvar="HARTONOMOUS_OPERATOR",
        show_envvar=False,
        help="Who does it, as the audit is to say.",
        show_default="the system's user",
    ),
]
Reference = Annotated[
    str | None,
    typer.Option(
        "--reference", metavar="TICKET", help="What it is done for, for audit and receipt."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV with every field.")]
Tsv = Annotated[bool, typer.Option("--tsv", help="Print the same, parted by tabs.")]
Sources = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="SOURCE", help="Count this source alone; several add up."),
]
Without = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="SOURCE", help="Leave this source out, as if deleted."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DAY", help="Count what was loaded by then and is not forgotten."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Show also what no model knows above chance.")]
RelationType = Annotated[
    str, typer.Option("--relation-type", "-t", help="The relations that are meant.")
]
MaxResults = Annotated[int, typer.Option("--max-results", "-n", help="How many to show at most.")]


class Form(str, Enum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    tsv = "tsv"


def form_of(as_json: bool, as_csv: bool, as_tsv: bool) -> Form:
    """Return what the options ask for.

    Raises
    ------
    ParameterError
        They ask for more than one.
    """
    from hartonomous.errors import ParameterError

    options = {Form.json: as_json, Form.csv: as_csv, Form.tsv: as_tsv}
    asked = [form for form, wanted in options.items() if wanted]
    if len(asked) > 1:
        raise ParameterError(" and ".join(f"--{form.value}" for form in asked) + ": choose one")
    return asked[0] if asked else Form.table


def asking(question: Callable[..., object]) -> Callable[..., None]:
    """Make a command of a question to a substrate, its first parameter; the answer is printed."""

    @wraps(question)
    def command(
        *given: object,
        dsn: str | None,
        in_sources: list[str] | None,
        out_sources: list[str] | None,
        as_of: str | None,
        below_chance: bool,
        as_json: bool,
        as_csv: bool,
        as_tsv: bool,
        **named: object,
    ) -> None:
        import hartonomous
        from hartonomous.cli.output import show

        form = form_of(as_json, as_csv, as_tsv)
        with hartonomous.open(
            dsn, sources=in_sources, without=out_sources, as_of=as_of, below_chance=below_chance
        ) as substrate:
            answer = question(substrate, *given, **named)
        show(answer, form)

    return with_options(question, command, _ASKED, inner=("substrate",))


def with_options(
    own: Callable[..., object],
    command: Callable[..., None],
    shared: Mapping[str, tuple[object, object]],
    inner: Sequence[str],
) -> Callable[..., None]:
    """Give a command a function's own parameters and the options that commands share.

    Parameters
    ----------
    own, command
        What the command does, and the command around it.
    shared
        Annotation and default of each option by its name.
    inner
        The function's parameters that the command fills in itself.
    """
    hints = get_type_hints(own, localns=_LATER, include_extras=True)
    parameters = [
        parameter.replace(annotation=hints[name])
        for name, parameter in signature(own).parameters.items()
        if name not in inner
    ]
    parameters += [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in shared.items()
    ]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # typer reads it
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


_ASKED: dict[str, tuple[object, object]] = {
    "in_sources": (Sources, None), "out_sources": (Without, None), "as_of": (AsOf, None),
    "below_chance": (All, False),
    "dsn": (Dsn, None), "as_json": (Json, False), "as_csv": (Csv, False), "as_tsv": (Tsv, False),
}  # fmt: skip

#: Stands for the types that commands name and that would be slow to import.
_LATER = dict.fromkeys(("Substrate", "Said", "IngestReport", "Answer"), object) | {"Answers": tuple}
