"""What the files of these tests are made of: words, vectors, and folders as people have them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from planted_models import write_safetensors

from hartonomous.errors import HartonomousError
from hartonomous.readers import open_embeddings

WORDS = [f"word{i}" for i in range(40)]


class Field:
    """A folder to put files into, and the questions that are asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vectors = np.random.default_rng(5).integers(-99, 99, (64, 6)).astype("f4") / 8

    def write(self, name, content):
        """Write bytes, text or anything that becomes JSON."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def text(self, words, *, header=None, mark=b""):
        """Return word vectors as text, a line for each word."""
        lines = [w if isinstance(w, bytes) else w.encode() for w in words]
        rows = [b" ".join(b"%.3f" % x for x in row) for row in self.vectors[: len(lines)]]
        body = b"".join(word + b" " + row + b"\n" for word, row in zip(lines, rows, strict=True))
        return mark + (f"{header}\n".encode() if header else b"") + body

    def model(self, files, *, name="model", tensor="wte.weight", rows=40, config=None):
        """Write a model folder of the first rows, with other files beside its weights."""
        place = self.folder / name
        place.mkdir(parents=True, exist_ok=True)
        write_safetensors(
            place / "model.safetensors",
            {tensor: ("float32", self.vectors[:rows])} if tensor else {},
        )
        if config is not None:
            self.write(f"{name}/config.json", config)
        for file, content in files.items():
            self.write(f"{name}/{file}", content)
        return place

    def labels(self, path, **choice):
        """Return the label of each row that stands for a concept, in the order of the rows."""
        table = open_embeddings(path, **choice)
        vocabulary = table.vocabulary
        of_row = dict(zip(vocabulary.rows.tolist(), vocabulary.concept_of_row, strict=True))
        return [vocabulary.concepts[of_row[row]].label for row in sorted(of_row)]

    def refusal(self, path, **choice):
        """Return the one line with which a path is refused."""
        with pytest.raises(HartonomousError) as caught:
            open_embeddings(path, **choice)
        line = str(caught.value)
        assert "\n" not in line
        assert len(line) < 700
        return line
