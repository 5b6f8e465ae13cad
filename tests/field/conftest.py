"""A folder for the files of each test."""

from __future__ import annotations

import pytest
from files_of_field import Field


@pytest.fixture
def field(tmp_path):
    return Field(tmp_path)
