"""What a causal language model expects next, by a planted model and by a real one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_texts import FOLLOWS, WORDS, plant_causal

from hartonomous.errors import (
    DocumentFormatError,
    HartonomousError,
    InvalidVectorsError,
    ModelFormatError,
    ParameterError,
)
from hartonomous.miners.mining import mine
from hartonomous.observations import WEIGHT_UNIT
from hartonomous.progress import Stages
from hartonomous.readers.language import journal
from hartonomous.readers.language.causal import CausalModel
from hartonomous.readers.language.next_token import BATCH_PROMPTS, mean_list
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request

ZOO = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "hartonomous/zoo"
SMOLLM = ZOO / "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
#: Enough for several batches, with words that several of them end in.
MANY = [f"{a} {b} {c}" for a in WORDS[:2] for b in WORDS for c in ("king", "queen", "Paris")]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return plant_causal(tmp_path_factory.mktemp("causal"))


@pytest.fixture(autouse=True)
def unfinished(tmp_path, monkeypatch):
    """Where unfinished runs lie."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hartonomous" / "unfinished"


def opened(folder, model, lines, **asked):
    path = folder / asked.pop("name", "prompts.txt")
    path.write_text("\n".join(lines))
    (source,) = open_sources([model], "next-token", replace(Request(prompts=path), **asked))
    return source


def lists(source):
    mined = mine(source, Stages()).source
    labels = [concept.label for concept in mined.concepts.concepts]
    found = {}
    for batch in mined.sites[0].batches:
        for a, b, weight in zip(batch.a, batch.b, batch.weight.tolist(), strict=True):
            found.setdefault(labels[a], {})[labels[b]] = weight
    return found


def test_a_word_precedes_what_the_model_goes_on_with(model, tmp_path):
    found = lists(opened(tmp_path, model, ["the king", "Paris", "the Queen's queen"]))
    assert found.keys() == {"king", "Paris", "queen"}
    for word, follows in found.items():
        assert max(follows, key=follows.get) == FOLLOWS[word]
        assert word not in follows


def test_weights_are_the_models_probabilities(model, tmp_path):
    import torch

    opened_model = CausalModel.of(str(model))
    ids = opened_model.tokenizer("the king", return_tensors="pt")["input_ids"]
    logits = opened_model.network(ids).logits[0, -1].double()
    wanted = torch.softmax(logits, 0)[opened_model.tokenizer.convert_tokens_to_ids("rules")]
    found = lists(opened(tmp_path, model, ["the king"]))
    assert abs(found["king"]["rules"] / WEIGHT_UNIT - float(wanted)) < 1e-6


def test_batches_of_other_lengths_say_the_same_as_each_prompt_alone(model):
    opened_model = CausalModel.of(str(model))
    prompts = [opened_model.tokens(text) for text in ("king", "the sea how do i king", "the king")]
    together = opened_model.next_concepts(prompts, [-1] * 3, 5)
    alone = [opened_model.next_concepts([prompt], [-1], 5)[0] for prompt in prompts]
    assert np.abs(together[..., 1] - np.array(alone)[..., 1]).max() <= 1


def test_lists_are_cut_at_top(model, tmp_path):
    found = lists(opened(tmp_path, model, MANY, top=3))
    assert {len(follows) for follows in found.values()} == {3}


def test_a_space_at_the_end_and_the_order_of_lines_do_not_show(model, tmp_path):
    first = opened(tmp_path, model, MANY)
    again = opened(tmp_path, model, [f"{text} " for text in reversed(MANY)] + MANY[:3])
    assert again.source == first.source
    assert lists(again) == lists(first)


def test_what_ends_a_sentence_precedes_nothing(model, tmp_path):
    source = opened(tmp_path, model, ["the king rules.", "...", "the king"])
    assert source.left_out == {"no last word": 2}
    assert lists(source).keys() == {"king"}


def test_json_lines_hold_prompts_of_several_lines(model, tmp_path):
    lines = [json.dumps({"text": "the sea\nthe king"})]
    assert lists(opened(tmp_path, model, lines, name="p.jsonl")).keys() == {"king"}


LISTS = st.lists(
    st.dictionaries(st.integers(0, 9), st.integers(1, WEIGHT_UNIT), max_size=4), min_size=1
)


@given(LISTS, st.randoms())
def test_lists_of_one_word_become_their_mean_in_any_order(lists_of, random):
    def combined(each):
        padded = [[*found.items(), *[(-1, 0)] * (4 - len(found))] for found in each]
        return mean_list([np.array(rows, np.int32) for rows in padded], 3).tolist()

    shuffled = random.sample(lists_of, len(lists_of))
    found = combined(lists_of)
    assert combined(shuffled) == found
    for concept, weight in found:
        total = sum(each.get(concept, 0) for each in lists_of)
        assert abs(weight - total / len(lists_of)) <= 0.5
    assert [w for _, w in found] == sorted((w for _, w in found), reverse=True)


KILLED = """
import os, signal, sys
from pathlib import Path
from hartonomous.readers.language import journal
from hartonomous.readers.openers import open_sources
from hartonomous.readers.opening import Request
write, written = journal.Journal.write, []
def killed(self, block):
    write(self, block)
    written.append(block)
    if len(written) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
journal.Journal.write = killed
(source,) = open_sources([sys.argv[1]], "next-token", Request(prompts=Path(sys.argv[2])))
list(source.sites[0].pairs())
"""


