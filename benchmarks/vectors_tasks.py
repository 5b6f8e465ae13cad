"""How much of what examples do a task vector does, for nine tasks of SmolLM2, with controls.

By the command line: one session a task, then every session checked against the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from benchmarks.substrates import zoo

TASKS = (
    "plural", "past", "sentiment", "category", "antonym", "upper", "capital", "next_number",
    "french",
)  # fmt: skip
PROMPTS = Path(__file__).parents[1] / "scripts" / "vectors" / "tasks"
#: What a task has to reach to count, and what its controls may.
RECOVERED, LOWER_BOUND, CONTROL, WANTED = 0.75, 0.6, 0.1, 5


def main() -> None:
    """Print one line a task."""
    model = str(zoo("smollm2"))
    with tempfile.TemporaryDirectory() as scratch:
        started = perf_counter()
        sessions = {task: session(task, model, Path(scratch)) for task in TASKS}
        seconds = perf_counter() - started
        print(f"extraction of {len(TASKS)} tasks, 30 layers each: {seconds:.0f} s")
        good = sum(_check(task, sessions) for task in TASKS)
    print(f"  tasks that reach {RECOVERED} with {LOWER_BOUND} below: {good} (wanted {WANTED})")


def hartonomous(*words: str, as_json: bool = True):
    """Run a command and return its answer, as JSON where it gives that."""
    command = [Path(sys.executable).with_name("hartonomous"), *words, *(["--json"] * as_json)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout) if as_json else done.stdout


def session(task: str, model: str, folder: Path) -> str:
    """Extract one task's vectors and return their folder."""
    config = folder / f"{task}.yaml"
    prompts = PROMPTS / f"{task}.yaml"
    config.write_text(
        f"model: {model}\nprompt_config: {prompts}\nlayers: all\ntag: {task}\n"
        "batch_size: 32\nraw: false\n"
    )
    found = hartonomous("vectors", "task", "--config", str(config), "--out", str(folder))
    return found["folder"]


def _check(task: str, sessions: dict[str, str]) -> bool:
    others = [word for o in sessions if o != task for word in ("--other", sessions[o])]
    found = hartonomous("vectors", "check", sessions[task], *others)
    share = found["recovery"]
    controls = {c["name"]: c["recovery"]["value"] for c in found["controls"]}
    print(
        f"  {task:12} with examples {found['few_shot']['value']:.2f}  block {found['layer']:2}  "
        f"recovered {share['value']:.2f} [{share['low']:.2f}, {share['high']:.2f}]  "
        + "  ".join(f"{name} {value:.2f}" for name, value in controls.items())
        + ("" if found["measurable"] else "  not measurable"),
        flush=True,
    )
    reached = share["value"] >= RECOVERED and share["low"] >= LOWER_BOUND
    return found["measurable"] and reached and max(controls.values()) <= CONTROL


if __name__ == "__main__":
    main()
