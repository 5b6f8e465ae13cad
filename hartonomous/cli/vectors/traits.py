"""``vectors trait``: definition, responses, activations, vectors, analysis, and all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table
from hartonomous.cli.vectors.options import BatchSize, Device, Dtype, Pt, Seed, remark

if TYPE_CHECKING:
    from hartonomous.progress import Stages
    from hartonomous.vectors.traits.definition import TraitDefinition
    from hartonomous.vectors.traits.judges import Judge
    from hartonomous.vectors.traits.vectors import VectorQuality

app = typer.Typer(help="Trait vectors, stage by stage.", no_args_is_help=True)

Experiment = Annotated[str, typer.Option("--experiment", help="The experiment's name.")]
Traits = Annotated[str, typer.Option("--trait", "--traits", help="A trait, or several, a,b,c.")]
Root = Annotated[Path, typer.Option("--root", help="Where experiments lie.")]
GenModel = Annotated[
    str | None,
    typer.Option("--gen-model", "--model", help="Who writes.", show_default="by experiment's name"),
]
Threshold = Annotated[float, typer.Option("--threshold", help="Positive from this score on.")]
_ROOT = Path("experiments")


@app.command()
def new(trait: Traits, experiment: Experiment, root: Root = _ROOT) -> None:
    """Write a template of a trait's definition, to be filled in."""
    from hartonomous.vectors.traits.definition import new_definition

    for folder, name in _folders(root, experiment, trait):
        typer.echo(new_definition(folder, name))


@app.command()
def responses(
    experiment: Experiment,
    trait: Traits,
    gen_model: GenModel = None,
    judge_model: Annotated[
        str,
        typer.Option(
            "--judge-model", help="A model of an OpenAI-compatible server, local:MODEL or lexical."
        ),
    ] = "gpt-5-mini",
    judge_url: Annotated[
        str | None,
        typer.Option(
            "--judge-url", help="The server.", show_default="OPENAI_BASE_URL, else OpenAI"
        ),
    ] = None,
    n_examples: Annotated[
        int, typer.Option("--n-examples", help="Responses of each polarity.")
    ] = 100,
    max_new_tokens: Annotated[
        int, typer.Option("--max-new-tokens", help="Length of a response.")
    ] = 60,
    temperature: Annotated[
        float, typer.Option("--temperature", help="0 takes the most likely token.")
    ] = 0.0,
    max_concurrent_judges: Annotated[
        int, typer.Option("--max-concurrent-judges", help="Verdicts asked for at once.")
    ] = 10,
    price: Annotated[
        float, typer.Option("--price-per-million", help="Of the judge's tokens, to show the cost.")
    ] = 0.0,
    batch_size: BatchSize = 8,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    root: Root = _ROOT,
) -> None:
    """Write responses with a trait and without it, and judge them."""
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.traits.definition import read_definition
    from hartonomous.vectors.traits.experiment import default_model
    from hartonomous.vectors.traits.judges import open_judge
    from hartonomous.vectors.traits.responses import write_responses

    judge = open_judge(judge_model, url=judge_url)
    folders = _folders(root, experiment, trait)
    definitions = [read_definition(folder) for folder, _ in folders]
    model = open_model(gen_model or default_model(experiment), dtype=dtype, device=device)
    stages = Stages(display_for(quiet=False))
    for (folder, name), definition in zip(folders, definitions, strict=True):
        with stages.stage(f"write {name}", 2 * n_examples) as advance:
            write_responses(
                model, definition, folder, n_examples=n_examples, max_new_tokens=max_new_tokens,
                temperature=temperature, batch_size=batch_size, seed=seed, advance=advance,
                remark=remark,
            )  # fmt: skip
        _judge(judge, definition, folder, stages, max_concurrent_judges, price)


