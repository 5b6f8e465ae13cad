"""Word vectors as tables and JSON, as spreadsheets and programs write them."""

from __future__ import annotations

from files_of_field import WORDS
from kinds import Kind, refused
from kinds_of_text import HEADING, MARK, records, rows_of, table, whole

TABLES = {
    "a CSV with a heading": Kind(table()),
    "a CSV without a heading": Kind(table(heading=None)),
    "a CSV of semicolons": Kind(table(lambda w, r: ";".join([w, *map(str, r)]), heading=None)),
    "a CSV of bars": Kind(table(lambda w, r: "|".join([w, *map(str, r)]), heading=None)),
    "a CSV with line ends of Windows": Kind(table(end="\r\n")),
    "a CSV with a mark": Kind(table(edit=lambda t: MARK + t.encode())),
    "a CSV that ends lines with a comma": Kind(
        table(lambda w, r: ",".join([w, *map(str, r), ""]), heading=HEADING + ",")
    ),
    "words with commas in quotes": Kind(
        table(lambda w, r: ",".join([f'"{w}, too"', *map(str, r)])),
        labels=[f"{word}, too" for word in WORDS],
    ),
    "words with commas in quotes, no heading": Kind(
        table(lambda w, r: ",".join([f'"{w}, too"', *map(str, r)]), heading=None),
        labels=[f"{word}, too" for word in WORDS],
    ),
    "words with quotes in quotes": Kind(
        table(lambda w, r: ",".join([f'"""{w}"""', *map(str, r)])),
        labels=[f'"{word}"' for word in WORDS],
    ),
    "a line end in the first word": Kind(
        table(lambda w, r: ",".join([f'"a\n{w}"', *map(str, r)])),
        labels=[f"a\n{word}" for word in WORDS],
    ),
    "all in quotes": Kind(table(lambda w, r: ",".join(f'"{x}"' for x in [w, *r]))),
    "a CSV with line ends of old Macs": Kind(table(end="\r")),
    "a number that is missing late": refused(
        table(lambda w, r: ",".join([w, *("" if w == "word39" and i == 5 else str(x)
                                          for i, x in enumerate(r))])),
        "vector 40 is not a word and 6 numbers",
    ),
    "words that are mostly numbers": Kind(
        table(words=[*map(str, range(30)), *WORDS[30:]]),
        labels=[*map(str, range(30)), *WORDS[30:]],
    ),
    "a list in a field": Kind(
        table(lambda w, r: f'{w},"{r}"', heading="word,vector")
    ),
    "a list without commas in a field": Kind(
        table(lambda w, r: f'{w},"[{" ".join(map(str, r))}]"', heading="word,vector")
    ),
    "a list after a tab": Kind(table(lambda w, r: f"{w}\t{r}", heading=None, name="v.tsv")),
    "a list in quotes after a semicolon": Kind(
        table(lambda w, r: f'{w};"{r}"', heading="word;vector")
    ),
    "an index of pandas": Kind(
        table(lambda w, r: ",".join([str(WORDS.index(w)), w, *map(str, r)]), heading="," + HEADING)
    ),
    "counts beside the words": Kind(
        table(
            lambda w, r: ",".join([w, "7", *map(str, r)]),
            heading=HEADING.replace("word,", "word,count,"),
        ),
        note="columns that are not read: count",
    ),
    "the separator on the first line": Kind(
        table(lambda w, r: ";".join([w, *map(str, r)]),
              heading="sep=;\n" + HEADING.replace(",", ";"))
    ),
    "a number that is missing early": refused(
        table(lambda w, r: ",".join([w, *("" if w == "word7" and i == 2 else str(x)
                                          for i, x in enumerate(r))])),
        "vector 8 is not a word and 6 numbers",
    ),
    "a number that is no number": refused(
        table(lambda w, r: ",".join([w, *("N/A" if w == "word7" and i == 2 else str(x)
                                          for i, x in enumerate(r))])),
        "vector 8 is not a word and 6 numbers",
    ),
    "a row that is too short": refused(
        table(lambda w, r: ",".join([w, *map(str, r[: 5 if w == "word7" else 6])])), "vector 8"
    ),
    "a TSV with a heading": Kind(
        table(lambda w, r: "\t".join([w, *map(str, r)]), heading=HEADING.replace(",", "\t"),
              name="v.tsv")
    ),
    "a TSV whose words are quotation marks": Kind(
        table(lambda w, r: "\t".join([w, *map(str, r)]), heading=HEADING.replace(",", "\t"),
              name="v.tsv", words=['"', '"tis', *WORDS[2:]]),
        labels=['"', '"tis', *WORDS[2:]],
    ),
    "a projector's vectors": refused(
        lambda place: place.write(
            "vectors.tsv", "".join("\t".join(map(str, r)) + "\n" for r in rows_of(place))
        ),
        "numbers where its words should be",
    ),
}  # fmt: skip

