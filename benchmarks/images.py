"""How much of looking at images is ours and how much the models', and how fast one goes again.

Crops of scikit-image's photographs go through the zoo's classifier and detector: once bare, pixels
in memory, and once as ``hartonomous ingest images`` takes them, in one process and run.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import skimage
from PIL import Image

from benchmarks.substrates import databases, open_database, zoo
from hartonomous.editing.deletion import delete_source
from hartonomous.editing.fingerprint import substrate_fingerprint
from hartonomous.ingesting_images import ingest_images
from hartonomous.readers.images.codebook import learn_codebook
from hartonomous.readers.images.decoding import decode
from hartonomous.readers.images.looking import Classifier, Detector, Square
from hartonomous.readers.images.pictures import patches_of

IMAGES, TAUGHT, GONE = 1000, 100, 20
_SIZE = (640, 480)
_SEED = 1


def main() -> None:
    """Print model time, our share, memory, and the time a deletion takes."""
    models = {"classifier": zoo("efficientnet-lite0"), "detector": zoo("ssd-mobilenet")}
    with tempfile.TemporaryDirectory() as scratch, databases() as fresh:
        folder = Path(scratch) / "crops"
        paths = list(crops(folder))
        book = Path(scratch) / "book.npy"
        taught = Path(scratch) / "taught"
        taught.mkdir()
        for path in paths[:: IMAGES // TAUGHT]:
            (taught / path.name).write_bytes(path.read_bytes())
        learn_codebook(patches_of(taught, Classifier.of(models["classifier"]))).save(book)
        bare = model_seconds(paths, models)
        with open_database(next(fresh)) as connection:
            connection.autocommit = True
            start = time.perf_counter()
            report = ingest_images(connection, folder, codebook=book, **models)
            whole = time.perf_counter() - start
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{report.new} sources, {report.observations:,} observations, peak {peak:,.0f} MiB"
            )
            print(f"models alone {bare:.1f} s, ingest {whole:.1f} s: ours {whole / bare - 1:+.0%}")
            deletions(connection, folder, report.read, models, book)


def crops(folder: Path) -> Iterator[Path]:
    """Write crops of real photographs, half of them mirrored."""
    folder.mkdir()
    inside = Path(skimage.__file__).parent / "data"
    named = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png")
    sources = [Image.open(inside / name).convert("RGB") for name in named]
    chance = np.random.default_rng(_SEED)
    for number in range(IMAGES):
        photograph = sources[number % len(sources)]
        share = chance.uniform(0.6, 1.0)
        width, height = (int(share * side) for side in photograph.size)
        left, top = (int(chance.uniform(0, full - part)) for full, part in
                     zip(photograph.size, (width, height), strict=True))  # fmt: skip
        crop = photograph.crop((left, top, left + width, top + height)).resize(_SIZE)
        if number % 2:
            crop = crop.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        path = folder / f"{number:04}.jpg"
        crop.save(path, quality=90)
        yield path


def model_seconds(paths: list[Path], models: dict[str, Path]) -> float:
    """Return what both models take for all pictures, without reading or resizing any."""
    classifier, detector = Classifier.of(models["classifier"]), Detector.of(models["detector"])
    total = 0.0
    for path in paths:
        square = Square.of(decode(path), 300)
        shown = [square.at(each.model.side) for each in (classifier, detector)]
        start = time.perf_counter()
        classifier.model.outputs(shown[0])
        detector.model.outputs(shown[1])
        total += time.perf_counter() - start
    return total


def deletions(connection, folder: Path, read: int, models: dict[str, Path], book: Path) -> None:
    """Delete images, and hold what is left against a database that takes them again."""
    before = substrate_fingerprint(connection)
    names = [f"image:{folder.name}/{number * 37 % IMAGES:04}.jpg" for number in range(GONE)]
    seconds = []
    for name in names:
        start = time.perf_counter()
        delete_source(connection, name)
        seconds.append(time.perf_counter() - start)
    ingest_images(connection, folder, codebook=book, **models)
    same = substrate_fingerprint(connection) == before
    print(
        f"one of {read} sources gone in {np.median(seconds) * 1000:.0f} ms (median), "
        f"{max(seconds) * 1000:.0f} ms at most; back again the fingerprint is "
        f"{'the same' if same else 'ANOTHER'}"
    )


if __name__ == "__main__":
    main()
