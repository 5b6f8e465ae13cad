"""Packages are published, found and checked; the objects do what the functions do."""

from __future__ import annotations

import json

import pairs
import pytest
from safetensors.numpy import load_file

from hartonomous.errors import HartonomousError, ModelFormatError, ParameterError
from hartonomous.vectors import (
    ModelTarget,
    RetentionBenchmark,
    VectorExtractor,
    VectorInjector,
    VectorPackage,
    WMatrixAligner,
)
from hartonomous.vectors.packages import gate, retention
from hartonomous.vectors.packages.catalog import package_file, publish, search
from hartonomous.vectors.packages.compatibility import check_compatibility
from hartonomous.vectors.packages.container import open_container
from hartonomous.vectors.packages.extract import ExtractSettings, extract


@pytest.fixture
def pair(tmp_path):
    return pairs.pair(tmp_path)


@pytest.fixture
def package(pair, tmp_path):
    labels = {"title": "Sentiment", "domain": "reviews"}
    extract(*pair, tmp_path / "a.awv", ExtractSettings(0), labels=labels)
    return tmp_path / "a.awv"


def test_what_is_published_is_found_by_its_words(pair, package, tmp_path):
    catalog = tmp_path / "catalog"
    listed = publish(package, catalog, tier="premium", price=12.5, currency="EUR")
    extract(*pair, tmp_path / "b.awv", ExtractSettings(0.01), labels={"title": "Other"})
    publish(tmp_path / "b.awv", catalog)
    assert package_file(catalog, listed.package_id).read_bytes() == package.read_bytes()
    assert [x.title for x in search(catalog)] == ["Other", "Sentiment"]
    assert search(catalog, "SENTIMENT reviews bert") == (listed,)
    assert search(catalog, "sentiment law") == ()
    assert search(catalog, tier="premium") == (listed,)
    assert [x.title for x in search(catalog, max_price=5)] == ["Other"]


def test_a_changed_package_is_not_published(package, tmp_path):
    content = bytearray(package.read_bytes())
    content[-3] ^= 1
    package.write_bytes(content)
    with pytest.raises(HartonomousError):
        publish(package, tmp_path / "catalog")
    assert not (tmp_path / "catalog").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tier": "gold"}, "a tier is basic"),
        ({"price": -1.0}, "a price is 0 or more"),
        ({"price": float("nan")}, "a price is 0 or more"),
    ],
)
def test_listings_out_of_range_are_refused(package, tmp_path, options, message):
    with pytest.raises(ParameterError, match=message):
        publish(package, tmp_path / "catalog", **options)


def test_a_malformed_listing_is_named(package, tmp_path):
    with pytest.raises(ParameterError, match="no such catalog"):
        search(tmp_path / "catalog")
    listed = publish(package, tmp_path / "catalog")
    path = tmp_path / "catalog" / f"{listed.package_id}.json"
    whole = json.loads(path.read_text())
    for changed in ({**whole, "price": "free"}, {**whole, "more": 1}, {"title": "x"}):
        path.write_text(json.dumps(changed))
        with pytest.raises(ModelFormatError, match="is no listing"):
            search(tmp_path / "catalog")


def test_compatibility_says_what_it_rests_on(pair, package, tmp_path):
    base, special = pair
    opened = open_container(package)
    fits = check_compatibility(opened, base)
    assert (fits.aligned, fits.signed) == (True, False)
    assert fits.retention_rate == pytest.approx(1, abs=1e-4)
    assert "no measurement" in fits.rests_on
    other = check_compatibility(opened, special)
    assert (other.aligned, other.same_shapes, other.retention_rate) == (False, True, None)


def test_the_objects_do_what_the_functions_do(pair, tmp_path):
    base, special = pair
    extractor = VectorExtractor("tiny", str(base), str(special))
    extractor.configure(significance_threshold=0.0, quantization="fp32", compression="zstd")
    vector = extractor.extract(tmp_path / "v.awv")
    assert vector.num_parameters == sum(w.size for w in pairs.weights(0).values())
    assert vector.size_mb * vector.compression_ratio == pytest.approx(
        vector.num_parameters * 4 / 1e6
    )
    aligned = WMatrixAligner(str(base), str(base)).align(vector, tmp_path / "w.awv")
    assert (aligned.quality_score, aligned.estimated_retention) == (1.0, None)
    injector = VectorInjector(str(base))
    injector.configure(learning_rate_scale=1.0)
    result = injector.inject(aligned, tmp_path / "out")
    assert (result.status, result.measured_retention) == ("injected", None)
    assert (tmp_path / "out/model.safetensors").read_bytes() == (
        special / "model.safetensors"
    ).read_bytes()
    loaded = VectorPackage.load(tmp_path / "v.awv")
    assert loaded.check_compatibility(ModelTarget(str(base))).aligned
    loaded.inject(ModelTarget(str(base)), tmp_path / "again")
    assert load_file(tmp_path / "again/model.safetensors").keys() == pairs.weights(0).keys()


def test_without_names_results_lie_where_they_are_looked_for(pair, tmp_path, monkeypatch):
    base, special = pair
    monkeypatch.chdir(tmp_path)
    vector = VectorExtractor("tiny", str(base), str(special)).extract()
    assert vector.container.path.resolve() == tmp_path / "tiny.awv"
    VectorInjector(str(base)).inject(vector)
    assert (tmp_path / "base-tiny/model.safetensors").is_file()


def test_objects_refuse_what_they_can_not_do(pair, package):
    with pytest.raises(ParameterError, match="behind an endpoint"):
        ModelTarget("m", endpoint="http://localhost:8080")
    with pytest.raises(ParameterError, match="is no setting"):
        VectorExtractor("m", "a", "b").configure(rank=3)
    with pytest.raises(ParameterError, match="needs a benchmark and"):
        VectorInjector("m", source_model="x")


def test_too_low_a_retention_rolls_back(pair, package, tmp_path, monkeypatch):
    import numpy as np

    right = {"special": 90, "base": 10}

    def score(suite, model, samples=None):
        correct = np.zeros(100)
        correct[: right.get(model.rpartition("/")[2], 40)] = 1
        return retention.SuiteScores(correct, correct)

    monkeypatch.setattr(gate, "evaluate_suite", score)  # the models are no encoders
    benchmark = RetentionBenchmark("words", tmp_path / "suite.csv")
    base, special = map(str, pair)
    injector = VectorInjector(base, benchmark=benchmark, source_model=special)
    refused = injector.inject(VectorPackage.load(package), tmp_path / "out")
    assert (refused.status, refused.layers_modified) == ("rolled back", 0)
    assert refused.measured_retention == pytest.approx(30 / 80)
    assert not (tmp_path / "out").exists()
    injector.configure(rollback_on_failure=False)
    kept = injector.inject(VectorPackage.load(package), tmp_path / "out")
    assert (kept.status, kept.quality_grade) == ("injected", "F")
    assert (tmp_path / "out").is_dir()