JSON = {
    "JSON lines": Kind(records()),
    "JSON lines with line ends of Windows": Kind(records(end="\r\n")),
    "JSON lines with blank ones between": Kind(records(end="\n\n")),
    "JSON lines with a mark": Kind(records(begin=MARK)),
    "JSON lines of lists": Kind(records(lambda w, r: [w, *r])),
    "JSON lines of a word and a list": Kind(records(lambda w, r: [w, r])),
    "a field for each number": Kind(
        records(lambda w, r: {"word": w, **{f"d{i}": x for i, x in enumerate(r)}})
    ),
    "numbers as text": refused(
        records(lambda w, r: {"word": w, "vector": [str(x) for x in r]}), "is not a word and"
    ),
    "a vector within an object": refused(
        records(lambda w, r: {"word": w, "vector": {"values": r}}), "no columns of numbers"
    ),
    "a vector in base64": refused(
        records(lambda w, r: {"word": w, "embedding": "AACAPwAAAEA="}), "no columns of numbers"
    ),
    "a number that is missing in JSON": refused(
        records(
            lambda w, r: {
                "word": w,
                **{f"d{i}": x for i, x in enumerate(r) if (w, i) != ("word3", 2)},
            }
        ),
        "vector 4 is not a word and 6 numbers",
    ),
    "a number that is null in JSON": refused(
        records(
            lambda w, r: {
                "word": w,
                **{f"d{i}": None if (w, i) == ("word3", 2) else x for i, x in enumerate(r)},
            }
        ),
        "vector 4 is not a word and 6 numbers",
    ),
    "a word that is missing": refused(
        records(lambda w, r: {"word": {} if w == "word30" else w, "vector": r}), "vector 31"
    ),
    "a vector that is shorter": refused(
        records(lambda w, r: {"word": w, "vector": r[: 5 if w == "word30" else 6]}), "vector 31"
    ),
    "numbers that are none": refused(
        records(lambda w, r: {"word": w, "vector": [float("nan")] * 6 if w == "word3" else r}),
        "1 of 40 rows are not finite: 'word3'",
    ),
    "an object of words": Kind(whole(lambda w, r: dict(zip(w, r, strict=True)))),
    "a list of records": Kind(
        whole(lambda w, r: [{"word": a, "vector": b} for a, b in zip(w, r, strict=True)])
    ),
    "words and vectors apart": refused(
        whole(lambda w, r: {"words": w, "vectors": r}), "but no word vectors"
    ),
    "a list of vectors alone": refused(whole(lambda _, r: r), "no column"),
    "an answer of an embedding service": refused(
        whole(lambda _, r: {"object": "list", "data": [{"embedding": v} for v in r]}),
        "but no word vectors",
    ),
    "JSON that was cut off": refused(
        whole(lambda w, r: dict(zip(w, r, strict=True)), edit=lambda t: t[:-40].encode()),
        "cut off",
    ),
}

KINDS = {**TABLES, **JSON}
