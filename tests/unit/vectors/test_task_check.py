"""A vector whose place is known is found, does what examples do, and its controls don't."""

from __future__ import annotations

import numpy as np
import pytest
import tiny_models as tiny

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.vectors.tasks.check import check_task, differences
from hartonomous.vectors.tasks.extraction import TaskSettings
from hartonomous.vectors.tasks.function_vectors import function_vector, write_function_vector
from hartonomous.vectors.tasks.prompts import read_prompts
from hartonomous.vectors.tasks.scoring import score
from hartonomous.vectors.tasks.sessions import (
    extract_session,
    read_session,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tasks")


@pytest.fixture(scope="module")
def sessions(planted, folder):
    def extract(task):
        prompts = read_prompts(tiny.write_task(folder, task))
        settings = TaskSettings(planted.name, "", tag=f"task{task}", raw=False)
        return extract_session(planted, prompts, settings, folder)

    return [extract(task) for task in range(tiny.TASKS)]


def test_the_planted_direction_is_recovered(planted, sessions):
    for task, session in enumerate(sessions):
        vector = differences(planted, session).by_layer[tiny.READS]
        assert vector[tiny.NUMBERS + task] / np.linalg.norm(vector) > 0.99


def test_the_vector_does_what_examples_do_and_its_controls_do_not(planted, sessions):
    found = check_task(planted, sessions[0], sessions[1:])
    assert found.zero_shot.value == 0
    assert found.few_shot.value == 1
    assert found.measurable
    assert found.layer >= tiny.READS
    assert (found.recovery.value, found.recovery.low) == (1, 1)
    assert [control.name for control in found.controls] == ["random", "mean + random", "other task"]
    assert max(control.recovery.value for control in found.controls) == 0
    assert dict(found.curve)[0] == 0  # nothing is known of the task before block 1 reads


def test_shuffled_answers_still_tell_the_task(planted, sessions):
    assert check_task(planted, sessions[0]).shuffled.value == 1


def test_a_task_that_examples_do_not_show_is_not_measurable(planted, folder):
    path = tiny.write_task(folder, 0, shots=1, task="wrong")
    csv = folder / "task0.csv"
    csv.write_text(csv.read_text().replace("t0a", "t9a"))  # no word the model has
    settings = TaskSettings(planted.name, "", tag="wrong", raw=False)
    session = extract_session(planted, read_prompts(path), settings, folder)
    found = check_task(planted, session)
    tiny.write_task(folder, 0)
    assert not found.measurable
    assert np.isnan(found.recovery.value)


def test_the_planted_head_makes_the_function_vector(planted, sessions, folder):
    prompts = read_prompts(folder / "task2.yaml")
    found = function_vector(planted, prompts, heads=1, corrupted=prompts.but(shots=0))
    assert found.heads[0][:2] == (tiny.READS, 0)
    assert found.vector[tiny.NUMBERS + 2] / np.linalg.norm(found.vector) > 0.99


def test_a_function_vector_is_checked_as_well(planted, sessions, folder):
    session = sessions[3]
    prompts = read_prompts(folder / "task3.yaml")
    found = function_vector(planted, prompts, heads=1, corrupted=prompts.but(shots=0))
    write_function_vector(session.folder, found)
    layer, recovered = check_task(planted, session).function_vector
    assert recovered.value == 1
    assert layer in session.layers


def test_function_vectors_need_examples(planted, folder):
    prompts = read_prompts(folder / "task1.yaml").but(shots=0)
    with pytest.raises(ParameterError, match="need prompts with examples"):
        function_vector(planted, prompts)


def test_a_session_of_another_model_is_refused(planted, sessions):
    session = read_session(sessions[1].folder)
    session.metadata["model_fingerprint"] = "0" * 64
    with pytest.raises(ModelFormatError, match="is not from"):
        check_task(planted, session)


def test_prompts_that_changed_since_are_refused(planted, sessions, folder):
    csv = folder / "task1.csv"
    written = csv.read_text()
    csv.write_text(written.replace("q0,", "q23x,"))
    with pytest.raises(ModelFormatError, match="has changed since"):
        check_task(planted, sessions[1])
    csv.write_text(written)


def test_a_vector_of_another_length_is_not_added(planted, sessions, folder):
    prompts = read_prompts(folder / "task1.yaml")
    rows = prompts.encoded(planted, prompts.split("test"))
    with pytest.raises(InvalidVectorsError, match="64 finite numbers"):
        score(planted, rows, added=(0, np.zeros(63)))
    with pytest.raises(InvalidVectorsError, match="64 finite numbers"):
        score(planted, rows, added=(0, np.full(64, np.nan)))
