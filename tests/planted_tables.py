"""The planted words and vectors as tables: every format of words and numbers that is read."""

from __future__ import annotations

import base64
import bz2
import csv
import gzip
import json
import lzma
from collections.abc import Callable, Sequence
from pathlib import Path

import lz4.frame
import numpy as np
import pyarrow as pa
import zstandard
from planted_models import (
    TEXTS,
    VECTORS,
    WIDTH,
    Planted,
    bert_vocab_txt,
    glove_text,
    nothing,
    npy_with_words,
    planted_texts,
    row_of_token,
    spelt,
    vector_of,
    word2vec_text,
    write_model,
    write_safetensors,
)
from pyarrow import feather, parquet

from hartonomous.readers import open_model


def _numbers(text: str) -> list[float]:
    return [float(number) for number in vector_of(text)]


def _records() -> list[dict[str, object]]:
    return [{"word": text, "vector": _numbers(text)} for text in TEXTS]


def _compressed(compress: Callable[[bytes], bytes], suffix: str) -> Callable[[Path], Planted]:
    def build(folder: Path) -> Planted:
        plain = glove_text(folder).path
        path = folder / f"{plain.name}{suffix}"
        path.write_bytes(compress(plain.read_bytes()))
        plain.unlink()
        return Planted(path, planted_texts(), {}, name=plain.stem)

    build.__name__ = f"glove{suffix.replace('.', '_')}"
    return build


def npy_compressed(folder: Path) -> Planted:
    planted = npy_with_words(folder)
    path = folder / "vectors.npy.gz"
    path.write_bytes(gzip.compress(planted.path.read_bytes()))
    planted.path.unlink()
    return Planted(path, planted.concepts, {}, planted.dtype, name="vectors")


def word2vec_with_a_mark(folder: Path) -> Planted:
    planted = word2vec_text(folder)
    planted.path.write_bytes(b"\xef\xbb\xbf" + planted.path.read_bytes())
    return planted


def json_object(folder: Path) -> Planted:
    path = folder / "vectors.json"
    path.write_text(json.dumps({text: _numbers(text) for text in TEXTS}, indent=1))
    return Planted(path, planted_texts(), {})


def json_list(folder: Path) -> Planted:
    path = folder / "vectors.json"
    path.write_text(json.dumps(_records()))
    return Planted(path, planted_texts(), {})


def json_lines(folder: Path) -> Planted:
    path = folder / "vectors.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in _records()))
    return Planted(path, planted_texts(), {})


def json_lines_of_fields(folder: Path) -> Planted:
    path = folder / "vectors.txt"
    lines = [{"token": t, **{f"d{i}": n for i, n in enumerate(_numbers(t))}} for t in TEXTS]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return Planted(path, planted_texts(), {})


def _write_csv(path: Path, rows: Sequence[Sequence[object]], delimiter: str = ",") -> Planted:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return Planted(path, planted_texts(), {})


def csv_with_a_heading(folder: Path) -> Planted:
    heading = ["word", *(f"d{i}" for i in range(WIDTH))]
    return _write_csv(folder / "vectors.csv", [heading, *([t, *_numbers(t)] for t in TEXTS)])


def csv_as_pandas_writes_it(folder: Path) -> Planted:
    heading = ["", "word", *range(WIDTH)]
    rows = ([i, text, *_numbers(text)] for i, text in enumerate(TEXTS))
    return _write_csv(folder / "vectors.csv", [heading, *rows])


def csv_of_lists(folder: Path) -> Planted:
    rows = ([text, str(_numbers(text))] for text in TEXTS)
    return _write_csv(folder / "vectors.csv", [["label", "embedding"], *rows])


def tsv_with_a_heading(folder: Path) -> Planted:
    heading = ["word", *(f"d{i}" for i in range(WIDTH))]
    rows = [heading, *([t, *_numbers(t)] for t in TEXTS)]
    return _write_csv(folder / "vectors.tsv", rows, "\t")


def _arrow_of_lists() -> pa.Table:
    return pa.table({"word": list(TEXTS), "vector": [_numbers(text) for text in TEXTS]})


def parquet_of_lists(folder: Path) -> Planted:
    parquet.write_table(_arrow_of_lists(), folder / "vectors.parquet", row_group_size=4)
    return Planted(folder / "vectors.parquet", planted_texts(), {})


def parquet_of_columns(folder: Path) -> Planted:
    columns = {f"d{i}": [_numbers(text)[i] for text in TEXTS] for i in range(WIDTH)}
    table = pa.table({"count": list(range(len(TEXTS))), "token": list(TEXTS), **columns})
    parquet.write_table(table, folder / "vectors.parquet")
    return Planted(folder / "vectors.parquet", planted_texts(), {})


def feather_file(folder: Path) -> Planted:
    feather.write_feather(_arrow_of_lists(), folder / "vectors.feather", compression="zstd")
    return Planted(folder / "vectors.feather", planted_texts(), {})


