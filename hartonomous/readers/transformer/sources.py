"""A transformer as one source: its embedding, heads, neurons and experts as sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hartonomous.concepts import Concept
from hartonomous.errors import ParameterError
from hartonomous.hashing import blake3
from hartonomous.observations import Source
from hartonomous.readers.hub import download_model
from hartonomous.readers.model_file import recognise_gguf, recognise_onnx
from hartonomous.readers.opening import Place, Request
from hartonomous.readers.transformer.attention import HeadSites
from hartonomous.readers.transformer.choice import SiteChoice
from hartonomous.readers.transformer.model import OpenedModel, open_transformer
from hartonomous.readers.transformer.neurons import NeuronSites
from hartonomous.sites import JoinSettings, OpenedSource, VectorSite


def is_model(place: Place) -> bool:
    """Say whether a place may hold a transformer: a folder, a GGUF or an ONNX file."""
    return place.is_folder or recognise_gguf(place) or recognise_onnx(place)


def open_model(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Open the sites of a model that are asked for, as one source.

    Raises
    ------
    ModelFormatError
        The architecture is not known, or tensors and configuration don't agree.
    ParameterError
        A layer or head is not there.
    """
    opened = open_transformer(place, request)
    name = request.name_for(f"model:{opened.table.name}")
    concepts = list(opened.table.vocabulary.concepts)
    sites = tuple(_sites(opened, request, concepts, name))
    yield OpenedSource(
        Source(name, "model", _fingerprint(opened, request), request.subject),
        lambda: tuple(concepts),
        sites,
        opened.left_out,
        (*opened.table.notes, f"architecture: {opened.weights.layout.name}"),
    )


def open_hub_model(place: Place, request: Request) -> Iterator[OpenedSource]:
    """Download a model and open it."""
    yield from open_model(Place.of(download_model(str(place.path))), request)


def _sites(
    opened: OpenedModel, request: Request, concepts: list[Concept], name: str
) -> Iterator[VectorSite]:
    """Yield the sites that are asked for; neurons and experts are added to the concepts."""
    choice, shapes = request.sites, opened.weights.shapes
    layers = choice.chosen_layers(shapes.layers)
    heads = choice.chosen_heads(shapes.heads)
    if "embedding" in choice.kinds:
        yield VectorSite("embedding", opened.rows, opened.concept_of_row, request.join)
    if "unembedding" in choice.kinds:
        yield _unembedding(opened, request.join)
    settings = JoinSettings(choice.k)
    if "attention" in choice.kinds:
        of_heads = HeadSites(opened.stream, opened.written, opened.concept_of_row, settings)
        for layer in layers:
            yield from of_heads.of(layer, heads)
    if "mlp" in choice.kinds:
        of_neurons = NeuronSites(
            opened.stream, opened.written, opened.concept_of_row, concepts, name, settings
        )
        yield from _neurons(of_neurons, layers)


def _neurons(sites: NeuronSites, layers: Sequence[int]) -> Iterator[VectorSite]:
    for layer in layers:
        if sites.stream.weights.shapes.experts:
            yield sites.router(layer)
        yield from sites.of(layer)


def _unembedding(opened: OpenedModel, join: JoinSettings) -> VectorSite:
    rows = opened.unembedding()
    if rows is None:
        raise ParameterError(
            f"{opened.weights.name}: its unembedding is its embedding, or it has none"
        )
    return VectorSite("unembedding", rows, opened.concept_of_row, join)


def _fingerprint(opened: OpenedModel, request: Request) -> bytes:
    """Say what is read and how it is mined."""
    choice: SiteChoice = request.sites
    settings = (
        f"sites={','.join(choice.kinds)} layers={choice.layers} heads={choice.heads} k={choice.k}"
        f" embedding k={request.join.k} raw={request.join.raw} screened by {request.screening}"
        f" left_out={opened.table.left_out.total} "
    )
    return blake3(settings.encode() + opened.digest)
