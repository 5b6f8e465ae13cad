"""ONNX files: weights by their modules' names, as the model uses them, and files that lie."""

from __future__ import annotations

import tracemalloc

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from planted_weights import TABLE, WORDPIECE, onnx_external, onnx_quantised, table, write_onnx

from hartonomous.errors import HartonomousError, ModelFormatError
from hartonomous.readers import open_embeddings
from hartonomous.readers.models import protobuf, stored_tensor
from hartonomous.readers.models.onnx import read_onnx
from hartonomous.readers.weights import read_config, read_weights

IN, OUT = 5, 3
NUMBERS = np.random.default_rng(3)
FLOATS = NUMBERS.standard_normal((IN, OUT)).astype(np.float32)
CODES = NUMBERS.integers(0, 256, (IN, OUT)).astype(np.uint8)
BIAS = "encoder.layer.0.query.bias"
NODE = "/encoder/layer.0/query/MatMul"


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def save(path, nodes, tensors, out="y"):
    """Write a graph from x of shape (n, IN) to y."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, None)
    y = helper.make_tensor_value_info(out, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [x], [y], tensors)
    onnx.save_model(helper.make_model(graph), path)
    return path


def linear(kind):
    """Return nodes and tensors of one linear layer, as an exporter or quantiser writes it."""
    matmul = helper.make_node("MatMul", ["x", "w"], ["y"], name=NODE)
    if kind == "MatMul":
        return [matmul], [constant("w", FLOATS)]
    if kind == "Gemm":
        node = helper.make_node("Gemm", ["x", "onnx::w"], ["y"], name=NODE)
        return [node], [constant("onnx::w", FLOATS)]
    if kind == "Gemm, turned":
        node = helper.make_node("Gemm", ["x", "w"], ["y"], name=NODE, transB=1)
        return [node], [constant("w", FLOATS.T.copy())]
    if kind == "Transpose":
        turn = helper.make_node("Transpose", ["t"], ["w"], perm=[1, 0])
        return [turn, matmul], [constant("t", FLOATS.T.copy())]
    if kind == "a constant":
        node = helper.make_node("Constant", [], ["w"], value=constant("", FLOATS))
        return [node, matmul], []
    if kind == "float16":
        cast = helper.make_node("Cast", ["h"], ["w"], to=TensorProto.FLOAT)
        return [cast, matmul], [constant("h", FLOATS.astype(np.float16))]
    if kind == "Cast and Mul":
        cast = helper.make_node("Cast", ["w_q"], ["c"], to=TensorProto.FLOAT)
        scale = constant("w_scale", FLOATS[:1] ** 2)
        codes = constant("w_q", CODES.astype(np.int8))
        return [cast, helper.make_node("Mul", ["c", "w_scale"], ["w"]), matmul], [codes, scale]
    scales = {"a scale": np.float32(0.1), "a scale each": np.float32([0.1, 0.2, 0.4])}[kind]
    zeros = np.full(scales.shape, 100, np.uint8)
    given = [constant("w_quantized", CODES), constant("w_scale", scales), constant("zp", zeros)]
    node = helper.make_node("DequantizeLinear", ["w_quantized", "w_scale", "zp"], ["w"], axis=1)
    return [node, matmul], given


KINDS = ["MatMul", "Gemm", "Gemm, turned", "Transpose", "a constant", "float16", "Cast and Mul"]


@pytest.mark.parametrize("kind", [*KINDS, "a scale", "a scale each"])
def test_a_linear_layer_has_the_name_of_its_module_and_what_it_multiplies_by(tmp_path, kind):
    nodes, tensors = linear(kind)
    path = save(tmp_path / "m.onnx", nodes, tensors)
    (weight,) = read_onnx(path).tensors.values()
    assert (weight.name, weight.shape) == ("encoder.layer.0.query.weight", (OUT, IN))
    (wanted,) = ReferenceEvaluator(str(path)).run(None, {"x": np.eye(IN, dtype=np.float32)})
    np.testing.assert_allclose(weight.open_matrix().rows(0, OUT), wanted.T, rtol=1e-6)
    np.testing.assert_allclose(weight.read_numbers(), wanted.T, rtol=1e-6)


def test_a_product_of_whole_numbers_finds_its_scale_by_name(tmp_path):
    zero = constant("w_zero_point", np.uint8(100))
    tensors = [constant("w_quantized", CODES), constant("w_scale", np.float32(0.5)), zero]
    inputs = ["xq", "w_quantized", "xz", "w_zero_point"]
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["xq", "xs", "xz"]),
        helper.make_node("MatMulInteger", inputs, ["i"], name=f"{NODE}_quant"),
    ]
    (weight,) = read_onnx(save(tmp_path / "m.onnx", nodes, tensors, "i")).tensors.values()
    assert weight.name == "encoder.layer.0.query.weight"
    wanted = (CODES.astype(float) - 100) * 0.5
    np.testing.assert_array_equal(weight.open_matrix().rows(0, OUT), wanted.T)


def test_a_bias_tells_the_module_where_the_path_does_not(tmp_path):
    nodes = [
        helper.make_node("MatMul", ["x", "val_7"], ["p"], name="node_MatMul_7"),
        helper.make_node("Add", [BIAS, "p"], ["y"]),
    ]
    tensors = [constant("val_7", FLOATS), constant(BIAS, np.ones(OUT, np.float32))]
    found = read_onnx(save(tmp_path / "m.onnx", nodes, tensors)).tensors
    assert set(found) == {BIAS, "encoder.layer.0.query.weight"}
    np.testing.assert_array_equal(found[BIAS].read_numbers(), np.ones(OUT))


def test_a_name_of_its_own_is_kept_and_so_is_one_that_two_would_have(tmp_path):
    names = ["h.0.c_attn.weight", "onnx::MatMul_1", "onnx::MatMul_2"]
    nodes = [helper.make_node("MatMul", ["x", name], [f"y{n}"], name=NODE)
             for n, name in enumerate(names)]  # fmt: skip
    tensors = [constant(name, FLOATS) for name in names]
    found = read_onnx(save(tmp_path / "m.onnx", nodes, tensors, "y0")).tensors
    assert set(found) == {"h.0.c_attn.weight", "encoder.layer.0.query.weight", "onnx::MatMul_2"}
    np.testing.assert_array_equal(found["h.0.c_attn.weight"].open_matrix().rows(0, IN), FLOATS)


def test_a_weight_without_a_name_or_a_path_is_called_as_it_is(tmp_path):
    nodes = [helper.make_node("MatMul", ["x", "112"], ["y"], name="MatMul_112")]
    assert set(read_onnx(save(tmp_path / "m.onnx", nodes, [constant("112", FLOATS)])).tensors) == {
        "112"
    }


@pytest.mark.parametrize("scale", [np.ones(2), np.ones((2, 3)), np.ones((5, 3, 1))])
def test_a_scale_that_does_not_fit_is_refused(tmp_path, scale):
    tensors = [constant("w_q", CODES), constant("w_scale", scale.astype(np.float32))]
    nodes = [
        helper.make_node("Cast", ["w_q"], ["c"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["c", "w_scale"], ["w"]),
    ]
    found = read_onnx(save(tmp_path / "m.onnx", nodes, tensors, "w")).tensors
    with pytest.raises(ModelFormatError, match="is no scale of w"):
        found["w"].open_matrix()


@pytest.mark.parametrize(("stored", "restored"), [
    (f"{TABLE}_quantized", f"{TABLE}_DequantizeLinear_Output"), ("17", TABLE)
])  # fmt: skip
def test_a_quantised_table_has_the_name_it_had(tmp_path, stored, restored):
    codes = constant(stored, np.zeros((len(WORDPIECE), 6), np.int8))
    nodes = [helper.make_node("DequantizeLinear", [stored, "s"], [restored])]
    path = write_onnx(tmp_path, [codes, constant("s", np.float32(1))], nodes, used=restored)
    assert open_embeddings(path).tensor_name == TABLE


def test_eight_bits_without_a_scale_are_refused(tmp_path):
    path = save(tmp_path / "m.onnx", [], [constant("w", CODES)])
    with pytest.raises(ModelFormatError, match="no scale of it was found"):
        read_onnx(path).tensors["w"].open_matrix()


def test_a_matrix_is_turned_strip_by_strip(tmp_path, monkeypatch):
    monkeypatch.setattr(stored_tensor, "_STRIP_BYTES", 4 * IN * 2)
    nodes, tensors = linear("MatMul")
    (weight,) = read_onnx(save(tmp_path / "m.onnx", nodes, tensors)).tensors.values()
    np.testing.assert_array_equal(weight.open_matrix().rows(0, OUT), FLOATS.T)


@pytest.mark.parametrize(
    "tensor",
    [
        helper.make_tensor("w", TensorProto.FLOAT, [2, 2], [1, -2, 3, 4]),
        helper.make_tensor("w", TensorProto.DOUBLE, [2, 2], [1, -2, 3, 4]),
        helper.make_tensor("w", TensorProto.FLOAT16, [2, 2], np.float16([1, -2, 3, 4])),
        helper.make_tensor("w", TensorProto.INT32, [2, 2], [1, -2, 3, 4]),
        helper.make_tensor("w", TensorProto.INT64, [2, 2], [1, -2, 3, 4]),
        constant("w", np.int64([[1, -2], [3, 4]])),
        constant("w", np.int32([[1, -2], [3, 4]])),
    ],
    ids=lambda tensor: f"{tensor.data_type}{'' if tensor.HasField('raw_data') else ' listed'}",
)
def test_numbers_are_read_in_every_way_they_are_written(tmp_path, tensor):
    found = read_onnx(save(tmp_path / "m.onnx", [], [tensor])).tensors["w"]
    np.testing.assert_array_equal(found.read_numbers(), [[1, -2], [3, 4]])


def test_words_are_asked_for_by_name_and_may_lie_beside_it(tmp_path):
    path = write_onnx(tmp_path, [constant(TABLE, table(np.float32))])
    assert open_embeddings(path).tensor_name == TABLE
    words = (tmp_path / "vocab.txt").rename(tmp_path / "words.txt")
    with pytest.raises(ModelFormatError, match=r"holds no words; name .* --vocabulary"):
        open_embeddings(path)
    assert open_embeddings(path, vocabulary=words).matrix.shape[0] == len(WORDPIECE)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    assert read_config(path) == {"model_type": "bert"}
    assert set(read_weights(path).tensors) == {TABLE}


def test_a_file_beside_it_that_is_not_there_is_one_line(tmp_path):
    path = onnx_external(tmp_path).path
    (tmp_path / "model.data").unlink()
    with pytest.raises(ModelFormatError, match=r"model\.data: no such file, though model\.onnx"):
        open_embeddings(path)


def external(tmp_path, **said):
    """Write a model whose table is said to lie in another file."""
    tensor = constant(TABLE, table(np.float32))
    (tmp_path / "other.data").write_bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in {"location": "other.data", **said}.items():
        tensor.external_data.add(key=key, value=value)
    return write_onnx(tmp_path, [tensor, constant("x", np.float32([1]))])


def test_what_is_in_a_missing_file_is_an_error_where_it_is_needed(tmp_path):
    path = external(tmp_path, location="gone.data")
    found = read_onnx(path)
    assert (set(found.tensors), found.missing) == ({"x"}, {TABLE: "gone.data"})
    assert found.notes == ("model.onnx names 1 tensors in 1 files that are not there",)
    with pytest.raises(ModelFormatError, match=r"gone\.data: no such file, and the token embedd"):
        open_embeddings(path)


def test_a_name_that_no_file_can_have_is_not_there(tmp_path):
    assert read_onnx(external(tmp_path, location="x" * 300)).missing == {TABLE: "x" * 300}


NODES = {
    "products of nothing": [helper.make_node(op, ["x"], ["y"]) for op in ("Mul", "Add", "MatMul")],
    "no inputs": [helper.make_node("Gather", [], ["y"]), helper.make_node("Cast", ["w"], [])],
    "settings without numbers": [
        helper.make_node("DequantizeLinear", ["w", "s"], ["y"]),
        helper.make_node("Gemm", ["x", "w"], ["z"]),
    ],
    "of itself": [helper.make_node("Identity", ["w"], ["w"])],
}


@pytest.mark.parametrize("what", NODES)
def test_nodes_that_make_no_sense_say_nothing(tmp_path, what):
    nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in NODES[what]]
    for node in nodes:
        node.attribute.add(name="axis", type=onnx.AttributeProto.INTS)
        node.attribute.add(name="transB", type=onnx.AttributeProto.INTS)
    tensors = [constant("w", FLOATS), constant("s", np.float32([1, 2]))]
    found = read_onnx(save(tmp_path / "m.onnx", nodes, tensors)).tensors
    assert "w" in found


def test_a_scale_of_a_single_number_is_refused_where_it_has_several(tmp_path):
    tensors = [constant("w_q", np.int8(3)), constant("s", np.float32([1, 2]))]
    nodes = [helper.make_node("DequantizeLinear", ["w_q", "s"], ["w"])]
    found = read_onnx(save(tmp_path / "m.onnx", nodes, tensors, "w")).tensors
    with pytest.raises(ModelFormatError, match="is no scale of w"):
        found["w"].read_numbers()


def test_a_file_that_is_there_is_read_by_its_size(tmp_path):
    np.testing.assert_array_equal(
        open_embeddings(external(tmp_path)).matrix.rows(0, len(WORDPIECE)), table(np.float32)
    )


@pytest.mark.parametrize(
    "location",
    ["/etc/passwd", "../other.data", "a/../../x", "", "..\\x", "x\0y", "x" * 5000, "."],
)
def test_a_file_outside_the_folder_is_refused(tmp_path, location):
    with pytest.raises(ModelFormatError, match=r"no file in the model's folder|no ONNX model"):
        read_onnx(external(tmp_path, location=location))


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"offset": "8"}, "past the end of the file"),
        ({"offset": "999999999999999"}, "past the end of the file"),
        ({"offset": "-1"}, "no place in a file"),
        ({"offset": "1e3"}, "no place in a file"),
        ({"length": "8"}, "shape and its bytes don't agree"),
        ({"length": "9" * 40}, "no place in a file"),
    ],
)
def test_a_place_that_cannot_be_is_refused(tmp_path, said, says):
    with pytest.raises(ModelFormatError, match=says):
        open_embeddings(external(tmp_path, **said))


def test_a_folder_in_place_of_a_file_is_refused(tmp_path):
    path = external(tmp_path, location="folder")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ModelFormatError, match="not a regular one"):
        open_embeddings(path)


def test_a_name_twice_and_a_shape_that_lies_are_refused(tmp_path):
    twice = save(tmp_path / "m.onnx", [], [constant("w", FLOATS), constant("w", FLOATS)])
    with pytest.raises(ModelFormatError, match="holds w twice"):
        read_onnx(twice)
    tensor = constant(TABLE, table(np.float32))
    tensor.dims[0] -= 1
    with pytest.raises(ModelFormatError, match="shape and its bytes don't agree"):
        open_embeddings(write_onnx(tmp_path, [tensor]))


def test_a_file_of_endless_fields_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(protobuf, "_MOST_FIELDS", 1000)
    (tmp_path / "m.onnx").write_bytes(b"\x08\x07" * 5000)
    with pytest.raises(ModelFormatError, match="has over 1000 fields"):
        read_onnx(tmp_path / "m.onnx")


def test_names_without_end_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(protobuf, "_MOST_BYTES", 100)
    with pytest.raises(ModelFormatError, match="no ONNX model"):
        read_onnx(write_onnx(tmp_path, [constant(TABLE, table(np.float32))]))


def test_weights_stay_on_disk(tmp_path):
    path = save(tmp_path / "m.onnx", [], [constant("w", np.ones((1 << 12, 1 << 12), "f4"))])
    tracemalloc.start()
    found = read_onnx(path).tensors["w"]
    assert found.open_matrix().rows(0, 1).sum() == 1 << 12
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("build", [onnx_quantised, onnx_external])
def test_a_file_cut_off_anywhere_and_a_byte_changed_anywhere_is_read_or_one_line(tmp_path, build):
    path = build(tmp_path).path
    whole = path.read_bytes()
    for place in range(0, len(whole), 4):
        for evil in (b"", b"\xff\xff", b"\0", b"\x7f"):
            changed = whole[:place] + evil + whole[place + 1 :] if evil else whole[:place]
            path.write_bytes(changed)
            try:
                open_embeddings(path).vectors()
            except HartonomousError as error:
                assert "\n" not in str(error)  # noqa: PT017 - some of them are read
