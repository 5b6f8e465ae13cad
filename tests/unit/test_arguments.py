"""Every verb of the door refuses what its parameters don't take."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

from hartonomous.arguments import KINDS, require
from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.readers.lexicon import RatedPair
from hartonomous.substrate import Substrate, verbs

VERBS = {name: inspect.signature(verb) for name, verb in verbs().items() if name != "close"}
PARAMETERS = [
    (verb, parameter.name)
    for verb, signature in VERBS.items()
    for parameter in list(signature.parameters.values())[1:]
]
#: Values of many types; a parameter refuses those that its annotation doesn't name.
VALUES = {
    "text": "king", "none": None, "integer": 3, "fraction": 3.5, "bytes": b"king", "list": [],
    "mixed": ["king", 3], "truth": True, "mapping": {"a": "b"}, "object": object(),
}  # fmt: skip
#: What is taken, by the words of an annotation.
TAKEN = {
    "str": {"text"},
    "Method": {"text"},
    "Verdict": {"text"},
    "None": {"none"},
    "int": {"integer"},
    "float": {"integer", "fraction"},
    "bool": {"truth"},
    "Path": {"text"},
    "date": set(),
    "Stages": set(),
    "Comparison": set(),
    "Sequence[str]": {"list"},
    "Sequence[float]": {"list"},
    "Sequence[str | Path]": {"list"},
    "Sequence[RatedPair]": {"list"},
}


class Untouched:
    """Stands for a session that must not be asked."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} was reached")


def door():
    """A door whose session must not be reached."""
    made = object.__new__(Substrate)
    made._session = Untouched()
    return made


def taken_by(annotation):
    words = annotation.replace("Sequence[str | Path]", "Sequence[str/Path]").split(" | ")
    found = set().union(*(TAKEN[word.replace("/", " | ")] for word in words))
    return found - {"text"} if annotation == "Path | None" else found


@pytest.mark.parametrize(("verb", "parameter"), PARAMETERS)
def test_a_wrong_type_is_one_line_and_reaches_nothing(verb, parameter):
    signature = VERBS[verb]
    annotation = str(signature.parameters[parameter].annotation)
    for kind in VALUES.keys() - taken_by(annotation):
        arguments = {
            p.name: good(str(p.annotation))
            for p in list(signature.parameters.values())[1:]
            if p.default is inspect.Parameter.empty
        }
        arguments[parameter] = VALUES[kind]
        with pytest.raises(TypeError, match=rf"^{parameter} is [^\n]+, not [^\n]+$"):
            getattr(door(), verb)(**arguments)


def good(annotation):
    """What a required parameter takes."""
    if annotation == "Comparison":
        return type("Comparison", (), {"effect": "worse", "difference": 0.0})()
    if annotation == "Sequence[RatedPair]":
        return [RatedPair("king", "queen", 1)]
    return {"float": 0.5}.get(annotation, "king.png")


def test_every_annotation_of_the_door_is_known():
    annotations = {
        str(parameter.annotation)
        for signature in VERBS.values()
        for parameter in list(signature.parameters.values())[1:]
    }
    assert annotations == KINDS.keys()


def asked(label: str | list[str], max_results: int = 1) -> None:
    """Stands for a verb."""


SIGNATURE = inspect.signature(asked)


@pytest.mark.parametrize("number", [np.int64(3), np.int8(3)])
def test_numbers_of_numpy_are_numbers(number):
    require(SIGNATURE, ["king", number], {})


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 10**30])
def test_a_number_that_no_database_holds_is_out_of_range(number):
    with pytest.raises(ParameterError, match="max_results is out of range"):
        require(SIGNATURE, ["king"], {"max_results": number})


@pytest.mark.parametrize("labels", ["a\0b", ["king", "\udcff"]])
def test_text_that_no_database_holds_is_no_name(labels):
    with pytest.raises(UnknownNameError, match="not valid text"):
        door().delete_concept(labels)


def test_a_parameter_that_is_not_there_is_a_type_error():
    with pytest.raises(TypeError, match="unexpected keyword argument"):
        door().neighbors("king", count=3)
    with pytest.raises(TypeError, match="missing a required argument"):
        door().neighbors()


def test_paths_may_be_of_either_type():
    with pytest.raises(AssertionError, match="was reached"):
        door().ingest_text(["a.txt", Path("b.txt")])


@pytest.mark.parametrize("verb", VERBS)
def test_an_editor_can_show_what_a_verb_does_and_takes(verb):
    method = getattr(Substrate, verb)
    first = inspect.getdoc(method).splitlines()[0]
    assert first[0].isupper()
    assert first.endswith(".")
    assert method.__name__ == verb
    assert next(iter(inspect.signature(method).parameters)) == "self"
