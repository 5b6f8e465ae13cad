"""Vocabulary files to token lists: one for each way in which tokenisers and people list words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import parse_json, read_bytes, read_json_object
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
        for path in sorted(folder.glob(pattern)):
            if path.suffix != ".model" or is_tiktoken(read_bytes(path)):
                return path
    sentencepiece = next(iter(sorted(folder.glob("*.model"))), None)
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
        return read_tiktoken(content, path, digest)
    ended = content.endswith(b"\n")
    most_padding = MOST_PADDING if ended else _MOST_PADDING_WITHOUT_END
    return _of_words(lines_of(content, path), path, digest, most_padding)


def _of_words(words: list[str], path: Path, digest: bytes, most_padding: float = 1.0) -> TokenList:
    refuse_counts(words, str(path))
    rules = guess_rules(words)
    return TokenList(dict(enumerate(words)), rules, str(path), {}, digest, most_padding)


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
    tokens = _by_row(parsed, path)
    literal = _added_beside(path.parent)
    return TokenList(tokens, guess_rules(tokens.values()), str(path), literal, digest)


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
    """Return the tokens that the older ``added_tokens.json`` adds to a ``vocab.json``."""
    path = folder / "added_tokens.json"
    if not path.exists():
        return {}
    return {row: (t, False) for row, t in _by_row(read_json_object(path), path).items()}
