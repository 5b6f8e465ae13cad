"""``hartonomous ingest``: mine sources into the substrate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.loading import (
    Base,
    KeepGoing,
    Method,
    SearchMethod,
    Threads,
    Vocabulary,
    loading,
)

if TYPE_CHECKING:
    from hartonomous.cli.loading import Said
    from hartonomous.ingest import IngestReport
    from hartonomous.substrate import Substrate

app = typer.Typer(help="Mine sources into relations and evidence.", no_args_is_help=True)


@app.command()
@loading
def embeddings(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str],
        typer.Argument(help="Models' folders or files, word vectors, or names on the hub."),
    ],
    k: Annotated[int, typer.Option("--k", help="Neighbours of each concept.")] = 50,
    raw: Annotated[
        bool, typer.Option("--raw", help="Mine the vectors as they are, without cleaning.")
    ] = False,
    tensor: Annotated[
        str | None, typer.Option("--tensor", help="The tensor to read, if not the token embedding.")
    ] = None,
    vocabulary: Vocabulary = None,
    base: Base = None,
    skip_invalid: Annotated[
        bool, typer.Option("--skip-invalid", help="Leave out rows that are not finite.")
    ] = False,
    method: SearchMethod = Method.auto,
    threads: Threads = None,
) -> IngestReport:
    """Mine the token embeddings of models, or word vectors."""
    return substrate.ingest_embeddings(
        paths,
        k=k,
        raw=raw,
        tensor=tensor,
        vocabulary=vocabulary,
        base=base,
        skip_invalid=skip_invalid,
        method=method.value,
        threads=threads,
        **said,
    )


@app.command()
@loading
def model(
    substrate: Substrate,
    said: Said,
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
            help="How far heads must stand above their nulls, or all.",
            show_default="above chance",
        ),
    ] = None,
    lexicon: Annotated[
        Path | None, typer.Option("--lexicon", help="Related words to screen heads by.")
    ] = None,
    layout: Annotated[
        Path | None, typer.Option("--layout", help="Names of tensors, for unknown architectures.")
    ] = None,
    vocabulary: Vocabulary = None,
    base: Base = None,
    method: SearchMethod = Method.auto,
    threads: Threads = None,
) -> IngestReport:
    """Mine what attention heads, neurons and experts compare, from weights alone."""
    return substrate.ingest_model(
        paths,
        sites=sites,
        layers=layers,
        heads=heads,
        k=k,
        min_signal=min_signal,
        lexicon=lexicon,
        layout=layout,
        vocabulary=vocabulary,
        base=base,
        method=method.value,
        threads=threads,
        **said,
    )


@app.command()
@loading
def dictionary(
    substrate: Substrate,
    said: Said,
    path: Annotated[str, typer.Argument(help="A safetensors file with a decoder.")],
    model: Annotated[Path, typer.Option("--model", help="Folder of the model it was made for.")],
    layer: Annotated[
        int | None,
        typer.Option("--layer", help="Before which layer it reads.", show_default="after the last"),
    ] = None,
    k: Annotated[int, typer.Option("--k", help="Neighbours of each concept.")] = 10,
    method: SearchMethod = Method.auto,
    threads: Threads = None,
) -> IngestReport:
    """Mine the features of a dictionary over a model's residual stream."""
    return substrate.ingest_dictionary(
        path, model, layer=layer, k=k, method=method.value, threads=threads, **said
    )


@app.command()
@loading
def lexicon(
    substrate: Substrate,
    said: Said,
    paths: Annotated[list[str], typer.Argument(help="Two words and people's score a line.")],
) -> IngestReport:
    """Load what people judged of pairs of words, by which `calibrate` reads ratings."""
    return substrate.ingest_lexicon(paths, **said)


@app.command()
@loading
def text(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str], typer.Argument(help="Plain text, Markdown, or JSON lines of id and text.")
    ],
    window: Annotated[
        int, typer.Option("--window", help="Words this near to each other are related.")
    ] = 5,
    keep_going: KeepGoing = False,
) -> IngestReport:
    """Count which words of documents follow each other and which occur together."""
    return substrate.ingest_text(paths, window=window, keep_going=keep_going, **said)


@app.command()
@loading
def relations(
    substrate: Substrate,
    said: Said,
    paths: Annotated[
        list[str],
        typer.Argument(help="Lines of a, b, type, weight and source: TSV, JSON lines, parquet."),
    ],
    keep_going: KeepGoing = False,
) -> IngestReport:
    """Load relations that somebody wrote down; ConceptNet's dump is read as it is."""
    return substrate.ingest_relations(paths, keep_going=keep_going, **said)
