"""Kinds of files that hold models or vectors and aren't read: each is named, with a way on."""

from __future__ import annotations

import re
from pathlib import Path

from hartonomous.readers.content import Foreign, begins, wide_encoding

_AS_TEXT = "save the vectors as text or npy with a program that reads it"
_AS_SAFETENSORS = "give a folder with safetensors"
_UNPACK = "unpack it and give what is inside"
_AS_SAFETENSORS_ANEW = "convert it to safetensors"


def _is_ort(head: bytes, path: Path) -> bool:
    return head[4:8] == b"ORTM" or path.suffix == ".ort"


def _is_fasttext(head: bytes, path: Path) -> bool:
    """FastText's magic number 793712314; old models have none but a suffix of their own."""
    return head.startswith(b"\xba\x16\x4f\x2f") or path.suffix == ".ftz"


def _is_pickle(head: bytes, path: Path) -> bool:
    """Protocol 2 and newer begin with one byte, older ones only with a suffix."""
    return (head[:1] == b"\x80" and head[1:2] <= b"\x05") or path.suffix in (".pkl", ".pickle")


def _is_kv(head: bytes, path: Path) -> bool:
    return path.suffix in (".kv", ".wordvectors") and _is_pickle(head, path)


_COMMAS = re.compile(rb"(?:[ \t;|]+[-+]?\d+,\d+(?:[eE][-+]?\d+)?){2,}[ \t]*")


def _has_decimal_commas(head: bytes, _: Path) -> bool:
    """Say whether one of the first two lines ends in numbers with commas for points."""
    return any(_COMMAS.search(line) for line in map(_numbers_at_end, head.splitlines()[:2]))


def _numbers_at_end(line: bytes) -> bytes:
    """Return what follows the last letter of a line, but for those of exponents."""
    return re.split(rb"[^-+\d.,;|eE \t]", line)[-1]


FOREIGN = (
    Foreign("a tar archive", begins(b"ustar", at=257), _UNPACK),
    Foreign("a 7z archive", begins(b"7z\xbc\xaf\x27\x1c"), _UNPACK),
    Foreign("a RAR archive", begins(b"Rar!\x1a\x07"), _UNPACK),
    Foreign("a file compressed by compress (.Z)", begins(b"\x1f\x9d"), "unpack it first"),
    Foreign("a file compressed by snappy", begins(b"\xff\x06\0\0sNaPpY"), "unpack it first"),
    Foreign("fastText's own binary model", _is_fasttext, "write its .vec file, or use that one"),
    Foreign("an HDF5 file", begins(b"\x89HDF\r\n\x1a\n"), _AS_TEXT),
    Foreign("an encrypted parquet file", begins(b"PARE"), "decrypt it first"),
    Foreign("an old feather file (version 1)", begins(b"FEA1"), "write it anew as Arrow"),
    Foreign("an ORC file", begins(b"ORC"), "write it as parquet"),
    Foreign("an Avro file", begins(b"Obj\x01"), "write it as parquet"),
    Foreign("a SQLite database", begins(b"SQLite format 3\0"), _AS_TEXT),
    Foreign("a faiss index", begins(b"IxF", b"IxM", b"IwF", b"IHN", b"IxI", b"IBx"), _AS_TEXT),
    Foreign("a GGML model", begins(b"ggml", b"lmgg", b"ggjt", b"tjgg"), _AS_SAFETENSORS),
    Foreign("a TensorFlow Lite model", begins(b"TFL3", at=4), _AS_SAFETENSORS),
    Foreign(
        "gensim's KeyedVectors, a pickle, which could run code when opened",
        _is_kv,
        "save them by save_word2vec_format",
    ),
    Foreign("a pickle, which could run code when opened", _is_pickle, _AS_SAFETENSORS_ANEW),
    Foreign("a PDF document", begins(b"%PDF"), "this command reads models and word vectors"),
    Foreign("a picture", begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "nothing in it is read"),
    Foreign(
        "a Mac's note on another file",
        begins(b"\0\5\x16\7"),
        "give the file without ._ before its name",
    ),
    Foreign(
        "a file compressed by lz4's old format", begins(b"\x02\x21\x4c\x18"), "unpack it first"
    ),
    Foreign("numbers with decimal commas", _has_decimal_commas, "write them with points"),
    Foreign("a program", begins(b"\x7fELF", b"MZ\x90"), "nothing in it is read"),
    Foreign("an ONNX Runtime model", _is_ort, "give the ONNX model that it was made from"),
    Foreign(
        "UTF-16 or UTF-32 text",
        lambda head, _: wide_encoding(head) is not None,
        "convert it to UTF-8 first",
    ),
    Foreign(
        "a safetensors file",
        lambda _, path: path.suffix == ".safetensors",
        "give the folder it is in, with its vocabulary",
    ),
)
