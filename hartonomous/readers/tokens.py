"""Tokens to concepts: ``king``, ``Ġking``, ``▁king`` and ``king</w>`` are one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from hartonomous.concepts import Concept, is_storable
from hartonomous.readers.stream_safe import is_stream_safe

#: Why a row of the matrix does not become a concept.
Reason = Literal["special", "unused", "byte", "blank", "unstorable", "invalid", "zero"]

#: What a token says, once its marks are read: a concept, or the reason why it is none.
Meaning = Concept | Reason

#: How a tokeniser family marks where a word begins, goes on or ends.
Family = Literal["words", "wordpiece", "byte-level", "sentencepiece", "end-of-word"]

_SPECIAL = re.compile(
    r"<\|.*\|>|\[(?:PAD|UNK|CLS|SEP|MASK|BOS|EOS)\]"
    r"|<(?:s|/s|unk|pad|mask|bos|eos|cls|sep|eod|start_of_turn|end_of_turn)>",
    re.IGNORECASE | re.DOTALL,
)
_UNUSED = re.compile(
    r"[<\[]\|?(?:unused|reserved|extra_id|extra|dummy|placeholder)(?:_?special_token)?"
    r"[_ -]?\d+\|?[>\]]|madeupword\d+",
    re.IGNORECASE,
)
_BYTE = re.compile(r"<0x[0-9A-F]{2}>", re.IGNORECASE)

# Scripts written without spaces between words, where a missing space mark says nothing.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007"
    "\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)


def _byte_alphabet() -> dict[str, int]:
    """Return the printable character that stands for each byte in a byte-level vocabulary.

    Printable Latin-1 stands for itself; the other 68 bytes are shifted to U+0100 and on, in
    order (Radford et al. 2019, GPT-2).
    """
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(printable)]
    characters = [*map(chr, printable), *(chr(0x100 + i) for i in range(len(others)))]
    return dict(zip(characters, [*printable, *others], strict=True))


_BYTES = _byte_alphabet()
_CHARACTERS = {byte: character for character, byte in _BYTES.items()}


@dataclass(frozen=True)
class TokenRules:
    """How one vocabulary writes its words.

    Parameters
    ----------
    family
        Which mark says that a word begins, goes on or ends.
    byte_level
        Whether characters stand for bytes (the GPT-2 alphabet); true for ``"byte-level"``.
    prefix
        The mark of a continuation in a ``"wordpiece"`` vocabulary.
    suffix
        The mark of a word's end in an ``"end-of-word"`` vocabulary.
    digits_split
        Whether the tokeniser parts numbers from the space before them, so that a missing space
        mark says nothing about a digit.
    """

    family: Family
    byte_level: bool = False
    prefix: str = "##"
    suffix: str = "</w>"
    digits_split: bool = False

    def meaning(self, token: str) -> Meaning:
        """Return the concept that ``token`` stands for, or why it stands for none."""
        reason = reserved(token)
        if reason:
            return reason
        if self.byte_level:
            decoded = decode_bytes(token, self.suffix if self.family == "end-of-word" else "")
            if decoded is None:
                return "byte"
            token = decoded
        kind, text = _READ[self.family](self, token)
        return as_concept(kind, text)


def reserved(token: str) -> Reason | None:
    """Say whether ``token`` is set aside by its form: special, an unused slot or a single byte."""
    if not token or token[0] not in "<[m":
        return None
    if _UNUSED.fullmatch(token):
        return "unused"
    if _SPECIAL.fullmatch(token):
        return "special"
    return "byte" if _BYTE.fullmatch(token) else None


def as_concept(kind: str, text: str) -> Meaning:
    """Return the concept, or why there is none: ``text`` is blank or can't be stored."""
    if not is_storable(text) or not is_stream_safe(text):
        return "unstorable"
    return "blank" if _is_blank(text) else Concept(kind, text)


def _is_blank(text: str) -> bool:
    if text.isprintable() and not text[0].isspace():
        return False
    return all(c.isspace() or unicodedata.category(c)[0] == "C" for c in text)


