"""Model folders as downloads, caches, other systems and other programs leave them."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import numpy as np
from files_of_field import WORDS, Field
from kinds import Kind, Make, refused
from kinds_of_text import POINTER

MARK = codecs.BOM_UTF8
ROWS = {word: row for row, word in enumerate(WORDS)}
TABLE = "model.embed_tokens.weight"
LEVEL = {"model": {"type": "WordLevel", "vocab": ROWS, "unk_token": "word0"}}
FIRST, SECOND = (f"model-0000{n}-of-00002.safetensors" for n in (1, 2))
COMMIT = "ab" * 20


def packed(tensors, *, edit=lambda header: header) -> bytes:
    """Return a safetensors file of (type, array) by name."""
    header, content = {}, b""
    for name, (dtype, array) in tensors.items():
        end = len(content) + array.nbytes
        shape = list(array.shape)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(content), end]}
        content += np.ascontiguousarray(array).tobytes()
    head = edit(json.dumps(header).encode())
    return len(head).to_bytes(8, "little") + head + content


def model(files=None, *, rows=40, config=None, tensor="wte.weight", words: str = "vocab.json"):
    """Return what writes a model folder; without words where they are called nothing."""

    def make(place: Field) -> Path:
        own = {words: LEVEL if words == "tokenizer.json" else ROWS} if words else {}
        return place.model({**own, **(files or {})}, rows=rows, config=config, tensor=tensor)

    return make


def weights(tensors, files=None, *, edit=lambda header: header, config=None) -> Make:
    """Return what writes a folder with one safetensors file of given tensors."""

    def make(place: Field) -> Path:
        content = packed(tensors(place.vectors[:40]), edit=edit)
        both = {"vocab.json": ROWS, "model.safetensors": content, **(files or {})}
        return place.model(both, tensor=None, config=config)

    return make


def shards(parts, index: object = None, files=None) -> Make:
    """Return what writes shards: the table for True, another tensor for False, or bytes."""

    def make(place: Field) -> Path:
        table = {TABLE: ("F32", place.vectors[:40])}
        other = {"lm.norm.weight": ("F32", place.vectors[:1])}
        written = {
            name: part if isinstance(part, bytes) else packed(table if part else other)
            for name, part in parts.items()
        }
        named = {} if index is None else {"model.safetensors.index.json": index}
        for name, content in {"vocab.json": ROWS, **written, **named, **(files or {})}.items():
            place.write(f"model/{name}", content)
        return place.folder / "model"

    return make


def mapped(table: str = FIRST, other: str = SECOND) -> dict[str, object]:
    return {"weight_map": {TABLE: table, "lm.norm.weight": other}}


def linked(make: Make, link) -> Make:
    """Return what makes links after a folder was written, and gives what they make."""
    return lambda place: link(place, make(place))


def _whole_link(place: Field, path: Path) -> Path:
    (place.folder / "link").symlink_to(path)
    (place.folder / "link of it").symlink_to("link")
    return place.folder / "link of it"


def _blobs(place: Field, path: Path) -> Path:
    """Move each file away and leave a link, as the hub's cache does."""
    snapshot = place.folder / "models--acme--tiny" / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (place.folder / "models--acme--tiny" / "blobs").mkdir()
    for number, file in enumerate(sorted(path.iterdir())):
        blob = place.folder / "models--acme--tiny" / "blobs" / f"{number:040x}"
        file.rename(blob)
        (snapshot / file.name).symlink_to(f"../../blobs/{blob.name}")
    place.write("models--acme--tiny/refs/main", COMMIT)
    return place.folder / "models--acme--tiny"


def _turning(place: Field, path: Path) -> Path:
    (path / "model.safetensors").unlink()
    (path / "model.safetensors").symlink_to("model.safetensors")
    return path


def _dangling(place: Field, path: Path) -> Path:
    (path / "vocab.json").unlink()
    (path / "vocab.json").symlink_to("../../blobs/0123")
    return path


