"""Packages that are listed in the database are sources: found, hidden, deleted as all others."""

from __future__ import annotations

import json
import sys

import pairs
import pytest

import hartonomous
from hartonomous.cli import main
from hartonomous.errors import HartonomousError, ParameterError
from hartonomous.vectors.packages.catalog import publish
from hartonomous.vectors.packages.extract import ExtractSettings, extract
from hartonomous.vectors.packages.listed import MAX_TEXT, publish_listed, search_listed


@pytest.fixture
def package(tmp_path):
    labels = {"title": "Sentiment = good: or bad", "domain": "reviews"}
    extract(*pairs.pair(tmp_path), tmp_path / "a.awv", ExtractSettings(0), labels=labels)
    return tmp_path / "a.awv"


@pytest.fixture
def door(dsn):
    with hartonomous.open(dsn) as opened:
        yield opened


def test_a_listing_is_what_a_folder_would_say_of_the_package(door, package, tmp_path):
    options = {"tier": "premium", "price": 12.5, "currency": "EUR"}
    listing = publish_listed(door, package, **options)
    assert listing == publish(package, tmp_path / "catalog", **options)
    assert search_listed(door) == search_listed(door, "SENTIMENT reviews") == (listing,)
    assert search_listed(door, "law") == search_listed(door, max_price=5) == ()
    assert search_listed(door, tier="basic") == ()
    with pytest.raises(ParameterError, match="is listed already"):
        publish_listed(door, package)


def test_a_listing_is_quarantined_and_deleted_as_any_source(door, package):
    before = door.fingerprint()
    listing = publish_listed(door, package)
    source = f"catalog:{listing.package_id}"
    door.quarantine_source(source)
    assert search_listed(door) == ()
    door.restore_source(source)
    assert search_listed(door) == (listing,)
    door.delete_source(source)
    assert search_listed(door) == ()
    assert door.fingerprint() == before


def test_what_cannot_be_listed_leaves_nothing(door, tmp_path):
    labels = {"title": "x" * (MAX_TEXT + 1)}
    extract(*pairs.pair(tmp_path), tmp_path / "a.awv", ExtractSettings(0), labels=labels)
    with pytest.raises(ParameterError, match="title is longer than 900"):
        publish_listed(door, tmp_path / "a.awv")
    content = bytearray((tmp_path / "a.awv").read_bytes())
    content[-3] ^= 1
    (tmp_path / "a.awv").write_bytes(content)
    with pytest.raises(HartonomousError):
        publish_listed(door, tmp_path / "a.awv")
    assert not list(door.sources())


def test_by_the_command_line(dsn, package, monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["hartonomous", "vectors", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        assert not done.value.code
        return capsys.readouterr().out

    assert "not listed" in run("check", package, "--listed", "--dsn", dsn)
    assert "is listed as Sentiment" in run("publish", package, "--tier", "basic", "--dsn", dsn)
    (found,) = json.loads(run("search", "reviews", "--dsn", dsn, "--json"))
    assert found["tier"] == "basic"
    assert "listed as Sentiment = good: or bad" in run("check", package, "--listed", "--dsn", dsn)
