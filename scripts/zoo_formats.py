"""Turn what zoo packages carry into folders that the project's readers open."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: Reads parquet; installed into a throw-away folder, as nothing else here needs it.
PARQUET_READER = ("arro3-core>=0.8,<1", "arro3-io>=0.8,<1")

_PRINT_COLUMN = """
import json, sys
from arro3.io import read_parquet
json.dump(read_parquet(sys.argv[1]).read_all().column(sys.argv[2]).to_pylist(), sys.stdout)
"""


def glove_folder(folder: Path, _: Path) -> None:
    """Write the words of GloVe's parquet index one a line, beside its vectors."""
    (folder / "data" / "glove_6B_50d_emb.npy").rename(folder / "vectors.npy")
    words = parquet_column(folder / "data" / "glove_6B_index.parquet", "index")
    (folder / "vectors.txt").write_text("".join(f"{w}\n" for w in words), encoding="utf-8")
    shutil.rmtree(folder / "data")


def parquet_column(path: Path, column: str) -> list[str]:
    """Read one column of strings with a reader that is installed for it and thrown away."""
    with tempfile.TemporaryDirectory(prefix="parquet-") as scratch:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--target", scratch, *PARQUET_READER], check=True)
        reader = [sys.executable, "-c", _PRINT_COLUMN, str(path), column]
        done = subprocess.run(reader, env={"PYTHONPATH": scratch}, capture_output=True, check=True)
    words: list[str] = json.loads(done.stdout)
    return words


def minilm_l3_folder(folder: Path, cache: Path) -> None:
    """Write the weights of an ONNX model as safetensors, beside the vocabulary of its family.

    The package has no tokeniser; paraphrase-MiniLM-L3-v2 has that of all-MiniLM-L6-v2.
    """
    onnx = next(folder.glob("*.onnx"))
    write_safetensors(folder / "model.safetensors", list(initialisers(onnx.read_bytes())))
    onnx.unlink()
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(cache / "minilm-l6" / name, folder / name)
    config = {"model_type": "bert", "vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 3}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Initialiser:
    """A float32 weight of an ONNX model: its name, lengths and little-endian numbers."""

    name: str
    shape: tuple[int, ...]
    raw: memoryview


#: Field numbers of onnx.proto: ModelProto.graph, GraphProto.initializer, and TensorProto's.
_GRAPH, _INITIALISER = 7, 5
_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9
_FLOAT = 1


def initialisers(model: bytes) -> Iterator[Initialiser]:
    """Yield the float32 weights that an ONNX model holds as raw bytes."""
    for graph in messages(memoryview(model), _GRAPH):
        for tensor in messages(graph, _INITIALISER):
            fields = list(protobuf_fields(tensor))
            first = dict(reversed(fields))
            raw, name = first.get(_RAW_DATA), first.get(_NAME)
            if first.get(_DATA_TYPE) == _FLOAT and isinstance(raw, memoryview):
                yield Initialiser(bytes(name or b"").decode(), _dims(fields), raw)


def _dims(fields: list[tuple[int, int | memoryview]]) -> tuple[int, ...]:
    """Return a tensor's lengths, which protobuf writes one by one or packed."""
    dims: list[int] = []
    for number, value in fields:
        if number == _DIMS:
            dims.extend([value] if isinstance(value, int) else _packed(value))
    return tuple(dims)


def _packed(buffer: memoryview) -> Iterator[int]:
    place = 0
    while place < len(buffer):
        value, place = _varint(buffer, place)
        yield value


def messages(buffer: memoryview, number: int) -> Iterator[memoryview]:
    """Yield the values of one length-delimited protobuf field."""
    for found, value in protobuf_fields(buffer):
        if found == number and isinstance(value, memoryview):
            yield value


def protobuf_fields(buffer: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield the fields of a protobuf message: numbers as integers, all else as bytes."""
    place = 0
    while place < len(buffer):
        key, place = _varint(buffer, place)
        wire = key & 7
        if wire == 0:
            value, place = _varint(buffer, place)
            yield key >> 3, value
            continue
        if wire == 2:
            length, place = _varint(buffer, place)
        else:
            length = {1: 8, 5: 4}[wire]
        yield key >> 3, buffer[place : place + length]
        place += length


def _varint(buffer: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = buffer[place]
        place += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, place


def write_safetensors(path: Path, weights: list[Initialiser]) -> None:
    """Write float32 weights in the safetensors format."""
    header: dict[str, object] = {}
    end = 0
    for weight in weights:
        start, end = end, end + len(weight.raw)
        header[weight.name] = {
            "dtype": "F32",
            "shape": weight.shape,
            "data_offsets": [start, end],
        }
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)  # so that the numbers are aligned
    with path.open("wb") as file:
        file.write(len(encoded).to_bytes(8, "little") + encoded)
        file.writelines(weight.raw for weight in weights)
