"""Files that are no word vectors: each is refused in a line that says what it is."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pytest
from files_of_field import WORDS

from hartonomous.errors import ModelFormatError
from hartonomous.readers import open_embeddings
from hartonomous.readers.formats import FORMATS
from hartonomous.readers.hub import not_found
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0a" * 32 + b"\nsize 99\n"


def tar():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("vectors.vec"), io.BytesIO())
    return file.getvalue()


def zipped(name, content=b"x"):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


NAMED = {
    "empty.vec": (b"", "an empty file"),
    "zeros.vec": (bytes(100_000), "only zero bytes"),
    "v.vec.incomplete": (b"40 6\nking 1 2", "an unfinished download"),
    "v.vec.crdownload": (b"40 6\nking 1 2", "an unfinished download"),
    "pointer.vec": (POINTER, "a Git LFS pointer"),
    "page.vec": (b"<!DOCTYPE html>\n<html>", "a web page"),
    "login.bin": (b"\n <HTML><head><title>Sign in", "a web page"),
    "conflict.vec": (b"<<<<<<< HEAD\nking 1 2\n=======\n", "merge conflict (<<<<<<<)"),
    "v.tar": (tar(), "a tar archive"),
    "v.vec.sz": (b"\xff\x06\x00\x00sNaPpY" + bytes(20), "compressed by snappy"),
    "v.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(20), "a 7z archive"),
    "v.rar": (b"Rar!\x1a\x07\x00", "a RAR archive"),
    "v.zip": (zipped("glove.txt"), "a zip archive; unpack it and give a file (glove.txt)"),
    "model.pt": (zipped("archive/data.pkl"), "pickle checkpoint, which is never opened"),
    "cc.bin": (struct.pack("<iid", 793712314, 12, 0.1), "fastText's own binary"),
    "cc.ftz": (b"\x01\x02\x03", "fastText's own binary"),
    "numberbatch.h5": (b"\x89HDF\r\n\x1a\n" + bytes(64), "HDF5"),
    "v.parquet": (b"PAR1" + bytes(64) + b"PAR1", "parquet"),
    "v.feather": (b"ARROW1\x00\x00" + bytes(64), "Arrow"),
    "old.feather": (b"FEA1" + bytes(64), "old feather"),
    "v.orc": (b"ORC" + bytes(64), "ORC"),
    "v.magnitude": (b"SQLite format 3\x00" + bytes(64), "SQLite"),
    "index.faiss": (b"IxF2" + bytes(64), "faiss"),
    "model.onnx": (b"\x08\x07\x12\x07pytorch\x1a\x05", "ONNX"),
    "unnamed": (b"\x08\x08\x12\x0fonnx.quantize\x1a", "ONNX"),
    "model.tflite": (b"\x1c\x00\x00\x00TFL3", "TensorFlow Lite"),
    "model.gguf": (b"GGUF\x03\x00\x00\x00", "GGUF"),
    "model.kv": (b"\x80\x04\x95", "gensim"),
    "v.pkl": (b"(dp0\n", "a pickle, which could run code when opened; convert"),
    "paper.pdf": (b"%PDF-1.7\n", "PDF"),
    "words.json": (b'{"words": ["king"], "vectors": [[1, 2]]}', "JSON, but no word vectors"),
    "config.json": (b'{"vocab_size": 7}', "JSON, but no word vectors"),
    "prose.md": (b"# Vectors\n\nHow to use them.\n", "known are model folders"),
    "numbers.csv": (b"a,b,c\n1,2,3\n4,5,6\n", "no column of words"),
    "text.csv": (b"word,class\nking,noun\ngo,verb\n", "no columns of numbers"),
    "several.csv": (b"a,b,x,y\nking,roi,1,2\ngo,aller,2,3\n", "several columns may hold the words"),
}


@pytest.mark.parametrize("name", NAMED)
def test_what_a_file_is_and_what_to_do_is_one_line(field, name):
    content, says = NAMED[name]
    assert says in field.refusal(field.write(name, content))


@pytest.mark.parametrize("suffix", [".gz", ".bz2", ".xz", ".zst", ".lz4"])
def test_a_compressed_file_that_was_cut_is_named(field, suffix):
    magic = {
        ".gz": b"\x1f\x8b\x08\x00",
        ".bz2": b"BZh9",
        ".xz": b"\xfd7zXZ\x00",
        ".zst": b"\x28\xb5\x2f\xfd\x04\x00",
        ".lz4": b"\x04\x22\x4d\x18",
    }[suffix]
    line = field.refusal(field.write(f"v.vec{suffix}", magic + b"40 6\nking"))
    assert "compressed by" in line
    assert "cut off or damaged" in line


def test_what_an_older_xz_wrote_is_read(field):
    import lzma

    packed = lzma.compress(field.text(WORDS), format=lzma.FORMAT_ALONE)
    assert field.labels(field.write("v.vec.lzma", packed)) == WORDS


def test_what_is_wrong_inside_a_compressed_file_is_said_of_that_file(field):
    import gzip

    path = field.write("v.tar.gz", gzip.compress(tar()))
    assert field.refusal(path).startswith(f"{path} (unpacked): a tar archive")


def test_a_small_file_that_unpacks_without_end_is_refused(field, monkeypatch):
    import gzip

    from hartonomous.readers.vectors import compressed

    monkeypatch.setattr(compressed, "_ALWAYS_BYTES", 1 << 20)
    path = field.write("bomb.gz", gzip.compress(b"king 1 2\n" * 1_000_000))
    assert "unpacks to over 100 times its size" in field.refusal(path)


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt", "config.json"])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (POINTER, "Git LFS"),
        (b"", "empty"),
        (b"<!doctype html><html>", "web page"),
        (bytes(5000), "only zero"),
        (b"<<<<<<< HEAD\n{}", "<<<<<<<"),
    ],
)
def test_left_overs_within_a_model_folder_are_named_too(field, name, content, says):
    folder = field.model({"vocab.txt": "".join(f"{w}\n" for w in WORDS), name: content})
    line = field.refusal(folder)
    assert says in line
    assert name in line


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt"])
def test_a_link_to_nowhere_is_named(field, name):
    folder = field.model({"vocab.txt": "".join(f"{w}\n" for w in WORDS)})
    (folder / name).unlink()
    (folder / name).symlink_to("../../blobs/gone")
    assert "a link to ../../blobs/gone, which is not there" in field.refusal(folder)


@pytest.mark.parametrize(
    "arrays",
    [
        {"vectors": np.ones((3, 2))},
        {"words": np.array(["a", "b", "c"])},
        {"a": np.ones((3, 2)), "b": np.ones((3, 2)), "words": np.array(["a", "b", "c"])},
        {"vectors": np.ones((3, 2)), "words": np.array(["a", "b"])},
        {"vectors": np.ones((3, 2)), "words": np.array(["a", "b", "c"], dtype=object)},
    ],
)
def test_an_npz_without_one_matrix_and_one_list_of_as_many_words_is_named(field, arrays):
    np.savez(field.folder / "v.npz", **arrays)
    assert "npz" in field.refusal(field.folder / "v.npz")


def test_every_format_has_a_line_in_the_docs():
    from pathlib import Path

    docs = Path(__file__).parents[2].joinpath("docs", "readers.md").read_text()
    missing = [known.name for known in FORMATS if known.name not in docs]
    assert not missing


def test_nothing_is_left_behind_when_a_file_is_refused(field, tmp_path, monkeypatch):
    import tempfile

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    for name, (content, _) in NAMED.items():
        field.refusal(field.write(name, content))
    open_embeddings(field.write("v.vec", "1 2\nking 1 2\n"))
    assert not list(scratch.iterdir())


def test_offsets_of_arrow_that_lead_out_of_the_file_are_refused(field):
    words = pa.array(["aaaa", "bbbbb"], pa.string())
    table = pa.table({"word": words, "vector": [[1.0, 2.0], [3.0, 4.0]]})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    content = sink.getvalue()
    offsets = struct.pack("<3i", 0, 4, 9)
    assert content.count(offsets) == 1
    broken = content.replace(offsets, struct.pack("<3i", 0, 4, 1 << 30))
    assert "damaged Arrow" in field.refusal(field.write("v.arrow", broken))


@pytest.mark.parametrize(
    "name", ["bert-base-uncased", "https://hub.example/a/b", r"C:\models\tiny"]
)
def test_a_path_that_is_not_there_is_no_empty_file(name):
    with pytest.raises(ModelFormatError) as refused:
        list(open_sources([name], "embeddings", Request()))
    assert "empty file" not in str(refused.value)
    assert refused.value.args == not_found(name).args