def _judge(
    judge: Judge,
    definition: TraitDefinition,
    folder: Path,
    stages: Stages,
    concurrent: int,
    price: float,
) -> None:
    from hartonomous.vectors.traits.judges import estimated_tokens
    from hartonomous.vectors.traits.responses import (
        COMPLIANCE,
        compliance,
        judge_responses,
        unjudged,
    )

    waiting = unjudged(folder)
    tokens = estimated_tokens(definition, waiting)
    remark(f"{definition.trait}: {len(waiting)} to judge, {_cost(tokens, price)} estimated")
    with stages.stage(f"judge {definition.trait}", len(waiting)) as advance:
        judge_responses(judge, definition, folder, max_concurrent=concurrent, advance=advance)
    if used := getattr(judge, "tokens_used", 0):
        remark(f"{definition.trait}: the judge has used {_cost(used, price)}")
    followed = compliance(folder)
    typer.echo(f"{folder}: instructions followed, AUROC of the judge's scores {followed:.2f}")
    if followed < COMPLIANCE:
        typer.echo("the model did not follow the instructions: its vectors would mean nothing")


def _cost(tokens: int, price: float) -> str:
    return f"{tokens:,} tokens" + (f", {tokens * price / 1e6:.4f}" if price else "")


@app.command()
def activations(
    experiment: Experiment,
    trait: Traits,
    gen_model: GenModel = None,
    threshold: Threshold = 50.0,
    batch_size: BatchSize = 8,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    pt: Pt = False,
    root: Root = _ROOT,
) -> None:
    """Average every layer's activations over each response."""
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.traits.activations import extract_activations
    from hartonomous.vectors.traits.definition import read_definition
    from hartonomous.vectors.traits.experiment import default_model

    folders = _folders(root, experiment, trait)
    model = open_model(gen_model or default_model(experiment), dtype=dtype, device=device)
    stages = Stages(display_for(quiet=False))
    for folder, name in folders:
        with stages.stage(f"activations {name}") as advance:
            path = extract_activations(
                model, read_definition(folder), folder, threshold=threshold,
                batch_size=batch_size, pt=pt, advance=advance, remark=remark,
            )  # fmt: skip
        typer.echo(path)


@app.command()
def vectors(
    experiment: Experiment,
    trait: Traits,
    methods: Annotated[
        str, typer.Option("--methods", help="Of mean_diff, probe, ica and gradient.")
    ] = "mean_diff,probe,ica,gradient",
    layers: Annotated[
        str | None, typer.Option("--layers", help="Blocks, such as 5,10,16.", show_default="all")
    ] = None,
    pt: Pt = False,
    seed: Seed = 0,
    root: Root = _ROOT,
    as_json: Json = False,
) -> None:
    """Extract a vector of each method and layer and evaluate it on what was held out."""
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.packages.components import layer_numbers
    from hartonomous.vectors.traits.vectors import analyse, extract_vectors

    chosen = sorted(layer_numbers(layers)) if layers else None
    names = [name.strip() for name in methods.split(",")]
    stages = Stages(display_for(quiet=as_json))
    answers = {}
    for folder, name in _folders(root, experiment, trait):
        with stages.stage(f"extract {name}") as advance:
            made = extract_vectors(folder, name, names, chosen, pt=pt, advance=advance)
        with stages.stage(f"analyse {name}", len(made)) as advance:
            answers[name] = analyse(folder, made, seed=seed, advance=advance)
    if as_json:
        show_json(answers)
        return
    for name, found in answers.items():
        _show(name, found)


def _show(trait: str, found: tuple[VectorQuality, ...]) -> None:
    from hartonomous.vectors.traits.vectors import best

    titles = (trait, "layer", "AUROC", "random 95 %", "p", "contrast", "norm", "counts")
    rows = [
        (
            q.method, q.layer, str(q.auroc), q.random_95, f"{q.p:.4f}", f"{q.contrast:.3f}",
            f"{q.relative_norm:.3f}", "yes" if q.counts else "no",
        )
        for q in found
    ]  # fmt: skip
    show_table(titles, rows)
    chosen = best(found)
    typer.echo(f"by training data alone the best is {chosen.method} in block {chosen.layer}")


def _folders(root: Path, experiment: str, traits: str) -> list[tuple[Path, str]]:
    from hartonomous.vectors.traits.experiment import trait_folder, trait_names

    return [(trait_folder(root, experiment, name), name) for name in trait_names(traits)]
