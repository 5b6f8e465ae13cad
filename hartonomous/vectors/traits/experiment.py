"""Where an experiment's files lie, and which model it is about when nobody says."""

from __future__ import annotations

from pathlib import Path

from hartonomous.errors import ParameterError
from hartonomous.readers.files import shown
from hartonomous.vectors.models import short_name

#: Models by what an experiment's name begins with.
_DEFAULTS = {
    "gemma_2b": "google/gemma-2-2b-it",
    "gemma_9b": "google/gemma-2-9b-it",
    "llama_8b": "meta-llama/Llama-3.1-8B-Instruct",
}
#: Most traits of one command.
MAX_TRAITS = 100


def trait_folder(root: Path, experiment: str, trait: str) -> Path:
    """Return the folder of one trait of an experiment.

    Raises
    ------
    ParameterError
        A name is no plain folder name.
    """
    for name in (experiment, trait):
        if not name or short_name(name) != name or name.startswith("."):
            raise ParameterError(f"{shown(name)!r} is no name of an experiment or trait")
    return root / experiment / trait


def trait_names(listed: str) -> list[str]:
    """Return the traits of a comma-separated list.

    Raises
    ------
    ParameterError
        There is none, too many, or one twice.
    """
    names = [name.strip() for name in listed.split(",") if name.strip()]
    if not 1 <= len(names) <= MAX_TRAITS or len(set(names)) != len(names):
        raise ParameterError(f"name from 1 to {MAX_TRAITS} traits, each once")
    return names


def default_model(experiment: str) -> str:
    """Return the model that an experiment's name begins with.

    Raises
    ------
    ParameterError
        It begins with none that is known.
    """
    for start, model in _DEFAULTS.items():
        if experiment.startswith(start):
            return model
    raise ParameterError(
        f"{shown(experiment)}: name a model with --gen-model; only names that begin with "
        f"{', '.join(_DEFAULTS)} say theirs"
    )
