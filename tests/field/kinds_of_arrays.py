"""Arrays of numbers with their words: NumPy's files, word2vec's binary format."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from collections.abc import Sequence

import numpy as np
from files_of_field import WORDS, Field
from kinds import Kind, Make, named, refused
from kinds_of_text import MARK, POINTER

COUNTED = [f"{word} {9000 - 7 * row}" for row, word in enumerate(WORDS)]
TABBED = [text.replace(" ", "\t") for text in COUNTED]


def saved(array, version=None) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def npy(change=lambda array: array, words: object = tuple(WORDS), *, beside="m.txt", **how) -> Make:
    """Return what writes a matrix and its words beside it."""

    def make(place: Field):
        if isinstance(words, tuple | list):
            place.write(beside, "".join(f"{word}\n" for word in words))
        elif words is not None:
            place.write(beside, words)
        return place.write("m.npy", saved(change(place.vectors[:40]), **how))

    return make


def npz(members=lambda matrix: {}, *, packed=False, words: object = None) -> Make:
    """Return what writes a matrix and its words as NumPy's archive, with other arrays."""

    def make(place: Field):
        file = io.BytesIO()
        arrays = {
            "words": np.array(WORDS) if words is None else words,
            "vectors": place.vectors[:40],
        }
        arrays.update(members(place.vectors[:40]))
        write = np.savez_compressed if packed else np.savez
        write(file, **{name: array for name, array in arrays.items() if array is not None})
        return place.write("m.npz", file.getvalue())

    return make


def archive(*members: tuple[str, object]) -> Make:
    """Return what writes a zip archive of given members; a matrix for True."""

    def make(place: Field):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as opened:
            for name, content in members:
                opened.writestr(
                    name, saved(place.vectors[:40]) if content is True else saved(content)
                )
        return place.write("m.npz", file.getvalue())

    return make


def binary(
    *, words: Sequence[str] = WORDS, dtype="<f4", header="40 6\n", end=b"\n", edit=lambda b: b
) -> Make:
    """Return what writes word2vec's binary format."""

    def make(place: Field):
        rows = place.vectors[: len(words)].astype(dtype)
        body = b"".join(
            w.encode() + b" " + r.tobytes() + end for w, r in zip(words, rows, strict=True)
        )
        return place.write("v.bin", edit(header.encode() + body))

    return make


NPY = {
    "a matrix": Kind(npy()),
    "a matrix of big ends": Kind(npy(lambda m: m.astype(">f4"))),
    "a matrix of doubles of big ends by columns": Kind(
        npy(lambda m: np.asfortranarray(m.astype(">f8")))
    ),
    "a matrix of halves of big ends": Kind(npy(lambda m: m.astype(">f2")), near=0.01),
    "version 2 of npy": Kind(npy(version=(2, 0))),
    "version 3 of npy": Kind(npy(version=(3, 0))),
    "words with a mark": Kind(npy(words=MARK + "\n".join(WORDS).encode())),
    "words with two marks": Kind(npy(words=MARK * 2 + "\n".join(WORDS).encode())),
    "words with line ends of Windows": Kind(npy(words="\r\n".join(WORDS).encode() + b"\r\n")),
    "words in JSON": Kind(
        npy(words=str(WORDS).replace("'", '"'), beside="m.json")
    ),
    "words in JSON after two marks": Kind(
        npy(words=MARK * 2 + str(WORDS).replace("'", '"').encode(), beside="m.json")
    ),
    "words that come twice": Kind(
        npy(words=[*WORDS[:39], "word0"]), labels=[*WORDS[:39], "word0"]
    ),
    "a word with a zero byte": Kind(
        npy(words=["a\0b", *WORDS[1:]]), labels=WORDS[1:], rows=range(1, 40),
        left_out={"unstorable": 1},
    ),
    "words in UTF-16": refused(npy(words="\n".join(WORDS).encode("utf-16")), "UTF-16"),
    "words in UTF-16 without a mark": refused(
        npy(words="\n".join(WORDS).encode("utf-16-be")), "UTF-16"
    ),
    "words in UTF-32 without a mark": refused(
        npy(words="\n".join(WORDS).encode("utf-32-le")), "UTF-32"
    ),
    "words with counts": refused(npy(words=COUNTED), "a word and a count"),
    "words with counts after tabs": refused(npy(words=TABBED), "a word and a count"),
    "words after numbers": refused(
        npy(words=[f"{row}\t{word}" for row, word in enumerate(WORDS)]), "a number and a word"
    ),
    "words with counts under a heading": refused(
        npy(words=["word count", *COUNTED[1:]]), "a word and a count"
    ),
    "counts after colons": refused(
        npy(words=[f"{word}:{9000 - row}" for row, word in enumerate(WORDS)]), "a word and a count"
    ),
    "counts between bars": refused(
        npy(words=[f"{word}|{9000 - row}" for row, word in enumerate(WORDS)]), "a word and a count"
    ),
    "counts before words": refused(
        npy(words=[f"{9000 - row:7} {word}" for row, word in enumerate(WORDS)]),
        "a number and a word",
    ),
    "an array of words with counts": refused(
        lambda place: place.write("m.npy", npy(words=saved(np.array(COUNTED)))(place).read_bytes()),
        "a word and a count",
    ),
    "an array of text for words": Kind(npy(words=saved(np.array(WORDS)))),
    "an array of bytes for words": Kind(npy(words=saved(np.array([w.encode() for w in WORDS])))),
    "an array of words of big ends": Kind(npy(words=saved(np.array(WORDS).astype(">U6")))),
    "words in quotes": refused(npy(words=[f'"{word}"' for word in WORDS]), "in quotes"),
    "one word too many": refused(npy(words=["word", *WORDS]), "different lengths"),
    "a pointer for words": refused(npy(words=POINTER.encode()), "Git LFS"),
    "a web page for words": refused(npy(words=b"<html><body>no"), "a web page"),
    "an answer of a server for words": refused(npy(words=b"Entry not found"), "a server"),
    "no words": refused(npy(words=None), "no words beside it"),
    "objects": refused(named("m.npy", pickle.dumps([1])), "pickle"),
    "whole numbers": refused(npy(lambda m: m.astype("i4")), "holds int32"),
    "complex numbers": refused(npy(lambda m: m.astype("c8")), "holds complex64"),
    "a cube": refused(npy(lambda m: m.reshape(40, 3, 2)), "no matrix"),
    "a matrix that was cut off": refused(
        lambda place: place.write("m.npy", npy()(place).read_bytes()[:-1]), "cut off or too long"
    ),
    "a header alone": refused(
        lambda place: place.write("m.npy", npy()(place).read_bytes()[:40]), "malformed npy header"
    ),
    "a packed matrix": Kind(
        lambda place: place.write("m.npy.gz", gzip.compress(npy()(place).read_bytes()))
    ),
}  # fmt: skip