def _renamed(path: Path, name: str) -> Path:
    (path / "model.safetensors").rename(path / name)
    return path


def _apple(place: Field, path: Path) -> Path:
    for file in list(path.iterdir()):
        place.write(f"{path.name}/._{file.name}", b"\0\5\x16\7\0\2\0\0Mac OS X        " + bytes(40))
    place.write(f"{path.name}/.DS_Store", b"\0\0\0\1Bud1")
    return path


def bfloat16(array):
    return ("BF16", (array.astype("f4").view("u4") >> 16).astype("u2"))


def eight_bits(kind: str, zero=None):
    """Return tensors of a table of 8 bits whose scale gives the field's vectors back."""

    def tensors(rows):
        scale = np.abs(rows).max(axis=1, keepdims=True).astype("f4") / 127
        table = np.round(rows / scale).astype("i1")
        return {TABLE: ("I8", table), f"model.embed_tokens.{kind}": ("F32", scale)}

    return tensors


POINTERS = {
    f"a pointer at {name}": refused(model({name: POINTER}), "Git LFS pointer")
    for name in (
        "model.safetensors",
        "vocab.json",
        "config.json",
        "tokenizer.json",
        "added_tokens.json",
        "modules.json",
        "model.safetensors.index.json",
    )
}

ANSWERS = {
    f"an answer of a server at {name}": refused(model({name: "Entry not found"}), "of a server")
    for name in ("model.safetensors", "config.json", "tokenizer.json", "vocab.json")
}


TENSORS = {
    "doubles in a model": Kind(weights(lambda m: {TABLE: ("F64", m.astype("f8"))})),
    "bfloat16": Kind(weights(lambda m: {TABLE: bfloat16(m)}), near=0.1),
    "8 bits with a scale a row": Kind(weights(eight_bits("weight_scale")), near=0.1),
    "8 bits of model2vec": Kind(
        weights(lambda m: {"embeddings": ("I8", (m * 8).astype("i1")),
                           "scale": ("F32", np.array([1 / 8], "f4"))}), near=0.01,
    ),
    "4 bits in bytes": refused(
        weights(lambda m: {TABLE: ("U8", np.ones((120, 1), "u1"))}), "packed or quantised"
    ),
    "an unknown type of 8 bits": refused(
        weights(lambda m: {TABLE: ("F8_E8M0", np.ones((40, 6), "u1"))}), "F8_E8M0"
    ),
    "a header with blanks at its end": Kind(
        weights(lambda m: {TABLE: ("F32", m)}, edit=lambda h: h + b" " * (-len(h) % 8))
    ),
    "a header with a mark": Kind(
        weights(lambda m: {TABLE: ("F32", m)}, edit=lambda h: MARK + h)
    ),
    "a header in UTF-16": refused(
        weights(lambda m: {TABLE: ("F32", m)}, edit=lambda h: h.decode().encode("utf-16")),
        "UTF-16",
    ),
    "notes in a header": Kind(
        weights(lambda m: {TABLE: ("F32", m)},
                edit=lambda h: b'{"__metadata__":{"format":"pt"},' + h[1:])
    ),
    "a tensor without numbers": Kind(
        weights(lambda m: {TABLE: ("F32", m), "nothing": ("F32", np.zeros((0, 6), "f4"))})
    ),
    "a model that was cut off": refused(
        lambda place: _cut(weights(lambda m: {TABLE: ("F32", m)})(place), -9), "cut off"
    ),
    "a model that was cut in its header": refused(
        lambda place: _cut(weights(lambda m: {TABLE: ("F32", m)})(place), 40), "cut off"
    ),
    "a table the other way round": refused(
        weights(lambda m: {"embed.kernel": ("F32", m.T)}), "--tensor"
    ),
    "rows that are all equal": Kind(
        weights(lambda m: {TABLE: ("F32", np.tile(m[:1], (40, 1)))}), rows=[0] * 40
    ),
}  # fmt: skip


