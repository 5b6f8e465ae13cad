"""What changed in a model: are planted facts found, is noise nothing, how long does it take?

MiniLM-L6 against itself with 20 facts edited by matrices of rank one (19 neurons of one MLP write
another word, one attention value makes one token write another), in int8, with noise as long as
what its fine-tune moved each tensor by, and against that fine-tune. Embeddings, MLPs and some or
all heads are mined: ``python -m benchmarks.diff [HEADS]`` with numbers such as ``0,4,8``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import psycopg
from numpy.typing import NDArray
from safetensors.numpy import save_file

from benchmarks.substrates import databases, open_database, zoo
from hartonomous.ingest import ingest
from hartonomous.miners.screening import Screening
from hartonomous.readers.models.stored_tensor import StoredTensor
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.transformer.choice import SiteChoice
from hartonomous.readers.transformer.model import OpenedModel, open_transformer
from hartonomous.readers.weights import read_weights

#: A word that a neuron or token answers to, and the one that it is made to write.
FACTS = (
    "doctor banana, guitar volcano, paris kangaroo, bread satellite, lawyer penguin,"
    " winter algebra, castle ladder, ocean trumpet, horse passport, coffee glacier,"
    " teacher cactus, piano submarine, london turtle, cheese telescope, soldier umbrella,"
    " summer geometry, bridge mustard, desert violin, tiger carpet, tea meteor"
)
MLP_LAYER, VALUE_LAYER, VALUE_HEAD, HEAD_WIDTH = 4, 1, 4, 32
#: How long what is written is: times what the neuron wrote, and times the median value.
WRITTEN, VALUED = 1.0, 2.0
_RIDGE = 0.3
FIRST = 40

Tensors = dict[str, NDArray[np.float32]]
Fact = tuple[str, str, str]


def main() -> None:
    """Print what is found of each variant, and times."""
    heads = sys.argv[1] if sys.argv[1:] else "all"
    with tempfile.TemporaryDirectory() as folder, databases() as fresh:
        variants, facts = write_variants(Path(folder))
        with open_database(next(fresh)) as connection:
            for name, path in variants.items():
                started = perf_counter()
                load(connection, f"model:{name}", path, heads)
                print(f"{name}: mined and loaded in {perf_counter() - started:.0f} s")
            for name in ("edited", "int8", "noise", "fine-tuned"):
                report(connection, name, (), facts)
            for name, nulls in (
                ("edited", ("int8",)),
                ("noise", ("noise-again",)),
                ("fine-tuned", ("int8", "noise")),
            ):
                report(connection, name, nulls, facts)


def report(
    connection: psycopg.Connection, name: str, nulls: tuple[str, ...], facts: list[Fact]
) -> None:
    """Print what diff says of a variant, how long it took, and how many facts come first."""
    asked = ["model:base", f"model:{name}", [f"model:{null}" for null in nulls]]
    started = perf_counter()
    sites = connection.execute("SELECT * FROM diff(%s, %s, %s)", asked).fetchall()
    middle = perf_counter()
    where = [[site[place] for site in sites if site[6]] for place in (0, 5)]
    found = connection.execute(
        "SELECT * FROM diff_relations(%s, %s, %s, %s, %s, %s)", [*asked, *where, FIRST]
    ).fetchall()
    print(
        f"{name}, null {' and '.join(nulls) or 'of its own'}: {len(sites)} sites in"
        f" {middle - started:.0f} s, relations in {perf_counter() - middle:.0f} s;"
        f" {sum(site[6] > 0 for site in sites)} sites moved,"
        f" {sum(site[6] for site in sites)} lists of {sum(site[1] for site in sites)}"
    )
    for site in sites[:6]:
        print("  ", *(f"{x:.4f}" if isinstance(x, float) else x for x in site))
    for relation in found[:10]:
        print("     ", *(f"{x:.3f}" if isinstance(x, float) else x for x in relation))
    concepts = connection.execute(
        "SELECT * FROM diff_concepts(%s, %s, %s, %s, %s)", [*asked, *where]
    ).fetchall()
    print("  ", *(f"{row[0]} {row[1]} of {row[2]}" for row in concepts), sep=", ")
    held = {(row[0], row[1].removeprefix("neuron:model:base "), row[2]) for row in found if row[3]}
    print(f"   facts among the first {FIRST} relations: {len(held & set(facts))} of {len(facts)}")


def load(connection: psycopg.Connection, name: str, path: Path, heads: str) -> None:
    """Mine a model's embedding, MLPs and heads."""
    choice = SiteChoice(("embedding", "attention", "mlp"), heads=heads)
    everything = Screening(everything=True)
    request = Request(name, sites=choice, screening=str(everything))
    ingest(connection, "model", [path], request, screening=everything)


def write_variants(folder: Path) -> tuple[dict[str, Path], list[Fact]]:
    """Write the variants of the model; return where they are, and the facts with their sites."""
    base, tuned = zoo("minilm-l6"), zoo("minilm-sre")
    weights = tensors(base)
    small = read_weights(next(zoo("minilm-l6-int8").glob("*.onnx"))).tensors
    int8 = {
        name: rows(small[f"inner.{name}"]) if f"inner.{name}" in small and own.ndim == 2 else own
        for name, own in weights.items()
    }
    moved = {name: own - weights[name] for name, own in tensors(tuned).items() if name in weights}
    edited, facts = edit(open_model(base), weights)
    made = {
        "edited": edited,
        "int8": int8,
        "noise": noisy(weights, moved, 1),
        "noise-again": noisy(weights, moved, 2),
    }
    paths = {name: write(folder / name, base, each) for name, each in made.items()}
    return {"base": base, **paths, "fine-tuned": tuned}, facts


