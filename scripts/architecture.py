"""Draw docs/architecture.svg: the package's rooms in layers, and which room takes from which.

Layers are those of the import contract in pyproject.toml, arrows those of the imports; a room that
is drawn above may only take from rooms below it. ``--check`` says whether the picture is of today.
"""

from __future__ import annotations

import sys
from collections import Counter
from html import escape
from itertools import pairwise
from pathlib import Path

import grimp

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "architecture.svg"
PACKAGE = "hartonomous"
#: What a room is, in a few words.
SAYS = {
    "cli": "commands",
    "substrate": "the door: one object, all verbs",
    "vectors": "task, trait and capability vectors",
    "query": "questions",
    "editing": "forgetting, undoing, proving",
    "ingest": "the pipeline",
    "charting": "from relations to places",
    "evaluation": "statistics of a comparison",
    "store": "load, copy, migrate",
    "postgres": "the embedded server",
    "miners": "joins and counts",
    "readers": "files to sources",
    "sites": "what a source is",
    "geometry": "neighbours, sphere",
    "observations": "what miners deliver",
    "answers": "fields of all answers",
    "concepts": "identity",
    "progress": "stages",
    "hashing": "BLAKE3",
    "errors": "one line each",
}
#: Everybody takes from these, so arrows to them would hide the others.
EVERYWHERE = frozenset({"errors", "hashing", "progress"})
WIDTH, BOX, HEIGHT, GAP = 1000, 220, 44, 26


def layers() -> list[list[str]]:
    """Return the rooms of each layer of the contract, the top one first."""
    facts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        each for each in facts["tool"]["importlinter"]["contracts"] if each["type"] == "layers"
    )
    return [
        [room.strip().removeprefix(f"{PACKAGE}.") for room in line.split("|")]
        for line in contract["layers"]
    ]


def imports(rooms: set[str]) -> Counter[tuple[str, str]]:
    """Count the imports from room to room."""
    graph = grimp.build_graph(PACKAGE)
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        here = _room(module, rooms)
        for imported in graph.find_modules_directly_imported_by(module):
            there = _room(imported, rooms)
            if here and there and here != there and there not in EVERYWHERE:
                found[here, there] += 1
    return found


def _room(module: str, rooms: set[str]) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in rooms else None


def draw() -> str:
    """Return the picture as SVG."""
    shelves = layers()
    place = {}
    for row, shelf in enumerate(shelves):
        left = (WIDTH - len(shelf) * (BOX + GAP) + GAP) / 2
        for column, room in enumerate(shelf):
            place[room] = (left + column * (BOX + GAP), 20 + row * (HEIGHT + GAP))
    height = 20 + len(shelves) * (HEIGHT + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"'
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        *_arrows(place, imports(set(place))),
        *(line for room, where in sorted(place.items()) for line in _box(room, *where)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _arrows(place: dict[str, tuple[float, float]], found: Counter[tuple[str, str]]) -> list[str]:
    drawn = []
    for (here, there), count in sorted(found.items()):
        (x1, y1), (x2, y2) = place[here], place[there]
        side = 1 if (hash_of(here + there) % 2) else -1
        bend = side * (BOX / 2 + 14 * abs(y2 - y1) ** 0.5) if abs(y2 - y1) > HEIGHT + GAP else 0
        x1, x2 = x1 + BOX / 2, x2 + BOX / 2
        middle = (x1 + x2) / 2 + bend
        drawn.append(
            f'<path d="M{x1:.0f} {y1 + HEIGHT:.0f} Q{middle:.0f} {(y1 + y2 + HEIGHT) / 2:.0f}'
            f' {x2:.0f} {y2:.0f}" fill="none" stroke="#8a9bb0" stroke-opacity="0.55"'
            f' stroke-width="{min(4.0, 0.6 + count / 12):.1f}"><title>{here} takes from {there}'
            f" in {count} places</title></path>"
        )
    return drawn


def hash_of(text: str) -> int:
    """Return a number that a text always has."""
    return sum(a * b for a, b in pairwise(text.encode()))


def _box(room: str, x: float, y: float) -> list[str]:
    return [
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{HEIGHT}" rx="6" fill="#eef3f8"'
        ' stroke="#3d5a80"/>',
        f'<text x="{x + BOX / 2:.0f}" y="{y + 18:.0f}" text-anchor="middle"'
        f' font-weight="bold">{escape(room)}</text>',
        f'<text x="{x + BOX / 2:.0f}" y="{y + 35:.0f}" text-anchor="middle" fill="#445"'
        f' font-size="11">{escape(SAYS.get(room, ""))}</text>',
    ]


def main() -> int:
    """Write the picture, or compare it."""
    picture = draw()
    if "--check" in sys.argv:
        if PICTURE.read_text(encoding="utf-8") != picture:
            print(f"{PICTURE.relative_to(ROOT)} is not of today: run `make docs`")
            return 1
        return 0
    PICTURE.write_text(picture, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
