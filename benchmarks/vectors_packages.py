"""Packages: bytes, size for effect, a planted skill in three targets, memory of large tensors.

All by the command line. The skill is words that were made up and their categories; MiniLM-L6
learns them, and retention says how much of that arrives in another model, beside shuffled deltas.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.skills import CARRIERS, nonce_words, teach, write_suite
from benchmarks.substrates import zoo
from benchmarks.vectors_tasks import hartonomous
from hartonomous.vectors.encoders import effect_kept, open_encoder

#: Sentences that effects are measured on, and their words.
SENTENCES, WORDS = 100, 40
#: Target: retention, its lower bound.
TARGETS = {"minilm-sre": (0.80, 0.65), "minilm-l3": (0.75, 0.6), "splade-tiny": (0.35, 0.2)}
#: Where deltas go in as they are; calibrating their scale did harm there.
SAME_ARCHITECTURE = {"minilm-sre"}
#: Layers of a model with 7 thousand million parameters, and the shapes of one.
LAYERS = 32
LAYER = {
    **{f"self_attn.{n}_proj.weight": (4096, 4096) for n in "qkvo"},
    "mlp.gate_proj.weight": (11008, 4096),
    "mlp.up_proj.weight": (11008, 4096),
    "mlp.down_proj.weight": (4096, 11008),
}
#: Its token table and its head.
TABLES = dict.fromkeys(("model.embed_tokens.weight", "lm_head.weight"), (32000, 4096))
#: One number in so many differs between the pair; so many rows are written at once.
CHANGED, ROWS = 64, 128
#: Gigabytes that stay free on the disk.
SPARE = 4


def main() -> None:
    """Print what was reached."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _round_trip(folder)
        _small(folder)
        _skill(folder)
        _large(folder)


def _round_trip(folder: Path) -> None:
    base, special = zoo("minilm-l6"), zoo("minilm-sre")
    options = ["--significance-threshold", "0", "--quantization", "fp32"]
    package = str(folder / "exact.awv")
    made = hartonomous("vectors", "extract", str(base), str(special), "--out", package, *options)
    out = folder / "exact"
    done = hartonomous(
        "vectors", "inject", package, "--target", str(base), "--out", str(out), "--mode", "full"
    )
    print(
        f"round trip of a real fine-tune: {made['size'] / 1e6:.1f} MB, bit-exact: "
        f"{done['injection']['exact']}"
    )


def _small(folder: Path) -> None:
    base, special = zoo("minilm-l6"), zoo("minilm-sre")
    corpus = (zoo("gensim-data") / "lee_background.cor").read_text().splitlines()
    texts = [" ".join(line.split()[:WORDS]) for line in corpus][:SENTENCES]
    old, new = (open_encoder(str(m)).embed(texts) for m in (base, special))
    print(f"the same within a size: effect on {SENTENCES} sentences' vectors, and their cosine")
    for name, options in {
        "threshold .001, fp16": [],
        "1 MB, fp16 factors": ["--significance-threshold", "0", "--max-mb", "1"],
        "1 MB, int8 factors": [
            "--significance-threshold", "0", "--max-mb", "1", "--quantization", "int8",
        ],
    }.items():  # fmt: skip
        package, out = str(folder / f"{name}.awv"), folder / name
        made = hartonomous(
            "vectors", "extract", str(base), str(special), "--out", package, *options
        )
        hartonomous("vectors", "inject", package, "--target", str(base), "--out", str(out))
        got = open_encoder(str(out)).embed(texts)
        print(
            f"  {name:22} {made['size'] / 1e6:6.2f} MB  effect {effect_kept(old, new, got):.3f}  "
            f"cosine {float((new * got).sum(1).mean()):.3f}",
            flush=True,
        )


def _skill(folder: Path) -> None:
    base, words = zoo("minilm-l6"), nonce_words(1)
    started = perf_counter()
    special = teach(base, folder / "taught", words)
    suite = write_suite(folder / "skill.csv", words)
    print(f"a planted skill of {len(words)} words, learnt in {perf_counter() - started:.0f} s")
    texts = folder / "texts.txt"
    texts.write_text("\n".join(c.format(word) for word in words for c in CARRIERS[1:4]))
    package = str(folder / "skill.awv")
    hartonomous("vectors", "extract", str(base), str(special), "--out", package,
                "--significance-threshold", "0")  # fmt: skip
    for name, (wanted, bound) in TARGETS.items():
        target = str(paraphrase_folder(folder)) if name == "minilm-l3" else str(zoo(name))
        aligned, out = str(folder / f"{name}.awv"), str(folder / f"{name}-skill")
        calibrated = ["--specialized", str(special), "--texts", str(texts)]
        answer = hartonomous(
            "vectors", "align", package, "--target", target, "--base", str(base), "--out", aligned,
            *([] if name in SAME_ARCHITECTURE else calibrated),
        )  # fmt: skip
        how = {"scale": 1, **(answer["calibration"] or {}), **answer["alignment"]}
        hartonomous("vectors", "inject", aligned, "--target", target, "--out", out)
        found = hartonomous(
            "vectors", "retention", "--suite", str(suite), "--source", str(special),
            "--target", target, "--injected", out, "--package", aligned,
        )["retention"]  # fmt: skip
        share, placebo = found["retention"], found["placebo"]
        print(
            f"  to {name:12} {how['method']:14} R² {how['quality_score']:.2f}  "
            f"scale {how['scale']:g}  retention "
            f"{share['value']:.2f} [{share['low']:.2f}, {share['high']:.2f}]  placebo "
            f"{placebo['value']:.2f}  grade {found['grade']}  (wanted {wanted}, {bound} below)",
            flush=True,
        )


