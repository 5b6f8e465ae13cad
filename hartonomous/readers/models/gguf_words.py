"""The tokens that GGUF files carry, and how each kind of tokeniser writes its words."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import shown
from hartonomous.readers.models.gguf_header import Header, Value
from hartonomous.readers.tokens import TokenRules, splits_digits
from hartonomous.readers.vocabulary import TokenList

#: What ``tokenizer.ggml.token_type`` says of a token.
_UNKNOWN, _CONTROL, _USER_DEFINED, _UNUSED = 2, 3, 4, 5
#: Tokens that are written as they are, and all those that are no words of the vocabulary.
_LITERAL = frozenset({_UNKNOWN, _CONTROL, _USER_DEFINED})
_SET_APART = _LITERAL | {_UNUSED}
_SPACE = "▁"


def gguf_words(header: Header) -> TokenList:
    """Return the tokens of a GGUF file as its model's ``tokenizer.json`` would give them.

    Raises
    ------
    ModelFormatError
        When the file carries none, or of a kind that isn't read.
    """
    keys, path, kind = header.keys, header.path, str(header.keys.get("tokenizer.ggml.model"))
    tokens = _texts(keys.get("tokenizer.ggml.tokens"))
    if not tokens or kind == "none":
        raise ModelFormatError(f"{path}: holds no tokens; name its words with --vocabulary")
    types = _types(keys.get("tokenizer.ggml.token_type"), len(tokens), header)
    plain = {row: token for row, token in enumerate(tokens) if types[row] not in _SET_APART}
    rules = _rules(kind, list(plain.values()), header)
    if rules.family == "wordpiece" and any(token.startswith(_SPACE) for token in plain.values()):
        plain = {row: _as_wordpiece(token) for row, token in plain.items()}
    literal = {
        row: (token, types[row] != _USER_DEFINED)
        for row, token in enumerate(tokens)
        if types[row] in _LITERAL
    }
    return TokenList(plain, rules, str(path), literal, _digest(kind, tokens, types))


def _texts(tokens: Value | None) -> list[str]:
    """Return an array of texts; nothing where it is anything else."""
    listed = tokens if isinstance(tokens, tuple) else ()
    texts = [token for token in listed if isinstance(token, str)]
    return texts if len(texts) == len(listed) else []


def _types(listed: Value | None, count: int, header: Header) -> Sequence[int]:
    """Return the type of each token; files without any have only plain ones."""
    if listed is None:
        return [1] * count
    if not isinstance(listed, tuple) or len(listed) != count:
        raise ModelFormatError(f"{header.path}: has {count} tokens and other than {count} types")
    return [int(of) if isinstance(of, int) else 0 for of in listed]


def _rules(kind: str, written: Sequence[str], header: Header) -> TokenRules:
    """Return how a kind of tokeniser writes its words.

    BERT's is written with ``▁`` before what begins a word instead of ``##`` before what doesn't.
    """
    if kind == "gpt2":
        return TokenRules("byte-level", byte_level=True, digits_split=splits_digits(written))
    if kind in ("llama", "t5"):
        return TokenRules("sentencepiece", digits_split=splits_digits(written))
    if kind == "bert":
        return TokenRules("wordpiece")
    raise ModelFormatError(
        f"{header.path}: its tokeniser is {shown(kind)}, whose words aren't read; name them with "
        "--vocabulary"
    )


def _as_wordpiece(token: str) -> str:
    return token[1:] if token.startswith(_SPACE) else f"##{token}"


def _digest(kind: str, tokens: Sequence[str], types: Sequence[int]) -> bytes:
    """Return SHA-256 of the tokens with their lengths and types, 32 bytes."""
    digest = hashlib.sha256(f"{kind} {len(tokens)} ".encode("utf-8", "surrogateescape"))
    for token, of in zip(tokens, types, strict=True):
        written = token.encode("utf-8", "surrogateescape")
        digest.update(f"{of} {len(written)} ".encode() + written)
    return digest.digest()
