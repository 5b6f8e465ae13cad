"""``vectors extract``, ``inject`` and ``rollback``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table

if TYPE_CHECKING:
    from hartonomous.vectors.packages.extract import Extraction

Key = Annotated[
    Path | None, typer.Option("--key", help="An Ed25519 private key that signs the package.")
]
PublicKey = Annotated[
    Path | None, typer.Option("--public-key", help="Refuse what this key did not sign.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (extract, inject, rollback):
        app.command()(command)


def extract(
    base: Annotated[Path, typer.Argument(help="The base model's folder.")],
    specialized: Annotated[Path, typer.Argument(help="The specialised model's folder.")],
    out: Annotated[Path, typer.Option("--out", help="The package to write, .awv.")],
    significance_threshold: Annotated[
        float, typer.Option("--significance-threshold", help="Least absolute delta to keep.")
    ] = 0.001,
    layer_selection: Annotated[
        str, typer.Option("--layer-selection", help="all, attention, ffn, or layers such as 0,3.")
    ] = "all",
    include_attention_heads: Annotated[
        bool,
        typer.Option(
            "--include-attention-heads/--no-attention-heads", help="Take attention weights."
        ),
    ] = True,
    normalize: Annotated[
        bool, typer.Option("--normalize/--no-normalize", help="In units of each base tensor.")
    ] = True,
    quantization: Annotated[
        str, typer.Option("--quantization", help="fp32, fp16 or int8.")
    ] = "fp16",
    compression: Annotated[str, typer.Option("--compression", help="zstd, lz4 or none.")] = "zstd",
    max_mb: Annotated[
        float | None, typer.Option("--max-mb", help="Write matrices at ranks that fit this size.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What the package is called.")] = "",
    domain: Annotated[str, typer.Option("--domain", help="What it is good for.")] = "",
    training_context: Annotated[
        str, typer.Option("--training-context", help="How the specialised model was made.")
    ] = "",
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Write the weight deltas of a base model and its specialised form as one package."""
    from hartonomous.cli.progress import display_for
    from hartonomous.progress import Stages
    from hartonomous.vectors.packages.extract import ExtractSettings
    from hartonomous.vectors.packages.extract import extract as extract_package

    settings = ExtractSettings(
        significance_threshold, layer_selection, include_attention_heads, normalize, quantization,
        compression, max_mb,
    )  # fmt: skip
    labels = {"title": title, "domain": domain, "training_context": training_context}
    with Stages(display_for(quiet=as_json)).stage("extract") as advance:
        made = extract_package(
            base, specialized, out, settings, labels=labels, key=key, advance=advance
        )
    if as_json:
        show_json(made)
    else:
        _show_extraction(made, settings.significance_threshold)


def _show_extraction(made: Extraction, threshold: float) -> None:
    report = made.report
    rows = [
        (c.component, f"{c.share_of_change:.1%}", f"{c.share_of_bytes:.1%}")
        for c in report.components
    ]
    show_table(("component", "of the change", "of the file"), rows)
    typer.echo(
        f"{made.path}: {made.size / 1e6:.2f} MB, {report.parameters:,} numbers differ, "
        f"{report.energy_kept:.1%} of the squared deltas kept at threshold {threshold:g}"
    )
    typer.echo(f"99 % are kept up to a threshold of {report.threshold_for_99_percent:.2g}")
    typer.echo(f"package {made.package_id}")


def inject(
    package: Annotated[Path, typer.Argument(help="The package.")],
    target: Annotated[Path, typer.Option("--target", help="The target's folder; only read.")],
    out: Annotated[Path, typer.Option("--out", help="The new model's folder.")],
    mode: Annotated[
        str, typer.Option("--mode", help="full, scaled, selective or additive.")
    ] = "full",
    scale: Annotated[
        float,
        typer.Option("--scale", "--learning-rate-scale", help="Factor of every delta."),
    ] = 1.0,
    layers: Annotated[
        str, typer.Option("--layers", help="Layers that mode selective changes, such as 0,3.")
    ] = "",
    density: Annotated[
        float, typer.Option("--density", help="Mode additive: put in this share, the largest.")
    ] = 1.0,
    checkpoint: Annotated[
        bool, typer.Option("--checkpoint/--no-checkpoint", help="Keep the target's weights beside.")
    ] = True,
    stabilization_steps: Annotated[
        int,
        typer.Option("--stabilization-steps", help="Of training towards the target, on --texts."),
    ] = 0,
    texts: Annotated[
        Path | None,
        typer.Option("--texts", help="Texts, one a line.", show_default="words of the target"),
    ] = None,
    suite: Annotated[
        Path | None, typer.Option("--suite", help="Measure retention by these questions.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="The specialised model, for --suite.")
    ] = None,
    quality_threshold: Annotated[
        float, typer.Option("--quality-threshold", help="Least retention; below it nothing stays.")
    ] = 0.75,
    rollback_on_failure: Annotated[
        bool, typer.Option("--rollback-on-failure/--keep", help="Whether less is refused.")
    ] = True,
    public_key: PublicKey = None,
    as_json: Json = False,
) -> None:
    """Write a copy of a target model with a package's deltas in it."""
    from hartonomous.cli.progress import display_for
    from hartonomous.errors import ParameterError
    from hartonomous.progress import Stages
    from hartonomous.vectors.encoders import read_texts
    from hartonomous.vectors.packages.components import layer_numbers
    from hartonomous.vectors.packages.container import open_container
    from hartonomous.vectors.packages.gate import RetentionGate
    from hartonomous.vectors.packages.inject import inject as inject_package
    from hartonomous.vectors.packages.stabilize import Stabilizer
    from hartonomous.vectors.packages.weights_file import InjectSettings

    container = open_container(package)
    if public_key:
        container.check_signature(public_key)
    chosen = tuple(sorted(layer_numbers(layers))) if layers else ()
    gate = None
    if (suite is None) != (source is None):
        raise ParameterError("retention needs both --suite and --source")
    if suite and source:
        gate = RetentionGate(suite, source, str(target), quality_threshold, rollback_on_failure)
    settings = InjectSettings(mode, scale, chosen, density, checkpoint)
    stabilizer = Stabilizer(stabilization_steps, read_texts(texts) if texts else ())
    with Stages(display_for(quiet=as_json)).stage("inject") as advance:
        done = inject_package(
            container, target, out, settings, stabilizer=stabilizer, advance=advance, accept=gate
        )
    measured = gate.measured if gate else None
    if as_json:
        show_json({"injection": done, "retention": measured})
        return
    if measured:
        typer.echo(f"retention {measured.retention or 'undefined'}, grade {measured.grade}")
    exact = ", the specialised model bit by bit" if done.exact else ""
    typer.echo(
        f"{done.folder}: {done.tensors_modified} tensors in {done.layers_modified} layers "
        f"modified{exact}"
    )
    if steady := done.stabilization:
        typer.echo(
            f"{steady.steps} steps on texts: {steady.before:.4f} of the last states away from the "
            f"target before, {steady.after:.4f} after{'' if steady.kept else ', so not taken'}"
        )
    if done.conflicts.both:
        share = done.conflicts.opposite / done.conflicts.both
        typer.echo(f"{share:.1%} of {done.conflicts.both:,} shared numbers pulled apart")


def rollback(
    folder: Annotated[Path, typer.Argument(help="An injected model's folder.")],
) -> None:
    """Give an injected model its target's weights again, byte for byte."""
    from hartonomous.vectors.packages.rollback import roll_back

    for name in roll_back(folder):
        typer.echo(f"{folder / name}: as before the injection")
