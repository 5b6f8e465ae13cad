"""The ``tokenizer.json`` of Hugging Face's tokenizers: its tokens and how they write words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.tokens import TokenRules, guess_rules, splits_digits
from hartonomous.readers.vocabulary import TokenList

#: The parts of a tokeniser that can turn text into the byte alphabet.
_BYTE_LEVEL_PARTS = ("normalizer", "pre_tokenizer", "decoder")


def read_tokenizer(tokenizer: Mapping[str, Any], path: Path, digest: bytes = b"") -> TokenList:
    """Read the vocabulary and the added tokens of a parsed tokenizer.json.

    Raises
    ------
    ModelFormatError
        When its model holds no vocabulary, or an entry is malformed.
    """
    model = tokenizer["model"]
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, list):
        tokens = dict(enumerate(_unigram_pieces(vocabulary, path)))
    elif isinstance(vocabulary, dict):
        tokens = {row_number(row, path): token for token, row in vocabulary.items()}
    else:
        raise ModelFormatError(f"{path}: its model holds no vocab")
    if len(tokens) != len(vocabulary):
        raise ModelFormatError(f"{path}: two tokens have the same row")
    added = dict(_added_tokens(tokenizer.get("added_tokens"), path))
    rules = _rules(tokenizer, model, tokens.values())
    return TokenList(tokens, rules, str(path), added, digest)


def row_number(row: object, path: Path) -> int:
    """Return ``row`` when it is the number of a row.

    Raises
    ------
    ModelFormatError
        When it is anything else.
    """
    if type(row) is not int or row < 0:
        raise ModelFormatError(f"{path}: {row!r:.80} is no row of a matrix")
    return row


def _unigram_pieces(pieces: list[Any], path: Path) -> Iterator[str]:
    for piece in pieces:
        if not isinstance(piece, list) or not piece or not isinstance(piece[0], str):
            raise ModelFormatError(f"{path}: {piece!r:.80} is no piece with its score")
        yield piece[0]


def _added_tokens(added: object, path: Path) -> Iterator[tuple[int, tuple[str, bool]]]:
    for token in added if isinstance(added, list) else []:
        if not isinstance(token, dict) or not isinstance(token.get("content"), str):
            raise ModelFormatError(f"{path}: an entry of added_tokens is malformed")
        yield row_number(token.get("id"), path), (token["content"], bool(token.get("special")))


def _rules(
    tokenizer: Mapping[str, Any], model: Mapping[str, Any], tokens: Iterable[str]
) -> TokenRules:
    """Find how the vocabulary of a tokenizer.json writes its words."""
    kind = model.get("type")
    prefix, suffix = model.get("continuing_subword_prefix"), model.get("end_of_word_suffix")
    byte_level = any(_has_part(tokenizer.get(part), "ByteLevel") for part in _BYTE_LEVEL_PARTS)
    if isinstance(suffix, str) and suffix:
        return TokenRules("end-of-word", byte_level=byte_level, suffix=suffix)
    if isinstance(prefix, str) and prefix:
        return TokenRules("wordpiece", byte_level=byte_level and kind == "BPE", prefix=prefix)
    if kind == "WordLevel":
        return TokenRules("words")
    if byte_level:
        return TokenRules("byte-level", byte_level=True, digits_split=splits_digits(tokens))
    if kind in ("Unigram", "BPE"):
        return TokenRules("sentencepiece", digits_split=splits_digits(tokens))
    return guess_rules(tokens)


def _has_part(part: object, kind: str) -> bool:
    """Say whether a part of a tokeniser, or one in its sequence, is of ``kind``."""
    if not isinstance(part, dict):
        return False
    lists = (part.get(name) for name in ("normalizers", "pretokenizers", "decoders"))
    inner = [one for listed in lists if isinstance(listed, list) for one in listed]
    return part.get("type") == kind or any(_has_part(one, kind) for one in inner)
