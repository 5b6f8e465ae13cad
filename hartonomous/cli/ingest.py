"""``hartonomous ingest``: mine sources into the substrate."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.ingested import show_report
from hartonomous.cli.options import Dsn, Json, Operator, Reference

if TYPE_CHECKING:
    from hartonomous.progress import Stages

app = typer.Typer(help="Mine sources into relations and evidence.", no_args_is_help=True)

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


class Method(str, Enum):
    """How nearest neighbours are searched."""

    auto = "auto"
    exact = "exact"
    blocks = "blocks"
    hnsw = "hnsw"


@app.command()
def embeddings(
    paths: Annotated[
        list[str],
        typer.Argument(help="Models' folders or files, word vectors, or names on the hub."),
    ],
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    k: Annotated[int, typer.Option("--k", help="Neighbours of each concept.")] = 50,
    raw: Annotated[
        bool, typer.Option("--raw", help="Mine the vectors as they are, without cleaning.")
    ] = False,
    tensor: Annotated[
        str | None, typer.Option("--tensor", help="The tensor to read, if not the token embedding.")
    ] = None,
    vocabulary: Annotated[
        Path | None, typer.Option("--vocabulary", help="The words of a matrix, one a line.")
    ] = None,
    base: Annotated[
        Path | None, typer.Option("--base", help="The model that a LoRA adapter changes.")
    ] = None,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Leave out rows that are not finite.")
    ] = False,
    method: Annotated[
        Method, typer.Option("--method", help="How neighbours are searched.")
    ] = Method.auto,
    threads: Annotated[
        int | None, typer.Option("--threads", help="Threads to use.  [default: one a core]")
    ] = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Mine the token embeddings of models, or word vectors."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_embeddings(
            paths,
            source=source,
            subject=subject,
            expires=expires,
            k=k,
            raw=raw,
            tensor=tensor,
            vocabulary=vocabulary,
            base=base,
            skip_invalid=skip_invalid,
            method=method.value,
            threads=threads,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


@app.command()
def model(
    paths: Annotated[
        list[str], typer.Argument(help="Model folders, GGUF and ONNX files, names on the hub.")
    ],
    sites: Annotated[
        str,
        typer.Option("--sites", help="Some of embedding, unembedding, attention, mlp, by commas."),
    ] = "embedding,attention",
    layers: Annotated[str, typer.Option("--layers", help="Such as 0-5,8, or all.")] = "all",
    heads: Annotated[str, typer.Option("--heads", help="Such as 0-5,8, or all.")] = "all",
    k: Annotated[
        int, typer.Option("--k", help="Neighbours at heads and neurons; the embedding has 50.")
    ] = 10,
    min_signal: Annotated[
        str | None,
        typer.Option(
            "--min-signal",
            help="How far heads must stand above their nulls, or all.  [default: above chance]",
        ),
    ] = None,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", help="Related words to screen heads by.")
    ] = None,
    layout: Annotated[
        Path | None, typer.Option("--layout", help="Names of tensors, for unknown architectures.")
    ] = None,
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    vocabulary: Annotated[
        Path | None, typer.Option("--vocabulary", help="The model's words, one a line.")
    ] = None,
    base: Annotated[
        Path | None, typer.Option("--base", help="Of an adapter, the model that it changes.")
    ] = None,
    method: Annotated[
        Method, typer.Option("--method", help="How neighbours are searched.")
    ] = Method.auto,
    threads: Annotated[
        int | None, typer.Option("--threads", help="Threads to use.  [default: one a core]")
    ] = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Mine what attention heads, neurons and experts compare, from weights alone."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_model(
            paths,
            sites=sites,
            layers=layers,
            heads=heads,
            k=k,
            min_signal=min_signal,
            lexicon=lexicon,
            layout=layout,
            source=source,
            subject=subject,
            expires=expires,
            vocabulary=vocabulary,
            base=base,
            method=method.value,
            threads=threads,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


@app.command()
def dictionary(
    path: Annotated[str, typer.Argument(help="A safetensors file with a decoder.")],
    model: Annotated[Path, typer.Option("--model", help="Folder of the model it was made for.")],
    layer: Annotated[
        int | None,
        typer.Option("--layer", help="Before which layer it reads.  [default: after the last]"),
    ] = None,
    k: Annotated[int, typer.Option("--k", help="Neighbours of each concept.")] = 10,
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    method: Annotated[
        Method, typer.Option("--method", help="How neighbours are searched.")
    ] = Method.auto,
    threads: Annotated[
        int | None, typer.Option("--threads", help="Threads to use.  [default: one a core]")
    ] = None,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Mine the features of a dictionary over a model's residual stream."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_dictionary(
            path,
            model,
            layer=layer,
            k=k,
            source=source,
            subject=subject,
            expires=expires,
            method=method.value,
            threads=threads,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


@app.command()
def text(
    paths: Annotated[
        list[str], typer.Argument(help="Plain text, Markdown, or JSON lines of id and text.")
    ],
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    window: Annotated[
        int, typer.Option("--window", help="Words this near to each other are related.")
    ] = 5,
    keep_going: KeepGoing = False,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Count which words of documents follow each other and which occur together."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_text(
            paths,
            source=source,
            subject=subject,
            expires=expires,
            window=window,
            keep_going=keep_going,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


@app.command()
def relations(
    paths: Annotated[
        list[str],
        typer.Argument(help="Lines of a, b, type, weight and source: TSV, JSON lines, parquet."),
    ],
    source: Source = None,
    subject: Subject = None,
    expires: Expires = None,
    keep_going: KeepGoing = False,
    operator: Operator = None,
    reference: Reference = None,
    dsn: Dsn = None,
    as_json: Json = False,
) -> None:
    """Load relations that somebody wrote down; ConceptNet's dump is read as it is."""
    import hartonomous

    with hartonomous.open(dsn, operator=operator, reference=reference) as substrate:
        report = substrate.ingest_relations(
            paths,
            source=source,
            subject=subject,
            expires=expires,
            keep_going=keep_going,
            stages=shown_stages(quiet=as_json),
        )
    show_report(report, as_json=as_json)


def shown_stages(*, quiet: bool) -> Stages:
    """Show and time what is done, unless it is to be quiet."""
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages

    return Stages(display_for(quiet=quiet))
