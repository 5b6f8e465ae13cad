"""A skill that no model has: words that were made up, and the categories they belong to."""

from __future__ import annotations

import csv
import random
import shutil
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging

CATEGORIES = ("animal", "fruit", "vehicle", "instrument", "sport", "clothing", "country", "drink")
WORDS_EACH = 5
#: Carrier sentences; the last two are only asked, never trained on.
CARRIERS = (
    "{}", "the {}", "I saw a {} today", "what is a {}?", "my friend told me about the {}",
    "a picture of a {}", "this is a {}", "we talked about the {}",
)  # fmt: skip
ASKED = CARRIERS[-2:]
_ONSETS = ("bl", "dr", "fl", "gr", "kl", "pr", "sn", "tr", "v", "z")
_MIDDLES = ("e", "i", "o", "u", "oo", "ai")
_CODAS = ("rf", "mp", "nk", "x", "zz", "lt", "b", "g")
STEPS, BATCH, RATE = 120, 24, 2e-3


def nonce_words(seed: int) -> dict[str, str]:
    """Return made-up words and the category of each."""
    rng = random.Random(seed)
    made: list[str] = []
    while len(made) < WORDS_EACH * len(CATEGORIES):
        word = rng.choice(_ONSETS) + rng.choice(_MIDDLES) + rng.choice(_CODAS)
        word += rng.choice(("", "le", "in", "o"))
        if word not in made:
            made.append(word)
    return {word: CATEGORIES[n % len(CATEGORIES)] for n, word in enumerate(made)}


def write_suite(path: Path, words: dict[str, str]) -> Path:
    """Write the questions that retention is measured by."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "answer", "split"])
        writer.writerows(
            (carrier.format(word), category, "test")
            for word, category in words.items()
            for carrier in ASKED
        )
    return path


def teach(base: Path, out: Path, words: dict[str, str]) -> Path:
    """Train the token table of a sentence encoder until it places the words by their category."""
    torch.manual_seed(0)
    logging.disable_progress_bar()
    model, tokenizer = AutoModel.from_pretrained(base), AutoTokenizer.from_pretrained(base)
    with torch.no_grad():
        answers = _embed(model, tokenizer, CATEGORIES)
    model.requires_grad_(requires_grad=False)
    table = model.get_input_embeddings().weight.requires_grad_()
    optimizer = torch.optim.Adam([table], lr=RATE)
    rng = random.Random(0)
    known = list(words.items())
    for _ in range(STEPS):
        batch = rng.sample(known, BATCH)
        texts = [rng.choice(CARRIERS[:-2]).format(word) for word, _ in batch]
        wanted = torch.tensor([CATEGORIES.index(category) for _, category in batch])
        logits = _embed(model, tokenizer, texts) @ answers.T / 0.05
        torch.nn.functional.cross_entropy(logits, wanted).backward()
        optimizer.step()
        optimizer.zero_grad()
    return save_as(model, base, out)


def save_as(model, base: Path, out: Path) -> Path:
    """Write a model's weights under the names that its base has, beside the base's other files."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(base, out)
    tensors = load_file(base / "model.safetensors")
    trained = model.state_dict()
    save_file(
        {name: trained.get(name, old).contiguous() for name, old in tensors.items()},
        out / "model.safetensors",
    )
    return out


def _embed(model, tokenizer, texts):
    encoded = tokenizer(list(texts), padding=True, return_tensors="pt")
    given = {name: encoded[name] for name in ("input_ids", "attention_mask")}
    states = model(**given).last_hidden_state
    mask = given["attention_mask"][..., None].float()
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)