def arrow_stream(folder: Path) -> Planted:
    fixed = pa.array([_numbers(t) for t in TEXTS], pa.list_(pa.float32(), WIDTH))
    table = pa.table({"word": pa.array(TEXTS).dictionary_encode(), "vector": fixed})
    with pa.ipc.new_stream(folder / "vectors.arrow", table.schema) as stream:
        stream.write_table(table, max_chunksize=5)
    return Planted(folder / "vectors.arrow", planted_texts(), {})


def npz_with_words(folder: Path) -> Planted:
    matrix = np.stack([vector_of(text) for text in TEXTS])
    np.savez_compressed(folder / "vectors.npz", vectors=matrix, words=np.array(TEXTS))
    return Planted(folder / "vectors.npz", planted_texts(), {})


def model2vec_by_clusters(folder: Path) -> Planted:
    """Each token has its row by a table of its own, and a weight."""
    rows = spelt(text=str, piece="##{}".format)
    matrix = np.stack([VECTORS[concept] for _, concept in rows])
    mapping = np.arange(len(rows))[::-1].copy()
    weights = np.array([2.0 ** (i % 3) for i in range(len(rows))])
    tensors = {"embeddings": ("float32", matrix[mapping] / weights[mapping, None])}
    write_safetensors(folder / "model.safetensors", tensors)
    _append(folder / "model.safetensors", "mapping", "I64", mapping.astype("<i8"))
    _append(folder / "model.safetensors", "weights", "F64", weights.astype("<f8"))
    vocabulary = {"type": "WordPiece", "vocab": row_of_token(rows)}
    tokenizer = {"model": {**vocabulary, "continuing_subword_prefix": "##"}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    return Planted(folder, tuple(VECTORS), {})


def int8_with_a_scale(folder: Path) -> Planted:
    """Whole numbers of 8 bits, each row with the number that they were divided by."""
    planted = bert_vocab_txt(folder)
    matrix = open_model(folder).matrix
    whole = np.rint(matrix.rows(0, matrix.shape[0]) * 16).astype("<i1")
    path = folder / "model.safetensors"
    write_safetensors(path, {})
    _append(path, "embeddings.word_embeddings.weight", "I8", whole)
    scale = np.full((len(whole), 1), 1 / 16, "<f4")
    _append(path, "embeddings.word_embeddings.weight_scale", "F32", scale)
    return planted


def tiktoken_ranks(folder: Path) -> Planted:
    rows = spelt(text=" {}".format, piece=str)
    write_model(folder, "model.embed_tokens.weight", [*rows, *nothing("<|end|>")])
    lines = [f"{_base64(token)} {rank}\n" for rank, (token, _) in enumerate(rows)]
    (folder / "tokenizer.model").write_text("".join(lines))
    return Planted(folder, tuple(VECTORS), {"unused": 1})


def tekken_json(folder: Path) -> Planted:
    rows = spelt(text=" {}".format, piece=str)
    write_model(folder, "tok_embeddings.weight", [*nothing("<unk>", "<s>"), *rows])
    listed = [*(_base64(token) for token, _ in rows), _base64("past the size")]
    vocab = [{"rank": rank, "token_bytes": token} for rank, token in enumerate(listed)]
    sizes = {"default_vocab_size": len(rows) + 2, "default_num_special_tokens": 2}
    (folder / "tekken.json").write_text(json.dumps({"config": sizes, "vocab": vocab}))
    return Planted(folder, tuple(VECTORS), {"special": 2})


def _base64(token: str) -> str:
    return base64.b64encode(token.encode()).decode()


def _append(path: Path, name: str, dtype: str, array: np.ndarray) -> None:
    """Add a tensor to a safetensors file."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    header, buffer = json.loads(content[8 : 8 + length]), content[8 + length :]
    offsets = [len(buffer), len(buffer) + array.nbytes]
    header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": offsets}
    encoded = json.dumps(header).encode()
    path.write_bytes(len(encoded).to_bytes(8, "little") + encoded + buffer + array.tobytes())


#: Every table that the project reads.
TABLES: tuple[Callable[[Path], Planted], ...] = (
    _compressed(gzip.compress, ".gz"),
    _compressed(bz2.compress, ".bz2"),
    _compressed(lzma.compress, ".xz"),
    _compressed(zstandard.compress, ".zst"),
    _compressed(lz4.frame.compress, ".lz4"),
    npy_compressed,
    word2vec_with_a_mark,
    json_object,
    json_list,
    json_lines,
    json_lines_of_fields,
    csv_with_a_heading,
    csv_as_pandas_writes_it,
    csv_of_lists,
    tsv_with_a_heading,
    parquet_of_lists,
    parquet_of_columns,
    feather_file,
    arrow_stream,
    npz_with_words,
    model2vec_by_clusters,
    int8_with_a_scale,
    tiktoken_ranks,
    tekken_json,
)
