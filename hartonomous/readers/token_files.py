"""Vocabulary files to token lists: one for each way in which tokenisers and people list words."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import without_marks
from hartonomous.readers.files import parse_json, read_bytes, read_json_object, visible
from hartonomous.readers.npy_words import is_npy, npy_words
from hartonomous.readers.token_ranks import is_tekken, is_tiktoken, read_tekken, read_tiktoken
from hartonomous.readers.tokenizer_json import read_tokenizer, row_number
from hartonomous.readers.tokens import guess_rules
from hartonomous.readers.vocabulary import MOST_PADDING, TokenList
from hartonomous.readers.word_lists import lines_of, refuse_counts

#: The vocabulary files of a model folder, the one that says most first.
VOCABULARY_FILES = ("tokenizer.json", "vocab.txt", "vocab.json")

#: Those that only some models have.
_OTHERS = (
    "tekken.json",
    "whitespacetokenizer_config.json",
    "phrasetokenizer_config.json",
    "*.tiktoken",
    "tokenizer.model",
)

#: Lists of lines may be padded so far; without an end of the last line they are likely cut off.
_MOST_PADDING_WITHOUT_END = 0.02


def find_vocabulary(folder: Path) -> Path:
    """Return the vocabulary file of a model folder.

    Raises
    ------
    ModelFormatError
        When there is none that can be read.
    """
    for name in VOCABULARY_FILES:
        if (folder / name).exists() or (folder / name).is_symlink():
            return folder / name
    for pattern in _OTHERS:
        for path in visible(folder, pattern):
            if path.suffix != ".model" or is_tiktoken(read_bytes(path)):
                return path
    sentencepiece = next(iter(visible(folder, "*.model")), None)
    if sentencepiece:
        raise ModelFormatError(
            f"{sentencepiece}: only a SentencePiece model; save the tokeniser as tokenizer.json"
        )
    raise ModelFormatError(
        f"{folder}: holds no {', '.join(VOCABULARY_FILES)}; name its words with --vocabulary"
    )


def read_tokens(path: Path) -> TokenList:
    """Read the tokens of a vocabulary file by its form.

    A JSON file is a ``tokenizer.json``, an object of token to row or of row to token, a list of
    words, or the words of a sentence-transformers or tekken tokeniser; a NumPy file is an array of
    text; lines of base64 and a rank are tiktoken's; any other file has one word a line.

    Raises
    ------
    ModelFormatError
        When it is malformed, or its lines hold counts or numbers beside the words.
    """
    content = read_bytes(path)
    digest = hashlib.sha256(content).digest()
    if is_npy(content):
        return _of_words(npy_words(content, path), path, digest)
    if path.suffix == ".json":
        return _from_json(parse_json(content, path), path, digest)
    if is_tiktoken(content) and path.suffix in (".model", ".tiktoken"):
        listed = read_tiktoken(without_marks(content), path, digest)
        return replace(listed, most_padding=_most_padding(content))
    literal = _added_beside(path.parent) if path.name == "vocab.txt" else {}
    listed = _of_words(lines_of(content, path), path, digest)
    return replace(listed, literal=literal, most_padding=_most_padding(content))


def _most_padding(content: bytes) -> float:
    """Return how far rows may go past a list of lines, which looks whole where it was cut off."""
    return MOST_PADDING if content.endswith(b"\n") else _MOST_PADDING_WITHOUT_END


def _of_words(words: list[str], path: Path, digest: bytes) -> TokenList:
    refuse_counts(words, str(path))
    return TokenList(dict(enumerate(words)), guess_rules(words), str(path), {}, digest)


def _from_json(parsed: object, path: Path, digest: bytes) -> TokenList:
    if isinstance(parsed, list):
        return _of_words(_strings(parsed, path), path, digest)
    if not isinstance(parsed, dict):
        raise ModelFormatError(f"{path}: neither a list of words nor an object")
    if isinstance(parsed.get("model"), dict):
        return read_tokenizer(parsed, path, digest)
    if is_tekken(parsed):
        return read_tekken(parsed, path, digest)
    if isinstance(parsed.get("vocab"), list):
        return _of_words(_strings(parsed["vocab"], path), path, digest)
    tokens = _by_row(_inner(parsed), path)
    literal = _added_beside(path.parent)
    return TokenList(tokens, guess_rules(tokens.values()), str(path), literal, digest)


def _inner(parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the only vocabulary that an object holds, which is mostly the object itself."""
    inner = parsed.get("vocab") or (next(iter(parsed.values())) if len(parsed) == 1 else None)
    return inner if isinstance(inner, dict) else parsed


def _strings(words: list[Any], path: Path) -> list[str]:
    if not all(isinstance(word, str) for word in words):
        raise ModelFormatError(f"{path}: a list, but not of words")
    return words


def _by_row(vocabulary: Mapping[str, Any], path: Path) -> dict[int, str]:
    """Turn token → row into row → token; some files have it that way round already."""
    if vocabulary and all(isinstance(token, str) for token in vocabulary.values()):
        by_row = [(_digits(row), token) for row, token in vocabulary.items()]
    else:
        by_row = [(row, token) for token, row in vocabulary.items()]
    tokens = {row_number(row, path): token for row, token in by_row}
    if len(tokens) != len(vocabulary):
        raise ModelFormatError(f"{path}: two tokens have the same row")
    return tokens


def _digits(written: str) -> int | str:
    return int(written) if written.isdecimal() and len(written) < 16 else written


def _added_beside(folder: Path) -> dict[int, tuple[str, bool]]:
    """Return the tokens that files beside a ``vocab.json`` or ``vocab.txt`` add to it."""
    added, config = folder / "added_tokens.json", folder / "tokenizer_config.json"
    found: dict[int, tuple[str, bool]] = {}
    if config.exists():
        found.update(_decoder(read_json_object(config).get("added_tokens_decoder"), config))
    if added.exists():
        flat = _by_row(read_json_object(added), added)
        found.update({row: found.get(row, (token, False)) for row, token in flat.items()})
    return found


def _decoder(listed: object, path: Path) -> Iterator[tuple[int, tuple[str, bool]]]:
    """Yield the tokens of an ``added_tokens_decoder``: their texts and flags by row."""
    for row, token in listed.items() if isinstance(listed, dict) else ():
        content = token.get("content") if isinstance(token, dict) else None
        if isinstance(content, str):
            yield row_number(_digits(row), path), (content, token.get("special") is True)
