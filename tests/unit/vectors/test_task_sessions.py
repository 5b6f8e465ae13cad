"""What a session writes, that it goes on where it stopped, and what it refuses."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import tiny_models as tiny
import torch

from hartonomous.errors import InvalidVectorsError, ModelFormatError, ParameterError
from hartonomous.vectors.activations.positions import parse_position
from hartonomous.vectors.tasks import extraction
from hartonomous.vectors.tasks.compare import compare_sessions, plot_similarities
from hartonomous.vectors.tasks.extraction import TaskSettings, read_task_settings
from hartonomous.vectors.tasks.prompts import read_prompts
from hartonomous.vectors.tasks.sessions import extract_session, read_session
from hartonomous.vectors.tensor_files import read_tensors, write_tensors


@pytest.fixture
def prompts(tmp_path):
    return read_prompts(tiny.write_task(tmp_path, 0))


def settings(**changes):
    return TaskSettings(**{"model": "planted-model", "prompt_config": "", "tag": "t", **changes})


def test_the_files_of_a_session(planted, prompts, tmp_path):
    chosen = settings(token_positions=("last", -2), layers=(0, 2), max_samples=3)
    session = extract_session(planted, prompts, chosen, tmp_path, pt=True)
    name = session.folder.name
    assert re.fullmatch(r"t_planted-model_task_vector_\d{8}_\d{6}", name)
    assert sorted(path.name for path in session.folder.iterdir()) == [
        "config.yaml", "layer_0.pt", "layer_0.safetensors", "layer_2.pt", "layer_2.safetensors",
        "metadata.json", "task_vectors.pt", "task_vectors.safetensors",
    ]  # fmt: skip
    assert session.metadata["sample_ids"] == ["train_0", "train_1", "train_2"]
    assert {"session_name", "model", "n_samples", "layers", "token_positions", "prompt_type",
            "split", "hidden_size"} <= set(session.metadata)  # fmt: skip
    vectors = read_tensors(session.folder / "task_vectors.safetensors")
    assert set(vectors) == {
        f"layer_{layer}_pos_{position}{kind}"
        for layer in (0, 2) for position in ("last", "-2") for kind in ("", "_std")
    }  # fmt: skip
    exported = torch.load(session.folder / "task_vectors.pt", weights_only=True)
    assert torch.equal(exported["layer_2_pos_last"], torch.from_numpy(vectors["layer_2_pos_last"]))
    sample = torch.load(
        tmp_path / "raw_representations" / name / "sample_00001.pt", weights_only=True
    )
    assert sample["_sample_id"] == "train_1"
    assert sample["_token_indices"] == [sample["_seq_len"] - 1, sample["_seq_len"] - 2]


def test_averages_are_those_of_the_samples(planted, prompts, tmp_path):
    session = extract_session(planted, prompts, settings(batch_size=5), tmp_path)
    files = sorted((tmp_path / "raw_representations" / session.folder.name).iterdir())
    samples = np.stack([read_tensors(file)["layer_1_pos_last"] for file in files])
    assert len(samples) == session.metadata["n_samples"] == 12
    np.testing.assert_allclose(session.vector(1), samples.mean(0), atol=1e-6)
    np.testing.assert_allclose(
        session.vectors["layer_1_pos_last_std"], samples.std(0, ddof=1), atol=1e-6
    )


@pytest.mark.parametrize("chat", [False, True])
def test_batches_give_the_numbers_of_single_prompts(planted, tmp_path, chat):
    model = tiny.llama(len(planted.tokenizer), seed=3)
    planted = type(planted)(**{**vars(planted), "network": model, "blocks": model.model.layers})
    prompts = read_prompts(tiny.write_task(tmp_path, 0, chat=chat))
    items = prompts.split("train")
    rows = [row for n in (0, 2, 4) for row in prompts.but(shots=n).encoded(planted, items[:2])]
    positions = (parse_position("last"), parse_position("first"), parse_position("response:last"))
    together = extraction.streams(planted, rows, (0, 2), positions)
    alone = [extraction.streams(planted, [row], (0, 2), positions)[0] for row in rows]
    np.testing.assert_allclose(together, np.stack(alone), atol=2e-6)


def test_layers_are_the_outputs_of_blocks(planted, prompts):
    rows = prompts.encoded(planted, prompts.split("train", 1))
    found = extraction.streams(planted, rows, (0, 1), (parse_position("first"),))
    with torch.inference_mode():
        states = planted.network(torch.tensor([rows[0].ids]), output_hidden_states=True)
    for layer in (0, 1):
        np.testing.assert_allclose(
            found[0, layer, 0], states.hidden_states[layer + 1][0, 0].numpy(), atol=1e-6
        )


def test_an_extraction_that_was_cut_short_goes_on_to_the_same_bytes(
    planted, prompts, tmp_path, monkeypatch
):
    whole = extract_session(planted, prompts, settings(batch_size=4), tmp_path / "whole")
    calls, streams = [], extraction.streams

    def cut_short(*arguments):
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(1)
        return streams(*arguments)

    monkeypatch.setattr(extraction, "streams", cut_short)
    with pytest.raises(KeyboardInterrupt):
        extract_session(planted, prompts, settings(batch_size=4), tmp_path / "cut")
    monkeypatch.undo()
    assert not (tmp_path / "cut" / "task_vector").exists()
    said = []
    again = extract_session(
        planted, prompts, settings(batch_size=4), tmp_path / "cut", remark=said.append
    )
    assert said == ["going on after 8 samples that were there"]
    assert all(np.array_equal(whole.vectors[n], again.vectors[n]) for n in whole.vectors)
    assert [p.name for p in (tmp_path / "cut" / "raw_representations").iterdir()] == [
        again.folder.name
    ]


def test_two_sessions_of_one_second_get_two_names(planted, prompts, tmp_path):
    folders = {
        extract_session(planted, prompts, settings(max_samples=1), tmp_path).folder
        for _ in range(3)
    }
    assert len(folders) == 3


def test_memory_that_runs_out_halves_the_batch_and_is_said(planted, prompts, tmp_path, monkeypatch):
    streams, said = extraction.streams, []

    def small_machine(model, rows, *rest):
        if len(rows) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return streams(model, rows, *rest)

    whole = extract_session(planted, prompts, settings(raw=False), tmp_path)
    monkeypatch.setattr(extraction, "streams", small_machine)
    found = extract_session(
        planted, prompts, settings(raw=False, batch_size=8), tmp_path, remark=said.append
    )
    assert said == [f"memory ran out: going on with a batch size of {n}" for n in (4, 2)]
    np.testing.assert_allclose(found.vector(2), whole.vector(2), atol=1e-6)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": (3,)}, "layer 3 is out of range: the model has blocks 0 to 2"),
        ({"layers": (-1,)}, "layer -1 is out of range"),
        ({"layers": ("x",)}, "layer 'x' is out of range"),
        ({"layers": ()}, "no layer is named"),
        ({"token_positions": ("middle",)}, "'last', 'first' or an integer, not 'middle'"),
        ({"token_positions": ()}, "token_positions names one position at least"),
        ({"token_positions": (500,)}, "token position 500: the prompt has"),
        ({"batch_size": 0}, "batch_size is from 1 to 1,024, not 0"),
        ({"split": "dev"}, "has no items in the split 'dev'"),
    ],
)
def test_what_is_out_of_range_is_refused_and_leaves_nothing(
    planted, prompts, tmp_path, changes, message
):
    with pytest.raises(ParameterError, match=message):
        extract_session(planted, prompts, settings(**changes), tmp_path / "out")
    assert not list(tmp_path.glob("out/task_vector/*"))


def test_a_prompt_longer_than_the_context_is_refused(planted, tmp_path):
    prompts = read_prompts(tiny.write_task(tmp_path, 0, instruction="q1 " * 200))
    with pytest.raises(ParameterError, match=r"tokens, the model's context 128: 'q1 q1"):
        extract_session(planted, prompts, settings(), tmp_path)


def test_a_prompt_config_for_chats_needs_a_chat_template(planted, planted_folder, tmp_path):
    prompts = read_prompts(tiny.write_task(tmp_path, 0, chat=True))
    bare = type(planted)(
        **{**vars(planted), "tokenizer": tiny.tokenizer(tiny.PLANTED_WORDS, chat=False)}
    )
    with pytest.raises(ParameterError, match="has no chat template"):
        extract_session(bare, prompts, settings(), tmp_path)


def test_activations_that_are_not_finite_are_refused(planted, prompts, tmp_path):
    model = tiny.planted()
    model.model.layers[1].mlp.down_proj.weight.data.fill_(float("nan"))
    broken = type(planted)(**{**vars(planted), "network": model, "blocks": model.model.layers})
    with pytest.raises(InvalidVectorsError, match="NaN or infinite"):
        extract_session(broken, prompts, settings(raw=False), tmp_path)


def test_a_settings_file_names_what_is_wrong_with_it(tmp_path, planted_folder):
    path = tiny.write_settings(tmp_path, planted_folder, 0)
    good = path.read_text()
    for line, message in [
        ("layer: 3\n", "unknown key layer; known are model, prompt_config"),
        ("max_samples: many\n", "max_samples is of type int, not 'many'"),
        ("max_samples: 0\n", "max_samples is at least 1"),
        ("layers: {a: 1}\n", "layers is a list"),
        ("- x\n", "malformed YAML"),
        ("tag: !!python/object/apply:os.system ['true']\n", "malformed YAML"),
    ]:
        path.write_text(good + line)
        with pytest.raises(ParameterError, match=re.escape(message)):
            read_task_settings(path)
    path.write_text("model: x\n")
    with pytest.raises(ParameterError, match="needs a value for prompt_config"):
        read_task_settings(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("question,answers\na,b\n", "has no column answer"),
        ("question,answer\na,b\na,c\n", "the question a is there twice"),
        ("question,answer,split\na,b,dev\n", "a split is train, validation, test, not 'dev'"),
        ("question,answer\na\n", "more or fewer values"),
        ("question,answer\na,b,c\n", "more or fewer values"),
        ("question,answer\n", "has 0 lines"),
        ('question,answer\n"a,b\n', "malformed CSV"),
    ],
)
def test_a_malformed_file_of_questions_is_refused(tmp_path, content, message):
    path = tiny.write_task(tmp_path, 0)
    (tmp_path / "task0.csv").write_text(content)
    with pytest.raises(ParameterError, match=message):
        read_prompts(path)


def test_questions_without_splits_get_them_by_content(tmp_path):
    path = tiny.write_task(tmp_path, 0)
    rows = [f"w{n},a{n}" for n in range(40)]
    (tmp_path / "task0.csv").write_text("question,answer\n" + "\n".join(rows) + "\n")
    split_of = {item.question: item.split for item in read_prompts(path).items}
    (tmp_path / "task0.csv").write_text("question,answer\n" + "\n".join(rows[::-1]) + "\n")
    assert {item.question: item.split for item in read_prompts(path).items} == split_of
    counts = [list(split_of.values()).count(s) for s in ("train", "validation", "test")]
    assert counts == [16, 8, 16]


def test_a_question_is_never_among_its_own_examples(prompts):
    for item in prompts.split("train"):
        assert prompts.text(item).split().count(item.question) == 1


def test_a_session_with_a_changed_file_is_refused(planted, prompts, tmp_path):
    folder = extract_session(planted, prompts, settings(), tmp_path).folder
    metadata = json.loads((folder / "metadata.json").read_text())
    for changed, message in [
        ({**metadata, "layers": [0, 1, 2, 3]}, "has no layer_3_pos_last"),
        ({**metadata, "hidden_size": 32}, "is not as long as its metadata"),
        ({"layers": 3}, "its metadata.json has no layers"),
    ]:
        (folder / "metadata.json").write_text(json.dumps(changed))
        with pytest.raises(ModelFormatError, match=message):
            read_session(folder)
    (folder / "metadata.json").write_text(json.dumps(metadata))
    vectors = read_tensors(folder / "task_vectors.safetensors")
    nothing = {name: np.full_like(vector, np.nan) for name, vector in vectors.items()}
    write_tensors(folder / "task_vectors.safetensors", nothing)
    with pytest.raises(ModelFormatError, match="not all finite"):
        read_session(folder)


def test_sessions_compare_by_layer(planted, tmp_path):
    a, b = (
        extract_session(
            planted, read_prompts(tiny.write_task(tmp_path, task)), settings(), tmp_path
        )
        for task in (0, 1)
    )
    base = extract_session(planted, read_prompts(tmp_path / "task0.yaml").but(shots=0), settings(),
                           tmp_path)  # fmt: skip
    assert [round(s.cosine, 6) for s in compare_sessions(a, a)] == [1, 1, 1]
    found = compare_sessions(a, b, base)
    assert found[2].cosine_without_base == pytest.approx(0, abs=0.01)
    assert found[2].cosine > 0.01  # what the prompts share
    plot_similarities(found, tmp_path / "layer_similarity.png", "a and b")
    assert (tmp_path / "layer_similarity.png").read_bytes().startswith(b"\x89PNG")
    b.metadata["model_fingerprint"] = "other"
    with pytest.raises(ModelFormatError, match="of different models"):
        compare_sessions(a, b)


def test_a_tag_too_long_for_a_folder_is_refused_before_anything_runs(
    planted, prompts, tmp_path, monkeypatch
):
    monkeypatch.setattr(extraction, "streams", lambda *_: pytest.fail("it ran"))
    with pytest.raises(ParameterError, match="bytes, at most 200 are taken"):
        extract_session(planted, prompts, settings(tag="x" * 300), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_positions_of_the_response_are_those_of_the_given_answer(planted, prompts, tmp_path):
    chosen = settings(token_positions=("last", "response:first", "response:-1"))
    session = extract_session(planted, prompts, chosen, tmp_path)
    assert session.metadata["token_positions"] == ["last", "response-first", "response--1"]
    rows = prompts.encoded(planted, prompts.split("train"))
    with torch.inference_mode():
        streams = [
            planted.network(torch.tensor([row.ids]), output_hidden_states=True).hidden_states[2][0]
            for row in rows
        ]
    ends = [len(row.prompt) for row in rows]
    for label, shift in (("last", -1), ("response-first", 0), ("response--1", 0)):
        mean = torch.stack([s[e + shift] for s, e in zip(streams, ends, strict=True)]).mean(0)
        np.testing.assert_allclose(session.vector(1, label), mean, atol=1e-5)
    again = read_session(session.folder)
    assert np.array_equal(again.vector(1, "response-first"), session.vector(1, "response-first"))
    (sample, *_) = sorted((tmp_path / "raw_representations" / session.folder.name).iterdir())
    assert json.loads(_facts(sample))["_token_indices"] == [ends[0] - 1, ends[0], ends[0]]


def _facts(path):
    from safetensors import safe_open

    with safe_open(path, "np") as file:
        return file.metadata()["facts"]
