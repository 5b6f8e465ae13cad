"""``vectors monitor`` and ``steer``: a trait while a model writes."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table
from hartonomous.cli.vectors.options import BatchSize, Device, Dtype, Model, Seed

if TYPE_CHECKING:
    from hartonomous.vectors.traits.steer import Steering

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
    vectors: Annotated[
        list[Path],
        typer.Option(
            "--vector", help="A vector; of several, the one that steers training questions most."
        ),
    ],
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
    ] = "-0.4,-0.2,0,0.2,0.4",
    max_new_tokens: Annotated[
        int, typer.Option("--max-new-tokens", help="Length of an answer.")
    ] = 40,
    samples: Annotated[int, typer.Option("--samples", help="Answers to each question.")] = 1,
    temperature: Annotated[
        float, typer.Option("--temperature", help="0 takes the most likely token.")
    ] = 0.0,
    every: Annotated[
        bool,
        typer.Option("--every-token/--written-tokens", help="Whether prompts are steered as well."),
    ] = True,
    random: Annotated[int, typer.Option("--random", help="Random directions beside it.")] = 20,
    others: Annotated[
        list[Path] | None, typer.Option("--other", help="Another trait's vector, as a control.")
    ] = None,
    batch_size: BatchSize = 64,
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
    from hartonomous.vectors.traits.steer import Spread, steers_best
    from hartonomous.vectors.traits.steer import steer as add
    from hartonomous.vectors.traits.steered_texts import Writing
    from hartonomous.vectors.traits.vectors import read_vector

    try:
        amounts = [float(dose) for dose in doses.split(",")]
    except ValueError:
        raise ParameterError(f"doses are numbers, such as -0.1,0,0.1, not {doses!r:.40}") from None
    judge = open_judge(judge_model, url=judge_url)
    trait = read_definition(definition)
    given, beside = ([read_vector(path) for path in paths] for paths in (vectors, others or []))
    writing = Writing(max_new_tokens, batch_size, samples, temperature, every)
    opened = open_model(model, dtype=dtype, device=device)
    stages = Stages(display_for(quiet=as_json))
    chosen, tried = given[0], tuple[Spread, ...]()
    if len(given) > 1:
        sizes = sorted({abs(amount) for amount in amounts if amount})
        with stages.stage("choose", len(given)) as advance:
            best, tried = steers_best(
                opened, given, trait, judge, doses=sizes, writing=writing, seed=seed,
                advance=advance,
            )  # fmt: skip
        chosen = best.vector
    with stages.stage("steer", len(amounts) + random) as advance:
        found = add(
            opened, chosen, trait, judge, doses=amounts, random=random, others=beside,
            writing=writing, seed=seed, advance=advance,
        )  # fmt: skip
    if as_json:
        spreads = [(s.vector.method, s.vector.layer, s.dose, s.spread) for s in tried]
        show_json({**asdict(found), "tried": spreads})
        return
    if tried:
        rows = [(s.vector.method, s.vector.layer, s.dose, s.spread) for s in tried]
        show_table(("tried", "layer", "dose", "scores apart"), rows)
    _show(found)


def _show(found: Steering) -> None:
    rows = [
        (
            f"{d.dose:+g}", str(d.trait), f"{d.coherence_lost:.2f}", d.distinct,
            "yes" if d.coherent else "no", d.example[:60],
        )
        for d in found.doses
    ]  # fmt: skip
    titles = ("dose", found.trait, "nats lost", "distinct", "coherent", "example")
    show_table(titles, rows)
    for name, value in found.others.items():
        typer.echo(f"the vector of {name} reaches {value:.0f}")
    typer.echo(
        f"block {found.layer}: {'monotone' if found.monotone else 'not monotone'}; random "
        f"directions reach {found.random_low:.0f} to {found.random_high:.0f}, the vector lies "
        f"{'outside' if found.outside_random else 'inside'}"
    )
