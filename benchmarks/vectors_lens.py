"""What task vectors promote: how many of the 20 nearest words of each block are the task's answers.

By the command line: one session a task, all related to one database, and one SQL query a list.
Beside each list stand its nulls: what the other tasks' lists and those of random directions hold.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np
import psycopg

from benchmarks.substrates import databases, zoo
from benchmarks.vectors_tasks import PROMPTS, TASKS, hartonomous, session
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.transformer.lens import Lens
from hartonomous.readers.transformer.model import open_transformer
from hartonomous.readers.transformer.vectors import PERCENTILE
from hartonomous.vectors.models import model_folder
from hartonomous.vectors.statistics import mean_estimate, random_directions

#: The tasks that count, the blocks, how many words, and what share of them is wanted.
WANTED_TASKS, BLOCKS, K, WANTED = ("past", "plural", "antonym"), (26, 27, 28, 29), 20, 0.25
RANDOM = 200
QUERY = """
SELECT b, weight FROM hartonomous.evidence
WHERE a = %s AND site_position = %s AND relation_type = 'promotes' ORDER BY weight DESC, b
"""


def main() -> None:
    """Print one line a task and block, of sessions that are named or made here."""
    model = str(zoo("smollm2"))
    with tempfile.TemporaryDirectory() as scratch, databases() as dsns:
        dsn = next(dsns)
        made = sys.argv[1:] or [session(task, model, Path(scratch)) for task in TASKS]
        relate = ("vectors", "relate", *made, "--model", model, "--dsn", dsn, "--everything")
        hartonomous(*relate, "--layers", f"{BLOCKS[0]}-{BLOCKS[-1]}", "--k", str(K))
        lists = read_lists(dsn)
    drawn = random_lists(model)
    print(f"  answers among the {K} nearest words; intervals over the list's places")
    reached = [_show(task, block, lists, drawn) for task in WANTED_TASKS for block in BLOCKS]
    later = [share for share, (_, block) in zip(reached, _places(), strict=True) if block >= 27]
    print(f"  at least {WANTED} at blocks 27 on: {sum(s >= WANTED for s in later)} of {len(later)}")


def read_lists(dsn: str) -> dict[tuple[str, int], list[tuple[str, float]]]:
    """Return each task's words and weights by block, as SQL answers them."""
    with psycopg.connect(dsn) as connection:
        return {
            (task, block): connection.execute(
                QUERY, [f"task:{task}", f"layer{block}-mean"]
            ).fetchall()
            for task in TASKS
            for block in BLOCKS
        }


def random_lists(model: str) -> tuple[list[list[str]], np.ndarray]:
    """Return the nearest words of random directions, and what stands above them, by place."""
    opened = open_transformer(Place.of(model_folder(model)), Request())
    lens = Lens.of(opened)
    scores = lens.scores(random_directions(RANDOM, opened.weights.shapes.width, seed=1))
    best = np.argsort(-scores, axis=0)[:K]
    named = opened.table.vocabulary.concepts
    words = [[named[lens.words[row]].text for row in column] for column in best.T]
    reached = np.take_along_axis(scores, best, axis=0)
    return words, np.percentile(reached, PERCENTILE, axis=1)


def _places() -> list[tuple[str, int]]:
    return [(task, block) for task in WANTED_TASKS for block in BLOCKS]


def _answers(task: str) -> set[str]:
    with (PROMPTS / f"{task}.csv").open(encoding="utf-8", newline="") as file:
        return {row["answer"].strip() for row in csv.DictReader(file)}


def _show(task: str, block: int, lists: dict, drawn: tuple[list[list[str]], np.ndarray]) -> float:
    gold, own = _answers(task), lists[task, block]
    found = mean_estimate(np.array([word in gold for word, _ in own], float))
    others = np.mean([w in gold for t in TASKS if t != task for w, _ in lists[t, block]])
    chance = np.mean([word in gold for words in drawn[0] for word in words])
    kept = [w in gold for (w, weight), low in zip(own, drawn[1], strict=True) if weight > low]
    print(
        f"  {task:8} block {block}  {found}  other tasks {others:.3f}  random {chance:.3f}  "
        f"above random {len(kept):2}, of them answers {np.mean(kept) if kept else 0:.2f}  "
        + " ".join(word for word, _ in own[:6]),
        flush=True,
    )
    return found.value


if __name__ == "__main__":
    main()
