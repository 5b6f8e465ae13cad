"""What a screening says of itself decides whether a source was read before."""

from __future__ import annotations

from pathlib import Path

import pytest

from hartonomous.errors import ParameterError
from hartonomous.miners.screening import Screening

#: A lexicon has three pairs or more.
OTHERS = ("cup\tmug", "car\tautomobile")


def lexicon(folder: Path, name: str, *pairs: str) -> Path:
    path = folder / name
    path.write_text("\n".join(f"{pair}\t9.0" for pair in pairs) + "\n", encoding="utf-8")
    return path


def test_two_lexicons_as_long_as_each_other_are_two_screenings(tmp_path: Path) -> None:
    cats = lexicon(tmp_path, "cats.tsv", "cat\ttiger", *OTHERS)
    dogs = lexicon(tmp_path, "dogs.tsv", "dog\twolf", *OTHERS)
    assert str(Screening.asked(None, cats)) != str(Screening.asked(None, dogs))


def test_a_lexicon_is_known_by_what_it_says_not_by_its_name(tmp_path: Path) -> None:
    here = lexicon(tmp_path, "here.tsv", "cat\ttiger", *OTHERS)
    there = lexicon(tmp_path, "there.tsv", "cat\ttiger", *OTHERS)
    assert str(Screening.asked(None, here)) == str(Screening.asked(None, there))


@pytest.mark.parametrize("share", ["1.5", "nan", "much"])
def test_a_least_signal_that_is_no_share_is_an_error(share: str) -> None:
    with pytest.raises(ParameterError, match="share"):
        Screening.asked(share, None)