def paraphrase_folder(folder: Path) -> Path:
    """Give paraphrase-MiniLM-L3's weights the names and the configuration of a BERT folder.

    Its ONNX file holds matrices transposed, under numbers in the order in which they are used.
    """
    from safetensors.numpy import load_file, save_file

    source, out = zoo("minilm-l3"), folder / "minilm-l3"
    if out.is_dir():
        return out
    shutil.copytree(source, out)
    tensors, prefix = {}, "model.0.auto_model."
    loaded = load_file(source / "model.safetensors")
    for name, weight in loaded.items():
        if name.startswith(prefix):
            tensors[name.removeprefix(prefix)] = weight
    parts = ("attention.self.query", "attention.self.key", "attention.self.value",
             "attention.output.dense", "intermediate.dense", "output.dense")  # fmt: skip
    numbered = sorted(n for n in loaded if n.startswith("onnx::MatMul_"))
    for number, name in enumerate(numbered):
        layer, part = divmod(number, len(parts))
        weight = np.ascontiguousarray(loaded[name].T)
        tensors[f"encoder.layer.{layer}.{parts[part]}.weight"] = weight
    save_file(tensors, out / "model.safetensors")
    config = json.loads((out / "config.json").read_text())
    config.update(intermediate_size=1536, num_attention_heads=12, pad_token_id=0)
    (out / "config.json").write_text(json.dumps(config))
    return out


def _large(folder: Path) -> None:
    layers = _layers_that_fit(folder)
    shapes = {
        **TABLES,
        **{f"model.layers.{i}.{n}": s for i in range(layers) for n, s in LAYER.items()},
    }
    pair = [_synthetic(folder / n, shapes, layers, changed=c) for n, c in (("a", 0), ("b", 1))]
    command = [
        Path(sys.executable).with_name("hartonomous"), "vectors", "extract", *map(str, pair),
        "--out", str(folder / "large.awv"), "--json",
    ]  # fmt: skip
    started, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    seconds, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    read = sum((p / "model.safetensors").stat().st_size for p in pair) / 1e9
    numbers = sum(int(np.prod(shape)) for shape in shapes.values()) / 1e9
    print(
        f"a pair of {numbers:.2f} thousand million parameters ({layers} of {LAYERS} layers), "
        f"{read:.1f} GB: {seconds:.0f} s, {cpu:.0f} of them CPU; package "
        f"{(folder / 'large.awv').stat().st_size / 1e6:.0f} MB; the largest of this benchmark's "
        f"commands had {after.ru_maxrss / 1e6:.2f} GB resident (at most 2)"
    )


def _layers_that_fit(folder: Path) -> int:
    """Return how many layers of the pair the disk has room for, all of them at most."""
    free = shutil.disk_usage(folder).free / 1e9 - SPARE
    one, tables = (4e-9 * sum(int(np.prod(s)) for s in x.values()) for x in (LAYER, TABLES))
    return max(1, min(LAYERS, int((free - tables) / one)))


def _synthetic(folder: Path, shapes: dict, layers: int, *, changed: int) -> Path:
    """Write random bfloat16 tensors as a model folder, a few rows at a time."""
    folder.mkdir()
    rng, end, header = np.random.default_rng(0), 0, {}
    for name, shape in shapes.items():
        start, end = end, end + 2 * int(np.prod(shape))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [start, end]}
    encoded = json.dumps(header).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        for shape in shapes.values():
            for _ in range(shape[0] // ROWS):
                bits = rng.integers(0x3C00, 0x3C80, ROWS * shape[1], np.uint16)
                bits[::CHANGED] ^= 0x40 * changed
                file.write(bits.data)
    config = {"model_type": "llama", "hidden_size": 4096, "num_hidden_layers": layers}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


if __name__ == "__main__":
    main()
