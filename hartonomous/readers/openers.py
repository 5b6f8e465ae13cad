"""The one table of what opens sources: recognise and open.

A new kind of source is one file that gives `OpenedSource` and a line here. Which verb is used says
which family is meant, as a file may be word vectors to one person and running text to another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from hartonomous.errors import DocumentFormatError, ModelFormatError, ParameterError
from hartonomous.readers import changed_tables, documents, embeddings, judgements
from hartonomous.readers.code import sources as repositories
from hartonomous.readers.formats import FORMATS
from hartonomous.readers.hub import not_found
from hartonomous.readers.images import captions, detections, pictures
from hartonomous.readers.language import next_token, questions, sentences
from hartonomous.readers.opening import Family, Opener, Place, Request
from hartonomous.readers.relations import conceptnet, forms
from hartonomous.readers.transformer import dictionary, vectors
from hartonomous.readers.transformer import sources as transformers
from hartonomous.sites import OpenedSource

#: In the order in which they are tried.
OPENERS = (
    *map(embeddings.opener, FORMATS),
    Opener("a model on the hub", "embeddings", embeddings.is_hub_model, embeddings.open_hub_model),
    Opener("a transformer", "model", transformers.is_model, transformers.open_model),
    Opener(
        "a transformer on the hub", "model", embeddings.is_hub_model, transformers.open_hub_model
    ),
    Opener("a dictionary", "dictionary", dictionary.is_dictionary, dictionary.open_dictionary),
    Opener("a task vector", "vectors", vectors.is_task_vector, vectors.open_vector),
    Opener("a trait vector", "vectors", vectors.is_trait_vector, vectors.open_vector),
    Opener(
        "a specialised model",
        "vectors",
        changed_tables.is_specialised_model,
        changed_tables.open_specialised,
    ),
    Opener("documents as JSON lines", "text", documents.is_json_lines, documents.open_json_lines),
    Opener("Markdown", "text", documents.is_markdown, documents.open_markdown),
    Opener("plain text", "text", Place.is_file, documents.open_text),
    Opener("ConceptNet", "relations", conceptnet.is_conceptnet, conceptnet.open_conceptnet),
    Opener("relations as JSON lines", "relations", forms.is_json_lines, forms.open_json_lines),
    Opener("relations in parquet", "relations", forms.is_parquet, forms.open_parquet),
    Opener("relations as a table", "relations", forms.is_table, forms.open_table),
    Opener("a lexicon", "lexicon", Place.is_file, judgements.open_lexicon),
    Opener("sentences", "sentences", Place.is_file, sentences.open_sentences),
    Opener("questions and answers", "qa", Place.is_file, questions.open_questions),
    Opener("a causal language model", "next-token", next_token.is_model, next_token.open_model),
    Opener("such a model on the hub", "next-token", embeddings.is_hub_model, next_token.open_model),
    Opener("pictures", "images", pictures.is_pictures, pictures.open_images),
    Opener("COCO's JSON", "detections", detections.is_coco, detections.open_coco),
    Opener("a folder of YOLO's", "detections", detections.is_yolo, detections.open_yolo),
    Opener("captions as JSON lines", "captions", documents.is_json_lines, captions.open_json_lines),
    Opener("alt texts in Markdown", "captions", documents.is_markdown, captions.open_markdown),
    Opener("alt texts in HTML", "captions", captions.is_html, captions.open_html),
    Opener("COCO's captions", "captions", detections.is_coco, captions.open_coco),
    Opener("a repository of code", "code", repositories.is_code, repositories.open_code),
)


def open_sources(
    paths: Sequence[str | Path], family: Family, request: Request
) -> Iterator[OpenedSource]:
    """Open all sources that paths hold, one after the other.

    Raises
    ------
    ParameterError
        Nothing is named, or something is asked that a kind of source has no use for.
    ModelFormatError, DocumentFormatError
        A file is missing, malformed, refused or of no known kind.
    InvalidVectorsError
        Vectors are not finite.
    """
    if not paths:
        raise ParameterError("name at least one file")
    for path in map(str, paths):
        yield from _open(path, family, request)


def _open(path: str, family: Family, request: Request) -> Iterator[OpenedSource]:
    if not path or "://" in path:  # as a path it would lose a stroke
        raise not_found(path)
    try:
        place = Place.of(Path(path).expanduser())
        for opened in _opener(place, family).open(place, request):
            yield replace(opened, source=replace(opened.source, expires=request.expires))
    except OSError as error:
        raise ModelFormatError(f"{path:.200}: {error.strerror or error}") from error


def _opener(place: Place, family: Family) -> Opener:
    for opener in OPENERS:
        if opener.family == family and opener.recognise(place):
            return opener
    of_models = family in ("embeddings", "model", "next-token")
    is_there = place.is_file() or (place.is_folder and (of_models or family == "vectors"))
    if is_there:
        known = ", ".join(opener.name for opener in OPENERS if opener.family == family)
        raise DocumentFormatError(f"{place.path}: of no known kind; known are {known}")
    if of_models:
        raise not_found(str(place.path))
    raise DocumentFormatError(f"{place.path}: no such file, or not a regular one")