def _cut(path: Path, end: int) -> Path:
    file = path / "model.safetensors"
    file.write_bytes(file.read_bytes()[:end])
    return path


ABSENT = "names 1 of 2 files that are not there"
SHARDS = {
    "two shards and their index": Kind(shards({FIRST: True, SECOND: False}, mapped())),
    "two shards without an index": Kind(shards({FIRST: True, SECOND: False})),
    "two marks before the index": Kind(
        shards({FIRST: True, SECOND: False}, MARK * 2 + json.dumps(mapped()).encode())
    ),
    "an index in UTF-16": refused(
        shards({FIRST: True, SECOND: False}, json.dumps(mapped()).encode("utf-16")), "UTF-16"
    ),
    "the other shard is not there": Kind(shards({FIRST: True}, mapped()), note=ABSENT),
    "the other shard is not there, without an index": Kind(
        shards({FIRST: True}), note="1 of 2 shards are not there"
    ),
    "the shard with the table is not there": refused(
        shards({SECOND: False}, mapped()), f"{FIRST}: no such file"
    ),
    "the shard with the table is a pointer": refused(
        shards({FIRST: POINTER.encode(), SECOND: False}, mapped()), "Git LFS pointer"
    ),
    "the other shard is a pointer": refused(
        shards({FIRST: True, SECOND: POINTER.encode()}, mapped()), f"{SECOND}: a Git LFS pointer"
    ),
    "the other shard was cut off": refused(
        shards({FIRST: True, SECOND: packed({"a": ("F32", np.ones((4, 6), "f4"))})[:-7]}, mapped()),
        f"{SECOND}: cut off",
    ),
    "the other shard is empty": refused(
        shards({FIRST: True, SECOND: b""}, mapped()), f"{SECOND}: an empty file"
    ),
    "an index that is wrong": refused(
        shards({FIRST: True, SECOND: False}, mapped(SECOND, SECOND)), "is without the token"
    ),
    "an index of no map": refused(
        shards({FIRST: True, SECOND: False}, {"weight_map": []}), "holds no weight_map"
    ),
    "an index that leads out": refused(
        shards({FIRST: True}, mapped("../" + FIRST)), "no name of a shard in this folder"
    ),
    "an index of a pickle's shards": Kind(
        shards({FIRST: True, SECOND: False}, None,
               {"pytorch_model.bin.index.json": {"weight_map": {TABLE: "pytorch_model.bin"}}})
    ),
    "an index before a single file": Kind(
        shards({FIRST: True, SECOND: False, "model.safetensors": False}, mapped()),
        note="model.safetensors was not read",
    ),
    "shards that count from nought": Kind(
        shards({FIRST.replace("01-", "00-"): True, SECOND.replace("02-", "01-"): False})
    ),
    "shards of two numbers": refused(
        shards({FIRST: True, SECOND: False, "model-00001-of-00003.safetensors": True}), "another"
    ),
    "left-overs of a Mac beside shards": Kind(
        linked(shards({FIRST: True, SECOND: False}), _apple)
    ),
    "left-overs of a Mac beside one file": Kind(linked(model(), _apple)),
}  # fmt: skip

PLACES = {
    "a link to a link to a folder": Kind(linked(model(), _whole_link)),
    "a cache of links": Kind(linked(model(), _blobs)),
    "a cache of links to shards": Kind(
        linked(shards({FIRST: True, SECOND: False}, mapped()), _blobs)
    ),
    "a link to itself": refused(linked(model(), _turning), "link"),
    "compressed weights": refused(
        linked(model(), lambda _, path: _renamed(path, "model.safetensors.gz")), "compressed"
    ),
    "weights in pieces": refused(
        linked(model(), lambda _, path: _renamed(path, "model.safetensors.part-aa")), "in pieces"
    ),
    "words behind a link to nowhere": refused(linked(model(), _dangling), "a link to"),
}

KINDS = {**POINTERS, **ANSWERS, **TENSORS, **SHARDS, **PLACES}
