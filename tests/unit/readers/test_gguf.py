"""GGUF files: what is dequantised, what the keys say, and headers that lie."""

from __future__ import annotations

import struct
import sys
import tracemalloc

import numpy as np
import pytest
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, quants
from planted_models import WIDTH, nothing, spelt
from planted_weights import write_gguf, write_tensors

from hartonomous.concepts import Concept
from hartonomous.errors import HartonomousError, ModelFormatError
from hartonomous.readers import matrix, open_embeddings
from hartonomous.readers.models import gguf_header
from hartonomous.readers.models.gguf import read_gguf
from hartonomous.readers.models.gguf_config import gguf_config
from hartonomous.readers.weights import read_config, read_weights

ROWS = [*nothing("<unk>"), *spelt(text="▁{}".format, piece=str)]
F32, LLAMA_COUNT = 0, 1 << 20


@pytest.fixture
def model(tmp_path):
    return write_gguf(tmp_path, ROWS, "llama", np.dtype("f4"))


def raw(tmp_path, *parts, name="raw.gguf"):
    """Write a file of numbers (struct's code and value) and bytes as they stand."""
    path = tmp_path / name
    path.write_bytes(b"".join(p if isinstance(p, bytes) else struct.pack("<" + p[0], p[1])
                              for p in parts))  # fmt: skip
    return path


def text(content):
    return struct.pack("<Q", len(content)) + content


def tensor(name, lengths, kind=F32, offset=0):
    return text(name) + struct.pack(f"<I{len(lengths)}QIQ", len(lengths), *lengths, kind, offset)


def with_tensors(tmp_path, *entries, data=b"\0" * 4096):
    start = b"GGUF" + struct.pack("<IQQ", 3, len(entries), 0) + b"".join(entries)
    return raw(tmp_path, start + b"\0" * (-len(start) % 32) + data)


QUANTISED = [kind.name for kind in quants._type_traits if kind.name not in ("F32", "F16", "BF16")]


