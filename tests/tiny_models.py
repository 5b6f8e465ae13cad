"""Small models made from the library's own config classes, and one whose task vector is known."""

from __future__ import annotations

import itertools
from pathlib import Path

import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]
#: What the planted model answers about, in how many ways; the planted head is (READS, 0).
NUMBERS, TASKS, READS = 24, 4, 1
QUESTIONS = [f"q{n}" for n in range(NUMBERS)]
ANSWERS = [[f"t{task}a{n}" for n in range(NUMBERS)] for task in range(TASKS)]
SHRUGS = [f"shrug{n}" for n in range(NUMBERS)]
PLANTED_WORDS = [*QUESTIONS, *itertools.chain(*ANSWERS), *SHRUGS]
#: Where in the residual stream the planted model says which task it is.
TASK_DIMENSIONS = slice(NUMBERS, NUMBERS + TASKS)

CHAT = (
    "{{ '<s>' }}{% for m in messages %}{{ ' ' + m['role'] + ' ' + m['content'] + ' ' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ ' assistant ' }}{% endif %}"
)


def tokenizer(words: list[str], *, chat: bool = True) -> PreTrainedTokenizerFast:
    """A tokenizer of whole words."""
    vocabulary = {word: n for n, word in enumerate(dict.fromkeys([*SPECIAL, *words]))}
    backend = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    backend.pre_tokenizer = WhitespaceSplit()
    fast = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
    )
    if chat:
        fast.chat_template = CHAT
    return fast


def llama(vocabulary: int, *, seed: int = 0, **changes) -> LlamaForCausalLM:
    """A Llama with random weights, small enough to run a thousand times a second."""
    torch.manual_seed(seed)
    config = {
        "vocab_size": vocabulary,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 128,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
        "tie_word_embeddings": False,
    }
    return LlamaForCausalLM(LlamaConfig(**{**config, **changes})).eval()


def save(folder: Path, model, words: list[str], *, chat: bool = True) -> Path:
    """Write a model and its tokenizer as a folder."""
    model.save_pretrained(folder)
    tokenizer(words, chat=chat).save_pretrained(folder)
    return folder


def planted() -> LlamaForCausalLM:
    """A model that answers a question in the way that the examples before it are answered.

    Each answer's embedding holds its task's dimension. One head of block 1 looks evenly at all
    tokens and carries these dimensions to the last one, where they lift that task's answers above
    the shrug that is given otherwise. So the task vector is one dimension, from block 1 on.
    """
    words = tokenizer(PLANTED_WORDS)
    model = llama(len(words))
    ids = words.convert_tokens_to_ids
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.fill_(1.0) if "norm" in name else weight.zero_()
        embed, unembed = model.get_input_embeddings().weight, model.get_output_embeddings().weight
        for n in range(NUMBERS):
            embed[ids(QUESTIONS[n]), n] = 1.0
            unembed[ids(SHRUGS[n]), n] = 1.9  # a random push is not enough
            for task in range(TASKS):
                embed[ids(ANSWERS[task][n]), NUMBERS + task] = 1.0
                unembed[ids(ANSWERS[task][n]), n] = 1.0
                unembed[ids(ANSWERS[task][n]), NUMBERS + task] = 1.0
        attention = model.model.layers[READS].self_attn
        for task in range(TASKS):
            attention.v_proj.weight[task, NUMBERS + task] = 1.0
            attention.o_proj.weight[NUMBERS + task, task] = 0.5
    return model


def write_task(folder: Path, number: int, **prompt) -> Path:
    """Write the questions of one task and a prompt configuration; return the latter."""
    splits = itertools.cycle(["train", "train", "validation", "test"])
    lines = [
        f"{question},{answer},{split}"
        for question, answer, split in zip(QUESTIONS, ANSWERS[number], splits, strict=False)
    ]
    (folder / f"task{number}.csv").write_text("\n".join(["question,answer,split", *lines]) + "\n")
    keys = {
        "dataset": f"task{number}.csv",
        "task": f"task{number}",
        "shots": 4,
        "question": "{question}",
        "separator": " ",
        **prompt,
    }
    path = folder / f"task{number}.yaml"
    path.write_text("".join(f"{key}: {value!r}\n" for key, value in keys.items()))
    return path


def write_settings(folder: Path, model: Path, number: int, **keys) -> Path:
    """Write a task configuration and its prompts; return the former."""
    write_task(folder, number)
    given = {
        "model": str(model),
        "prompt_config": f"task{number}.yaml",
        "tag": f"task{number}",
        **keys,
    }
    path = folder / f"settings{number}.yaml"
    path.write_text("".join(f"{key}: {value!r}\n" for key, value in given.items()))
    return path