def decode_bytes(token: str, suffix: str = "") -> str | None:
    """Decode the byte alphabet of GPT-2; None when the bytes are not whole UTF-8 characters.

    A ``suffix`` that ends the token is a mark and no bytes; it is kept.
    """
    marked = bool(suffix) and token.endswith(suffix)
    body = token[: -len(suffix)] if marked else token
    try:
        text = bytes(map(_BYTES.__getitem__, body)).decode()
    except (KeyError, UnicodeDecodeError):
        return None
    return text + suffix if marked else text


def encode_bytes(written: bytes) -> str:
    """Write bytes in the byte alphabet of GPT-2."""
    return "".join(map(_CHARACTERS.__getitem__, written))


def _read_word(_: TokenRules, token: str) -> tuple[str, str]:
    return "text", token


def _read_wordpiece(rules: TokenRules, token: str) -> tuple[str, str]:
    if len(token) > len(rules.prefix) and token.startswith(rules.prefix):
        return "piece", token[len(rules.prefix) :]
    return "text", token


def _read_end_of_word(rules: TokenRules, token: str) -> tuple[str, str]:
    if len(token) > len(rules.suffix) and token.endswith(rules.suffix):
        return "text", token[: -len(rules.suffix)]
    return "piece", token


def _read_space_marked(rules: TokenRules, token: str) -> tuple[str, str]:
    """Read a token whose word begins with a space, written as itself or as ``▁``."""
    spaced = token.replace("▁", " ") if rules.family == "sentencepiece" else token
    text = spaced.strip()
    goes_on = spaced[:1] == text[:1] and _goes_on_a_word(text, digits_split=rules.digits_split)
    return ("piece" if goes_on else "text"), text or spaced


def _goes_on_a_word(text: str, *, digits_split: bool) -> bool:
    """Say whether an unmarked ``text`` can only follow the letters of a word.

    Punctuation, symbols and scripts without spaces are parted by the tokeniser in any case, so
    that there the missing mark says nothing.
    """
    first = text[:1]
    if not first or _SPACELESS.match(first):
        return False
    category = unicodedata.category(first)[0]
    return category in "LM" or (category == "N" and not digits_split)


_READ: dict[Family, Callable[[TokenRules, str], tuple[str, str]]] = {
    "words": _read_word,
    "wordpiece": _read_wordpiece,
    "byte-level": _read_space_marked,
    "sentencepiece": _read_space_marked,
    "end-of-word": _read_end_of_word,
}


def splits_digits(tokens: Iterable[str]) -> bool:
    """Say whether no token is a space mark and a digit: the tokeniser then parts numbers off."""
    return not any(len(t) > 1 and t[0] in "Ġ▁" and t[1].isdigit() for t in tokens)


def guess_rules(tokens: Iterable[str]) -> TokenRules:
    """Guess how a bare list of tokens marks its words, from the mark that at least 2 % carry."""
    counts = dict.fromkeys(("##", "Ġ", "▁", "</w>"), 0)
    listed = list(tokens)
    for token in listed:
        for mark in counts:
            at_its_place = token.endswith(mark) if mark == "</w>" else token.startswith(mark)
            counts[mark] += at_its_place
    mark, count = max(counts.items(), key=lambda pair: pair[1])
    if not count or count < 0.02 * len(listed):
        return TokenRules("words")
    return rules_of_mark(mark, listed)


def rules_of_mark(mark: str, tokens: Iterable[str]) -> TokenRules:
    """Return the rules of the family that uses ``mark``: ``##``, ``Ġ``, ``▁`` or ``</w>``."""
    if mark == "Ġ":
        return TokenRules("byte-level", byte_level=True, digits_split=splits_digits(tokens))
    if mark == "▁":
        return TokenRules("sentencepiece", digits_split=splits_digits(tokens))
    if mark == "</w>":
        return TokenRules("end-of-word", byte_level=True)
    return TokenRules("wordpiece")
