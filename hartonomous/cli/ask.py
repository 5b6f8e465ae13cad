"""Questions: ``neighbors``, ``path``, ``traverse``, ``explain``, ``strongest``, ``sources``, ..."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hartonomous.cli.options import MaxResults, RelationType, asking
from hartonomous.errors import ParameterError

if TYPE_CHECKING:
    from hartonomous.answers import Answer, Answers
    from hartonomous.substrate import Substrate

#: What is read of words on standard input.
MAX_INPUT_BYTES = 1 << 22

MaxDepth = Annotated[int, typer.Option("--max-depth", help="How many hops a path may have.")]
Beam = Annotated[int, typer.Option("--beam", help="How many paths of each depth are kept.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    questions = (
        neighbors, known, relatedness, combine, analogy, rank_candidates, classify, surprise, gaps,
        agree, disagree, path, paths, traverse, explain, strongest, sources, sites, overlap,
        calibrate, probability, compare,
    )  # fmt: skip
    for command in questions:
        app.command()(asking(command))


def neighbors(
    substrate: Substrate,
    label: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD...",
            help="Concepts; ##ing is the word piece, and - reads them from standard input, "
            "one a line.",
        ),
    ],
    max_results: MaxResults = 10,
    relation_type: RelationType = "related",
    towards: Annotated[
        bool, typer.Option("--towards", help="Show instead who lists the concept.")
    ] = False,
    rating: Annotated[
        str | None,
        typer.Option(
            "--rating",
            help="elo or consensus.",
            show_default="consensus where several sources vote",
        ),
    ] = None,
    min_sources: Annotated[
        int, typer.Option("--min-sources", help="Leave out what fewer sources hold.")
    ] = 1,
    by_source: Annotated[
        bool, typer.Option("--by-source", help="Show a column for each source instead.")
    ] = False,
) -> Answers[Answer]:
    """Show what concepts are most strongly related to."""
    words = [word for given in label for word in (_piped() if given == "-" else [given])]
    if by_source:
        if towards or rating or min_sources != 1 or relation_type != "related":
            raise ParameterError("--by-source shows each source's own list: take -n alone with it")
        return _by_source(substrate, words, max_results)
    asked = words[0] if len(words) == 1 else words
    return substrate.neighbors(asked, max_results, relation_type, towards, rating, min_sources)


def _by_source(substrate: Substrate, words: list[str], max_results: int) -> Answers[Answer]:
    from hartonomous.answers import SourceNeighbor
    from hartonomous.cli.columns import SideBySide

    if len(words) != 1:
        raise ParameterError("--by-source shows one word at a time")
    found = substrate.neighbors_by_source(words[0], max_results)
    return SideBySide(found, SourceNeighbor, found.notes)


def known(
    substrate: Substrate,
    label: Annotated[str, typer.Argument(metavar="WORD", help="A concept.")],
) -> Answers[Answer]:
    """Show which models know a concept above chance."""
    from hartonomous.cli.output import note

    found = substrate.known(label)
    if not found:
        note(f"no model lists {label:.80}")
    return found


def relatedness(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="A concept.")],
    b: Annotated[str, typer.Argument(help="Another.")],
) -> float | None:
    """Show how much two concepts have to do with each other, from 0 to 1."""
    from hartonomous.cli.output import note

    found = substrate.relatedness(a, b)
    if found is None:
        note(f"{a:.80} and {b:.80}: one of them is not known")
    return found


def combine(
    substrate: Substrate,
    labels: Annotated[list[str], typer.Argument(metavar="WORD...", help="Concepts.")],
    without_labels: Annotated[
        list[str] | None, typer.Option("--not", help="A concept to keep away from; repeatable.")
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="all, or any of the concepts.")] = "all",
    max_results: MaxResults = 10,
) -> Answers[Answer]:
    """Show what has to do with all of some concepts, and not with others."""
    return substrate.combine(labels, without_labels or (), mode, max_results)


def analogy(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="A concept.")],
    b: Annotated[str, typer.Argument(help="What something is to it.")],
    c: Annotated[str, typer.Argument(help="A concept of the first one's kind.")],
    max_results: MaxResults = 5,
) -> Answers[Answer]:
    """Show what is to c as b is to a."""
    return substrate.analogy(a, b, c, max_results)


def rank_candidates(
    substrate: Substrate,
    candidates: Annotated[list[str], typer.Argument(metavar="CANDIDATE...", help="The list.")],
    labels: Annotated[list[str], typer.Option("--for", help="A concept to fit; repeatable.")],
) -> Answers[Answer]:
    """Show a list in the order of what each has to do with some concepts."""
    return substrate.rank_candidates(labels, candidates)


def classify(
    substrate: Substrate,
    text: Annotated[str, typer.Argument(help="Words, or a sentence.")],
    labels: Annotated[list[str], typer.Argument(metavar="LABEL...", help="What it may be of.")],
) -> Answers[Answer]:
    """Show labels in the order in which a text may be of them."""
    return substrate.classify(text, labels)


def surprise(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="A concept.")],
    b: Annotated[str, typer.Argument(help="Another.")],
) -> float:
    """Show how unlikely it is that two concepts are related, from near 0 to 1."""
    return substrate.surprise(a, b)


def gaps(
    substrate: Substrate,
    label: Annotated[str, typer.Argument(metavar="WORD", help="A concept.")],
    max_results: MaxResults = 10,
) -> Answers[Answer]:
    """Show relations that nobody lists and that should perhaps be there."""
    return substrate.gaps(label, max_results)


def agree(
    substrate: Substrate,
    label: Annotated[str, typer.Argument(metavar="WORD", help="A concept.")],
    max_results: MaxResults = 10,
) -> Answers[Answer]:
    """Show what most sources agree on, and the rank that each gives it."""
    return substrate.agree(label, max_results)


def disagree(
    substrate: Substrate,
    label: Annotated[str, typer.Argument(metavar="WORD", help="A concept.")],
    max_results: MaxResults = 5,
) -> Answers[Answer]:
    """Show what some sources hold and others that know both deny."""
    return substrate.disagree(label, max_results)


def path(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="Where the path begins.")],
    b: Annotated[str, typer.Argument(help="Where it ends.")],
    max_depth: MaxDepth = 6,
    beam: Beam = 256,
    relation_type: RelationType = "related",
) -> Answer | None:
    """Show the strongest path between two concepts."""
    from hartonomous.cli.output import note

    found = substrate.path(a, b, max_depth, beam, relation_type)
    if found is None:
        note(f"no path from {a:.80} to {b:.80} within {max_depth} hops in a beam of {beam}")
    return found


def paths(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="Where the paths begin.")],
    b: Annotated[str, typer.Argument(help="Where they end.")],
    max_results: MaxResults = 5,
    max_depth: MaxDepth = 6,
    beam: Beam = 256,
    relation_type: RelationType = "related",
) -> Answers[Answer]:
    """Show the best paths between two concepts, and which sources hold each whole."""
    from hartonomous.cli.output import note

    found = substrate.paths(a, b, max_results, max_depth, beam, relation_type)
    if not found:
        note(f"no path from {a:.80} to {b:.80} within {max_depth} hops in a beam of {beam}")
    return found


def traverse(
    substrate: Substrate,
    prompt: Annotated[str, typer.Argument(help="Words to start from.")],
    max_depth: MaxDepth = 3,
    beam: Beam = 16,
    relation_type: RelationType = "related",
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="A concept to go around; repeatable.")
    ] = None,
    temperature: Annotated[
        float, typer.Option("--temperature", help="Draw the next hops; 0 takes the best.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Decides the draw.")] = 0,
) -> Answers[Answer]:
    """Follow the strongest relations from the words of a prompt."""
    return substrate.traverse(
        prompt, max_depth, beam, relation_type, exclude or (), temperature, seed
    )


def explain(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="A concept.")],
    b: Annotated[str, typer.Argument(help="Another.")],
) -> Answers[Answer]:
    """Show every piece of evidence that relates two concepts."""
    from hartonomous.cli.output import note

    found = substrate.explain(a, b)
    if not found:
        note(f"nothing relates {a:.80} and {b:.80}")
    return found


def strongest(
    substrate: Substrate,
    max_results: MaxResults = 20,
    relation_type: RelationType = "related",
) -> Answers[Answer]:
    """Show the best rated relations of the whole graph; quick after `db summarise`."""
    return substrate.strongest(max_results, relation_type)


def sources(
    substrate: Substrate,
    who: Annotated[bool, typer.Option("--who", help="Show who may see each.")] = False,
) -> Answers[Answer]:
    """List the sources that were loaded."""
    from hartonomous.answers import SourceSummary
    from hartonomous.cli.columns import WhoSees
    from hartonomous.cli.output import note

    found = substrate.sources()
    if not found:
        note("nothing is loaded yet: hartonomous ingest embeddings PATH brings a model in")
    return WhoSees(found, SourceSummary, found.notes) if who else found


def sites(
    substrate: Substrate, source: Annotated[str, typer.Argument(help="Name of the source.")]
) -> Answers[Answer]:
    """List the sites of a source, with how far each stood above chance."""
    return substrate.sites(source)


def overlap(
    substrate: Substrate,
    exact: Annotated[
        bool, typer.Option("--exact", help="Count all concepts instead of an eighth.")
    ] = False,
) -> Answers[Answer]:
    """Show how far the neighbours that sources list agree, for all pairs of models."""
    return substrate.source_overlap(exact)


def compare(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="Name of a live model.")],
    b: Annotated[str, typer.Argument(help="Of another.")],
    k: Annotated[int, typer.Option("--k", help="Neighbours of each concept that count.")] = 10,
) -> Answers[Answer]:
    """Show how two models' lists agree, by region of the vocabulary."""
    return substrate.compare_sources(a, b, k)


