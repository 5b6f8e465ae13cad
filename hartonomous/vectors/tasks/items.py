"""Questions with answers, from CSV, in three splits."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.hashing import blake3
from hartonomous.readers.files import read_bytes, shown

SPLITS = ("train", "validation", "test")
#: Where the splits end, as shares of all items; used where a file names no splits.
_SHARES = (0.4, 0.6, 1.0)
#: Most items of one file.
MAX_ITEMS = 1_000_000


@dataclass(frozen=True)
class Item:
    """One question and the answer that counts."""

    #: Split and number in it, for example ``train_0``
    sample_id: str
    split: str
    question: str
    answer: str


def read_items(path: Path) -> tuple[Item, ...]:
    """Read a CSV file with the columns ``question``, ``answer`` and, if it likes, ``split``.

    Without splits the questions' digests say where they belong: two fifths to ``train``, one to
    ``validation`` and two to ``test``, whatever their order in the file.

    Raises
    ------
    ParameterError
        A column is missing, a split unknown, a line malformed, or a question there twice.
    """
    if not path.is_file():
        raise ParameterError(f"{path}: no such file of questions")
    rows = _rows(path)
    questions = [row["question"] for row in rows]
    if len(set(questions)) != len(questions):
        twice = next(q for q in questions if questions.count(q) > 1)
        raise ParameterError(f"{path}: the question {shown(twice)} is there twice")
    splits = [row["split"] for row in rows] if "split" in rows[0] else _splits(questions)
    counts = dict.fromkeys(SPLITS, 0)
    items = []
    for row, split in zip(rows, splits, strict=True):
        if split not in counts:
            raise ParameterError(f"{path}: a split is {', '.join(SPLITS)}, not {split!r:.40}")
        items.append(Item(f"{split}_{counts[split]}", split, row["question"], row["answer"]))
        counts[split] += 1
    return tuple(items)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8-sig")), strict=True)
        names = reader.fieldnames or []
        rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise ParameterError(f"{path}: malformed CSV ({error!s:.100})") from None
    missing = [name for name in ("question", "answer") if name not in names]
    if missing:
        raise ParameterError(f"{path}: has no column {missing[0]}")
    if not 1 <= len(rows) <= MAX_ITEMS:
        raise ParameterError(f"{path}: has {len(rows):,} lines, from 1 to {MAX_ITEMS:,} are read")
    if any(value is None or name is None for row in rows for name, value in row.items()):
        raise ParameterError(f"{path}: a line has more or fewer values than there are columns")
    return rows


def _splits(questions: list[str]) -> list[str]:
    order = sorted(range(len(questions)), key=lambda n: blake3(questions[n].encode()))
    splits = [""] * len(questions)
    for place, number in enumerate(order):
        share = (place + 0.5) / len(order)
        splits[number] = next(s for s, end in zip(SPLITS, _SHARES, strict=True) if share < end)
    return splits
