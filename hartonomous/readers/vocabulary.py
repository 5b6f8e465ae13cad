"""A model's vocabulary: which concept each row of its matrix stands for, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept
from hartonomous.errors import ModelFormatError
from hartonomous.readers.tokens import Meaning, Reason, TokenRules, reserved

#: The share of rows past the last token that is usual; more needs config.json's word for it.
MOST_PADDING = 0.25


@dataclass(frozen=True)
class LeftOut:
    """How many rows of a matrix stand for no concept, by reason.

    Parameters
    ----------
    special
        Control tokens such as ``[CLS]``, ``</s>`` and ``<|endoftext|>``.
    unused
        Slots without a meaning: ``[unused12]``, rows past the vocabulary.
    byte
        Single bytes, and byte-level tokens that are not whole UTF-8 characters.
    blank
        Only white space or control characters.
    unstorable
        Empty, or with NUL or a lone surrogate inside.
    invalid
        Rows with NaN or infinite values.
    zero
        Rows without a direction: all zeros, or nothing that cleaning leaves.
    """

    special: int = 0
    unused: int = 0
    byte: int = 0
    blank: int = 0
    unstorable: int = 0
    invalid: int = 0
    zero: int = 0

    @property
    def total(self) -> int:
        """All rows that were left out."""
        return sum(vars(self).values())

    def plus(self, reasons: Mapping[Reason, int]) -> LeftOut:
        """Return these counts with those of ``reasons`` added."""
        changed = {reason: getattr(self, reason) + count for reason, count in reasons.items()}
        return replace(self, **changed)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The concepts of a matrix and the rows that hold them.

    Parameters
    ----------
    concepts
        Each concept once, in the order of its first row.
    rows : int64, shape (m,)
        The rows of the matrix that stand for a concept, in the order of ``concepts``.
    concept_of_row : int32, shape (m,)
        For each entry of ``rows`` the place of its concept in ``concepts``, ascending. Several
        tokens can be one concept (``!`` and ``▁!``), so it may hold a place more than once.
    left_out
        How many other rows there are, and why they stand for no concept.
    """

    concepts: tuple[Concept, ...]
    rows: NDArray[np.int64]
    concept_of_row: NDArray[np.int32]
    left_out: LeftOut = field(default_factory=LeftOut)

    def without(self, places: NDArray[np.int64], reason: Reason) -> Vocabulary:
        """Return this vocabulary without the entries of ``rows`` at ``places``."""
        if not len(places):
            return self
        kept, old = np.delete(self.rows, places), np.delete(self.concept_of_row, places)
        used, concept_of_row = np.unique(old, return_inverse=True)
        return Vocabulary(
            concepts=tuple(self.concepts[i] for i in used),
            rows=kept,
            concept_of_row=concept_of_row.astype(np.int32),
            left_out=self.left_out.plus({reason: len(places)}),
        )


@dataclass(frozen=True)
class TokenList:
    """The tokens of a model as its files list them.

    Parameters
    ----------
    tokens
        Row number and token as it is written.
    rules
        How the vocabulary writes its words.
    literal
        Added tokens by row, written as they are whatever the rules say, and whether each is
        special.
    source
        The file they come from, for messages.
    digest : 32 bytes
        SHA-256 of that file, or empty where nobody asks for it.
    most_padding
        The share of a matrix's rows that may lie past the last token, in [0, 1]. A list of lines
        that was cut off looks whole, JSON that was cut off doesn't.
    """

    tokens: Mapping[int, str]
    rules: TokenRules
    source: str
    literal: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    digest: bytes = b""
    most_padding: float = 1.0

    @property
    def needed(self) -> int:
        """How many rows the matrix must have at least.

        Special tokens that were added to a tokeniser but never to its matrix are common and do
        no harm, as they stand for no concept; they don't count, by flag or by form.
        """
        plain = (
            row
            for row, (token, special) in self.literal.items()
            if not special and reserved(token) != "special"
        )
        return max((*self.tokens, *plain), default=-1) + 1

    @property
    def length(self) -> int:
        """How many rows the tokens would fill, special ones included."""
        return max((*self.tokens, *self.literal), default=-1) + 1


def may_be_padded(listed: TokenList, matrix_rows: int, sizes: Set[int]) -> bool:
    """Say whether the rows of a matrix past the last token are unused slots.

    Padded models are common, and config.json often says so or leaves the number out. A matrix
    with far more rows than tokens rather belongs to another vocabulary, or to a whole one.

    Parameters
    ----------
    sizes
        The vocabulary sizes that config.json names; empty when it names none.
    """
    share = 1 - listed.length / matrix_rows
    said = not sizes or matrix_rows in sizes
    return share <= listed.most_padding and (said or share <= MOST_PADDING)


def build_vocabulary(listed: TokenList, matrix_rows: int, *, padded: bool = False) -> Vocabulary:
    """Map the rows of a matrix to concepts.

    Parameters
    ----------
    listed
        The tokens of the model.
    matrix_rows
        How many rows its matrix has.
    padded
        Whether rows past the last token are unused slots, as `may_be_padded` says.

    Raises
    ------
    ModelFormatError
        When vocabulary and matrix are of different lengths, or no row stands for a concept.
    """
    _check_lengths(listed, matrix_rows, padded=padded)
    places: dict[Concept, int] = {}
    rows: list[int] = []
    concept_of_row: list[int] = []
    left_out: Counter[Reason] = Counter()
    for row, meaning in _meanings(listed, matrix_rows):
        if isinstance(meaning, Concept):
            rows.append(row)
            concept_of_row.append(places.setdefault(meaning, len(places)))
        else:
            left_out[meaning] += 1
    if not rows:
        raise ModelFormatError(f"{listed.source}: no token of it stands for a word")
    by_concept = np.argsort(concept_of_row, kind="stable")
    return Vocabulary(
        concepts=tuple(places),
        rows=np.array(rows, dtype=np.int64)[by_concept],
        concept_of_row=np.array(concept_of_row, dtype=np.int32)[by_concept],
        left_out=LeftOut().plus(left_out),
    )


def _check_lengths(listed: TokenList, matrix_rows: int, *, padded: bool) -> None:
    if listed.needed > matrix_rows or (listed.length < matrix_rows and not padded):
        raise ModelFormatError(
            f"{listed.source}: vocabulary and matrix are of different lengths, "
            f"{listed.length} tokens and {matrix_rows} rows; name the right one with --vocabulary"
        )


def _meanings(listed: TokenList, matrix_rows: int) -> Iterable[tuple[int, Meaning]]:
    for row in range(matrix_rows):
        if row in listed.literal:
            yield row, _literal_meaning(*listed.literal[row])
        elif row in listed.tokens:
            yield row, listed.rules.meaning(listed.tokens[row])
        else:
            yield row, "unused"


def _literal_meaning(token: str, special: bool) -> Meaning:
    meaning = TokenRules("words").meaning(token.strip() or token)
    return "special" if special and meaning != "unused" else meaning
