"""Pictures of one colour each, and a classifier that names what colour it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
#: How much surer it is of a label for a channel that is on; unlike, so that cells are told apart.
_STEEP = 8.0


def plant_classifier(folder: Path, side: int = 32) -> Path:
    """Write an ONNX with logits and a map, and its labels; it has no last layer."""
    folder.mkdir(parents=True, exist_ok=True)
    floats = TensorProto.FLOAT
    weight = np.eye(3, dtype=np.float32).reshape(3, 3, 1, 1) * np.float32(_STEEP)
    nodes = [
        helper.make_node("Conv", ["image", "w"], ["hot"]),
        helper.make_node("AveragePool", ["hot"], ["map"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("GlobalAveragePool", ["map"], ["pool"]),
        helper.make_node("Flatten", ["pool"], ["logits"]),
    ]
    made = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("image", floats, [1, 3, side, side])],
        [
            helper.make_tensor_value_info("logits", floats, [1, 3]),
            helper.make_tensor_value_info("map", floats, [1, 3, side // 8, side // 8]),
        ],
        [numpy_helper.from_array(weight, "w")],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in COLOURS))
    scale = {"image_mean": [0.0] * 3, "image_std": [1.0] * 3}
    (folder / "preprocessor_config.json").write_text(json.dumps(scale))
    return folder


def plant_pictures(folder: Path, each: int = 2) -> Path:
    """Write some pictures of each colour, no two with the same pixels."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, colour in COLOURS.items():
        for number in range(each):
            Image.new("RGB", (40 + number, 30), colour).save(folder / f"{name}{number}.png")
    return folder
