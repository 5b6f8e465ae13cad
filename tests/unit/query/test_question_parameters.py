"""What can't be asked is refused before a database is needed."""

from __future__ import annotations

import pytest

from hartonomous.errors import ParameterError, UnknownNameError
from hartonomous.query.concepts import require_storable
from hartonomous.query.evidence import explain
from hartonomous.query.neighbors import neighbors
from hartonomous.query.paths import strongest_path, traverse

NOT_TEXT = ["", "a\0b", "\udcff"]


@pytest.mark.parametrize("label", NOT_TEXT)
def test_text_that_no_database_can_hold_is_no_concept(label):
    with pytest.raises(UnknownNameError, match="empty, or not valid text"):
        require_storable("king", label)


@pytest.mark.parametrize("label", NOT_TEXT)
@pytest.mark.parametrize(
    "question",
    [
        lambda label: neighbors(None, label),
        lambda label: traverse(None, label),
        lambda label: strongest_path(None, "king", label),
        lambda label: explain(None, label, "king"),
    ],
)
def test_every_question_refuses_it(question, label):
    with pytest.raises(UnknownNameError):
        question(label)


@pytest.mark.parametrize("number", [0, -1])
@pytest.mark.parametrize(
    "question",
    [
        lambda n: neighbors(None, "king", n),
        lambda n: traverse(None, "king", max_depth=n),
        lambda n: traverse(None, "king", beam=n),
        lambda n: strongest_path(None, "king", "queen", max_depth=n),
        lambda n: strongest_path(None, "king", "queen", beam=n),
    ],
)
def test_counts_must_be_positive(question, number):
    with pytest.raises(ParameterError, match=f"{number} .* 1 or more"):
        question(number)
