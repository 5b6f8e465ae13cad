"""Tokenisers that list bytes by rank: OpenAI's tiktoken and Mistral's tekken."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.content import without_marks
from hartonomous.readers.tokens import TokenRules, encode_bytes, splits_digits
from hartonomous.readers.vocabulary import TokenList

_RANK_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2} \d{1,9}\r?")


def is_tiktoken(content: bytes) -> bool:
    """Say whether a file begins with a line of base64 and a rank, as tiktoken's do."""
    return _RANK_LINE.fullmatch(without_marks(content).partition(b"\n")[0]) is not None


def read_tiktoken(content: bytes, path: Path, digest: bytes) -> TokenList:
    """Read tiktoken's ranks; special tokens aren't in the file, so that their rows are unused.

    Raises
    ------
    ModelFormatError
        When a line is not base64 and a rank, or a rank comes twice.
    """
    tokens: dict[int, str] = {}
    for number, line in enumerate(content.splitlines(), 1):
        if not line:
            continue
        if not _RANK_LINE.fullmatch(line):
            raise ModelFormatError(f"{path}: line {number} is not base64 and a rank")
        written, _, rank = line.partition(b" ")
        tokens[_free(int(rank), tokens, path)] = _alphabet(written, path)
    return TokenList(tokens, _rules(tokens), str(path), digest=digest)


def read_tekken(parsed: dict[str, Any], path: Path, digest: bytes) -> TokenList:
    """Read a tekken.json: special tokens have the first rows, the others follow by rank.

    Raises
    ------
    ModelFormatError
        When a size or an entry is malformed.
    """
    config, listed = parsed["config"], parsed["vocab"]
    reserved = _natural(config.get("default_num_special_tokens"), path)
    size = _natural(config.get("default_vocab_size"), path)
    literal = dict.fromkeys(range(min(reserved, 1 << 20)), ("<special>", True))
    tokens: dict[int, str] = {}
    for entry in listed:
        fields = entry if isinstance(entry, dict) else {}
        rank, written = _natural(fields.get("rank"), path), fields.get("token_bytes")
        if not isinstance(written, str) or not written.isascii():
            raise ModelFormatError(f"{path}: a token of its vocab has no bytes")
        if rank + reserved < size:
            row = _free(rank + reserved, tokens, path)
            tokens[row] = _alphabet(written.encode(), path)
    return TokenList(tokens, _rules(tokens), str(path), literal, digest)


def is_tekken(parsed: dict[str, Any]) -> bool:
    """Say whether JSON is a tekken tokeniser: a configuration and a list of bytes by rank."""
    return isinstance(parsed.get("config"), dict) and isinstance(parsed.get("vocab"), list)


def _rules(tokens: dict[int, str]) -> TokenRules:
    return TokenRules("byte-level", byte_level=True, digits_split=splits_digits(tokens.values()))


def _alphabet(written: bytes, path: Path) -> str:
    try:
        return encode_bytes(base64.b64decode(written, validate=True))
    except binascii.Error:
        raise ModelFormatError(f"{path}: {written!r:.80} is not base64") from None


def _free(row: int, tokens: dict[int, str], path: Path) -> int:
    if row in tokens:
        raise ModelFormatError(f"{path}: two tokens have rank {row}")
    return row


def _natural(number: object, path: Path) -> int:
    if type(number) is not int or not 0 <= number < 1 << 31:
        raise ModelFormatError(f"{path}: {number!r:.80} is no size or rank")
    return number
