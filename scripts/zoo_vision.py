"""Turn the vision models of the zoo into folders with a model, its labels and its preprocessing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

#: Stride of the first block of each stage, kernel and residuals are read off the weights.
_STRIDED_BLOCKS = {1, 3, 5, 11}
_NORM_EPSILON = 1e-3
#: Where the label map ends and the tflite begins in objectron's assets.
_LABELS_END = 184


def imagenet_labels(folder: Path, _: Path) -> None:
    """Write the first WordNet lemma of each of the thousand classes a line, in lower case."""
    inside = folder / "data" / "_info"
    lemmas = dict(
        line.split("\t")
        for line in (inside / "imagenet_synset_to_lemma.txt").read_text().splitlines()
    )
    names = [
        lemmas[s].split(",")[0].strip().lower()
        for s in (inside / "imagenet_synsets.txt").read_text().split()
    ]
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")


def efficientnet_folder(folder: Path, cache: Path) -> None:
    """Write EfficientNet-Lite0 as ONNX with three outputs: probability, pooled and map."""
    import torch

    (file,) = folder.rglob("*.pth")
    weights = {k: v.numpy() for k, v in torch.load(file, weights_only=True).items()}
    (folder / "model.onnx").write_bytes(_onnx(weights))
    labels = cache / "imagenet-labels" / "labels.txt"
    (folder / "labels.txt").write_bytes(labels.read_bytes())
    _write_preprocessing(folder, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def detector_folder(folder: Path, _: Path) -> None:
    """Cut objectron's assets into the detector and its labels, in lower case."""
    assets = (folder / "objectron_solution_packed_assets.data").read_bytes()
    names = assets[:_LABELS_END].decode().strip().lower().split("\n")
    names[0] = "background"
    (folder / "labels.txt").write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    (folder / "model.tflite").write_bytes(assets[_LABELS_END:])
    _write_preprocessing(folder, (0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def _write_preprocessing(folder: Path, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
    (folder / "preprocessor_config.json").write_text(
        json.dumps({"image_mean": mean, "image_std": std}), encoding="utf-8"
    )


class _Graph:
    """An ONNX graph that is written down node by node; batch norms are folded into convolutions."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self._weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, kind: str, inputs: list[str], name: str, **settings: object) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **settings))
        return name

    def constant(self, name: str, numbers: object) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.asarray(numbers, np.float32), name))
        return name

    def conv(
        self, given: str, module: str, norm: str, stride: int = 1, *, bends: bool = True
    ) -> str:
        weight = self._weights[f"{module}.weight"]
        gamma, beta, mean, var = (
            self._weights[f"{norm}.{part}"]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = gamma / np.sqrt(var + _NORM_EPSILON)
        w = self.constant(f"{module}.weight", weight * scale[:, None, None, None])
        b = self.constant(f"{module}.bias", beta - mean * scale)
        groups = 1 if weight.shape[1] > 1 or weight.shape[2] == 1 else weight.shape[0]
        made = self.add(
            "Conv",
            [given, w, b],
            module,
            strides=[stride, stride],
            group=groups,
            auto_pad="SAME_UPPER",
        )
        return self.add("Clip", [made, "zero", "six"], f"{module}/relu6") if bends else made

    def block(self, given: str, number: int) -> str:
        name = f"_blocks.{number}"
        made, norm = given, 0
        if f"{name}._expand_conv.weight" in self._weights:
            made = self.conv(made, f"{name}._expand_conv", f"{name}._bn{norm}")
        norm = 1
        stride = 2 if number in _STRIDED_BLOCKS else 1
        made = self.conv(made, f"{name}._depthwise_conv", f"{name}._bn{norm}", stride)
        made = self.conv(made, f"{name}._project_conv", f"{name}._bn2", bends=False)
        widths = [
            self._weights[f"{name}.{k}"].shape
            for k in ("_depthwise_conv.weight", "_project_conv.weight")
        ]
        expand = self._weights.get(f"{name}._expand_conv.weight")
        comes_in = expand.shape[1] if expand is not None else widths[0][0]
        if stride == 1 and comes_in == widths[1][0]:
            return self.add("Add", [made, given], f"{name}/residual")
        return made


def _onnx(weights: dict[str, Any]) -> bytes:
    from onnx import TensorProto, checker, helper

    graph = _Graph(weights)
    graph.constant("zero", 0)
    graph.constant("six", 6)
    made = graph.conv("image", "_conv_stem", "_bn0", 2)
    for number in range(16):
        made = graph.block(made, number)
    graph.nodes.append(
        helper.make_node("Identity", [graph.conv(made, "_conv_head", "_bn1")], ["map"])
    )
    pooled = graph.add("GlobalAveragePool", ["map"], "pool")
    graph.add("Flatten", [pooled], "pooled")
    graph.constant("_fc.weight", weights["_fc.weight"])
    graph.constant("_fc.bias", weights["_fc.bias"])
    logits = graph.add("Gemm", ["pooled", "_fc.weight", "_fc.bias"], "_fc", transB=1)
    graph.add("Softmax", [logits], "probability", axis=-1)
    shapes = {"probability": [1, 1000], "pooled": [1, 1280], "map": [1, 1280, 7, 7]}
    floats = TensorProto.FLOAT
    made_graph = helper.make_graph(
        graph.nodes, "efficientnet-lite0",
        [helper.make_tensor_value_info("image", floats, [1, 3, 224, 224])],
        [helper.make_tensor_value_info(name, floats, shape) for name, shape in shapes.items()],
        graph.constants,
    )  # fmt: skip
    model = helper.make_model(made_graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
