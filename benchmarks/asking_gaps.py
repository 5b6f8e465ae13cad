"""Do relations that only a source which is left out lists stand above others of the same degree?

Each source that votes is left out of the scope in turn. Of words at random, what it lists among its
first ten and nobody else lists is held against as many concepts that nobody lists and that equally
many lists of the others hold; the area under the curve of relatedness without the source says how
often the former stand above, by bands of that number. Intervals are bootstrapped over words. A
database that is there is taken by ``python -m benchmarks.asking_gaps DSN``; else six are loaded.
"""

from __future__ import annotations

import numpy as np
import psycopg

from benchmarks.consensus import given_database
from benchmarks.intervals import bootstrapped

WORDS = 200
BANDS = 3
DEGREES = """
SELECT c.label, count(*)
FROM relation_list AS l CROSS JOIN LATERAL unnest(l.neighbours) AS n (number)
INNER JOIN composition AS c ON c.composition_number = n.number
GROUP BY c.label
"""
LISTED = "SELECT neighbor, rank FROM neighbors_by_source(%s, 50) WHERE source_identifier = %s"
BY_OTHERS = "SELECT neighbor FROM neighbors_by_source(%s, 50, without => %s)"
WORD = """
SELECT c.label FROM composition AS c
WHERE c.label ~ '^[a-z]{4,}$' AND (
    SELECT count(*) FROM relation_list AS l WHERE l.composition_number = c.composition_number
) >= %s
ORDER BY c.composition_id LIMIT %s
"""
SCORE = "SELECT relatedness FROM relatedness_of(%s, %s, without => %s)"


def main() -> None:
    """Print the area under the curve for each source."""
    with given_database() as connection:
        measure(connection)


def measure(connection: psycopg.Connection) -> None:
    """Leave each source out once."""
    connection.execute("SET search_path = hartonomous, public")
    degrees = dict(connection.execute(DEGREES).fetchall())
    names = sorted(degrees, key=lambda name: (degrees[name], name))
    place = {name: number for number, name in enumerate(names)}
    rows = connection.execute(
        "SELECT source_identifier FROM content AS c"
        " JOIN consensus_weights() AS w ON w.content_id = c.content_id ORDER BY 1"
    ).fetchall()
    words = [word for (word,) in connection.execute(WORD, [len(rows), WORDS]).fetchall()]
    for (source,) in rows:
        areas: list[list[float]] = [[] for _ in range(BANDS)]
        for word in words:
            for band, area in compared(connection, source, word, names, place):
                areas[band].append(area)
        shown = (f"{np.mean(a):.2f} [{bootstrapped(a)[0]:.2f}, {bootstrapped(a)[1]:.2f}]"
                 for a in (*areas, [one for band in areas for one in band]))  # fmt: skip
        print(f"  without {source:34} rare, middle, frequent, all: {', '.join(shown)}", flush=True)


def compared(
    connection: psycopg.Connection,
    source: str,
    word: str,
    names: list[str],
    place: dict[str, int],
) -> list[tuple[int, float]]:
    """Return, for each relation that the source alone holds, its band and who stands above."""
    others = {label for (label,) in connection.execute(BY_OTHERS, [word, [source]]).fetchall()}
    own = connection.execute(LISTED, [word, source]).fetchall()
    wanted = [label for label, rank in own if rank <= 10 and label not in others]
    taken = others | {label for label, _ in own} | {word}
    pairs = [(label, like) for label in wanted if (like := beside(label, names, place, taken))]
    asked = [label for pair in pairs for label in pair]
    rows = connection.execute(SCORE, [[word] * len(asked), asked, [source]]).fetchall()
    scores = [score for (score,) in rows]
    found = []
    for number, (label, _) in enumerate(pairs):
        held, other = scores[2 * number], scores[2 * number + 1]
        if held is not None and other is not None:
            area = float(held > other) + float(held == other) / 2
            found.append((place[label] * BANDS // len(names), area))
    return found


def beside(label: str, names: list[str], place: dict[str, int], taken: set[str]) -> str | None:
    """Return who is listed as often and isn't taken."""
    start = place[label]
    for step in range(1, 200):
        for other in (start + step, start - step):
            if 0 <= other < len(names) and names[other] not in taken:
                return names[other]
    return None


if __name__ == "__main__":
    main()
