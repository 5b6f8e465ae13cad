"""Sentences as a source: one vector site, joined as a sentence encoder compares them.

Each person's sentences are a source of their own and are compared among themselves alone, so that
nothing of them is left in anybody's lists once they are forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hartonomous.concepts import Concept
from hartonomous.errors import DocumentFormatError
from hartonomous.hashing import blake3
from hartonomous.observations import Source, pseudonym
from hartonomous.readers.language.encoder import EncodedRows, TextEncoder
from hartonomous.readers.language.texts import Text, read_texts
from hartonomous.readers.opening import Place, Request
from hartonomous.sites import CountedSite, JoinSettings, OpenedSource, VectorSite

POSITION = "sentences"
#: Persons of one file; each is a source.
MOST_SUBJECTS = 1 << 12


def open_sentences(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open a sentence a line, or JSON lines with ``text`` and perhaps ``subject``.

    Raises
    ------
    ParameterError
        No model is named.
    DocumentFormatError
        A line is no sentence and nobody takes note of it by ``request.fault``, or there is none.
    ModelFormatError
        The model is missing, or does something that is not known.
    """
    encoder = TextEncoder.of(request.model)
    by_subject = _by_subject(read_texts(place.path, request.fault), request.subject, place.path)
    for subject, texts in by_subject.items():
        yield _opened(place.path, subject, texts, encoder, request, several=len(by_subject) > 1)


def _by_subject(
    texts: Sequence[Text], default: str | None, path: Path
) -> dict[str | None, list[str]]:
    """Return the distinct sentences of each person, sorted."""
    found: dict[str | None, set[str]] = {}
    for text in texts:
        found.setdefault(default if text.subject is None else text.subject, set()).add(text.text)
        if len(found) > MOST_SUBJECTS:
            raise DocumentFormatError(f"{path}: more than {MOST_SUBJECTS:,} subjects: split it")
    return {subject: sorted(mine) for subject, mine in found.items()}


def _opened(
    path: Path,
    subject: str | None,
    texts: list[str],
    encoder: TextEncoder,
    request: Request,
    *,
    several: bool,
) -> OpenedSource:
    concepts = tuple(Concept("text", text) for text in texts)
    settings = f"k={request.join.k} subject={subject or ''} {encoder.fingerprint}\0"
    digest = blake3((settings + "\0".join(texts)).encode())
    note = encoder.steps.note
    return OpenedSource(
        Source(_name(path, subject, request, several=several), "sentences", digest, subject),
        lambda: concepts,
        (_site(texts, encoder, request.join.k),),
        notes=(f"{encoder.name}: {note}",) if note else (),
    )


def _site(texts: list[str], encoder: TextEncoder, k: int) -> VectorSite | CountedSite:
    """Return the site; a sentence alone is near to none."""
    if len(texts) == 1:
        return CountedSite(POSITION, lambda: iter(()))
    return VectorSite(
        POSITION,
        EncodedRows(encoder, texts),
        np.arange(len(texts), dtype=np.int32),
        JoinSettings(min(k, len(texts) - 1), raw=True),  # encoders are trained for raw cosines
    )


def _name(path: Path, subject: str | None, request: Request, *, several: bool) -> str:
    if subject == request.subject or subject is None:
        return request.name_for(path.name, is_part=several)
    own = f"{pseudonym(subject)}:{path.name}"
    return replace(request, subject=None).name_for(own, is_part=True)