@pytest.mark.parametrize("kind", QUANTISED)
def test_every_type_is_dequantised_as_its_own_library_does_block_by_block(
    tmp_path, monkeypatch, kind
):
    monkeypatch.setattr(matrix, "_BLOCK_BYTES", 4 * 512 * 3)  # three rows at a time
    size = GGML_QUANT_SIZES[GGMLQuantizationType[kind]]
    packed = np.random.default_rng(1).integers(0, 60, (8, 512 // size[0] * size[1]), np.uint8)
    path = write_tensors(tmp_path / "m.gguf", {"w": (packed, kind)})
    with np.errstate(all="ignore"):
        wanted = quants.dequantize(packed, GGMLQuantizationType[kind])
    (found,) = read_gguf(path).tensors.values()
    assert (found.dtype, found.shape) == (kind, (8, 512))
    np.testing.assert_array_equal(found.open_matrix().rows(0, 8), wanted)
    np.testing.assert_array_equal(found.read_numbers(), wanted.astype(float))


@pytest.mark.parametrize(("kind", "off"), [("Q8_0", 0.01), ("Q4_1", 0.15), ("Q4_0", 0.2)])
def test_what_was_quantised_comes_back_nearly(tmp_path, kind, off):
    numbers = np.random.default_rng(2).standard_normal((64, 96)).astype(np.float32)
    packed = quants.quantize(numbers, GGMLQuantizationType[kind])
    path = write_tensors(tmp_path / "m.gguf", {"token_embd.weight": (packed, kind)})
    back = read_gguf(path).tensors["token_embd.weight"].open_matrix().rows(0, 64)
    assert np.abs(back - numbers).mean() < off


def test_the_keys_have_the_names_of_a_config_json(model):
    config = gguf_config(model)
    assert config.pop("rms_norm_eps") == pytest.approx(1e-5)
    assert config == {
        "model_type": "llama",
        "num_hidden_layers": 2,
        "hidden_size": WIDTH,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": len(ROWS),
        "tie_word_embeddings": True,
    }
    assert read_config(model) == gguf_config(model)


def test_a_head_of_its_own_unties_and_can_be_named(tmp_path):
    head = np.full((len(ROWS), WIDTH), 3, np.float32)
    path = write_gguf(tmp_path, ROWS, "llama", np.dtype("f4"), tensors={"output.weight": head})
    assert gguf_config(path)["tie_word_embeddings"] is False
    assert open_embeddings(path).tensor_name == "token_embd.weight"
    named = open_embeddings(path, tensor="output.weight")
    np.testing.assert_array_equal(named.matrix.rows(0, 2), head[:2])
    assert set(read_weights(path).tensors) == {"token_embd.weight", "output.weight"}


def test_wordpiece_that_kept_its_marks_is_read_by_them(tmp_path):
    rows = [("king", None), ("##ing", None), ("!", None)]
    table = open_embeddings(write_gguf(tmp_path, rows, "bert", np.dtype("f4")))
    assert table.vocabulary.concepts == (
        Concept("text", "king"),
        Concept("piece", "ing"),
        Concept("text", "!"),
    )


@pytest.mark.parametrize("kind", ["none", "rwkv"])
def test_words_that_are_not_read_are_asked_for_by_name(tmp_path, kind):
    path = write_gguf(tmp_path, ROWS, kind, np.dtype("f4"))
    with pytest.raises(ModelFormatError, match="--vocabulary"):
        open_embeddings(path)
    (tmp_path / "words.txt").write_text("".join(f"word{n}\n" for n in range(len(ROWS))))
    table = open_embeddings(path, vocabulary=tmp_path / "words.txt")
    assert len(table.vocabulary.concepts) == len(ROWS)


def test_without_the_package_the_error_says_how_to_get_it(model, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "gguf"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelFormatError, match=r"pip install 'hartonomous\[formats\]'"):
        open_embeddings(model)


def write_part(folder, part, count, *entries):
    key = text(b"split.count") + struct.pack("<IH", 2, count)
    start = b"GGUF" + struct.pack("<IQQ", 3, len(entries), 1) + key + b"".join(entries)
    content = start + b"\0" * (-len(start) % 32 + 64)
    return raw(folder, content, name=f"m-{part:05}-of-{count:05}.gguf")


def test_the_parts_of_a_model_are_read_together_whichever_is_given(tmp_path):
    first = write_part(tmp_path, 1, 3, tensor(b"a", [4, 4]))
    third = write_part(tmp_path, 3, 3, tensor(b"output.weight", [4, 4]))
    for path in (first, third):
        found = read_gguf(path)
        assert [t.path for t in found.tensors.values()] == [first, third]
        assert found.notes == ("1 of 3 files of the model are not there",)
        assert gguf_config(path)["tie_word_embeddings"] is False
    write_part(tmp_path, 2, 3, tensor(b"a", [4, 4]))
    with pytest.raises(ModelFormatError, match="holds a tensor of another part as well"):
        read_gguf(first)


HOSTILE = {
    "an empty header": ((b"GGUF",), "cut off"),
    "version 1": ((b"GGUF", ("I", 1)), "version 1, which isn't read"),
    "big machines": ((b"GGUF", struct.pack(">I", 3)), "order of big machines"),
    "a million keys": ((b"GGUF", ("I", 3), ("Q", 0), ("Q", 1_000_000)), "1000000 keys"),
    "endless tensors": ((b"GGUF", ("I", 3), ("Q", 1 << 63), ("Q", 0)), "tensors, more than"),
    "a long key": ((b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), ("Q", 1 << 40)), "name or text of 1099"),
    "a long text": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), text(b"k"), ("I", 8), ("Q", 1 << 62)),
        "name or text of 46",
    ),
    "a long array": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), text(b"k"), ("I", 9), ("I", 10), ("Q", 1 << 62)),
        "cut off",
    ),
    "a long array of texts": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), text(b"k"), ("I", 9), ("I", 8), ("Q", 1 << 60)),
        "cut off",
    ),
    "an array of arrays": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), text(b"k"), ("I", 9), ("I", 9), ("Q", 1)),
        "type 9, which the format doesn't have",
    ),
    "an unknown value": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), text(b"k"), ("I", 99)),
        "type 99",
    ),
    "a key twice": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 2), *(text(b"k"), ("I", 0), ("B", 1)) * 2),
        "the key k twice",
    ),
    "an alignment of 3": (
        (b"GGUF", ("I", 3), ("Q", 0), ("Q", 1), text(b"general.alignment"), ("I", 4), ("I", 3)),
        "no alignment",
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_header_that_lies_is_one_line_and_takes_no_memory(tmp_path, what):
    parts, says = HOSTILE[what]
    path = raw(tmp_path, *parts)
    tracemalloc.start()
    with pytest.raises(ModelFormatError, match=says) as caught:
        open_embeddings(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "\n" not in str(caught.value)
    assert peak < 4 << 20


LAYOUTS = {
    "past the end": ((tensor(b"a", [64, 64]),), "ends past the end"),
    "far past it": ((tensor(b"a", [1 << 40, 1 << 40]),), "ends past the end"),
    "beyond a file": ((tensor(b"a", [1 << 60]),), "has shape"),
    "a place beyond it": ((tensor(b"a", [4], offset=1 << 40),), "begins where no tensor can"),
    "not aligned": ((tensor(b"a", [4], offset=4),), "begins where no tensor can"),
    "overlapping": ((tensor(b"a", [32]), tensor(b"b", [32], offset=64)), "overlaps another"),
    "twice": ((tensor(b"a", [4]), tensor(b"a", [4], offset=32)), "names a tensor twice"),
    "half a block": ((tensor(b"a", [33, 4], kind=8),), "rows of 33"),
    "many lengths": ((text(b"a") + struct.pack("<I", 400),), "400 lengths"),
}


@pytest.mark.parametrize("what", LAYOUTS)
def test_tensors_that_cannot_lie_so_are_refused(tmp_path, what):
    entries, says = LAYOUTS[what]
    with pytest.raises(ModelFormatError, match=says):
        read_gguf(with_tensors(tmp_path, *entries))


def test_a_type_that_is_not_known_is_an_error_when_it_is_opened_alone(tmp_path):
    unknown, plain = tensor(b"a", [4, 4], kind=999), tensor(b"b", [4, 4], offset=64)
    tensors = read_gguf(with_tensors(tmp_path, unknown, plain)).tensors
    assert tensors["b"].open_matrix().shape == (4, 4)
    for read in (tensors["a"].open_matrix, tensors["a"].read_numbers):
        with pytest.raises(ModelFormatError, match="GGUF type 999, which isn't read"):
            read()


def test_a_type_that_the_library_does_not_unpack_is_one_line(tmp_path):
    entry = tensor(b"a", [256, 1], kind=GGMLQuantizationType.Q8_K.value)
    found = read_gguf(with_tensors(tmp_path, entry)).tensors["a"]
    with pytest.raises(ModelFormatError, match="GGUF type Q8_K, which isn't read"):
        found.open_matrix()


def test_a_header_longer_than_any_is_refused(model, monkeypatch):
    monkeypatch.setattr(gguf_header, "_MOST_HEADER_BYTES", 200)
    with pytest.raises(ModelFormatError, match="cut off, or a length in it can't be"):
        read_gguf(model)


def test_a_file_cut_off_anywhere_and_a_number_changed_anywhere_is_read_or_one_line(model):
    whole = model.read_bytes()
    for place in range(0, len(whole) - 8, 5):
        evil = (1 << 64) - 1 if place % 2 else 1 << 40
        for content in (
            whole[:place],
            whole[:place] + struct.pack("<Q", evil) + whole[place + 8 :],
        ):
            model.write_bytes(content)
            try:
                open_embeddings(model).vectors()
            except HartonomousError as error:
                assert "\n" not in str(error)  # noqa: PT017 - some of them are read
