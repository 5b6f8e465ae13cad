"""``vectors monitor`` and ``steer``: a trait while a model writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table
from hartonomous.cli.vectors.options import BatchSize, Device, Dtype, Model, Seed

Vector = Annotated[Path, typer.Option("--vector", help="A vector, METHOD_layerN.safetensors.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (monitor, steer):
        app.command()(command)


def monitor(
    prompt: Annotated[str, typer.Argument(help="What is asked.")],
    model: Model,
    vector: Vector,
    instruction: Annotated[
        str, typer.Option("--instruction", help="What stands before the question.")
    ] = "",
    max_new_tokens: Annotated[
        int, typer.Option("--max-new-tokens", help="Length of the answer.")
    ] = 60,
    plot: Annotated[Path | None, typer.Option("--plot", help="A PNG to write.")] = None,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    as_json: Json = False,
) -> None:
    """Show how much of a trait each token has while a model answers."""
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.traits.monitor import monitor as watch
    from hartonomous.vectors.traits.monitor import plot_trajectory
    from hartonomous.vectors.traits.vectors import read_vector

    opened = open_model(model, dtype=dtype, device=device)
    found = watch(
        opened, read_vector(vector), prompt, instruction=instruction, max_new_tokens=max_new_tokens
    )
    if plot:
        plot_trajectory(found, plot)
    if as_json:
        show_json(found)
        return
    rows = [
        (
            n, token, f"{found.projections[n]:+.2f}",
            f"{found.velocity[n - 1]:+.2f}" if n > 0 else None,
            f"{found.acceleration[n - 2]:+.2f}" if n > 1 else None,
        )
        for n, token in enumerate(found.tokens)
    ]  # fmt: skip
    show_table(("", "token", found.trait, "velocity", "acceleration"), rows)
    side = "with" if found.shows else "without"
    typer.echo(f"committed from token {found.commitment} on, {side} {found.trait}")


def steer(
    model: Model,
    vector: Vector,
    definition: Annotated[
        Path, typer.Option("--trait-folder", help="The folder with the trait's definition.")
    ],
    judge_model: Annotated[
        str,
        typer.Option("--judge-model", help="A server's model, local:MODEL or lexical."),
    ] = "lexical",
    judge_url: Annotated[str | None, typer.Option("--judge-url", help="The server.")] = None,
    doses: Annotated[
        str, typer.Option("--doses", help="In units of the residual streams' mean norm.")
    ] = "-0.2,-0.1,0,0.1,0.2",
    max_new_tokens: Annotated[
        int, typer.Option("--max-new-tokens", help="Length of an answer.")
    ] = 40,
    random: Annotated[int, typer.Option("--random", help="Random directions beside it.")] = 20,
    batch_size: BatchSize = 8,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Add a trait vector while a model answers: dose and response, beside random directions."""
    from hartonomous.cli.progress import display_for
    from hartonomous.errors import ParameterError
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.traits.definition import read_definition
    from hartonomous.vectors.traits.judges import open_judge
    from hartonomous.vectors.traits.steer import steer as add
    from hartonomous.vectors.traits.vectors import read_vector

    try:
        amounts = [float(dose) for dose in doses.split(",")]
    except ValueError:
        raise ParameterError(f"doses are numbers, such as -0.1,0,0.1, not {doses!r:.40}") from None
    judge = open_judge(judge_model, url=judge_url)
    trait = read_definition(definition)
    opened = open_model(model, dtype=dtype, device=device)
    with Stages(display_for(quiet=as_json)).stage("steer", len(amounts) + random) as advance:
        found = add(
            opened, read_vector(vector), trait, judge, doses=amounts, random=random,
            max_new_tokens=max_new_tokens, batch_size=batch_size, seed=seed, advance=advance,
        )  # fmt: skip
    if as_json:
        show_json(found)
        return
    rows = [
        (
            f"{d.dose:+g}", str(d.trait), f"{d.coherence_lost:.2f}", d.distinct,
            "yes" if d.coherent else "no", d.example[:60],
        )
        for d in found.doses
    ]  # fmt: skip
    show_table(("dose", found.trait, "nats lost", "distinct", "coherent", "example"), rows)
    typer.echo(
        f"{'monotone' if found.monotone else 'not monotone'}; random directions reach "
        f"{found.random_low:.0f} to {found.random_high:.0f}, the vector lies "
        f"{'outside' if found.outside_random else 'inside'}"
    )
