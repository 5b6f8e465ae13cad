"""Tiny models for all tests of vectors; made once a session."""

from __future__ import annotations

import pytest
import torch

torch.set_num_threads(1)  # the models are too small for more


@pytest.fixture(scope="session")
def planted_folder(tmp_path_factory):
    """The folder of the model whose task vectors are known."""
    import tiny_models

    folder = tmp_path_factory.mktemp("planted") / "planted-model"
    return tiny_models.save(folder, tiny_models.planted(), tiny_models.PLANTED_WORDS)


@pytest.fixture(scope="session")
def planted(planted_folder):
    """That model, opened."""
    from hartonomous.vectors.models import open_model

    return open_model(str(planted_folder))
