"""``vectors align`` and ``retention``: to another model, and how much arrived there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import Json
from hartonomous.cli.output import show_json, show_table
from hartonomous.cli.vectors.options import Seed
from hartonomous.cli.vectors.packages import Key, PublicKey

if TYPE_CHECKING:
    from hartonomous.vectors.packages.depth import Depth
    from hartonomous.vectors.packages.retention import Retention
    from hartonomous.vectors.statistics import Estimate


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (align, retention):
        app.command()(command)


def align(
    package: Annotated[Path, typer.Argument(help="The package.")],
    target: Annotated[Path, typer.Option("--target", help="The model it should fit.")],
    out: Annotated[Path, typer.Option("--out", help="The aligned package to write, .awv.")],
    base: Annotated[
        Path | None,
        typer.Option("--base", help="The package's base model, for another architecture."),
    ] = None,
    quality_target: Annotated[
        float, typer.Option("--quality-target", help="Refuse maps with a lower held-out R².")
    ] = 0.0,
    optimization_passes: Annotated[
        int, typer.Option("--optimization-passes", help="Settings to try for each method, 1 to 3.")
    ] = 3,
    cache: Annotated[
        Path | None, typer.Option("--cache", help="A folder of .wmatrix files.")
    ] = None,
    specialized: Annotated[
        Path | None,
        typer.Option("--specialized", help="The specialised model, to calibrate by --texts."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option("--texts", help="Texts, one a line, to calibrate the scale by.")
    ] = None,
    depth: Annotated[
        Path | None,
        typer.Option("--depth-texts", help="Texts, one a line, to match layers of encoders by."),
    ] = None,
    key: Key = None,
    public_key: PublicKey = None,
    as_json: Json = False,
) -> None:
    """Make a package fit another model, of its own architecture or of another one."""
    from hartonomous.errors import ParameterError
    from hartonomous.vectors.encoders import read_texts
    from hartonomous.vectors.packages.align import align as align_package
    from hartonomous.vectors.packages.container import open_container
    from hartonomous.vectors.packages.dose import calibrate

    if bool(texts) != bool(specialized) or (texts and not base):
        raise ParameterError("a calibration needs --base, --specialized and --texts")
    if depth and not base:
        raise ParameterError("--depth-texts needs --base")
    sentences = read_texts(texts) if texts else ()
    container = open_container(package)
    if public_key:
        container.check_signature(public_key)
    done = align_package(
        container, target, out, base=base, quality_target=quality_target,
        optimization_passes=optimization_passes, cache=cache, key=key,
    )  # fmt: skip
    dose = None
    if specialized and base and sentences:
        dose = calibrate(out, target, base, specialized, sentences, key=key)
    layers = _depth(base, target, depth) if depth and base else None
    if as_json:
        show_json({"alignment": done, "calibration": dose, "depth": layers})
        return
    if dose:
        rows = [(scale, f"{far:.3f}") for scale, far in dose.moved]
        show_table(("scale", f"texts move, {dose.wanted:.3f} wanted"), rows)
        typer.echo(f"scale {dose.scale:g} taken")
    if done.tried:
        show_table(("map of token tables", "held-out R²"), list(done.tried.items()))
    typer.echo(f"{done.path}: {done.method}, rests on {done.rests_on}")
    if done.tried and done.quality_score <= done.null:
        typer.echo("the map is no better than one of shuffled pairs: nothing will arrive")
    if layers:
        _show_depth(layers)


def _depth(base: Path, target: Path, texts: Path) -> Depth:
    from hartonomous.vectors.encoders import open_encoder, read_texts
    from hartonomous.vectors.packages.depth import compare_depth

    return compare_depth(open_encoder(str(base)), open_encoder(str(target)), read_texts(texts))


def _show_depth(found: Depth) -> None:
    rows = [(b, a, alike) for a, b, alike in found.pairs]
    show_table(("target layer", "base layer", "CKA"), rows)
    typer.echo(
        f"CKA {found.mean:.2f}; by relative depth alone {found.by_depth:.2f}, of shuffled texts "
        f"{found.shuffled:.2f}"
    )


def retention(
    suite: Annotated[Path, typer.Option("--suite", help="Questions: CSV or prompts in YAML.")],
    source: Annotated[str, typer.Option("--source", help="The specialised model.")],
    target: Annotated[str, typer.Option("--target", help="The target before the injection.")],
    injected: Annotated[str, typer.Option("--injected", help="The target after it.")],
    package: Annotated[
        Path | None,
        typer.Option("--package", help="The injected package, to inject it shuffled as a placebo."),
    ] = None,
    other_package: Annotated[
        Path | None,
        typer.Option("--other-package", help="Another skill's package, as a second placebo."),
    ] = None,
    others: Annotated[
        list[Path] | None, typer.Option("--other-suite", help="What should not have suffered.")
    ] = None,
    certified: Annotated[
        Path | None,
        typer.Option("--certify", help="Write the package anew, with what was measured in it."),
    ] = None,
    key: Key = None,
    samples: Annotated[int | None, typer.Option("--samples", help="At most so many items.")] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Measure how much of a skill arrived in a target model."""
    from hartonomous.errors import ParameterError
    from hartonomous.vectors.packages.certify import certify
    from hartonomous.vectors.packages.container import open_container
    from hartonomous.vectors.packages.placebo import other_skill_scores, placebo_scores
    from hartonomous.vectors.packages.retention import evaluate_suite, interference
    from hartonomous.vectors.packages.retention import retention as measure

    if certified and not package:
        raise ParameterError("--certify needs --package")
    models = (source, target, injected)
    best, before, after = (evaluate_suite(suite, model, samples=samples) for model in models)
    placebo = None
    if package:
        placebo = placebo_scores(package, Path(target), suite, samples=samples, seed=seed)
    other = None
    if other_package:
        other = other_skill_scores(other_package, Path(target), suite, samples=samples)
    found = measure(suite.stem, best, before, after, placebo, other, seed=seed)
    if certified and package:
        certify(open_container(package), found, Path(target), certified, key)
    lost = {o.stem: interference(o, target, injected, seed=seed) for o in others or []}
    if as_json:
        show_json({"retention": found, "interference": lost})
    else:
        _show(found, lost)


def _show(found: Retention, lost: dict[str, Estimate]) -> None:
    rows = [
        ("source", str(found.source)),
        ("target before", str(found.pre)),
        ("target after", str(found.post)),
        ("retention", str(found.retention or f"undefined: {found.why_undefined}")),
        ("placebo: deltas shuffled", str(found.placebo) if found.placebo else None),
        ("placebo: another skill", str(found.other_skill) if found.other_skill else None),
        ("decides as the source", f"{found.behavioural_fidelity:.2f}"),
        ("gained", str(found.capability_delta)),
        *((f"change on {name}", str(estimate)) for name, estimate in lost.items()),
        ("grade", found.grade),
    ]
    show_table((f"{found.suite}, {found.items} items", "score"), rows)
