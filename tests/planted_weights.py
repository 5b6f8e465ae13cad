"""The planted concepts in GGUF and ONNX files and as a base with an adapter."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
from gguf import GGMLQuantizationType, GGUFWriter
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from planted_models import (
    NO_CONCEPT,
    VECTORS,
    WIDTH,
    Planted,
    Row,
    nothing,
    spaced,
    spelt,
    to_byte_alphabet,
    write_lines,
    write_safetensors,
)

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = range(1, 7)
#: Token types of those that stand for nothing, by how they are written.
TYPES = {"<unk>": UNKNOWN, "<s>": CONTROL, "[PAD]": CONTROL, "<0x0A>": BYTE, "[unused1]": UNUSED}

WORDPIECE = [*nothing("[PAD]", "[unused1]", "[CLS]"), *spelt(text=str, piece="##{}".format)]
TABLE = "bert.embeddings.word_embeddings.weight"


def gguf_sentencepiece(folder: Path) -> Planted:
    rows = [*nothing("<unk>", "<s>", "<0x0A>", "▁"), *spelt(text="▁{}".format, piece=str)]
    path = write_gguf(folder, rows, "llama", np.dtype("f2"))
    return Planted(path, tuple(VECTORS), {"special": 2, "byte": 1, "blank": 1}, "float16")


def gguf_byte_level(folder: Path) -> Planted:
    rows = [*spelt(text=spaced, piece=to_byte_alphabet), *nothing("ĠĠ", "<|end|>", "[unused1]")]
    path = write_gguf(folder, rows, "gpt2", np.dtype("f4"), {"<|end|>": CONTROL})
    return Planted(path, tuple(VECTORS), {"blank": 1, "special": 1, "unused": 1})


def gguf_wordpiece(folder: Path) -> Planted:
    """Converters write ``▁`` before what begins a word and take ``##`` from what doesn't."""
    rows = [*nothing("[PAD]", "[unused1]"), *spelt(text="▁{}".format, piece=str)]
    path = write_gguf(folder, rows, "bert", np.dtype("f4"))
    return Planted(path, tuple(VECTORS), {"special": 1, "unused": 1})


def onnx_float(folder: Path) -> Planted:
    path = write_onnx(folder, [numpy_helper.from_array(table(np.float16), TABLE)])
    return Planted(path, tuple(VECTORS), {"special": 2, "unused": 1}, "float16")


def onnx_external(folder: Path) -> Planted:
    path = write_onnx(folder, [numpy_helper.from_array(table(np.float32), TABLE)])
    onnx.save_model(
        onnx.load(path), path, save_as_external_data=True, location="model.data", size_threshold=0
    )
    return Planted(path, tuple(VECTORS), {"special": 2, "unused": 1})


def onnx_quantised(folder: Path) -> Planted:
    """Each number is a whole number of sixteenths, with its zero point at 128."""
    numbers = (table(np.float32) * 16 + 128).astype(np.uint8)
    tensors = [
        numpy_helper.from_array(numbers, f"{TABLE}_quantized"),
        numpy_helper.from_array(np.float32(1 / 16), f"{TABLE}_scale"),
        helper.make_tensor(f"{TABLE}_zero_point", TensorProto.UINT8, [], [128]),
    ]
    names = [f"{TABLE}_quantized", f"{TABLE}_scale", f"{TABLE}_zero_point"]
    nodes = [helper.make_node("DequantizeLinear", names, [f"{TABLE}_DequantizeLinear_Output"])]
    path = write_onnx(folder, tensors, nodes, used=f"{TABLE}_DequantizeLinear_Output")
    return Planted(path, tuple(VECTORS), {"special": 2, "unused": 1})


def lora_embedding(folder: Path) -> Planted:
    """The base's vectors are those planted less what the adapter adds."""
    a = np.arange(len(WORDPIECE), dtype=np.float32).reshape(1, -1) / 2
    b = np.arange(1, WIDTH + 1, dtype=np.float32).reshape(-1, 1)
    base, adapter = folder / "base", folder / "adapter"
    base.mkdir()
    adapter.mkdir()
    (base / "config.json").write_text(json.dumps({"vocab_size": len(WORDPIECE)}))
    write_lines(base / "vocab.txt", [token for token, _ in WORDPIECE])
    vectors = table(np.float32) - 2 * (b @ a).T
    write_safetensors(base / "model.safetensors", {TABLE: ("float32", vectors)})
    module = "base_model.model.bert.embeddings.word_embeddings"
    halves = {f"{module}.lora_embedding_A": a, f"{module}.lora_embedding_B": b}
    tensors = {name: ("float32", half) for name, half in halves.items()}
    write_safetensors(adapter / "adapter_model.safetensors", tensors)
    config = {"peft_type": "LORA", "r": 1, "lora_alpha": 2, "base_model_name_or_path": "acme/base"}
    (adapter / "adapter_config.json").write_text(json.dumps(config))
    return Planted(adapter, tuple(VECTORS), {"special": 2, "unused": 1})


#: Formats of whole models beside folders of safetensors.
WEIGHTS: tuple[Callable[[Path], Planted], ...] = (
    gguf_sentencepiece,
    gguf_byte_level,
    gguf_wordpiece,
    onnx_float,
    onnx_external,
    onnx_quantised,
    lora_embedding,
)


def table(dtype: type, rows: Sequence[Row] = WORDPIECE) -> NDArray[np.floating]:
    """Return the planted vectors of rows, shape (n, WIDTH)."""
    return np.stack([VECTORS[c] if c else NO_CONCEPT for _, c in rows]).astype(dtype)


def write_gguf(
    folder: Path,
    rows: Sequence[Row],
    kind: str,
    dtype: np.dtype,
    types: dict[str, int] | None = None,
    tensors: dict[str, NDArray] | None = None,
) -> Path:
    """Write a GGUF file with the format's own library."""
    path = folder / "model.gguf"
    known = {**TYPES, **(types or {})}
    writer = GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_embedding_length(WIDTH)
    writer.add_head_count(4)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model(kind)
    writer.add_token_list([token for token, _ in rows])
    writer.add_token_types([known.get(token, NORMAL) for token, _ in rows])
    writer.add_tensor("token_embd.weight", table(dtype, rows))
    for name, tensor in (tensors or {"output_norm.weight": np.ones(WIDTH, "f4")}).items():
        writer.add_tensor(name, tensor)
    finish(writer)
    return path


def write_tensors(path: Path, packed: dict[str, tuple[NDArray[np.uint8], str]]) -> Path:
    """Write a GGUF file with tensors that are quantised already, by the name of their type."""
    writer = GGUFWriter(path, "llama")
    for name, (content, kind) in packed.items():
        writer.add_tensor(name, content, raw_dtype=GGMLQuantizationType[kind])
    finish(writer)
    return path


def finish(writer: GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_onnx(
    folder: Path,
    tensors: list[TensorProto],
    nodes: Sequence[onnx.NodeProto] = (),
    used: str = TABLE,
) -> Path:
    """Write an ONNX file that looks its rows up in a table, and the words beside it."""
    write_lines(folder / "vocab.txt", [token for token, _ in WORDPIECE])
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n"])
    out = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["n", WIDTH])
    gather = helper.make_node("Gather", [used, "input_ids"], ["rows"], name="/embeddings/Gather")
    graph = helper.make_graph([*nodes, gather], "planted", [ids], [out], tensors)
    path = folder / "model.onnx"
    onnx.save_model(helper.make_model(graph, producer_name="tests"), path)
    return path
