"""The package file: no bit changes unnoticed, nothing unpacks beyond its size."""

from __future__ import annotations

import json

import numpy as np
import pairs
import pytest

from hartonomous.editing.signing import create_key
from hartonomous.errors import HartonomousError, InvalidVectorsError, ModelFormatError
from hartonomous.vectors.packages import compression, container, forms
from hartonomous.vectors.packages.container import open_container, rewrite
from hartonomous.vectors.packages.deltas import pieces, tensor_entries
from hartonomous.vectors.packages.extract import ExtractSettings, extract


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    extract(*pairs.pair(folder), folder / "a.awv", ExtractSettings(0.01))
    return folder / "a.awv"


def read_all(path):
    opened = open_container(path)
    opened.verify()
    for entry in tensor_entries(opened).values():
        list(pieces(opened, entry))


def test_no_bit_changes_unnoticed(package, tmp_path):
    whole = package.read_bytes()
    header = 8 + int.from_bytes(whole[:8], "little")
    rng = np.random.default_rng(0)
    places = [*range(8), *rng.integers(8, header, 25), *rng.integers(header, len(whole), 25)]
    places += [header - 1, header, len(whole) - 1]
    changed = tmp_path / "changed.awv"
    for place in places:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << int(rng.integers(8))
        changed.write_bytes(flipped)
        with pytest.raises(HartonomousError):
            read_all(changed)
    for cut in (0, 4, header - 5, header, len(whole) - 1):
        changed.write_bytes(whole[:cut])
        with pytest.raises(HartonomousError):
            read_all(changed)
    read_all(package)


def rewritten(package, tmp_path, change):
    """Write the package with its header changed, digests and all made right again."""
    opened = open_container(package)
    parts = json.loads(json.dumps(dict(opened.parts)))
    change(parts)
    path = tmp_path / "other.awv"
    rewrite(opened, parts, path)
    return path


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: p["vector_payload"].update(quantization="fp1"), "vector_payload.quantization"),
        (lambda p: p["vector_payload"].update(code="x"), "Additional properties"),
        (lambda p: p["source_manifest"].pop("base"), "source_manifest: 'base' is a required"),
        (lambda p: p["quality_certificate"].update(energy_kept=1.5), "1.5 is greater than"),
        (lambda p: p["w_matrix_profile"].update(alignments={}), "is not of type 'array'"),
        (lambda p: p["compatibility_map"]["targets"][0].update(fingerprint="x"), "not valid under"),
    ],
)
def test_a_part_that_its_schema_refuses(package, tmp_path, change, message):
    with pytest.raises(ModelFormatError, match=message):
        rewritten(package, tmp_path, change)


def piece(parts):
    return parts["vector_payload"]["tensors"][0]["pieces"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p: piece(p).update(stop=10**9), "pieces out of order"),
        (lambda p: piece(p)["arrays"][0].update(count=2**31 - 1), "not the .* bytes it should be"),
        (lambda p: piece(p)["arrays"][0].update(count=1), "not the .* bytes it should be"),
        (lambda p: piece(p)["arrays"][0].update(dtype="<f8"), "not the .* bytes|wrong type"),
        (lambda p: piece(p).update(form="low_rank"), "has not the arrays of one|wrong type"),
        (lambda p: piece(p)["arrays"][0].update(role="scales"), "wrong type|arrays of one"),
    ],
)
def test_a_payload_that_contradicts_itself(package, tmp_path, change, message):
    path = rewritten(package, tmp_path, change)
    with pytest.raises(ModelFormatError, match=message):
        read_all(path)


def test_a_delta_that_overflows_is_refused(package, tmp_path):
    path = rewritten(
        package, tmp_path, lambda p: p["vector_payload"]["tensors"][0].update(scale=1e300)
    )
    with pytest.raises(InvalidVectorsError, match="NaN or infinite"), np.errstate(over="ignore"):
        read_all(path)


def test_an_unknown_schema_version_is_named(package, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(container, "SCHEMA_VERSION", "9")
        path = rewritten_with_version(package, tmp_path)
    with pytest.raises(ModelFormatError, match="schema version '9'; this program reads 1"):
        open_container(path)


def rewritten_with_version(package, tmp_path):
    opened = container.Container(
        package, "", dict(json.loads(package_parts(package))), "", container.read_header(package)
    )
    path = tmp_path / "other.awv"
    rewrite(opened, {}, path)
    return path


def package_parts(package):
    raw = package.read_bytes()
    header = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")])
    return json.dumps({n: json.loads(header["__metadata__"][n]) for n in container.PARTS})


def test_blobs_that_nobody_lists_are_refused(package, tmp_path):
    def drop(parts):
        parts["vector_payload"]["tensors"].pop()

    with pytest.raises(ModelFormatError, match="other blobs than it lists"):
        open_container(rewritten(package, tmp_path, drop))


def test_a_signature_is_that_of_the_key(package, tmp_path):
    public = create_key(tmp_path / "key")
    other = create_key(tmp_path / "other")
    folder = package.parent
    signed = tmp_path / "signed.awv"
    extract(folder / "base", folder / "special", signed, ExtractSettings(), key=tmp_path / "key")
    open_container(signed).check_signature(public)
    with pytest.raises(ModelFormatError, match="was not signed with this key"):
        open_container(signed).check_signature(other)
    with pytest.raises(ModelFormatError, match="is not signed"):
        open_container(package).check_signature(public)


@pytest.mark.parametrize("algorithm", compression.ALGORITHMS)
def test_nothing_unpacks_beyond_its_size(algorithm):
    packed = compression.compress(bytes(10**6), algorithm)
    assert compression.decompress(packed, algorithm, 10**6) == bytes(10**6)
    for size in (10**6 - 1, 10**6 + 1, 0):
        with pytest.raises(ModelFormatError, match="bytes it should be"):
            compression.decompress(packed, algorithm, size)
    if algorithm != "none":
        with pytest.raises(ModelFormatError, match=r"malformed|bytes it should be"):
            compression.decompress(b"\x00" + packed, algorithm, 10**6)


@pytest.mark.parametrize("quantization", forms.QUANTIZATIONS)
@pytest.mark.parametrize("threshold", [0.0, 0.5, 2.5, 100.0])
def test_blocks_come_back_with_what_is_above_the_threshold(quantization, threshold):
    delta = np.random.default_rng(0).normal(size=(7, 30)).astype("f4")
    written = forms.write_block(delta, threshold, quantization)
    back = forms.read_block(written, 7, 30)
    wanted = np.where(np.abs(delta) >= threshold, delta, 0)
    np.testing.assert_allclose(
        back, wanted, atol={"fp32": 0, "fp16": 2e-3, "int8": 2e-2}[quantization]
    )


def test_other_files_are_no_packages(tmp_path):
    base, _ = pairs.pair(tmp_path)
    with pytest.raises(ModelFormatError, match="is no capability package"):
        open_container(base / "model.safetensors")
    (tmp_path / "x.awv").write_bytes(b"\x80\x04pickle")
    with pytest.raises(ModelFormatError, match="no safetensors file"):
        open_container(tmp_path / "x.awv")
