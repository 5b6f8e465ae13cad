"""Vision models in ONNX or tflite, run by onnxruntime or LiteRT; nothing in them is unpickled.

A model is a file, or a folder with one, with ``labels.txt`` beside it, a label a line, and perhaps
transformers' ``preprocessor_config.json``, of which ``image_mean`` and ``image_std`` are read.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hartonomous.concepts import Concept, is_storable
from hartonomous.errors import ModelFormatError
from hartonomous.hashing import available_cores, blake3, blake3_file
from hartonomous.readers.extras import required
from hartonomous.readers.files import read_json_object, read_text, regular_file

LABELS = "labels.txt"
PREPROCESSING = "preprocessor_config.json"
SUFFIXES = (".onnx", ".tflite")
MOST_LABELS = 1 << 17
#: Sides of a model's input in pixels.
_SIDES = range(16, 2049)
#: What most classifiers of ImageNet are trained with.
_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

Run = Callable[[NDArray[np.float32]], list[NDArray[np.float32]]]


@dataclass(frozen=True, eq=False)
class VisionModel:
    """A model that looks at one image at a time, so that no image changes what is said of another.

    Parameters
    ----------
    path
        Its file.
    labels
        What its outputs stand for.
    side
        Height and width of its input.
    channels_first
        Whether its input is (1, 3, side, side) and not (1, side, side, 3).
    mean, std
        What a channel, 0 to 1, is shifted and divided by.
    run
        Gives its outputs.
    fingerprint : 32 bytes
        Of the files and of how pixels are given to it.
    """

    path: Path
    labels: tuple[Concept, ...]
    side: int
    channels_first: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]
    run: Run
    fingerprint: bytes

    def outputs(self, square: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Return the outputs for square pixels, (side, side, 3).

        Raises
        ------
        ModelFormatError
            The model fails, or says what is no number.
        """
        scaled = (square / np.float32(255) - np.array(self.mean, np.float32)) / np.array(
            self.std, np.float32
        )
        if self.channels_first:
            scaled = scaled.transpose(2, 0, 1)
        try:
            found = self.run(np.ascontiguousarray(scaled[None], dtype=np.float32))
        except Exception as error:
            # runtimes raise classes of their own
            raise ModelFormatError(f"{self.path}: fails ({_line(error)})") from None
        if not all(np.isfinite(output).all() for output in found):
            raise ModelFormatError(f"{self.path}: says what is no number")
        return found


def open_vision_model(path: Path) -> VisionModel:
    """Open a model file, or the one in a folder.

    Raises
    ------
    ModelFormatError
        It is missing, damaged, or its input is no image of three channels.
    ParameterError
        What runs it is not installed.
    """
    file = _file_of(path)
    load = _load_onnx if file.suffix.lower() == ".onnx" else _load_tflite
    shape, run = load(file)
    side, channels_first = _input_of(file, shape)
    mean, std = _preprocessing(file.parent / PREPROCESSING)
    labels = _labels(file.parent / LABELS)
    settings = f"{side} {channels_first} {mean} {std}\0".encode()
    said = "\0".join(label.text for label in labels).encode()
    digest = blake3(settings + blake3_file(file) + said)
    return VisionModel(file, labels, side, channels_first, mean, std, run, digest)


def _file_of(path: Path) -> Path:
    if not path.is_dir():
        if path.suffix.lower() not in SUFFIXES and path.is_file():
            raise ModelFormatError(f"{path}: no .onnx or .tflite; export the model to one of them")
        return regular_file(path)
    files = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES)
    if len(files) != 1:
        raise ModelFormatError(f"{path}: holds {len(files)} .onnx and .tflite files and not one")
    return regular_file(files[0])


def _load_onnx(path: Path) -> tuple[tuple[Any, ...], Run]:
    runtime = required("onnxruntime", "vision")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = min(2, available_cores())
    options.log_severity_level = 4
    try:
        session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        (given,) = session.get_inputs()
    except Exception as error:
        # onnxruntime raises classes of its own
        raise ModelFormatError(f"{path}: no ONNX model with one input ({_line(error)})") from None
    return tuple(given.shape), lambda image: session.run(None, {given.name: image})


def _load_tflite(path: Path) -> tuple[tuple[Any, ...], Run]:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    litert = required("ai_edge_litert.interpreter", "vision")
    try:
        model = litert.Interpreter(model_path=str(path), num_threads=min(2, available_cores()))
        model.allocate_tensors()
        (given,) = model.get_input_details()
        outputs = model.get_output_details()
    except Exception as error:
        # LiteRT raises what it finds
        raise ModelFormatError(f"{path}: no tflite model with one input ({_line(error)})") from None

    def run(image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        model.set_tensor(given["index"], image)
        model.invoke()
        return [model.get_tensor(output["index"]) for output in outputs]

    return tuple(int(size) for size in given["shape"]), run


def _line(error: Exception) -> str:
    return str(error).partition("\n")[0][:150] or type(error).__name__


def _input_of(path: Path, shape: tuple[Any, ...]) -> tuple[int, bool]:
    """Return the side of a model's input and whether channels come first."""
    is_image = len(shape) == 4 and (not isinstance(shape[0], int) or shape[0] in {1, -1})
    sides = {True: shape[2:], False: shape[1:3]} if is_image else {}
    for channels_first, (height, width) in sides.items():
        channels = shape[1] if channels_first else shape[3]
        if channels == 3 and height == width and height in _SIDES:
            return int(height), channels_first
    said = " x ".join(map(str, shape))
    raise ModelFormatError(f"{path}: its input, {said:.80}, is no square image of three channels")


def _preprocessing(path: Path) -> tuple[tuple[float, ...], tuple[float, ...]]:
    if not path.is_file():
        return _MEAN, _STD
    fields = read_json_object(path)
    mean, std = fields.get("image_mean", _MEAN), fields.get("image_std", _STD)
    for numbers in (mean, std):
        if not isinstance(numbers, (list, tuple)) or len(numbers) != 3 or not all(
            isinstance(n, (int, float)) and math.isfinite(n) for n in numbers
        ):  # fmt: skip
            raise ModelFormatError(f"{path}: image_mean and image_std are no three numbers")
    if min(std) <= 0:
        raise ModelFormatError(f"{path}: image_std is not above 0")
    return tuple(map(float, mean)), tuple(map(float, std))


def _labels(path: Path) -> tuple[Concept, ...]:
    names = [line.strip() for line in read_text(path).splitlines()]
    if not 0 < len(names) <= MOST_LABELS or not all(map(is_storable, names)):
        raise ModelFormatError(f"{path}: not 1 to {MOST_LABELS:,} lines with a label each")
    return tuple(Concept("text", name) for name in names)