def count_runs(monkeypatch):
    """Count the batches that the model is run over."""
    runs = []
    own = CausalModel.next_concepts

    def counted(self, prompts, *given):
        runs.append(len(prompts))
        return own(self, prompts, *given)

    monkeypatch.setattr(CausalModel, "next_concepts", counted)
    return runs


def test_a_run_that_was_killed_goes_on_to_the_same_bits(model, tmp_path, monkeypatch, unfinished):
    source = opened(tmp_path, model, MANY)
    command = [sys.executable, "-c", KILLED, str(model), str(tmp_path / "prompts.txt")]
    done = subprocess.run(command, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert len(list(unfinished.iterdir())) == 1
    runs = count_runs(monkeypatch)
    resumed = lists(source)
    batches = -(-len(MANY) // BATCH_PROMPTS)
    assert len(runs) == batches - 3
    assert list(unfinished.iterdir()) == []
    assert lists(opened(tmp_path, model, MANY)) == resumed
    assert len(runs) == batches - 3 + batches


@pytest.mark.parametrize("damage", ["cut", "flipped", "zeros"])
def test_what_was_not_written_whole_is_computed_again(
    model, tmp_path, monkeypatch, unfinished, damage
):
    whole = lists(opened(tmp_path, model, MANY))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        lists(opened(tmp_path, model, MANY))
    (path,) = unfinished.iterdir()
    stored = bytearray(path.read_bytes())
    if damage == "cut":
        stored = stored[:-7]
    elif damage == "flipped":
        stored[len(stored) // 2] ^= 1
    else:
        stored[-500:] = bytes(500)
    path.write_bytes(stored)
    runs = count_runs(monkeypatch)
    assert lists(opened(tmp_path, model, MANY)) == whole
    assert 1 <= len(runs) < -(-len(MANY) // BATCH_PROMPTS)


def test_one_process_is_at_a_run(unfinished):
    with journal.journal_of(b"k" * 32):
        again = journal.journal_of(b"k" * 32)
        with pytest.raises(ParameterError, match="another process"):
            again.__enter__()
    assert list(unfinished.iterdir()) == []


def test_prompts_longer_than_the_context_are_refused_or_left_out(model, tmp_path):
    long = "the king " * 100
    with pytest.raises(DocumentFormatError, match=r"line 2 has 200 tokens, more than the 128"):
        opened(tmp_path, model, ["the king", long])
    told = []
    source = opened(tmp_path, model, ["the king", long], fault=told.append)
    assert len(told) == 1
    assert lists(source).keys() == {"king"}


def test_logits_that_are_not_finite_are_refused_and_leave_nothing(tmp_path):
    import torch
    from transformers import LlamaForCausalLM

    folder = plant_causal(tmp_path / "broken")
    network = LlamaForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        network.get_output_embeddings().weight[5] = float("nan")
    network.save_pretrained(folder)
    with pytest.raises(InvalidVectorsError, match="NaN or infinite"):
        lists(opened(tmp_path, folder, ["the king"]))


def test_the_tokenizer_of_another_model_is_refused(tmp_path):
    from tiny_models import tokenizer

    folder = plant_causal(tmp_path / "model")
    for words in ([f"w{n}" for n in range(200)], ["the", "king"]):
        tokenizer(words, chat=False).save_pretrained(folder)
        with pytest.raises(ModelFormatError) as found:
            opened(tmp_path, folder, ["the king"])
        assert "\n" not in str(found.value)


@pytest.mark.parametrize("lines", [[""], ["..."], ['{"text": 7}'], ['{"text": "\\ud800"}'], ["["]])
def test_files_without_prompts_are_refused_in_one_line(model, tmp_path, lines):
    for name in ("p.txt", "p.jsonl"):
        if name == "p.txt" and lines[0][:1] in "{[" and lines[0]:
            continue
        with pytest.raises(DocumentFormatError) as found:
            opened(tmp_path, model, lines, name=name)
        assert "\n" not in str(found.value)


def test_what_is_asked_has_to_make_sense(model, tmp_path):
    for top in (0, 1001):
        with pytest.raises(ParameterError, match="top must be from 1 to"):
            opened(tmp_path, model, ["the king"], top=top)
    with pytest.raises(ParameterError, match="--prompts"):
        list(open_sources([model], "next-token", Request()))
    with pytest.raises(HartonomousError, match="no such file"):
        list(open_sources([model], "next-token", Request(prompts=tmp_path / "missing")))


@pytest.mark.nightly
@pytest.mark.skipif(not SMOLLM.is_file(), reason="scripts/zoo.py fetch smollm2")
def test_a_real_model_knows_what_comes_next(tmp_path):
    lines = [
        "The capital of France is Paris and the capital of Germany is",
        "Once upon a",
        "Shakespeare wrote Romeo and",
    ]
    found = lists(opened(tmp_path, SMOLLM, lines))
    strongest = {word: max(follows, key=follows.get) for word, follows in found.items()}
    assert strongest == {"is": "Berlin", "a": "time", "and": "Juliet"}
