from __future__ import annotations

import numpy as np
import pytest
from planted_models import write_lines

from hartonomous.errors import ModelFormatError, ParameterError
from hartonomous.readers import open_embeddings

MATRIX = np.arange(6, dtype=np.float32).reshape(3, 2)
CONTENT = MATRIX.tobytes()


@pytest.fixture
def path(tmp_path):
    write_lines(tmp_path / "vectors.txt", ["king", "queen", "!"])
    return tmp_path / "vectors.npy"


def with_header(header, content=CONTENT, version=b"\x01\x00"):
    encoded = header if isinstance(header, bytes) else header.encode()
    length = len(encoded).to_bytes(2 if version == b"\x01\x00" else 4, "little")
    return b"\x93NUMPY" + version + length + encoded + content


def header(descr="'<f4'", order="False", shape="(3, 2)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


def test_words_can_be_named(path, tmp_path):
    np.save(path, MATRIX)
    write_lines(tmp_path / "other.vocabulary", ["emperor", "queen", "!"])
    table = open_embeddings(path, vocabulary=tmp_path / "other.vocabulary")
    assert table.vocabulary.concepts[0].text == "emperor"


def test_a_tokenisers_vocabulary_beside_the_matrix_is_read_by_its_marks(path, tmp_path):
    (tmp_path / "vectors.txt").unlink()
    write_lines(tmp_path / "vocab.txt", ["[PAD]", "king", "##ing"])
    np.save(path, MATRIX)
    table = open_embeddings(tmp_path)
    assert [concept.label for concept in table.vocabulary.concepts] == ["king", "##ing"]
    assert table.left_out.special == 1


def test_a_matrix_without_words_says_how_to_name_them(path, tmp_path):
    np.save(path, MATRIX)
    (tmp_path / "vectors.txt").unlink()
    with pytest.raises(ModelFormatError, match="name their file with --vocabulary"):
        open_embeddings(path)


def test_words_and_rows_of_different_numbers_are_refused(path):
    np.save(path, MATRIX[:2])
    with pytest.raises(ModelFormatError, match="different lengths, 3 tokens and 2 rows"):
        open_embeddings(path)


@pytest.mark.parametrize(
    ("array", "match"),
    [
        (np.arange(6).reshape(3, 2), "holds int64"),
        (np.arange(3.0), "no matrix"),
        (np.ones((3, 0)), "no matrix"),
        (np.ones((3, 2), dtype=complex), "holds complex128"),
        (np.array([["a", "b"]]), "holds <U1"),
    ],
)
def test_what_is_no_matrix_of_floats_is_refused(path, array, match):
    np.save(path, array)
    with pytest.raises(ModelFormatError, match=match):
        open_embeddings(path)


def test_an_array_of_objects_is_refused_and_never_unpickled(path):
    path.write_bytes(with_header(header(descr="'|O'"), b"cos\nabort\n(tR."))
    with pytest.raises(ModelFormatError, match="holds object"):
        open_embeddings(path)


@pytest.mark.parametrize(
    "content",
    [
        b"\x93NUMPY",
        b"\x93NUMPY\x01\x00",
        b"\x93NUMPY\x09\x00" + bytes(50),
        with_header(header(), version=b"\x04\x00"),
        with_header(b"\xff" * 64),
        with_header("__import__('os').abort()"),
        with_header("{" * 60_000),
        with_header("(" * 5_000),
        with_header("-" * 9_000 + "1"),
        with_header("[]"),
        with_header("{'descr': '<f4'}"),
        with_header(header(descr="'nonsense'")),
        with_header(header(descr="7")),
        with_header(header(order="3")),
        with_header(header(shape="'32'")),
        with_header(header(shape="(3.0, 2)")),
        with_header(header(shape="(-3, 2)")),
        with_header(header(shape="(3, 3)")),
        with_header(header(shape="(2, 2)")),
        with_header(header(shape=f"({2**62}, {2**62})")),
        with_header(header(shape=f"({10**4000}, 2)")),
        with_header(header(), CONTENT[:-1]),
    ],
)
def test_a_malformed_file_is_one_clear_line(path, content):
    path.write_bytes(content)
    with pytest.raises(ModelFormatError) as caught:
        open_embeddings(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_options_that_a_kind_does_not_have_are_refused(path, tmp_path):
    np.save(path, MATRIX)
    with pytest.raises(ParameterError, match="no tensor to choose"):
        open_embeddings(path, tensor="wte.weight")
    write_lines(tmp_path / "glove.txt", ["king 1 2"])
    with pytest.raises(ParameterError, match="holds its words itself"):
        open_embeddings(tmp_path / "glove.txt", vocabulary=tmp_path / "vectors.txt")


def test_nothing_at_a_path_is_one_clear_line(tmp_path):
    with pytest.raises(ModelFormatError, match="missing"):
        open_embeddings(tmp_path / "missing")
    with pytest.raises(ModelFormatError, match="File name too long"):
        open_embeddings("x" * 10_000)


def test_a_safetensors_file_is_refused_with_a_way_out(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"\x02" + bytes(7) + b"{}")
    with pytest.raises(ModelFormatError, match="give the folder it is in"):
        open_embeddings(tmp_path / "model.safetensors")
