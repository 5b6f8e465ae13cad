"""Vocabulary files to token lists: tokenizer.json, vocab.txt, vocab.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hartonomous.errors import ModelFormatError
from hartonomous.readers.files import parse_json, read_bytes, read_json_object
from hartonomous.readers.tokens import TokenRules, guess_rules, splits_digits
from hartonomous.readers.vocabulary import TokenList

#: The vocabulary files of a model folder, the one that says most first.
VOCABULARY_FILES = ("tokenizer.json", "vocab.txt", "vocab.json")


def find_vocabulary(folder: Path) -> Path:
    """Return the vocabulary file of a model folder.

    Raises
    ------
    ModelFormatError
        When there is none that can be read.
    """
    for name in VOCABULARY_FILES:
        if (folder / name).exists():
            return folder / name
    sentencepiece = next(iter(sorted(folder.glob("*.model"))), None)
    if sentencepiece:
        raise ModelFormatError(
            f"{sentencepiece}: only a SentencePiece model; save the tokeniser as tokenizer.json"
        )
    raise ModelFormatError(f"{folder}: holds no {', '.join(VOCABULARY_FILES)}")


def read_tokens(path: Path) -> TokenList:
    """Read the tokens of a vocabulary file by its form.

    A JSON file is a ``tokenizer.json``, an object of token to row, or a list of words; any other
    file has one word a line.

    Raises
    ------
    ModelFormatError
        When it is malformed.
    """
    if path.suffix != ".json":
        return _from_words(_lines(path), path)
    parsed = parse_json(read_bytes(path), path)
    if isinstance(parsed, list):
        return _from_words(_strings(parsed, path), path)
    if not isinstance(parsed, dict):
        raise ModelFormatError(f"{path}: neither a list of words nor an object")
    if isinstance(parsed.get("model"), dict):
        return _from_tokenizer(parsed, path)
    tokens = _rows_of(parsed, path)
    literal = _added_beside(path.parent)
    return TokenList(tokens, guess_rules(tokens.values()), str(path), literal)


def _from_words(words: list[str], path: Path) -> TokenList:
    return TokenList(dict(enumerate(words)), guess_rules(words), str(path))


def _lines(path: Path) -> list[str]:
    """Return the lines of a file; only a line feed parts them, as other marks can be tokens."""
    try:
        lines = read_bytes(path).decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ModelFormatError(f"{path}: no UTF-8 text ({error.reason})") from None
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def _strings(words: list[Any], path: Path) -> list[str]:
    if not all(isinstance(word, str) for word in words):
        raise ModelFormatError(f"{path}: a list, but not of words")
    return words


def _rows_of(vocabulary: Mapping[str, Any], path: Path) -> dict[int, str]:
    """Turn token → row into row → token."""
    tokens = {_row(row, path): token for token, row in vocabulary.items()}
    if len(tokens) != len(vocabulary):
        raise ModelFormatError(f"{path}: two tokens have the same row")
    return tokens


def _row(row: object, path: Path) -> int:
    if type(row) is not int or row < 0:
        raise ModelFormatError(f"{path}: {row!r:.80} is no row of a matrix")
    return row


def _added_beside(folder: Path) -> dict[int, tuple[str, bool]]:
    """Return the tokens that the older ``added_tokens.json`` adds to a ``vocab.json``."""
    path = folder / "added_tokens.json"
    if not path.exists():
        return {}
    return {row: (t, False) for row, t in _rows_of(read_json_object(path), path).items()}


def _from_tokenizer(tokenizer: dict[str, Any], path: Path) -> TokenList:
    model = tokenizer["model"]
    vocabulary = model.get("vocab")
    if isinstance(vocabulary, list):
        tokens = dict(enumerate(_unigram_pieces(vocabulary, path)))
    elif isinstance(vocabulary, dict):
        tokens = _rows_of(vocabulary, path)
    else:
        raise ModelFormatError(f"{path}: its model holds no vocab")
    added = dict(_added_tokens(tokenizer.get("added_tokens"), path))
    return TokenList(tokens, _rules(tokenizer, model, tokens.values()), str(path), added)


def _unigram_pieces(pieces: list[Any], path: Path) -> Iterator[str]:
    for piece in pieces:
        if not isinstance(piece, list) or not piece or not isinstance(piece[0], str):
            raise ModelFormatError(f"{path}: {piece!r:.80} is no piece with its score")
        yield piece[0]


def _added_tokens(added: object, path: Path) -> Iterator[tuple[int, tuple[str, bool]]]:
    for token in added if isinstance(added, list) else []:
        if not isinstance(token, dict) or not isinstance(token.get("content"), str):
            raise ModelFormatError(f"{path}: an entry of added_tokens is malformed")
        yield _row(token.get("id"), path), (token["content"], bool(token.get("special")))


def _rules(
    tokenizer: Mapping[str, Any], model: Mapping[str, Any], tokens: Iterable[str]
) -> TokenRules:
    """Find how the vocabulary of a tokenizer.json writes its words."""
    kind = model.get("type")
    prefix, suffix = model.get("continuing_subword_prefix"), model.get("end_of_word_suffix")
    byte_level = any(_has_part(tokenizer.get(p), "ByteLevel") for p in ("pre_tokenizer", "decoder"))
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
    inner = [*_listed(part.get("pretokenizers")), *_listed(part.get("decoders"))]
    return part.get("type") == kind or any(_has_part(one, kind) for one in inner)


def _listed(parts: object) -> list[Any]:
    return parts if isinstance(parts, list) else []