NPZ = {
    "an npz": Kind(npz()),
    "a packed npz": Kind(npz(packed=True)),
    "an npz of big ends": Kind(npz(lambda m: {"vectors": m.astype(">f8")})),
    "an npz with words of big ends": Kind(npz(words=np.array(WORDS).astype(">U6"))),
    "an npz with counts beside": Kind(npz(lambda _: {"counts": np.arange(40)})),
    "an npz with weights beside": Kind(npz(lambda _: {"idf": np.ones(40, "f4")})),
    "an npz with its words as bytes": Kind(npz(words=np.array([w.encode() for w in WORDS]))),
    "an npz by columns": refused(
        npz(lambda m: {"vectors": np.asfortranarray(m)}), "save it by rows"
    ),
    "an npz with counts in its words": refused(npz(words=np.array(COUNTED)), "a word and a count"),
    "an npz with counts after tabs": refused(npz(words=np.array(TABBED)), "a word and a count"),
    "an npz with numbers before its words": refused(
        npz(words=np.array([f"{i} {w}" for i, w in enumerate(WORDS)])), "a number and a word"
    ),
    "an npz with numbers for words": refused(
        npz(words=np.array([f"{i / 7:.4f}" for i in range(40)])), "numbers where its words"
    ),
    "an npz with objects for words": refused(
        npz(words=np.array(WORDS, object)), "one list of text"
    ),
    "an npz of two matrices": refused(npz(lambda m: {"others": m}), "needs one matrix"),
    "an npz without words": refused(npz(lambda _: {"words": None}), "needs one matrix"),
    "an npz of fewer words": refused(npz(words=np.array(WORDS[:39])), "40 vectors, but 39 words"),
    "an npz with other members": refused(
        lambda place: place.write(
            "m.npz", _with_member(npz()(place).read_bytes(), "readme.md", b"x")
        ),
        "zip archive",
    ),
    "an npz that was cut off": refused(
        lambda place: place.write("m.npz", npz()(place).read_bytes()[:-60]), "zip"
    ),
}


def _with_member(content: bytes, name: str, more: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as opened:
        opened.writestr(name, more)
    return file.getvalue()


BINARY = {
    "word2vec's binary format": Kind(binary()),
    "the same without line feeds": Kind(binary(end=b"")),
    "a header with line ends of Windows": Kind(binary(header="40 6\r\n")),
    "a binary file after a mark": Kind(binary(edit=lambda b: MARK + b)),
    "a binary file after two marks": Kind(binary(edit=lambda b: MARK * 2 + b)),
    "a packed binary file": Kind(binary(edit=gzip.compress)),
    "a binary file of no words' word": Kind(
        binary(words=["", *WORDS[1:]]), labels=WORDS[1:], rows=range(1, 40),
        left_out={"unstorable": 1},
    ),
    "numbers of big ends": refused(binary(dtype=">f4"), "byte order"),
    "numbers of big ends without line feeds": refused(binary(dtype=">f4", end=b""), "byte order"),
    "doubles": refused(binary(dtype="<f8"), "is not a word"),
    "halves": refused(binary(dtype="<f2"), "is not a word"),
    "a blank in a word": refused(binary(words=["New Age", *WORDS[1:]]), "is shifted"),
    "a header of more words": refused(binary(header="60 6\n"), "vector 41 is not"),
    "a header of fewer words": refused(binary(header="30 6\n"), "goes on after its 30 words"),
    "a header of wider vectors": refused(binary(header="40 7\n"), "is not a word"),
    "a binary file that was cut off": refused(binary(edit=lambda b: b[:-5]), "vector 40 is not"),
}  # fmt: skip


KINDS = {**NPY, **NPZ, **BINARY}
