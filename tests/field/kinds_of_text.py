"""Word vectors as text as programs, shells, packers and broken downloads leave them."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import json
import lzma
import tarfile
import zipfile

from files_of_field import WORDS, Field
from kinds import Kind, Make, named, refused

MARK = codecs.BOM_UTF8
NUMBERED = [*WORDS[:30], *(f"{word} {7 * row}" for row, word in enumerate(WORDS[30:]))]
HEADING = "word," + ",".join(f"d{column}" for column in range(6))
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0a' * 32}\nsize 99\n"


def text(edit=lambda written: written, words=tuple(WORDS), **how) -> Make:
    """Return what writes word vectors and changes their bytes."""
    return lambda place: place.write("v.vec", edit(place.text(words, **how)))


def recoded(encoding: str, **how) -> Make:
    return text(lambda written: written.decode().encode(encoding), **how)


def rows_of(place: Field, count: int = 40) -> list[list[float]]:
    return [[float(number) for number in row] for row in place.vectors[:count]]


def table(
    line=lambda word, row: ",".join([word, *map(str, row)]),
    *,
    heading: str | None = HEADING,
    name="v.csv",
    words=tuple(WORDS),
    end="\n",
    edit=lambda written: written.encode(),
) -> Make:
    """Return what writes a table, a line for each word."""

    def make(place: Field):
        lines = [line(word, row) for word, row in zip(words, rows_of(place), strict=True)]
        return place.write(name, edit("".join(each + end for each in [heading, *lines] if each)))

    return make


def records(
    record=lambda word, row: {"word": word, "vector": row}, *, name="v.jsonl", end="\n", begin=b""
) -> Make:
    """Return what writes JSON lines, a record for each word."""

    def make(place: Field):
        lines = (json.dumps(record(w, r)) for w, r in zip(WORDS, rows_of(place), strict=True))
        return place.write(name, begin + "".join(line + end for line in lines).encode())

    return make


def whole(shape, name="v.json", edit=lambda written: written.encode()) -> Make:
    """Return what writes one JSON value of all words and their numbers."""
    return lambda place: place.write(name, edit(json.dumps(shape(WORDS, rows_of(place)))))


def member(content: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def tape(content: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("v.vec")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def decimal_commas(written: bytes) -> bytes:
    return written.replace(b".", b",")


ENDS = {
    "line ends of Windows": Kind(text(lambda t: t.replace(b"\n", b"\r\n"))),
    "line ends of Windows after a header": Kind(
        text(lambda t: t.replace(b"\n", b"\r\n"), header="40 6")
    ),
    "a blank line at the end": Kind(text(lambda t: t + b"\n")),
    "no end of the last line": Kind(text(lambda t: t[:-1])),
    "blanks at the ends of lines": Kind(text(lambda t: t.replace(b"\n", b" \n"))),
    "tabs": Kind(text(lambda t: t.replace(b" ", b"\t"))),
    "tabs after words, then blanks": Kind(
        text(lambda t: b"".join(x.replace(b" ", b"\t", 1) + b"\n" for x in t.splitlines()))
    ),
    "two blanks between numbers": Kind(text(lambda t: t.replace(b" ", b"  "))),
    "tabs and blanks by turns": Kind(
        text(lambda t: b"".join(x.replace(b" ", b"\t", 3) + b"\n" for x in t.splitlines()))
    ),
    "line ends of old Macs": refused(text(lambda t: t.replace(b"\n", b"\r")), "carriage returns"),
    "no-break spaces between numbers": refused(
        text(lambda t: t.replace(b" ", "\u00a0".encode())), "neither word vectors nor a model"
    ),
    "zeros after the last line": refused(text(lambda t: t + bytes(512)), "vector 41 is not"),
    "a hole of zeros": refused(text(lambda t: t[:300] + bytes(300) + t[600:]), "is not a word"),
    "cut within a line": refused(text(lambda t: t[:-12]), "vector 40 is not"),
}

MARKS = {
    "a byte order mark": Kind(text(mark=MARK)),
    "a mark before a header": Kind(text(mark=MARK, header="40 6")),
    "two marks": Kind(text(mark=MARK * 2)),
    "three marks before a header": Kind(text(mark=MARK * 3, header="40 6")),
    "a mark and line ends of Windows": Kind(
        text(lambda t: t.replace(b"\n", b"\r\n"), mark=MARK, header="40 6")
    ),
    "two marks before a CSV": Kind(table(edit=lambda t: MARK * 2 + t.encode())),
    "two marks before JSON lines": Kind(records(begin=MARK * 2)),
    "two marks before JSON": Kind(
        whole(lambda w, r: dict(zip(w, r, strict=True)), edit=lambda t: MARK * 2 + t.encode())
    ),
    "two marks before a packed file": Kind(text(lambda t: gzip.compress(t), mark=MARK * 2)),
    **{
        f"text in {encoding}": refused(recoded(encoding), "UTF-16 or UTF-32")
        for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
    },
    **{
        f"a CSV in {encoding}": refused(
            table(edit=lambda t, encoding=encoding: t.encode(encoding)), "UTF-16 or UTF-32"
        )
        for encoding in ("utf-16", "utf-16-be", "utf-32-le")
    },
    **{
        f"JSON lines in {encoding}": refused(
            lambda place, encoding=encoding: place.write(
                "v.jsonl", records()(place).read_text().encode(encoding)
            ),
            "UTF-16 or UTF-32",
        )
        for encoding in ("utf-16", "utf-16-le", "utf-32-be")
    },
}

HEADERS = {
    "a header": Kind(text(header="40 6")),
    "a header with blanks around": Kind(text(header=" 40  6 ")),
    "a header with a tab": Kind(text(header="40\t6")),
    "a header of one word too many": Kind(text(header="41 6"), note="says 41 words, it has 40"),
    "a header of one word too few": Kind(text(header="39 6"), note="says 39 words, it has 40"),
    "a header of twice the words": refused(text(header="80 6"), "correct its first line"),
    "a header the wrong way round": refused(text(header="6 40"), "is not a word and 40 numbers"),
    "a header of another width": refused(text(header="40 5"), "vector 1 is not"),
    "a header of no words": refused(text(header="0 6"), "can't hold"),
    "two files in one": refused(
        text(lambda t: t + t, header="40 6"), "vector 41 is not a word and 6 numbers"
    ),
    "a comment first": refused(text(lambda t: b"# made by a program\n" + t), "vector 1 is not"),
}

COMMAS = {
    "decimal commas": refused(text(decimal_commas), "decimal commas"),
    "decimal commas after tabs": refused(
        text(lambda t: decimal_commas(t).replace(b" ", b"\t")), "decimal commas"
    ),
    "decimal commas between semicolons": refused(
        text(lambda t: decimal_commas(t).replace(b" ", b";")), "decimal commas"
    ),
    "decimal commas under a heading": refused(
        table(
            lambda w, r: ";".join([w, *(f"{x:.3f}".replace(".", ",") for x in r)]),
            heading=HEADING.replace(",", ";"),
        ),
        "decimal commas",
    ),
    "colons after words": refused(
        text(lambda t: b"".join(x.replace(b" ", b": ", 1) + b"\n" for x in t.splitlines())),
        "vector 1 is not a word and 6 numbers",
    ),
    "commas after words": refused(
        text(lambda t: b"".join(x.replace(b" ", b",", 1) + b"\n" for x in t.splitlines())),
        "vector 1 is not a word and 5 numbers",
    ),
    "semicolons after words": refused(
        text(lambda t: b"".join(x.replace(b" ", b";", 1) + b"\n" for x in t.splitlines())),
        "vector 1 is not a word and 5 numbers",
    ),
    "names with a colon and a number": Kind(
        text(words=[f"user:{row}" for row in range(40)]),
        labels=[f"user:{row}" for row in range(40)],
    ),
    "a few words with marks and numbers": Kind(
        text(words=["1,000", "3:1", ":", *WORDS[3:]]), labels=["1,000", "3:1", ":", *WORDS[3:]]
    ),
    "exponents": Kind(
        lambda place: place.write(
            "v.vec",
            "".join(
                f"{w} " + " ".join(f"{x:.7e}" for x in r) + "\n"
                for w, r in zip(WORDS, rows_of(place), strict=True)
            ),
        )
    ),
}


PACKED = {
    "gzip": Kind(text(gzip.compress)),
    "bzip2": Kind(text(bz2.compress)),
    "xz": Kind(text(lzma.compress)),
    "lzma": Kind(text(lambda t: lzma.compress(t, format=lzma.FORMAT_ALONE))),
    "packed twice": Kind(text(lambda t: gzip.compress(gzip.compress(t)))),
    "packed twice by two programs": Kind(text(lambda t: bz2.compress(lzma.compress(t)))),
    "gzip in two members": Kind(text(lambda t: gzip.compress(t[:700]) + gzip.compress(t[700:]))),
    "bzip2 in two streams": Kind(text(lambda t: bz2.compress(t[:700]) + bz2.compress(t[700:]))),
    "zeros after gzip": Kind(text(lambda t: gzip.compress(t) + bytes(512))),
    "gzip that was cut off": refused(text(lambda t: gzip.compress(t)[:-20]), "cut off or damaged"),
    "bzip2 that was cut off": refused(text(lambda t: bz2.compress(t)[:-20]), "cut off"),
    "xz that was cut off": refused(text(lambda t: lzma.compress(t)[:-20]), "cut off"),
    "nothing in gzip": refused(named("v.vec.gz", gzip.compress(b"")), "an empty file"),
    "a pointer in gzip": refused(named("v.gz", gzip.compress(POINTER.encode())), "Git LFS"),
    "a tape in gzip": refused(text(lambda t: gzip.compress(tape(t))), "tar archive"),
    "a zip archive": refused(text(lambda t: member(t, "v.vec")), "a zip archive"),
    "a tape": refused(text(tape), "a tar archive"),
    "packed without end": refused(
        text(lambda t: _nested(t, 12)), "compressed more than"
    ),
    "the old lz4": refused(named("v.lz4", b"\x02\x21\x4c\x18" + bytes(60)), "lz4"),
}  # fmt: skip


def _nested(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = gzip.compress(content)
    return content


LEFTOVERS = {
    "a pointer": refused(named("v.vec", POINTER), "Git LFS pointer"),
    "a pointer with line ends of Windows": refused(
        named("v.vec", POINTER.replace("\n", "\r\n")), "Git LFS pointer"
    ),
    "a pointer after a mark": refused(named("v.vec", MARK + POINTER.encode()), "Git LFS pointer"),
    "a pointer of git-annex": refused(
        named("v.vec", "/annex/objects/SHA256E-s99--" + "0a" * 32 + ".vec\n"), "git-annex pointer"
    ),
    "a web page": refused(named("v.vec", "<!DOCTYPE html>\n<html><body>sign in"), "a web page"),
    "a web page after blank lines": refused(named("v.vec", "\n\n <HTML><p>"), "a web page"),
    "an error of a bucket": refused(
        named("v.vec", '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'), "a web"
    ),
    **{
        f"the answer {said!r}": refused(named("v.vec", said), "answer of a server")
        for said in (
            "Entry not found",
            "404: Not Found",
            "Not Found\n",
            '{"error":"Repository not found"}',
            "Access to model acme/tiny is restricted. You must have access to it.",
            "Invalid username or password.",
        )
    },
    "an empty file": refused(named("v.vec", b""), "an empty file"),
    "one blank line": refused(named("v.vec", b"\n"), "neither word vectors nor"),
    "only zeros": refused(named("v.vec", bytes(4096)), "only zero bytes"),
    "a quarrel of versions": refused(
        text(lambda t: b"<<<<<<< ours\n" + t + b"=======\n" + t + b">>>>>>> theirs\n"), "conflict"
    ),
    "a download that goes on": refused(named("v.vec.incomplete", b"word0 1 2"), "unfinished"),
    "counts alone": refused(
        named("vocab.txt", "".join(f"{w} {7 * i}\n" for i, w in enumerate(WORDS))),
        "one number a word",
    ),
}

KINDS = {**ENDS, **MARKS, **HEADERS, **COMMAS, **PACKED, **LEFTOVERS}