def calibrate(
    substrate: Substrate,
    bands: Annotated[int, typer.Option("--bands", help="How many bands at most.")] = 10,
    lexicon: Annotated[
        Path | None,
        typer.Option("--lexicon", help="Load this first: two words and a score a line."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw how reliable it is: PNG, SVG or PDF.")
    ] = None,
) -> Answers[Answer]:
    """Show with which probability people agree with ratings, by lexicons and feedback."""
    from hartonomous.cli.output import note
    from hartonomous.evaluation.reliability import draw_reliability

    if lexicon:
        loaded = substrate.ingest_lexicon(lexicon)
        said = "is there now" if loaded.new else "was there already"
        note(f"{loaded.sources[0]} {said}: `hartonomous delete source` takes it out again")
    found = substrate.calibration(bands)
    if plot:
        draw_reliability(found, plot)
        note(f"{plot} shows how reliable it is")
    return found


def probability(
    substrate: Substrate,
    a: Annotated[str, typer.Argument(help="A concept.")],
    b: Annotated[str, typer.Argument(help="Another.")],
) -> float | None:
    """Show with which probability people agree that two concepts are related."""
    from hartonomous.cli.output import note

    found = substrate.agreement_probability(a, b)
    if found is None:
        note("nobody has judged pairs that are rated alike: calibrate with a lexicon first")
    return found


def _piped() -> list[str]:
    """Return the lines of standard input that hold a word."""
    read = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
    if len(read) > MAX_INPUT_BYTES:
        raise ParameterError(f"more than {MAX_INPUT_BYTES:,} bytes of words: ask in parts")
    lines = read.decode(errors="surrogateescape").split("\n")
    return [line.rstrip("\r") for line in lines if line.strip()]
