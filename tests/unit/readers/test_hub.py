"""Downloads, against a small server that speaks the hub's protocol on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from planted_models import bert_vocab_txt

from hartonomous.readers.hub import is_hub_name

COMMIT = "0123456789abcdef0123456789abcdef01234567"

#: Opens a hub name in a process of its own, as the library reads its settings when imported.
OPEN = """
import sys
from hartonomous.errors import HartonomousError
from hartonomous.readers import open_embeddings
try:
    table = open_embeddings(sys.argv[1])
    print(table.name, len(table.vocabulary.concepts), table.fingerprint().hex())
except HartonomousError as error:
    print(error)
    sys.exit(2)
"""


class Hub(BaseHTTPRequestHandler):
    """Serves one repository, ``planted/bert``, from ``server.folder``."""

    def do_GET(self):
        self._answer(with_body=True)

    def do_HEAD(self):
        self._answer(with_body=False)

    def _answer(self, with_body):
        self.server.requested.append(self.path)
        found = self._find(self.path.partition("?")[0])
        self.send_response(404 if found is None else 200)
        if found is None:
            self.send_header("X-Error-Code", "RepoNotFound")
        body = found or b""
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha1(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _find(self, path):
        files = {file.name: file for file in self.server.folder.iterdir()}
        if path in ("/api/models/planted/bert/revision/main", "/api/models/planted/bert"):
            siblings = [{"rfilename": name} for name in files]
            return json.dumps({"id": "planted/bert", "sha": COMMIT, "siblings": siblings}).encode()
        if path.startswith(f"/api/models/planted/bert/tree/{COMMIT}"):
            return json.dumps([self._entry(file) for file in files.values()]).encode()
        name = path.removeprefix(f"/planted/bert/resolve/{COMMIT}/")
        return files[name].read_bytes() if name in files else None

    def _entry(self, file):
        oid = hashlib.sha1(file.read_bytes()).hexdigest()
        return {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": oid}

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(tmp_path):
    folder = tmp_path / "served"
    folder.mkdir()
    bert_vocab_txt(folder)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04never fetched")
    (folder / "modeling.py").write_text("raise SystemExit('never fetched')")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.folder, server.requested = folder, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def open_by_name(name, endpoint, tmp_path, **settings):
    home = {"HF_HOME": str(tmp_path / "hub"), "HF_ENDPOINT": endpoint}
    environment = {**os.environ, **home, "HF_HUB_DISABLE_TELEMETRY": "1", **settings}
    command = [sys.executable, "-c", OPEN, name]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def address(hub):
    return f"http://127.0.0.1:{hub.server_port}"


def test_a_hub_name_is_downloaded_and_opened(hub, tmp_path):
    done = open_by_name("planted/bert", address(hub), tmp_path)
    assert done.stdout.startswith("planted/bert 11 "), done.stdout + done.stderr
    assert done.returncode == 0


def test_only_weights_and_vocabulary_are_fetched(hub, tmp_path):
    open_by_name("planted/bert", address(hub), tmp_path)
    fetched = {path.rpartition("/")[2] for path in hub.requested if "/resolve/" in path}
    assert fetched == {"config.json", "model.safetensors", "vocab.txt"}


def test_a_model_in_the_hubs_cache_is_opened_without_the_hub(hub, tmp_path):
    first = open_by_name("planted/bert", address(hub), tmp_path)
    hub.requested.clear()
    again = open_by_name("planted/bert", address(hub), tmp_path, HF_HUB_OFFLINE="1")
    assert again.stdout == first.stdout
    assert hub.requested == []


def test_a_model_that_the_hub_lacks_is_one_clear_line(hub, tmp_path):
    done = open_by_name("planted/other", address(hub), tmp_path)
    assert done.returncode == 2
    assert done.stdout.startswith("planted/other: no such file or folder here, and not to be had")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("settings", [{"HF_HUB_OFFLINE": "1"}, {}])
def test_a_machine_without_the_hub_gets_one_clear_line(settings, tmp_path):
    done = open_by_name("planted/bert", "http://127.0.0.1:9", tmp_path, **settings)
    assert done.returncode == 2
    assert done.stdout.startswith("planted/bert: no such file or folder here, and not to be had")
    assert done.stdout.count("\n") == 1


def test_without_the_library_the_line_says_what_to_install(tmp_path):
    (tmp_path / "huggingface_hub.py").write_text("raise ImportError('not installed')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = open_by_name("planted/bert", "", tmp_path, PYTHONPATH=path)
    assert done.returncode == 2
    assert "pip install 'hartonomous[hub]'" in done.stdout


@pytest.mark.parametrize(
    "name",
    ["org/name", "sentence-transformers/all-MiniLM-L6-v2", "a/b.c_d", "a/b@v2", "a/b@refs/pr/1"],
)
def test_a_hub_name_is_an_organisation_and_a_model(name):
    assert is_hub_name(name)


@pytest.mark.parametrize(
    "name",
    ["name", "/org/name", "../name", "org/name/x", "org/..", "", "a/", "a/b@", "a/b.vec", "/tmp/x"],
)
def test_paths_are_no_hub_names(name):
    assert not is_hub_name(name)
