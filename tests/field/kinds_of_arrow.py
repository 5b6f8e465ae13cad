"""Parquet and Arrow's files and streams, with the types that other programs give columns."""

from __future__ import annotations

import io

from files_of_field import WORDS, Field
from kinds import Kind, Make, named, refused


def arrow(columns, *, form="parquet", edit=lambda b: b, **how) -> Make:
    """Return what writes columns of words and rows by pyarrow."""

    def make(place: Field):
        import pyarrow as pa
        from pyarrow import feather, ipc, parquet

        table = pa.table(columns(WORDS, place.vectors[:40]))
        file = io.BytesIO()
        if form == "parquet":
            parquet.write_table(table, file, **how)
        elif form == "feather":
            feather.write_feather(table, file, **how)
        else:
            with ipc.new_stream(file, table.schema) as stream:
                stream.write_table(table, max_chunksize=7)
        return place.write(f"v.{form}", edit(file.getvalue()))

    return make


def lists(words, rows):
    return {"word": list(words), "vector": [row.tolist() for row in rows]}


def typed(dtype):
    """Return columns whose vectors have a type of Arrow's."""

    def make(words, rows):
        import pyarrow as pa

        of = {
            "half": lambda: pa.list_(pa.float16()),
            "fixed": lambda: pa.list_(pa.float32(), 6),
            "large": lambda: pa.large_list(pa.float64()),
            "view": lambda: pa.list_view(pa.float32()),
            "large view": lambda: pa.large_list_view(pa.float32()),
        }[dtype]()
        cells = rows.astype("f2") if dtype == "half" else rows
        return {"word": list(words), "vector": pa.array([list(row) for row in cells], of)}

    return make


def worded(change):
    """Return columns whose words are an array of another type."""

    def make(words, rows):
        import pyarrow as pa

        return {"word": change(pa, pa.array(list(words))), "vector": [r.tolist() for r in rows]}

    return make


def lacking(words, rows):
    found = lists(words, rows)
    found["vector"][7] = None
    return found


def holed(words, rows):
    found = lists(words, rows)
    found["vector"][7][2] = None
    return found


def unnamed(words, rows):
    return {**lists(words, rows), "word": [None if w == "word7" else w for w in words]}


ARROW = {
    "parquet": Kind(arrow(lists)),
    "parquet of many row groups": Kind(arrow(lists, row_group_size=7)),
    "parquet without compression": Kind(arrow(lists, compression="NONE")),
    "a column for each number": Kind(
        arrow(lambda w, r: {"word": list(w), **{f"d{i}": r[:, i] for i in range(6)}})
    ),
    "halves in parquet": Kind(arrow(typed("half")), near=0.01),
    "lists of one length": Kind(arrow(typed("fixed"))),
    "large lists of doubles": Kind(arrow(typed("large"))),
    "words by their number": Kind(arrow(worded(lambda _, w: w.dictionary_encode()))),
    "words as large text": Kind(arrow(worded(lambda pa, w: w.cast(pa.large_string())))),
    "words as bytes": Kind(arrow(worded(lambda pa, w: w.cast(pa.binary())))),
    "a missing word": Kind(
        arrow(unnamed), labels=[w for w in WORDS if w != "word7"],
        rows=[i for i in range(40) if i != 7], left_out={"unstorable": 1},
    ),
    "lists of lists": refused(
        arrow(lambda w, r: {"word": list(w), "vector": [[x.tolist()] for x in r]}),
        "has no columns of numbers",
    ),
    "a missing vector": refused(arrow(lacking), "different lengths"),
    "a missing number": refused(arrow(holed), "a number is missing"),
    "words in a group": refused(
        arrow(lambda w, r: {"word": [{"text": x} for x in w], "vector": [x.tolist() for x in r]}),
        "no column of words",
    ),
    "parquet of nothing": refused(
        arrow(lambda w, r: {k: v[:0] for k, v in lists(w, r).items()}), "no co"
    ),
    "parquet that was cut off": refused(arrow(lists, edit=lambda b: b[:-30]), "damaged parquet"),
    "parquet with a key": refused(named("v.parquet", b"PARE" + bytes(range(90))), "encrypted"),
    "feather": Kind(arrow(lists, form="feather")),
    "feather without compression": Kind(arrow(lists, form="feather", compression="uncompressed")),
    "feather of words by their number": Kind(
        arrow(worded(lambda _, w: w.dictionary_encode()), form="feather")
    ),
    "feather of views of lists": Kind(arrow(typed("view"), form="feather")),
    "feather of large views": Kind(arrow(typed("large view"), form="feather")),
    "feather of views of words": Kind(
        arrow(worded(lambda pa, w: w.cast(pa.string_view())), form="feather")
    ),
    "feather that was cut off": refused(
        arrow(lists, form="feather", edit=lambda b: b[:-30]), "damaged Arrow"
    ),
    "a stream": Kind(arrow(lists, form="arrow")),
    "a stream of words by their number": Kind(
        arrow(worded(lambda _, w: w.dictionary_encode()), form="arrow")
    ),
    "a stream that was cut off": refused(
        arrow(lists, form="arrow", edit=lambda b: b[: len(b) // 2]), "damaged Arrow"
    ),
}  # fmt: skip

KINDS = ARROW
