"""Options that the vector commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Model = Annotated[
    str, typer.Option("--model", help="A model folder, a GGUF file, or a name on the hub.")
]
Dtype = Annotated[
    str, typer.Option("--dtype", help="Numbers to compute with: float32, bfloat16 or float16.")
]
Device = Annotated[str, typer.Option("--device", help="Where to compute, for example cuda.")]
BatchSize = Annotated[int, typer.Option("--batch-size", help="Texts at once.")]
Seed = Annotated[int, typer.Option("--seed", help="Of everything drawn at random.")]
Pt = Annotated[bool, typer.Option("--pt", help="Write .pt files beside the safetensors.")]


def remark(line: str) -> None:
    """Tell the user something on standard error."""
    typer.echo(line, err=True)
