"""``vectors task``, ``evaluate`` and ``compare``."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table
from hartonomous.cli.vectors.options import BatchSize, Device, Dtype, Model, Pt, Seed, remark

if TYPE_CHECKING:
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import LanguageModel
    from hartonomous.vectors.tasks.prompts import Prompts
    from hartonomous.vectors.tasks.sessions import Session


class Method(str, Enum):
    """How task vectors are made."""

    mean = "mean"
    function = "function"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (task, evaluate, compare):
        app.command()(command)


def task(
    config: Annotated[Path, typer.Option("--config", help="The task's configuration, YAML.")],
    out: Annotated[Path, typer.Option("--out", help="Where sessions go.")] = Path(),
    model: Annotated[
        str | None, typer.Option("--model", help="A model, in place of the configuration's.")
    ] = None,
    method: Annotated[
        Method, typer.Option("--method", help="Means alone, or a function vector as well.")
    ] = Method.mean,
    device: Device = "cpu",
    pt: Pt = False,
    as_json: Json = False,
) -> None:
    """Extract task vectors: averages of what named tokens and layers hold."""
    from dataclasses import replace

    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.tasks.extraction import read_task_settings
    from hartonomous.vectors.tasks.sessions import extract_session

    settings, prompts = read_task_settings(config)
    settings = replace(settings, model=model or settings.model)
    opened = open_model(settings.model, dtype=settings.dtype, device=device)
    stages = Stages(display_for(quiet=as_json))
    with stages.stage("extract", settings.max_samples) as advance:
        session = extract_session(
            opened, prompts, settings, out, pt=pt, advance=advance, remark=remark
        )
    if method is Method.function:
        _function_vector(opened, prompts, session, stages, pt=pt)
    if as_json:
        show_json({"folder": session.folder, **session.metadata})
    else:
        typer.echo(session.folder)


def _function_vector(
    model: LanguageModel, prompts: Prompts, session: Session, stages: Stages, *, pt: bool
) -> None:
    from hartonomous.vectors.tasks.function_vectors import function_vector, write_function_vector

    heads = int(model.network.config.get_text_config().num_attention_heads)
    with stages.stage("heads", heads * len(model.blocks)) as advance:
        found = function_vector(model, prompts, advance=advance)
    write_function_vector(session.folder, found, pt=pt)


def evaluate(
    config: Annotated[Path, typer.Option("--config", help="A prompt configuration, YAML.")],
    model: Model,
    split: Annotated[str, typer.Option("--split", help="train, validation or test.")] = "test",
    shots: Annotated[
        int | None, typer.Option("--shots", help="Examples, in place of the configuration's.")
    ] = None,
    items: Annotated[int, typer.Option("--items", help="At most so many items.")] = 256,
    batch_size: BatchSize = 32,
    dtype: Dtype = "float32",
    device: Device = "cpu",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Score a model on the prompts that task vectors come from."""
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.models import open_model
    from hartonomous.vectors.statistics import mean_estimate
    from hartonomous.vectors.tasks.prompts import read_prompts
    from hartonomous.vectors.tasks.scoring import score

    prompts = read_prompts(config)
    prompts = prompts.but(shots=prompts.config.shots if shots is None else shots)
    opened = open_model(model, dtype=dtype, device=device)
    rows = prompts.encoded(opened, prompts.split(split, items))
    with Stages(display_for(quiet=as_json)).stage("evaluate", len(rows)) as advance:
        scores = score(opened, rows, batch_size=batch_size, advance=advance, remark=remark)
    right = mean_estimate(scores.correct, seed=seed)
    nats = mean_estimate(scores.log_probability, seed=seed)
    if as_json:
        show_json({"items": len(rows), "correct": right, "log_probability": nats})
    else:
        lines = (("answered right", right), ("log-probability", nats))
        show_table(("score", f"of {len(rows)} items"), [(n, str(e)) for n, e in lines])


def compare(
    a: Annotated[Path, typer.Argument(help="A session's folder.")],
    b: Annotated[Path, typer.Argument(help="Another's.")],
    base: Annotated[
        Path | None, typer.Option("--base", help="A session to take away from both.")
    ] = None,
    plot: Annotated[Path, typer.Option("--plot", help="The PNG to write.")] = Path(
        "layer_similarity.png"
    ),
    as_json: Json = False,
) -> None:
    """Show how alike two sessions' vectors are, layer by layer."""
    from hartonomous.vectors.tasks.compare import compare_sessions, plot_similarities
    from hartonomous.vectors.tasks.sessions import read_session

    found = compare_sessions(read_session(a), read_session(b), read_session(base) if base else None)
    plot_similarities(found, plot, f"{a.name}\n{b.name}")
    if as_json:
        show_json(found)
        return
    titles = ("layer", "position", "cosine", "without base", "chance")
    show_table(
        titles, [(s.layer, s.position, s.cosine, s.cosine_without_base, s.chance) for s in found]
    )
