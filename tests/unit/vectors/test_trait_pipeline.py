"""From a definition to a vector that is monitored and steers, on the model with a known answer."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import tiny_models as tiny
import torch
import traits

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.vectors import generation
from hartonomous.vectors.activations.tokens import Tokens, encode
from hartonomous.vectors.generation import generate
from hartonomous.vectors.models import open_model
from hartonomous.vectors.statistics import unit
from hartonomous.vectors.tensor_files import read_tensors, write_tensors
from hartonomous.vectors.traits.activations import averages, extract_activations, read_activations
from hartonomous.vectors.traits.definition import new_definition, read_definition
from hartonomous.vectors.traits.experiment import default_model, trait_folder, trait_names
from hartonomous.vectors.traits.judges import LexicalJudge
from hartonomous.vectors.traits.monitor import committed, monitor, plot_trajectory
from hartonomous.vectors.traits.responses import (
    compliance,
    judge_responses,
    read_responses,
    responses_file,
    save_responses,
    write_responses,
)
from hartonomous.vectors.traits.steer import steer, steers_best
from hartonomous.vectors.traits.steered_texts import Trial, Writing
from hartonomous.vectors.traits.vectors import analyse, extract_vectors


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare") / "bare-model"
    return open_model(str(tiny.save(folder, tiny.planted(), tiny.PLANTED_WORDS, chat=False)))


@pytest.fixture(scope="module")
def trait(model, tmp_path_factory):
    """The folder of a trait after all stages, its definition, and its vector."""
    folder = tmp_path_factory.mktemp("experiments") / "e" / "first"
    definition = traits.definition(folder)
    write_responses(model, definition, folder, n_examples=100, max_new_tokens=3, batch_size=50)
    judge_responses(LexicalJudge(), definition, folder)
    extract_activations(model, definition, folder, batch_size=50, pt=True)
    (vector,) = extract_vectors(folder, "first", ["mean_diff"], [tiny.READS])
    return folder, definition, vector


def test_instructions_are_followed(trait):
    assert compliance(trait[0]) == 1


def test_the_planted_direction_is_found_and_counts(trait):
    folder, _, vector = trait
    wanted = np.zeros(64)
    wanted[[tiny.NUMBERS, tiny.NUMBERS + 1]] = 1, -1
    assert unit(vector.vector) @ unit(wanted) > 0.99
    (quality,) = analyse(folder, [vector])
    assert quality.auroc.value == 1
    assert quality.p < 0.01


def test_activations_are_means_over_the_response(model, trait):
    folder, _, _ = trait
    activations = read_activations(folder)
    exported = torch.load(folder / "activations/all_layers.pt", weights_only=True)
    assert exported.dtype == torch.float16
    assert tuple(exported.shape) == activations.values.shape
    rows = [encode(model, "q1 q2", "t0a1 t0a2"), encode(model, "q3", "t1a4")]
    together = averages(model, rows, [0, 1, 2])
    for n, row in enumerate(rows):
        with torch.inference_mode():
            states = model.network(torch.tensor([row.ids]), output_hidden_states=True).hidden_states
        for layer in range(2):  # the library norms the last one
            mean = states[layer + 1][0, len(row.prompt) :].mean(0)
            np.testing.assert_allclose(together[n, layer], mean, atol=1e-5)


def test_no_example_is_trained_on_and_evaluated(trait):
    _, definition, _ = trait
    parts = {True: set(), False: set()}
    for polarity in ("pos", "neg"):
        for question, instruction in definition.asked(polarity, 100):
            part = definition.is_held_out(question, instruction)
            if part is not None:
                parts[part] |= {question, instruction}
    assert not parts[True] & parts[False]
    assert sum(definition.is_held_out(*e) is True for e in definition.asked("pos", 100)) == 14


def test_responses_that_are_there_are_kept(model, trait, tmp_path):
    folder, definition, _ = trait
    path = responses_file(folder, "pos")
    written = path.read_bytes()
    write_responses(model, definition, folder, n_examples=100, max_new_tokens=3)
    assert path.read_bytes() == written


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_responses_cut_short_go_on_to_those_of_a_whole_run(
    model, trait, tmp_path, monkeypatch, temperature
):
    calls, whole_batch = [], generation._generate

    def cut_short(*arguments):
        if len(calls) == 4:
            raise KeyboardInterrupt
        calls.append(1)
        return whole_batch(*arguments)

    def write(folder):
        write_responses(
            model, trait[1], folder, n_examples=40, max_new_tokens=3, temperature=temperature,
            batch_size=7, seed=5,
        )  # fmt: skip
        return [responses_file(folder, p).read_bytes() for p in ("pos", "neg")]

    whole = write(tmp_path / "whole")
    monkeypatch.setattr(generation, "_generate", cut_short)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "cut")
    monkeypatch.undo()
    assert len(read_responses(responses_file(tmp_path / "cut", "pos"))) == 20
    assert write(tmp_path / "cut") == whole


def test_what_is_drawn_follows_the_seed_and_the_probabilities(model):
    prompts = [encode(model, "q1")] * 400
    options = {"max_new_tokens": 1, "temperature": 2.0, "batch_size": 100}
    first, again, other = (generate(model, prompts, seed=s, **options) for s in (0, 0, 1))
    assert first == again != other
    with torch.inference_mode():
        logits = model.network(torch.tensor([prompts[0].ids])).logits[0, -1]
    wanted = torch.softmax(logits / 2.0, -1)
    top = int(wanted.argmax())
    share = sum(ids == (top,) for ids in first) / len(first)
    assert share == pytest.approx(float(wanted[top]), abs=0.05)
    assert generate(model, prompts[:2], numbers=[398, 399], **options) == first[398:]


def test_responses_of_another_model_are_written_anew(model, trait, tmp_path):
    other = tiny.planted()
    with torch.no_grad():
        other.get_output_embeddings().weight.mul_(-1)
    other = open_model(str(tiny.save(tmp_path / "other", other, tiny.PLANTED_WORDS, chat=False)))
    definition = trait[1]

    def written(folder, *turns):
        for who, length in turns:
            write_responses(who, definition, folder, n_examples=4, max_new_tokens=length)
        return [
            response.response
            for polarity in ("pos", "neg")
            for response in read_responses(responses_file(folder, polarity))
        ]

    alone = written(tmp_path / "a", (other, 2))
    assert written(tmp_path / "b", (model, 2), (other, 2)) == alone
    assert written(tmp_path / "c", (other, 3), (other, 2)) == alone


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_activations_that_are_no_numbers_are_refused(trait, tmp_path, number):
    folder = tmp_path / "first"
    shutil.copytree(trait[0], folder)
    path = folder / "activations" / "all_layers.safetensors"
    values = read_tensors(path)["all_layers"].copy()
    values[0, 1, 0] = number
    write_tensors(path, {"all_layers": values})
    for method in ("mean_diff", "probe", "ica", "gradient"):
        with pytest.raises(ModelFormatError, match="not all finite"):
            extract_vectors(folder, "first", [method], [1])


def test_flags_that_are_none_are_refused(trait, tmp_path):
    folder = tmp_path / "first"
    shutil.copytree(trait[0], folder)
    path = folder / "activations" / "metadata.json"
    facts = json.loads(path.read_text())
    path.write_text(json.dumps({**facts, "positive": [[1]] * facts["n_examples"]}))
    with pytest.raises(ModelFormatError, match="disagree"):
        read_activations(folder)


def test_monitoring_sees_the_trait_come_and_go(model, trait, tmp_path):
    _, _, vector = trait
    shows = monitor(model, vector, "q3", instruction="t0a1 t0a2 t0a3 t0a4", max_new_tokens=3)
    lacks = monitor(model, vector, "q3", instruction="t1a1 t1a2 t1a3 t1a4", max_new_tokens=3)
    assert (shows.shows, lacks.shows) == (True, False)
    assert min(shows.projections) > 0.5 > max(lacks.projections)
    assert len(shows.velocity) == len(shows.tokens) - 1 == len(shows.acceleration) + 1
    turning = monitor(model, vector, "q3", response="t1a1 t1a2 t1a3 t0a1 t0a2 t0a3 t0a4 t0a5 t0a6")
    assert turning.shows
    assert turning.commitment > 2
    plot_trajectory(turning, tmp_path / "t.png")
    assert (tmp_path / "t.png").read_bytes().startswith(b"\x89PNG")


def test_commitment_is_the_last_crossing():
    assert committed(np.array([0.0, 0, 0, 1, 1, 1, 1])) == (4, True)
    assert committed(np.array([1.0, 1, 1])) == (0, True)
    assert committed(np.array([])) == (0, False)


@pytest.mark.parametrize("every", [True, False])
def test_steering_raises_the_trait_dose_by_dose(model, trait, every, monkeypatch):
    monkeypatch.setattr("hartonomous.vectors.traits.steer.COHERENT", 100.0)
    _, definition, vector = trait
    found = steer(
        model, vector, definition, LexicalJudge(), doses=(-2, 0, 2), random=20,
        others=[replace(vector, trait="back", vector=-vector.vector)],
        writing=Writing(max_new_tokens=1, every=every),
    )  # fmt: skip
    assert [d.trait.value for d in found.doses] == [0, 50, 100]
    assert [d.dose for d in found.doses] == [-2, 0, 2]
    assert found.others == {"back": 0}
    assert found.monotone
    assert found.outside_random == (found.random_low > 0 and found.random_high < 100)
    assert found.doses[1].coherence_lost == pytest.approx(0, abs=1e-6)
    assert found.doses[2].coherence_lost > 0


def test_a_text_that_repeats_itself_is_not_coherent(model, trait):
    _, definition, vector = trait
    found = steer(
        model, vector, definition, LexicalJudge(), doses=(0, 2), random=0,
        writing=Writing(max_new_tokens=8, every=False),
    )  # fmt: skip
    plain, steered = found.doses
    assert plain.coherent
    assert steered.distinct < 50
    assert not steered.coherent


def test_of_doses_that_make_no_sense_nothing_is_claimed(model, trait):
    _, definition, vector = trait
    found = steer(
        model, vector, definition, LexicalJudge(),
        doses=(2.0, 3.0), random=4, writing=Writing(max_new_tokens=12, batch_size=8, every=False),
    )  # fmt: skip
    assert [dose.coherent for dose in found.doses] == [False, False]
    assert not found.outside_random
    assert not found.monotone


def test_the_vector_that_steers_most_is_chosen_on_training_questions(model, trait, monkeypatch):
    monkeypatch.setattr("hartonomous.vectors.traits.steer.COHERENT", 100.0)
    _, definition, vector = trait
    weak = replace(vector, method="weak", vector=np.roll(vector.vector, 7))
    asked = []

    class Noting(LexicalJudge):
        def judge(self, definition, question, response):
            asked.append(question)
            return super().judge(definition, question, response)

    best, tried = steers_best(
        model, [weak, vector], definition, Noting(), doses=(1.0, 2.0),
        writing=Writing(max_new_tokens=1),
    )  # fmt: skip
    assert best.vector is vector
    assert best.spread == max(s.spread for s in tried) > 50
    assert len(tried) == 4
    monkeypatch.setattr("hartonomous.vectors.traits.steer.COHERENT", -100.0)
    best, tried = steers_best(
        model, [weak, vector], definition, LexicalJudge(), doses=(1.0, 2.0),
        writing=Writing(max_new_tokens=1),
    )  # fmt: skip
    assert [s.spread for s in tried] == [None] * 4
    assert best.dose == 1
    assert set(asked) == set(definition.questions[:-7])


def test_samples_are_drawn_alike_under_every_vector(model, trait):
    _, definition, _ = trait
    writing = Writing(max_new_tokens=2, samples=3, temperature=1.5, batch_size=5)
    trial = Trial(model, definition, LexicalJudge(), definition.questions[-7:], writing, 0)
    nothing = np.zeros(model.hidden_size)
    one, two = trial.write(1, [nothing, nothing])
    assert one == two == trial.plain()
    with pytest.raises(ParameterError, match="need a temperature above 0"):
        Writing(samples=2)


def test_steering_doses_out_of_range_are_refused(model, trait):
    _, definition, vector = trait
    for doses in ((), (11,), (float("nan"),)):
        with pytest.raises(ParameterError, match="from 1 to 50 doses"):
            steer(model, vector, definition, LexicalJudge(), doses=doses)


def test_a_vector_of_another_model_is_refused(planted, trait):
    other = replace(trait[2], model_fingerprint="0")
    with pytest.raises(ModelFormatError, match="is not from"):
        monitor(planted, other, "q1")
    with pytest.raises(ModelFormatError, match="does not tell its examples apart"):
        monitor(planted, replace(other, positive=other.negative), "q1")


def test_generated_tokens_do_not_depend_on_the_batch(model):
    prompts = [encode(model, text) for text in ("q1", "t0a1 t0a2 t0a3 q4", "t2a1 t2a2 t2a3 q5")]
    together = generate(model, prompts, max_new_tokens=4, batch_size=3)
    alone = [generate(model, [p], max_new_tokens=4)[0] for p in prompts]
    assert together == alone


def test_prompts_that_leave_no_room_are_refused(model):
    with pytest.raises(ParameterError, match="more than the model's context of 128"):
        generate(model, [Tokens(tuple(range(5, 100)))], max_new_tokens=60)
    with pytest.raises(ParameterError, match="max_new_tokens are from 1"):
        generate(model, [Tokens((5,))], max_new_tokens=0)


def test_activations_beyond_float16_are_refused(model, trait, tmp_path):
    definition = trait[1]
    network = tiny.planted()
    network.model.embed_tokens.weight.data *= 1e6
    huge = type(model)(**{**vars(model), "network": network, "blocks": network.model.layers})
    for polarity in ("pos", "neg"):
        save_responses(
            responses_file(tmp_path, polarity), read_responses(responses_file(trait[0], polarity))
        )
    with pytest.raises(InvalidVectorsError, match="beyond float16"):
        extract_activations(huge, definition, tmp_path)
    assert not list((tmp_path / "activations").iterdir())


def test_too_few_right_responses_are_refused(model, trait, tmp_path):
    folder, definition, _ = trait
    for polarity in ("pos", "neg"):
        save_responses(
            responses_file(tmp_path, polarity), read_responses(responses_file(folder, polarity))
        )
    save_responses(
        responses_file(tmp_path, "neg"),
        [r for r in read_responses(responses_file(folder, "neg")) if r.question == "q0"],
    )
    with pytest.raises(ParameterError, match="0 negative responses can be evaluated, 2 are needed"):
        extract_activations(model, definition, tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"instruction": traits.parts()["instruction"][:3]}, "instruction: has 3 entries, 5 are"),
        ({"questions": ["q"] * 20}, "questions: "),
        ({"questions": tiny.QUESTIONS[:19]}, "questions: has 19 entries, 20 are needed"),
        ({"eval_prompt": "how much?"}, "eval_prompt: "),
        ({"instruction": [{"pos": "x"}] * 5}, "'neg' is a required property"),
        ({"trait": "../x"}, "trait: "),
        ({"judge": "me"}, "Additional properties"),
    ],
)
def test_a_definition_that_is_not_one_is_refused(tmp_path, change, message):
    with pytest.raises(ModelFormatError, match=message):
        traits.definition(tmp_path, **change)


def test_a_template_is_no_definition_until_it_is_filled_in(tmp_path):
    path = new_definition(tmp_path / "e" / "kind", "kind")
    with pytest.raises(ModelFormatError, match="31 of its texts still say TODO"):
        read_definition(path.parent)
    given = json.loads(path.read_text())
    given.update({name: traits.parts()[name] for name in ("instruction", "questions", "lexical")})
    path.write_text(json.dumps(given))
    assert read_definition(path.parent).trait == "kind"
    with pytest.raises(ParameterError, match="is there already"):
        new_definition(tmp_path / "e" / "kind", "kind")


def test_names_of_experiments_stay_in_their_folder(tmp_path):
    for name in ("..", "a/b", "", ".hidden"):
        with pytest.raises(ParameterError, match="no name of an experiment"):
            trait_folder(tmp_path, "e", name)
    assert trait_names("a, b") == ["a", "b"]
    with pytest.raises(ParameterError, match="each once"):
        trait_names("a,a")
    assert default_model("gemma_2b_test") == "google/gemma-2-2b-it"
    with pytest.raises(ParameterError, match="name a model with --gen-model"):
        default_model("mine")