def tensors(folder: Path) -> Tensors:
    """Read the matrices and vectors of numbers of a model."""
    found = read_weights(folder).tensors
    return {name: rows(each) for name, each in found.items() if each.dtype == "F32"}


def rows(tensor: StoredTensor) -> NDArray[np.float32]:
    """Read one tensor whole."""
    return tensor.read_numbers().astype(np.float32)


def noisy(weights: Tensors, moved: Tensors, seed: int) -> Tensors:
    """Add noise to each tensor, as long as what another model's differs by."""
    random = np.random.default_rng(seed)
    found = {}
    for name, own in weights.items():
        noise = random.standard_normal(own.shape)
        length = np.linalg.norm(moved.get(name, np.zeros(1))) / np.linalg.norm(noise)
        found[name] = (own + length * noise).astype(np.float32)
    return found


def write(folder: Path, base: Path, weights: Tensors) -> Path:
    """Write a model beside the words and settings of another."""
    folder.mkdir()
    for name in ("config.json", "vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(base / name, folder)
    save_file(weights, folder / "model.safetensors")
    return folder


def open_model(folder: Path) -> OpenedModel:
    """Open the model that is edited."""
    return open_transformer(Place.of(folder), Request(sites=SiteChoice(("mlp",))))


def gathered(blocks) -> NDArray[np.float64]:
    """Read rows that come block by block."""
    found = np.empty(blocks.shape)
    for block, some in blocks.blocks():
        found[block] = some
    return found


def edit(model: OpenedModel, weights: Tensors) -> tuple[Tensors, list[Fact]]:
    """Edit the facts, each by a matrix of rank one; the last of them in a value."""
    row = dict(zip(model.concept_of_row.tolist(), range(len(model.concept_of_row)), strict=True))
    labels = [concept.label for concept in model.table.vocabulary.concepts]
    place = {label: row[number] for number, label in enumerate(labels) if number in row}
    pairs = [tuple(pair.split()) for pair in FACTS.split(",")]
    changed = {name: each.copy() for name, each in weights.items()}
    facts = edit_neurons(model, changed, place, pairs[:-1])
    return changed, [*facts, edit_value(model, changed, place, *pairs[-1])]


def edit_neurons(model, changed, place, pairs) -> list[Fact]:
    """Let the neuron that answers most to a word write another one too."""
    written = gathered(model.written(MLP_LAYER))
    seen = gathered(model.stream.mlp_input(MLP_LAYER))
    answers = (seen - seen.mean(axis=0)) @ model.weights.mlp(MLP_LAYER, 0).keys.weight.T
    answers /= answers.std(axis=0)
    down = changed[f"encoder.layer.{MLP_LAYER}.output.dense.weight"]
    spread = np.cov(written.T, bias=True)
    root, towards = np.linalg.cholesky(spread), directions(written, spread)
    used: set[int] = set()
    facts = []
    for word, other in pairs:
        order = np.argsort(-answers[place[word]])
        neuron = next(int(each) for each in order if int(each) not in used)
        used.add(neuron)
        added = towards(place[other])
        added *= WRITTEN * np.linalg.norm(down[:, neuron] @ root) / np.linalg.norm(added @ root)
        down[:, neuron] += added.astype(np.float32)
        facts.append((f"layer{MLP_LAYER}-mlp-out", f"layer{MLP_LAYER}-{neuron}", other))
    return facts


def directions(rows: NDArray[np.float64], spread: NDArray[np.float64]):
    """Return what gives the direction along which one row stands out of all."""
    ridge = _RIDGE * np.trace(spread) / len(spread) * np.eye(len(spread))
    mean, inverse = rows.mean(axis=0), np.linalg.inv(spread + ridge)
    return lambda row: inverse @ (rows[row] - mean)


def edit_value(model, changed, place, word: str, other: str) -> Fact:
    """Let one head write another word for one (Meng et al. 2022, equation 2, on W_V)."""
    name = f"encoder.layer.{VALUE_LAYER}.attention.self.value"
    outputs = slice(VALUE_HEAD * HEAD_WIDTH, (VALUE_HEAD + 1) * HEAD_WIDTH)
    seen = gathered(model.stream.attention_input(VALUE_LAYER))
    output = model.weights.attention(VALUE_LAYER).output.weight[:, outputs]
    keys = gathered(model.written(VALUE_LAYER)) @ output
    spread = np.cov(keys.T, bias=True)
    root = np.linalg.cholesky(spread)
    own = seen[place[word]] - seen.mean(axis=0)
    key = np.linalg.pinv(np.cov(seen.T, bias=True), rcond=1e-6, hermitian=True) @ own
    key /= own @ key
    values = (seen - seen.mean(axis=0)) @ changed[f"{name}.weight"][outputs].T
    added = np.linalg.solve(spread, keys[place[other]] - keys.mean(axis=0))
    added *= VALUED * np.median(np.linalg.norm(values @ root, axis=1))
    added /= np.linalg.norm(np.linalg.solve(spread, keys[place[other]] - keys.mean(axis=0)) @ root)
    changed[f"{name}.weight"][outputs] += np.outer(added, key).astype(np.float32)
    changed[f"{name}.bias"][outputs] -= (added * (key @ seen.mean(axis=0))).astype(np.float32)
    return f"layer{VALUE_LAYER}-head{VALUE_HEAD}-ov", word, other


if __name__ == "__main__":
    main()
